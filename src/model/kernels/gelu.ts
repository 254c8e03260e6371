/** @file GELU in its sigmoid form, x·σ(1.702x), after adding a bias; forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";

const SHARPNESS = 1.702;

/**
 * gelu(x + bias).
 *
 * @param x [rows, width]
 * @returns the output, and x + bias for the backward pass
 */
export function biasGelu(
  x: tf.Tensor2D,
  bias: tf.Tensor1D,
): { readonly output: tf.Tensor2D; readonly preActivation: tf.Tensor2D } {
  return tidy(() => {
    const preActivation: tf.Tensor2D = tf.add(x, bias);
    return { output: tf.mul(preActivation, tf.sigmoid(tf.mul(preActivation, SHARPNESS))), preActivation };
  });
}

/**
 * Slope of x from the slope of gelu(x): s·(σ + 1.702·x·σ·(1 − σ)).
 *
 * @param slope [rows, width]
 */
export function geluBackward(slope: tf.Tensor2D, preActivation: tf.Tensor2D): tf.Tensor2D {
  return tidy(() => {
    const gate = tf.sigmoid(tf.mul(preActivation, SHARPNESS));
    const bend = tf.mul(tf.mul(preActivation, SHARPNESS), tf.sub(1, gate));
    return tf.mul(slope, tf.mul(gate, tf.add(1, bend)));
  });
}
