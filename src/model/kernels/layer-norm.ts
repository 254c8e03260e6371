/** @file LayerNorm over the last axis with gain and bias, forward and backward. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";
import { wasmRuntime, type WasmRuntime } from "../wasm/kernel-module.ts";
import { rowBytes } from "../wasm/mat-mul.ts";

const EPSILON = 1e-5;

/** What the backward pass needs. */
export interface LayerNormTrace {
  /** (x − mean)/std, [rows, width]. */
  readonly normalized: tf.Tensor2D;
  /** 1/std, [rows, 1]. */
  readonly inverseStd: tf.Tensor2D;
}

/** Output and trace of a forward pass. */
export interface LayerNormResult {
  readonly output: tf.Tensor2D;
  readonly trace: LayerNormTrace;
}

/** Slopes of a LayerNorm. */
export interface LayerNormSlopes {
  /** Of the input, plus the residual's slope. */
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
export function layerNorm(x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D): LayerNormResult {
  const runtime = wasmRuntime(x.shape[1]);
  return runtime === null ? layerNormReference(x, gain, bias) : layerNormOnWasm(runtime, x, gain, bias);
}

/** The same in plain ops. */
export function layerNormReference(x: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D): LayerNormResult {
  return tidy(() => {
    const centered = tf.sub(x, tf.mean(x, 1, true));
    const inverseStd: tf.Tensor2D = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), EPSILON));
    const normalized: tf.Tensor2D = tf.mul(centered, inverseStd);
    return { output: tf.add(tf.mul(normalized, gain), bias), trace: { normalized, inverseStd } };
  });
}

function layerNormOnWasm(
  { kernels, allocate, addressOf }: WasmRuntime,
  x: tf.Tensor2D,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
): LayerNormResult {
  const [rows, width] = x.shape;
  const [output, normalized, inverseStd] = [allocate([rows, width]), allocate([rows, width]), allocate([rows, 1])];
  const [from, to] = [[x, gain, bias].map(addressOf), [normalized, inverseStd, output].map(addressOf)];
  kernels.layerNorm(...from, ...to, rows, rowBytes(width));
  return { output, trace: { normalized, inverseStd } };
}

/**
 * Slopes of input, gain and bias.
 *
 * @param slope of the output, [rows, width]
 * @param residual slope that reaches the input past the norm, [rows, width]
 */
export function layerNormBackward(
  slope: tf.Tensor2D,
  trace: LayerNormTrace,
  gain: tf.Tensor1D,
  residual: tf.Tensor2D,
): LayerNormSlopes {
  const runtime = wasmRuntime(slope.shape[1]);
  if (runtime === null) return layerNormBackwardReference(slope, trace, gain, residual);
  const { kernels, allocate, zeros, addressOf } = runtime;
  const [rows, width] = slope.shape;
  const input = allocate([rows, width]);
  const [gainSlope, biasSlope] = [zeros([width]), zeros([width])];
  const from = [slope, trace.normalized, trace.inverseStd, gain, residual].map(addressOf);
  kernels.layerNormBackward(...from, ...[input, gainSlope, biasSlope].map(addressOf), rows, rowBytes(width));
  return { input, gain: gainSlope, bias: biasSlope };
}

/** The same in plain ops. */
export function layerNormBackwardReference(
  slope: tf.Tensor2D,
  { normalized, inverseStd }: LayerNormTrace,
  gain: tf.Tensor1D,
  residual: tf.Tensor2D,
): LayerNormSlopes {
  return tidy(() => {
    const scaled = tf.mul(slope, gain);
    const alongNormalized = tf.mul(normalized, tf.mean(tf.mul(scaled, normalized), 1, true));
    const own = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, 1, true)), alongNormalized), inverseStd);
    return { input: tf.add(residual, own), gain: tf.sum(tf.mul(slope, normalized), 0), bias: tf.sum(slope, 0) };
  });
}
