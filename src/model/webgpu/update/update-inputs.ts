/**
 * @file Rows as the update plan reads them: one after another without padding, and for each table of embeddings which
 * positions look each token up.
 */
import { PAD_TOKEN } from "../../sequence-batch.ts";
import type { ScoredSequence } from "../../training.ts";
import { CALL_NUMBERS, type Call, POSITION_INPUTS, PREDICTION_INPUTS } from "./update-shape.ts";

const NO_PREDICTION = 0xffffffff;
/** Stands for −Infinity, which WGSL need not know. */
const FAR_BELOW = -3e38;

/** A row with what its loss needs, one entry per position. */
export interface PlanRow extends ScoredSequence {
  /** What the ratio divides by, nats; empty if there is no ratio. */
  readonly oldLogProbs: readonly number[];
  /** Advantage, or weight of the cross-entropy; empty if there is no loss. */
  readonly advantages: readonly number[];
  readonly offPolicy: boolean;
}

/** Rows of one forward and backward pass. */
export interface Chunk {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly positions: number;
  readonly predictions: number;
}

/** The last scored token is predicted by the position before it; nothing after that is needed. */
function usedLength({ positions }: ScoredSequence): number {
  return positions.at(-1) ?? 0;
}

/** Cuts rows into runs of at most so many positions, in order. Rows without scored tokens take no place. */
export function chunksOf(rows: readonly PlanRow[], maxPositions: number): PlanRow[][] {
  const chunks: PlanRow[][] = [];
  let room = 0;
  for (const row of rows) {
    const length = usedLength(row);
    if (length === 0) continue;
    if (length > room || chunks.length === 0) {
      chunks.push([]);
      room = maxPositions;
    }
    chunks.at(-1)!.push(row);
    room -= length;
  }
  return chunks;
}

/** Lays rows side by side. */
export function encodeChunk(rows: readonly PlanRow[], vocabularySize: number): Chunk {
  const positions = rows.reduce((sum, row) => sum + usedLength(row), 0);
  const predictions = rows.reduce((sum, row) => sum + row.positions.length, 0);
  const [ofPositions, ofPredictions] = [POSITION_INPUTS.length * positions, PREDICTION_INPUTS.length * predictions];
  const words = new Uint32Array(ofPositions + ofPredictions + 3 * (vocabularySize + 1));
  const position = (i: number): Uint32Array => words.subarray(i * positions, (i + 1) * positions);
  const prediction = (i: number): Uint32Array =>
    words.subarray(ofPositions + i * predictions, ofPositions + (i + 1) * predictions);
  const columns = [0, 1, 2].map(position);
  const [starts, ends, predictionOf] = [3, 4, 5].map(position) as [Uint32Array, Uint32Array, Uint32Array];
  predictionOf.fill(NO_PREDICTION);
  const into = PREDICTION_INPUTS.map((_, i) => prediction(i));
  let [start, first] = [0, 0];
  for (const row of rows) {
    const end = start + usedLength(row);
    for (let i = start; i < end; i++) {
      columns.forEach((column, back) => (column[i] = row.tokens[i - start - back] ?? PAD_TOKEN));
      starts[i] = start;
      ends[i] = end;
    }
    row.positions.forEach((at, k) => (predictionOf[start + at - 1] = first + k));
    writePredictions(into, row, { start, first });
    start = end;
    first += row.positions.length;
  }
  for (const [table, column] of columns.entries()) {
    const bounds = words.subarray(ofPositions + ofPredictions + table * (vocabularySize + 1));
    sortByToken(column, position(6 + table), bounds.subarray(0, vocabularySize + 1));
  }
  return { words, positions, predictions };
}

function writePredictions(
  into: readonly Uint32Array[],
  { tokens, positions, oldLogProbs, advantages, offPolicy }: PlanRow,
  { start, first }: { readonly start: number; readonly first: number },
): void {
  const [places, targets, old, gains, off, responseStarts, responseEnds] = into as [
    ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array],
  ];
  let responseStart = 0;
  positions.forEach((at, k) => {
    places[first + k] = start + at - 1;
    targets[first + k] = tokens[at]!;
    old[first + k] = floatBits(oldLogProbs[k] ?? 0);
    gains[first + k] = floatBits(advantages[k] ?? 0);
    off[first + k] = offPolicy ? 1 : 0;
    if (k > 0 && at !== positions[k - 1]! + 1) responseStart = k;
    responseStarts[first + k] = first + responseStart;
  });
  // A run of neighbouring positions is one response; see losses.ts.
  for (let k = positions.length - 1, end = positions.length; k >= 0; k--) {
    responseEnds[first + k] = first + end;
    if (responseStarts[first + k] === first + k) end = k;
  }
}

const floats = new Float32Array(1);
const bits = new Uint32Array(floats.buffer);

function floatBits(value: number): number {
  floats[0] = value;
  return bits[0]!;
}

/** Positions in order of their tokens, and where each token's positions start, [vocabulary + 1]. */
function sortByToken(tokens: Uint32Array, order: Uint32Array, bounds: Uint32Array): void {
  bounds.fill(0);
  for (const token of tokens) bounds[token + 1]! += 1;
  for (let token = 1; token < bounds.length; token++) bounds[token]! += bounds[token - 1]!;
  const next = bounds.slice();
  tokens.forEach((token, position) => (order[next[token]!++] = position));
}

/** The numbers of a call as they lie in their buffer. */
export function encodeCall(call: Call): Uint32Array<ArrayBuffer> {
  const names = Object.entries(CALL_NUMBERS) as [keyof Call, "u" | "f"][];
  const words = names.map(([name, type]) => (type === "u" ? call[name] : floatBits(Math.max(call[name], FAR_BELOW))));
  return Uint32Array.from(words);
}
