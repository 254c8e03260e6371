/** @file LayerNorm over the last axis with gain and bias, forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";

const EPSILON = 1e-5;

/** What the backward pass needs. */
export interface LayerNormTrace {
  /** (x − mean)/std, [rows, width]. */
  readonly normalized: tf.Tensor2D;
  /** 1/std, [rows, 1]. */
  readonly inverseStd: tf.Tensor2D;
}

/** Gradients of a LayerNorm. */
export interface LayerNormGradients {
  readonly input: tf.Tensor2D;
  readonly gain: tf.Tensor1D;
  readonly bias: tf.Tensor1D;
}

/**
 * normalized · gain + bias.
 *
 * @param x [rows, width]
 * @param gain [width]
 * @param bias [width]
 */
export function layerNorm(
  x: tf.Tensor2D,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
): { readonly output: tf.Tensor2D; readonly trace: LayerNormTrace } {
  return tidy(() => {
    const centered = tf.sub(x, tf.mean(x, 1, true));
    const inverseStd: tf.Tensor2D = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), EPSILON));
    const normalized: tf.Tensor2D = tf.mul(centered, inverseStd);
    return { output: tf.add(tf.mul(normalized, gain), bias), trace: { normalized, inverseStd } };
  });
}

/** @param slope of the output, [rows, width] */
export function layerNormBackward(slope: tf.Tensor2D, trace: LayerNormTrace, gain: tf.Tensor1D): LayerNormGradients {
  const { normalized, inverseStd } = trace;
  return tidy(() => {
    const scaled = tf.mul(slope, gain);
    const alongNormalized = tf.mul(normalized, tf.mean(tf.mul(scaled, normalized), 1, true));
    const input: tf.Tensor2D = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), alongNormalized), inverseStd);
    return { input, gain: tf.sum(tf.mul(slope, normalized), 0), bias: tf.sum(slope, 0) };
  });
}
