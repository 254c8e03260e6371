/**
 * @file Sequences side by side for one forward pass: the three token ids of every position, rows sorted by length and
 * cut into micro-batches so that memory stays bounded and little is padded.
 */
import { ShapeError } from "../core/base/errors.ts";

/** Stands before the start of a sequence and fills the end of a padded row. */
export const PAD_TOKEN = 0;

/** Token ids of every position of some rows; row r has the positions rowStarts[r] … rowStarts[r + 1] − 1. */
export interface SequenceBatch {
  /** [rows + 1], ascending from 0. */
  readonly rowStarts: Int32Array;
  /** Longest row. */
  readonly maxLength: number;
  /** [positions] each. */
  readonly tokens: Int32Array;
  readonly previous: Int32Array;
  readonly secondPrevious: Int32Array;
}

/**
 * Lays rows side by side.
 *
 * @param isPadded all rows get the length of the longest (plain ops need a rectangle)
 */
export function sequenceBatch(rows: readonly (readonly number[])[], isPadded: boolean): SequenceBatch {
  const maxLength = rows.reduce((longest, row) => Math.max(longest, row.length), 0);
  const rowStarts = new Int32Array(rows.length + 1);
  rows.forEach((row, r) => (rowStarts[r + 1] = rowStarts[r]! + (isPadded ? maxLength : row.length)));
  const size = rowStarts[rows.length]!;
  const batch = {
    rowStarts,
    maxLength,
    tokens: new Int32Array(size).fill(PAD_TOKEN),
    previous: new Int32Array(size).fill(PAD_TOKEN),
    secondPrevious: new Int32Array(size).fill(PAD_TOKEN),
  };
  rows.forEach((row, r) => {
    const start = rowStarts[r]!;
    for (let i = 0; i < row.length; i++) {
      batch.tokens[start + i] = row[i]!;
      if (i >= 1) batch.previous[start + i] = row[i - 1]!;
      if (i >= 2) batch.secondPrevious[start + i] = row[i - 2]!;
    }
  });
  return batch;
}

/**
 * Cuts rows into micro-batches of similar length.
 *
 * @param lengths of the rows
 * @param maxPositions positions of a micro-batch, padding included; a longer row goes alone
 * @returns indices of the rows of each micro-batch, longest rows first
 */
export function microBatches(lengths: readonly number[], maxPositions: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let longest = 0;
  for (const i of order) {
    const current = batches.at(-1);
    if (current === undefined || (current.length + 1) * longest > maxPositions) {
      batches.push([i]);
      longest = lengths[i]!;
    } else {
      current.push(i);
    }
  }
  return batches;
}

/** @throws {ShapeError} if a token is not in the vocabulary or a sequence is empty or too long */
export function validateSequence(
  operation: string,
  tokens: readonly number[],
  limits: { readonly vocabularySize: number; readonly contextLength: number },
): void {
  if (tokens.length === 0 || tokens.length > limits.contextLength) {
    throw new ShapeError(`${operation}: 1 to ${limits.contextLength} tokens, got ${tokens.length}`);
  }
  const bad = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= limits.vocabularySize);
  if (bad !== undefined)
    throw new ShapeError(`${operation}: tokens from 0 to ${limits.vocabularySize - 1}, got ${bad}`);
}

/** @throws {ShapeError} if positions do not ascend from 1 or reach past the sequence */
export function validatePositions(operation: string, positions: readonly number[], length: number): void {
  let last = 0;
  for (const position of positions) {
    if (!Number.isInteger(position) || position <= last || position >= length) {
      throw new ShapeError(`${operation}: ascending positions from 1 to ${length - 1}, got ${positions.join(", ")}`);
    }
    last = position;
  }
}
