/** @file A short piece of work with a known result, timed on the current backend: is it right, and how fast is it? */
import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "../core/base/errors.ts";

const ROWS = 1024;
const WIDTH = 64;
/** Products one after another, as in a few steps of a policy: 134 million operations. */
const PRODUCTS = 16;
const REPETITIONS = 3;
const TOLERANCE = 1e-4;

/**
 * Milliseconds of the shortest of a few runs, the reading of the result included, after one that compiles.
 *
 * @param now milliseconds of a steady clock
 * @throws {DeviceError} if the result is wrong
 */
export async function selfTestMs(now: () => number): Promise<number> {
  let shortest = Infinity;
  for (let i = 0; i <= REPETITIONS; i++) {
    const start = now();
    await multiplyOnes();
    if (i > 0) shortest = Math.min(shortest, now() - start);
  }
  return shortest;
}

/** Ones times a matrix of averages stay ones, whatever the order of the sums. */
async function multiplyOnes(): Promise<void> {
  const result = tf.tidy(() => {
    const averages = tf.fill<tf.Rank.R2>([WIDTH, WIDTH], 1 / WIDTH);
    let x: tf.Tensor2D = tf.ones([ROWS, WIDTH]);
    for (let i = 0; i < PRODUCTS; i++) x = tf.matMul(x, averages);
    return x;
  });
  const values = await result.data();
  result.dispose();
  const bad = values.findIndex((value) => !(Math.abs(value - 1) < TOLERANCE));
  if (bad >= 0) throw new DeviceError(`selfTestMs: ones on ${tf.getBackend()}, got ${values[bad]}`);
}
