/** @file Rotary position embedding (Su et al. 2021): the two halves of each head turn by position-dependent angles. */
import * as tf from "@tensorflow/tfjs-core";

const BASE = 10_000;

/** Cosines and sines of every position, [contextLength, headSize/2] each, row-major. */
export interface RotaryTable {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  readonly halfSize: number;
}

/** Angles position · 10000^(−2i/headSize). */
export function rotaryTable(contextLength: number, headSize: number): RotaryTable {
  const halfSize = headSize / 2;
  const cos = new Float32Array(contextLength * halfSize);
  const sin = new Float32Array(contextLength * halfSize);
  for (let position = 0; position < contextLength; position++) {
    for (let i = 0; i < halfSize; i++) {
      const angle = position * BASE ** (-i / halfSize);
      cos[position * halfSize + i] = Math.cos(angle);
      sin[position * halfSize + i] = Math.sin(angle);
    }
  }
  return { cos, sin, halfSize };
}

/** The table as tensors for whole heads, and the matrix that swaps halves. */
export interface RotaryTensors {
  /** [contextLength, headSize] each, the half table twice. */
  readonly cos: tf.Tensor2D;
  readonly sin: tf.Tensor2D;
  /** x·swap = (−second half, first half), [headSize, headSize]. */
  readonly swap: tf.Tensor2D;
  /** [contextLength, headSize/2] each. */
  readonly halfCos: tf.Tensor2D;
  readonly halfSin: tf.Tensor2D;
}

/** Angles of some positions, ready to be multiplied with heads. */
export interface RotaryAngles {
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  readonly swap: tf.Tensor2D;
}

/** Uploads a table. The caller disposes the tensors. */
export function rotaryTensors(table: RotaryTable): RotaryTensors {
  const { halfSize } = table;
  const size = 2 * halfSize;
  const [halfCos, halfSin] = [table.cos, table.sin].map((half) =>
    tf.tensor2d(half, [half.length / halfSize, halfSize]),
  ) as [tf.Tensor2D, tf.Tensor2D];
  const swap = new Float32Array(size * size);
  for (let i = 0; i < halfSize; i++) {
    swap[(i + halfSize) * size + i] = -1;
    swap[i * size + i + halfSize] = 1;
  }
  return {
    cos: tf.tile(halfCos, [1, 2]),
    sin: tf.tile(halfSin, [1, 2]),
    swap: tf.tensor2d(swap, [size, size]),
    halfCos,
    halfSin,
  };
}

/**
 * Turns by the angles, or back for the gradient.
 *
 * @param x [batch, heads, positions, headSize]
 * @param angles cos and sin, [batch or 1, 1, positions, headSize]
 */
export function rotate(x: tf.Tensor4D, angles: RotaryAngles, direction: "forward" | "back"): tf.Tensor4D {
  return tf.tidy(() => {
    const size = x.shape[3];
    const swapped = tf.reshape(tf.matMul(tf.reshape<tf.Rank.R2>(x, [-1, size]), angles.swap), x.shape);
    const along = tf.mul(x, angles.cos);
    const across = tf.mul(swapped, angles.sin);
    return direction === "forward" ? tf.add(along, across) : tf.sub(along, across);
  });
}
