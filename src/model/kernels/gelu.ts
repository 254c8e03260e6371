/** @file GELU in its sigmoid form, x·σ(1.702x), after adding a bias; forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";
import { wasmRuntime } from "../wasm/kernel-module.ts";
import { rowBytes } from "../wasm/mat-mul.ts";

const SHARPNESS = 1.702;

/** Output, and x + bias for the backward pass, [rows, width] each. */
export interface GeluResult {
  readonly output: tf.Tensor2D;
  readonly preActivation: tf.Tensor2D;
}

/** Slopes of x and of the bias. */
export interface GeluSlopes {
  readonly input: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

/**
 * gelu(x + bias).
 *
 * @param x [rows, width]
 * @param bias [width]
 */
export function biasGelu(x: tf.Tensor2D, bias: tf.Tensor1D): GeluResult {
  const runtime = wasmRuntime(x.shape[1]);
  if (runtime === null) return biasGeluReference(x, bias);
  const [rows, width] = x.shape;
  const [preActivation, output] = [runtime.allocate([rows, width]), runtime.allocate([rows, width])];
  runtime.kernels.biasGelu(...[x, bias, preActivation, output].map(runtime.addressOf), rows, rowBytes(width));
  return { output, preActivation };
}

/** The same in plain ops. */
export function biasGeluReference(x: tf.Tensor2D, bias: tf.Tensor1D): GeluResult {
  return tidy(() => {
    const preActivation: tf.Tensor2D = tf.add(x, bias);
    return { output: tf.mul(preActivation, tf.sigmoid(tf.mul(preActivation, SHARPNESS))), preActivation };
  });
}

/**
 * Slope of x from the slope of gelu(x): s·σ·(1 + 1.702·x·(1 − σ)).
 *
 * @param slope [rows, width]
 */
export function geluBackward(slope: tf.Tensor2D, preActivation: tf.Tensor2D): GeluSlopes {
  const runtime = wasmRuntime(slope.shape[1]);
  if (runtime === null) return geluBackwardReference(slope, preActivation);
  const [rows, width] = slope.shape;
  const input = runtime.allocate([rows, width]);
  const bias = runtime.zeros([width]);
  const addresses = [slope, preActivation, input, bias].map(runtime.addressOf);
  runtime.kernels.geluBackward(...addresses, rows, rowBytes(width));
  return { input, bias };
}

/** The same in plain ops. */
export function geluBackwardReference(slope: tf.Tensor2D, preActivation: tf.Tensor2D): GeluSlopes {
  return tidy(() => {
    const gate = tf.sigmoid(tf.mul(preActivation, SHARPNESS));
    const bend = tf.mul(tf.mul(preActivation, SHARPNESS), tf.sub(1, gate));
    const input: tf.Tensor2D = tf.mul(slope, tf.mul(gate, tf.add(1, bend)));
    return { input, bias: tf.sum(input, 0) };
  });
}
