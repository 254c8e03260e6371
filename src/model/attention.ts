/** @file Causal self-attention with rotary positions over whole rows, forward and backward, for training. */
import * as tf from "@tensorflow/tfjs-core";
import { rotate, type RotaryTensors } from "./rotary.ts";
import type { SequenceBatch } from "./sequence-batch.ts";
import { tidy } from "./tidy.ts";

const MASKED_SCORE = -1e9;

/** What the backward pass needs, [rows, heads, length, …] each. */
export interface AttentionTrace {
  readonly query: tf.Tensor4D;
  readonly key: tf.Tensor4D;
  readonly value: tf.Tensor4D;
  readonly weights: tf.Tensor4D;
}

/** Sizes that attention needs besides its inputs. */
export interface AttentionShape {
  readonly heads: number;
  readonly rotary: RotaryTensors;
}

/**
 * softmax(q·kᵀ/√headSize + causal mask)·v per row and head.
 *
 * @param queryKeyValue [rows · length, 3 · width], positions of a padded batch
 * @returns [rows · length, width]
 */
export function attention(
  queryKeyValue: tf.Tensor2D,
  batch: SequenceBatch,
  { heads, rotary }: AttentionShape,
): { readonly output: tf.Tensor2D; readonly trace: AttentionTrace } {
  return tidy(() => {
    const length = batch.maxLength;
    const headSize = queryKeyValue.shape[1] / (3 * heads);
    const angles = rotaryAngles(rotary, length);
    const split = tf.transpose(tf.reshape(queryKeyValue, [-1, length, 3 * heads, headSize]), [0, 2, 1, 3]);
    const [q, k, value] = tf.split(split, 3, 1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const query = rotate(q, angles, "forward");
    const key = rotate(k, angles, "forward");
    const scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(headSize)); // [B, H, T, T]
    const weights: tf.Tensor4D = tf.softmax(tf.add(scores, causalMask(length)));
    return { output: mergeHeads(tf.matMul(weights, value)), trace: { query, key, value, weights } };
  });
}

/**
 * @param slope of the output, [rows · length, width]
 * @returns slope of `queryKeyValue`
 */
export function attentionBackward(slope: tf.Tensor2D, trace: AttentionTrace, rotary: RotaryTensors): tf.Tensor2D {
  return tidy(() => {
    const { query, key, value, weights } = trace;
    const [, heads, length, headSize] = query.shape;
    const angles = rotaryAngles(rotary, length);
    const slopeOut = tf.transpose(tf.reshape(slope, [-1, length, heads, headSize]), [0, 2, 1, 3]);
    const slopeValue = tf.matMul(weights, slopeOut, true, false);
    const slopeWeights = tf.matMul(slopeOut, value, false, true);
    const weighted = tf.mul(slopeWeights, weights);
    const slopeScores = tf.mul(
      tf.sub(weighted, tf.mul(weights, tf.sum(weighted, 3, true))),
      1 / Math.sqrt(headSize),
    ) as tf.Tensor4D;
    const slopeQuery = rotate(tf.matMul(slopeScores, key), angles, "back");
    const slopeKey = rotate(tf.matMul(slopeScores, query, true, false), angles, "back");
    return mergeHeads(tf.concat([slopeQuery, slopeKey, slopeValue as tf.Tensor4D], 1));
  });
}

/** [B, H, T, headSize] → [B · T, H · headSize]. */
function mergeHeads(x: tf.Tensor): tf.Tensor2D {
  const [, heads, , headSize] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [-1, heads * headSize]);
}

function rotaryAngles(rotary: RotaryTensors, length: number): RotaryAngles {
  const rows = (table: tf.Tensor2D): tf.Tensor =>
    tf.reshape(tf.slice(table, [0, 0], [length, table.shape[1]]), [1, 1, length, table.shape[1]]);
  return { cos: rows(rotary.cos), sin: rows(rotary.sin), swap: rotary.swap };
}

interface RotaryAngles {
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  readonly swap: tf.Tensor2D;
}

/** 0 where position i may look at j ≤ i, else a large negative score, [1, 1, length, length]. */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let i = 0; i < length; i++) mask.fill(MASKED_SCORE, i * length + i + 1, (i + 1) * length);
  return tf.tensor(mask, [1, 1, length, length]);
}
