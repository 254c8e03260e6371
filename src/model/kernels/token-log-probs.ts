/** @file Log-probability and entropy of one token per row of logits, and the slope of the logits. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";
import { wasmRuntime, type WasmRuntime } from "../wasm/kernel-module.ts";
import { rowBytes } from "../wasm/mat-mul.ts";
import { oneHot } from "./embedding.ts";

const STATISTICS = 3;
const ROW_DATA = 4;

/** Which token of each row, and how warm. */
export interface Targets {
  /** [rows], each below the vocabulary size. */
  readonly tokens: Int32Array;
  readonly temperature: number;
}

/** What the model says about one token per row. */
export interface TokenLogProbs {
  /** Log-prob at the temperature, [rows], nats. */
  readonly picked: tf.Tensor1D;
  /** Entropy of each row, [rows], nats. */
  readonly entropy: tf.Tensor1D;
  /** For the backward pass: log-probs of all tokens (plain ops), or logits and row data (wasm). */
  readonly saved: readonly tf.Tensor2D[];
}

/** Slopes of each row's log-prob and entropy, [rows] each. */
export interface TokenSlopes {
  readonly logProb: Float32Array;
  readonly entropy: Float32Array;
}

/** @param logits [rows, vocabulary] */
export function tokenLogProbs(logits: tf.Tensor2D, targets: Targets): TokenLogProbs {
  const runtime = wasmRuntime(logits.shape[1]);
  return runtime === null ? tokenLogProbsReference(logits, targets) : tokenLogProbsOnWasm(runtime, logits, targets);
}

/** The same in plain ops. */
export function tokenLogProbsReference(logits: tf.Tensor2D, { tokens, temperature }: Targets): TokenLogProbs {
  return tidy(() => {
    const all: tf.Tensor2D = tf.logSoftmax(temperature === 1 ? logits : tf.div(logits, temperature));
    const isTarget = oneHot(tf.tensor1d(tokens, "int32"), logits.shape[1]);
    const picked: tf.Tensor1D = tf.sum(tf.mul(all, isTarget), 1);
    const entropy: tf.Tensor1D = tf.neg(tf.sum(tf.mul(tf.exp(all), all), 1));
    return { picked, entropy, saved: [all] };
  });
}

function tokenLogProbsOnWasm(
  runtime: WasmRuntime,
  logits: tf.Tensor2D,
  { tokens, temperature }: Targets,
): TokenLogProbs {
  const { kernels, allocate, addressOf, floatsAt } = runtime;
  const [rows, vocabulary] = logits.shape;
  const statistics = allocate([rows, STATISTICS]);
  const [picked, entropy] = [allocate([rows]), allocate([rows])];
  const rowData = allocate([rows, ROW_DATA]);
  kernels.tokenStatistics(addressOf(logits), addressOf(statistics), rows, rowBytes(vocabulary), 1 / temperature);
  const [logit, statistic, pickedValues, entropies, data] = [logits, statistics, picked, entropy, rowData].map(
    (tensor) => floatsAt(addressOf(tensor), tensor.size),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
  for (let row = 0; row < rows; row++) {
    const [max, total, weighted] = [0, 1, 2].map((i) => statistic[row * STATISTICS + i]!) as [number, number, number];
    const shift = max / temperature + Math.log(total);
    pickedValues[row] = logit[row * vocabulary + tokens[row]!]! / temperature - shift;
    entropies[row] = Math.log(total) - weighted / total;
    data[row * ROW_DATA] = shift;
    data[row * ROW_DATA + 1] = entropies[row]!;
  }
  statistics.dispose();
  return { picked, entropy, saved: [logits, rowData] };
}

/**
 * Slope of the logits: (c·(onehot − p) − e·p·(log p + H))/temperature, where c and e are the slopes of log-prob and entropy.
 *
 * @returns [rows, vocabulary]
 */
export function tokenLogProbsBackward(result: TokenLogProbs, targets: Targets, slopes: TokenSlopes): tf.Tensor2D {
  const runtime = wasmRuntime(result.saved[0]!.shape[1]);
  if (runtime === null) return tokenLogProbsBackwardReference(result, targets, slopes);
  const { kernels, allocate, addressOf, floatsAt } = runtime;
  const [logits, rowData] = result.saved as [tf.Tensor2D, tf.Tensor2D];
  const [rows, vocabulary] = logits.shape;
  const out = allocate([rows, vocabulary]);
  const data = floatsAt(addressOf(rowData), rowData.size);
  for (let row = 0; row < rows; row++) {
    data[row * ROW_DATA + 2] = slopes.logProb[row]!;
    data[row * ROW_DATA + 3] = slopes.entropy[row]!;
  }
  const scale = 1 / targets.temperature;
  kernels.tokenSlopes(addressOf(logits), addressOf(rowData), addressOf(out), rows, rowBytes(vocabulary), scale);
  const values = floatsAt(addressOf(out), out.size);
  targets.tokens.forEach((token, row) => (values[row * vocabulary + token]! += slopes.logProb[row]! * scale));
  return out;
}

/** The same in plain ops. */
export function tokenLogProbsBackwardReference(
  { entropy, saved }: TokenLogProbs,
  { tokens, temperature }: Targets,
  slopes: TokenSlopes,
): tf.Tensor2D {
  return tidy(() => {
    const all = saved[0]!;
    const column = (values: Float32Array): tf.Tensor2D => tf.tensor2d(values, [values.length, 1]);
    const probabilities = tf.exp(all);
    const isTarget = oneHot(tf.tensor1d(tokens, "int32"), all.shape[1]);
    let slope: tf.Tensor2D = tf.mul(column(slopes.logProb), tf.sub(isTarget, probabilities));
    if (slopes.entropy.some((value) => value !== 0)) {
      const surprise = tf.add(all, tf.reshape(entropy, [-1, 1]));
      slope = tf.sub(slope, tf.mul(column(slopes.entropy), tf.mul(probabilities, surprise)));
    }
    return temperature === 1 ? slope : tf.div(slope, temperature);
  });
}
