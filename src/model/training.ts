/** @file Scores sequences and accumulates gradients over micro-batches, so that memory stays bounded. */
import * as tf from "@tensorflow/tfjs-core";
import type { DeviceWeights } from "./device-weights.ts";
import type { MicroBatches } from "./micro-batches.ts";
import { microBatches, sequenceBatch, type SequenceBatch } from "./sequence-batch.ts";
import { disposeAll } from "./tidy.ts";
import { backward, forward, type Predictions, type Transformer } from "./transformer.ts";
import { wasmRuntime } from "./wasm/kernel-module.ts";

/** Most positions of a micro-batch, by backend. Small enough for a processor's cache, large enough for a GPU to have work. */
export const MAX_POSITIONS = { webgpu: 8192, wasm: 2048, cpu: 2048 } as Readonly<Record<string, number>>;

/** One sequence and the positions (≥ 1, ascending) whose tokens are scored. */
export interface ScoredSequence {
  readonly tokens: readonly number[];
  readonly positions: readonly number[];
}

/** What the model says about the scored tokens of one sequence, one entry per position. */
export interface SequenceOutcome {
  /** log π of the token at the temperature, nats. */
  readonly logProbs: Float32Array;
  /** Entropy of the distribution the token came from, nats. */
  readonly entropies: Float32Array;
}

/** Slopes of the loss, one entry per scored position. */
export interface SequenceSlopes {
  readonly logProb: Float32Array;
  readonly entropy: Float32Array;
}

/** A model with weights to score with. */
export interface WeightedModel {
  readonly model: Transformer;
  readonly weights: DeviceWeights;
  readonly batches: MicroBatches;
}

/** Scores without gradients, in the order of the sequences. */
export async function scoreSequences(
  { model, weights, batches }: WeightedModel,
  sequences: readonly ScoredSequence[],
  temperature: number,
): Promise<SequenceOutcome[]> {
  const outcomes = sequences.map(emptyOutcome);
  for (const indices of plan(sequences, batches)) {
    const rows = indices.map((i) => sequences[i]!);
    const { batch, predictions } = layOut(model, rows, temperature);
    const { picked, entropy } = tf.tidy(() => {
      const result = forward(model, weights, batch, predictions).predictions;
      return { picked: result.picked, entropy: result.entropy };
    });
    const [logProbs, entropies] = await readAndDispose([picked, entropy]);
    let offset = 0;
    for (const i of indices) offset = fillOutcome(outcomes[i]!, { logProbs: logProbs!, entropies: entropies! }, offset);
  }
  return outcomes;
}

/**
 * Scores, asks for the slopes of each sequence's loss, and carries them back to the weights.
 *
 * @param slopesOf called once per sequence, longest first
 * @returns the gradient of the sum of the losses, flat in the order of the layout; empty if nothing was scored
 */
export async function accumulateGradient(
  { model, weights, batches }: WeightedModel,
  sequences: readonly ScoredSequence[],
  temperature: number,
  slopesOf: (index: number, outcome: SequenceOutcome) => SequenceSlopes,
): Promise<Float32Array> {
  let total: tf.Tensor1D | null = null;
  try {
    for (const indices of plan(sequences, batches)) {
      const part = { indices, rows: indices.map((i) => sequences[i]!), temperature, slopesOf };
      total = addTo(total, await microBatchGradient({ model, weights, batches }, part));
    }
    return total === null ? new Float32Array(0) : ((await total.data()) as Float32Array);
  } finally {
    total?.dispose();
  }
}

/** One micro-batch of {@link accumulateGradient}; the caller disposes the flat gradient. */
async function microBatchGradient(
  { model, weights }: WeightedModel,
  part: {
    readonly indices: readonly number[];
    readonly rows: readonly ScoredSequence[];
    readonly temperature: number;
    readonly slopesOf: (index: number, outcome: SequenceOutcome) => SequenceSlopes;
  },
): Promise<tf.Tensor1D> {
  const { batch, predictions } = layOut(model, part.rows, part.temperature);
  const trace = forward(model, weights, batch, predictions);
  try {
    const { picked, entropy } = trace.predictions;
    const [logProbs, entropies] = await Promise.all([picked.data(), entropy.data()]);
    const slopes = { logProb: new Float32Array(logProbs.length), entropy: new Float32Array(logProbs.length) };
    let offset = 0;
    part.rows.forEach((row, r) => {
      const outcome = emptyOutcome(row);
      const start = offset;
      offset = fillOutcome(outcome, { logProbs, entropies }, offset);
      const own = part.slopesOf(part.indices[r]!, outcome);
      slopes.logProb.set(own.logProb, start);
      slopes.entropy.set(own.entropy, start);
    });
    return backward(model, weights, { batch, predictions, trace, slopes });
  } finally {
    disposeAll(trace);
  }
}

function addTo(total: tf.Tensor1D | null, gradient: tf.Tensor1D): tf.Tensor1D {
  if (total === null) return gradient;
  const sum: tf.Tensor1D = tf.add(total, gradient);
  tf.dispose([total, gradient]);
  return sum;
}

/** Sequences without scored positions are left out. */
function plan(sequences: readonly ScoredSequence[], batches: MicroBatches): number[][] {
  const scored = sequences.map((_, i) => i).filter((i) => sequences[i]!.positions.length > 0);
  const lengths = scored.map((i) => usedLength(sequences[i]!));
  const maxPositions = batches.positions(MAX_POSITIONS[tf.getBackend()] ?? 2048);
  return microBatches(lengths, maxPositions).map((batch) => batch.map((i) => scored[i]!));
}

/** The last scored token is predicted by the position before it; nothing after that is needed. */
function usedLength({ positions }: ScoredSequence): number {
  return positions.at(-1)!;
}

function layOut(
  { config }: Transformer,
  rows: readonly ScoredSequence[],
  temperature: number,
): { batch: SequenceBatch; predictions: Predictions } {
  const batch = sequenceBatch(
    rows.map((row) => row.tokens.slice(0, usedLength(row))),
    wasmRuntime(config.width) === null,
  );
  const positions = rows.flatMap((row, r) => row.positions.map((position) => batch.rowStarts[r]! + position - 1));
  const targets = rows.flatMap((row) => row.positions.map((position) => row.tokens[position]!));
  return {
    batch,
    predictions: { positions: Int32Array.from(positions), tokens: Int32Array.from(targets), temperature },
  };
}

function emptyOutcome({ positions }: ScoredSequence): SequenceOutcome {
  return { logProbs: new Float32Array(positions.length), entropies: new Float32Array(positions.length) };
}

/** Copies one sequence's part out of a micro-batch; returns where the next one starts. */
function fillOutcome(
  outcome: SequenceOutcome,
  from: { readonly logProbs: ArrayLike<number>; readonly entropies: ArrayLike<number> },
  offset: number,
): number {
  for (let i = 0; i < outcome.logProbs.length; i++) {
    outcome.logProbs[i] = from.logProbs[offset + i]!;
    outcome.entropies[i] = from.entropies[offset + i]!;
  }
  return offset + outcome.logProbs.length;
}

async function readAndDispose(tensors: readonly tf.Tensor[]): Promise<ArrayLike<number>[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data()));
  tf.dispose([...tensors]);
  return values;
}
