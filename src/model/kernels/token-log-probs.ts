/** @file Log-probability and entropy of one token per row of logits, and the slope of the logits. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";

/** What the model says about one token per row. */
export interface TokenLogProbs {
  /** log softmax(logits/temperature), [rows, vocabulary], nats. */
  readonly all: tf.Tensor2D;
  /** Of the given tokens, [rows]. */
  readonly picked: tf.Tensor1D;
  /** Entropy of each row, [rows], nats. */
  readonly entropy: tf.Tensor1D;
}

/**
 * @param logits [rows, vocabulary]
 * @param tokens [rows] int32
 */
export function tokenLogProbs(logits: tf.Tensor2D, tokens: tf.Tensor1D, temperature: number): TokenLogProbs {
  return tidy(() => {
    const all: tf.Tensor2D = tf.logSoftmax(temperature === 1 ? logits : tf.div(logits, temperature));
    const picked: tf.Tensor1D = tf.sum(tf.mul(all, oneHot(tokens, logits.shape[1])), 1);
    const entropy: tf.Tensor1D = tf.neg(tf.sum(tf.mul(tf.exp(all), all), 1));
    return { all, picked, entropy };
  });
}

/**
 * Slope of the logits: (c·(onehot − p) − e·p·(log p + H))/temperature.
 *
 * @param slopes c = slope of each log-prob and e = slope of each entropy, [rows] each
 * @returns [rows, vocabulary]
 */
export function tokenLogProbsBackward(
  { all, entropy }: TokenLogProbs,
  tokens: tf.Tensor1D,
  slopes: { readonly logProb: Float32Array; readonly entropy: Float32Array },
  temperature: number,
): tf.Tensor2D {
  return tidy(() => {
    const column = (values: Float32Array): tf.Tensor2D => tf.tensor2d(values, [values.length, 1]);
    const probabilities = tf.exp(all);
    const ofPicked = column(slopes.logProb);
    let slope = tf.mul(ofPicked, tf.sub(oneHot(tokens, all.shape[1]), probabilities));
    if (slopes.entropy.some((value) => value !== 0)) {
      const surprise = tf.add(all, tf.reshape(entropy, [-1, 1]));
      slope = tf.sub(slope, tf.mul(column(slopes.entropy), tf.mul(probabilities, surprise)));
    }
    return (temperature === 1 ? slope : tf.div(slope, temperature)) as tf.Tensor2D;
  });
}

function oneHot(tokens: tf.Tensor1D, size: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(tokens, size) as tf.Tensor2D, "float32"); // wasm writes integers whatever dtype it is asked for
}
