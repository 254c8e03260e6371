/** @file Causal self-attention with rotary positions over whole rows, forward and backward, for training. */
import * as tf from "@tensorflow/tfjs-core";
import { rotate, type RotaryAngles, type RotaryTensors } from "./rotary.ts";
import { tidy } from "./tidy.ts";
import {
  attentionBackwardOnWasm,
  attentionOnWasm,
  type AttentionResult,
  type AttentionShape,
} from "./wasm/attention.ts";
import { wasmRuntime } from "./wasm/kernel-module.ts";

const MASKED_SCORE = -1e9;

/**
 * softmax(q·kᵀ/√headSize + causal mask)·v per row and head.
 *
 * @param queryKeyValue [positions, 3 · width]; overwritten on wasm
 */
export function attention(queryKeyValue: tf.Tensor2D, shape: AttentionShape): AttentionResult {
  const runtime = wasmRuntime(queryKeyValue.shape[1] / 3);
  return runtime === null ? attentionReference(queryKeyValue, shape) : attentionOnWasm(runtime, queryKeyValue, shape);
}

/**
 * Slope of `queryKeyValue`.
 *
 * @param slope of the output, [positions, width]
 */
export function attentionBackward(slope: tf.Tensor2D, saved: readonly tf.Tensor[], shape: AttentionShape): tf.Tensor2D {
  const runtime = wasmRuntime(slope.shape[1]);
  return runtime === null
    ? attentionBackwardReference(slope, saved, shape)
    : attentionBackwardOnWasm(runtime, slope, saved, shape);
}

/** The same in plain ops, for rows of one length. Saves query, key, value and weights, [rows, heads, length, …] each. */
export function attentionReference(
  queryKeyValue: tf.Tensor2D,
  { batch, heads, rotary }: AttentionShape,
): AttentionResult {
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
    return { output: mergeHeads(tf.matMul(weights, value)), saved: [query, key, value, weights] };
  });
}

/** The same in plain ops, for rows of one length. */
export function attentionBackwardReference(
  slope: tf.Tensor2D,
  saved: readonly tf.Tensor[],
  { rotary }: AttentionShape,
): tf.Tensor2D {
  return tidy(() => {
    const [query, key, value, weights] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const [, heads, length, headSize] = query.shape;
    const angles = rotaryAngles(rotary, length);
    const slopeOut = tf.transpose(tf.reshape(slope, [-1, length, heads, headSize]), [0, 2, 1, 3]);
    const slopeValue: tf.Tensor4D = tf.matMul(weights, slopeOut, true, false);
    const slopeWeights = tf.matMul(slopeOut, value, false, true);
    const weighted = tf.mul(slopeWeights, weights);
    const centered = tf.sub(weighted, tf.mul(weights, tf.sum(weighted, 3, true)));
    const slopeScores: tf.Tensor4D = tf.mul(centered, 1 / Math.sqrt(headSize));
    const slopeQuery = rotate(tf.matMul(slopeScores, key), angles, "back");
    const slopeKey = rotate(tf.matMul(slopeScores, query, true, false), angles, "back");
    return mergeHeads(tf.concat([slopeQuery, slopeKey, slopeValue], 1));
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

/** 0 where position i may look at j ≤ i, else a large negative score, [1, 1, length, length]. */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let i = 0; i < length; i++) mask.fill(MASKED_SCORE, i * length + i + 1, (i + 1) * length);
  return tf.tensor(mask, [1, 1, length, length]);
}
