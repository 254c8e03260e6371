/** @file `tf.tidy` and `tf.dispose` for results of any shape. */
import * as tf from "@tensorflow/tfjs-core";

/** Runs `compute` and disposes every tensor it made except those in its result. */
export function tidy<Result>(compute: () => Result): Result {
  return tf.tidy(compute as () => tf.TensorContainer) as Result;
}

/** Disposes every tensor inside a value of objects and arrays. */
export function disposeAll(value: object): void {
  tf.dispose(value as tf.TensorContainer);
}
