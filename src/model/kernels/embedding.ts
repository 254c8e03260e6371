/** @file Rows of a table by index, and the gradient of the table. */
import * as tf from "@tensorflow/tfjs-core";

/**
 * Adds up the slopes of each table row. Deterministic on every backend: a GPU would add in any order with atomics, so
 * it multiplies by a one-hot matrix.
 *
 * @param slope [positions, width]
 * @param ids [positions] int32, rows of the table
 * @returns [tableRows, width]
 */
export function tableGradient(slope: tf.Tensor2D, ids: tf.Tensor1D, tableRows: number): tf.Tensor2D {
  if (tf.getBackend() !== "webgpu") return tf.unsortedSegmentSum(slope, ids, tableRows);
  return tf.tidy(() => tf.matMul(tf.cast(tf.oneHot(ids, tableRows) as tf.Tensor2D, "float32"), slope, true, false));
}
