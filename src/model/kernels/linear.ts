/** @file Matrix products of a linear layer: forward, slope of the input, slope of the weights. */
import * as tf from "@tensorflow/tfjs-core";
import { disposeAll, tidy } from "../tidy.ts";
import { rowBytes } from "../wasm/mat-mul.ts";
import { wasmRuntime, type WasmRuntime } from "../wasm/kernel-module.ts";

const FLOAT_BYTES = 4;
/** Rows of a weight-slope product at a time: both factors stay in the processor's cache. */
const DEPTH_BLOCK = 128;

/** What a linear layer adds to its product. */
export interface Addends {
  /** [rows, outputs] */
  readonly residual?: tf.Tensor2D;
  /** [outputs], only together with a residual. */
  readonly bias?: tf.Tensor1D;
}

/**
 * x·w, plus a residual and a bias.
 *
 * @param x [rows, inputs]
 * @param w [inputs, outputs]
 */
export function linear(x: tf.Tensor2D, w: tf.Tensor2D, addends: Addends = {}): tf.Tensor2D {
  const runtime = wasmRuntime(w.shape[1]);
  return runtime === null ? linearReference(x, w, addends) : linearOnWasm(runtime, x, w, addends);
}

function linearReference(x: tf.Tensor2D, w: tf.Tensor2D, { residual, bias }: Addends): tf.Tensor2D {
  return tidy(() => {
    const product: tf.Tensor2D = tf.matMul(x, w);
    if (residual === undefined) return product;
    return tf.add(residual, bias === undefined ? product : tf.add(product, bias));
  });
}

function linearOnWasm(runtime: WasmRuntime, x: tf.Tensor2D, w: tf.Tensor2D, { residual, bias }: Addends): tf.Tensor2D {
  const { kernels, addressOf } = runtime;
  const [rows, inputs] = x.shape;
  const outputs = w.shape[1];
  const out = runtime.allocate([rows, outputs]);
  const outRow = rowBytes(outputs);
  if (residual !== undefined && bias !== undefined) {
    kernels.addBias(addressOf(residual), addressOf(bias), addressOf(out), rows, outRow);
  } else if (residual !== undefined) {
    kernels.copyRows(addressOf(residual), outRow, addressOf(out), outRow, rows, outputs);
  }
  const [a, b, isAdding] = [addressOf(x), addressOf(w), residual === undefined ? 0 : 1];
  kernels.matMul(a, rowBytes(inputs), FLOAT_BYTES, b, outRow, addressOf(out), outRow, rows, outputs, inputs, isAdding);
  return out;
}

/**
 * slope·wᵀ.
 *
 * @param slope of the output, [rows, outputs]
 * @param w [inputs, outputs]
 * @returns slope of the input, [rows, inputs]
 */
export function inputSlope(slope: tf.Tensor2D, w: tf.Tensor2D): tf.Tensor2D {
  const runtime = wasmRuntime(w.shape[0]);
  if (runtime === null) return tf.matMul(slope, w, false, true);
  const [inputs, outputs] = w.shape;
  const transposed = runtime.allocate([outputs, inputs]);
  const { kernels, addressOf } = runtime;
  kernels.transpose(addressOf(w), rowBytes(outputs), addressOf(transposed), rowBytes(inputs), inputs, outputs);
  const result = linear(slope, transposed);
  disposeAll(transposed);
  return result;
}

/**
 * xᵀ·slope.
 *
 * @param x input, [rows, inputs]
 * @param slope of the output, [rows, outputs]
 * @returns slope of the weights, [inputs, outputs]
 */
export function weightSlope(x: tf.Tensor2D, slope: tf.Tensor2D): tf.Tensor2D {
  const runtime = wasmRuntime(slope.shape[1]);
  if (runtime === null) return tf.matMul(x, slope, true, false);
  const { kernels, addressOf } = runtime;
  const [rows, inputs] = x.shape;
  const outputs = slope.shape[1];
  const out = runtime.zeros([inputs, outputs]);
  const [xRow, outRow] = [rowBytes(inputs), rowBytes(outputs)];
  const [a, b, c] = [addressOf(x), addressOf(slope), addressOf(out)];
  for (let row = 0; row < rows; row += DEPTH_BLOCK) {
    const depth = Math.min(DEPTH_BLOCK, rows - row);
    kernels.matMul(a + row * xRow, FLOAT_BYTES, xRow, b + row * outRow, outRow, c, outRow, inputs, outputs, depth, 1);
  }
  return out;
}

/** Slope of a bias: the sum over rows, [width]. */
export function biasSlope(slope: tf.Tensor2D): tf.Tensor1D {
  const runtime = wasmRuntime(slope.shape[1]);
  if (runtime === null) return tf.sum(slope, 0);
  const [rows, width] = slope.shape;
  const out = runtime.zeros([width]);
  runtime.kernels.columnSum(runtime.addressOf(slope), runtime.addressOf(out), rows, rowBytes(width));
  return out;
}
