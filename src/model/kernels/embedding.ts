/** @file Rows of tables by index, and the gradients of that. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../tidy.ts";
import { wasmRuntime } from "../wasm/kernel-module.ts";
import { rowBytes } from "../wasm/mat-mul.ts";

/** Three of a kind: of the token, the previous and the second previous one. */
export type Triple<T> = readonly [T, T, T];

/**
 * Sum of one row of each table.
 *
 * @param tables [tableRows, width] each
 * @param ids [positions] int32 each, valid rows
 * @returns [positions, width]
 */
export function sumOfRows(tables: Triple<tf.Tensor2D>, ids: Triple<tf.Tensor1D>): tf.Tensor2D {
  const width = tables[0].shape[1];
  const runtime = wasmRuntime(width);
  if (runtime === null) {
    return tidy(() => {
      const [a, b, c] = tables.map((table, i) => tf.gather(table, ids[i]!)) as unknown as Triple<tf.Tensor2D>;
      return tf.add(tf.add(a, b), c);
    });
  }
  const out = runtime.allocate([ids[0].size, width]);
  runtime.kernels.sumLookups(...[...tables, ...ids, out].map(runtime.addressOf), ids[0].size, rowBytes(width));
  return out;
}

/** x[ids], [ids, width]. */
export function rowsOf(x: tf.Tensor2D, ids: tf.Tensor1D): tf.Tensor2D {
  const width = x.shape[1];
  const runtime = wasmRuntime(width);
  if (runtime === null) return tf.gather(x, ids);
  const out = runtime.allocate([ids.size, width]);
  runtime.kernels.gatherRows(...[x, ids, out].map(runtime.addressOf), ids.size, rowBytes(width));
  return out;
}

/**
 * Adds up the slopes that belong to each row: the gradient of a table or of {@link rowsOf}. Deterministic everywhere: a
 * GPU would add in any order with atomics, so it multiplies by a one-hot matrix.
 *
 * @param slope [positions, width]
 * @param ids [positions] int32
 * @returns [rowCount, width]
 */
export function sumByRow(slope: tf.Tensor2D, ids: tf.Tensor1D, rowCount: number): tf.Tensor2D {
  const width = slope.shape[1];
  const runtime = wasmRuntime(width);
  if (runtime === null) return sumByRowReference(slope, ids, rowCount);
  const out = runtime.zeros([rowCount, width]);
  runtime.kernels.addToRows(...[slope, ids, out].map(runtime.addressOf), ids.size, rowBytes(width));
  return out;
}

/** The same in plain ops. */
export function sumByRowReference(slope: tf.Tensor2D, ids: tf.Tensor1D, rowCount: number): tf.Tensor2D {
  return tidy(() => tf.matMul(oneHot(ids, rowCount), slope, true, false));
}

/** [ids, size] float32. The detour over integers is for wasm, which writes integers whatever type it is asked for. */
export function oneHot(ids: tf.Tensor1D, size: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(ids, size) as tf.Tensor2D, "float32");
}
