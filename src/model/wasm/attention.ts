/**
 * @file Causal attention on wasm: per row and head, products of blocks of 16 positions on strided views of the
 * projections, so that nothing is split, merged or padded and the masked half is hardly computed. Rows may have
 * different lengths.
 */
import type * as tf from "@tensorflow/tfjs-core";
import type { RotaryTensors } from "../rotary.ts";
import type { SequenceBatch } from "../sequence-batch.ts";
import { disposeAll } from "../tidy.ts";
import type { Kernels, WasmRuntime } from "./kernel-module.ts";
import { FLOAT_BYTES } from "./loops.ts";
import { rowBytes } from "./mat-mul.ts";

const BLOCK = 16;
const LANES = 4;

/** Sizes and angles that attention needs besides its inputs. */
export interface AttentionShape {
  readonly heads: number;
  readonly rotary: RotaryTensors;
  readonly batch: SequenceBatch;
}

/** Output and what the backward pass needs (query, key, value and weights, as each implementation keeps them). */
export interface AttentionResult {
  /** [positions, width] */
  readonly output: tf.Tensor2D;
  readonly saved: readonly tf.Tensor[];
}

/** One head of one row: addresses of its parts and its strides, in bytes. */
interface Head {
  readonly length: number;
  readonly headSize: number;
  /** Query, key and value in the projections (or their slopes), `stride` apart. */
  readonly parts: readonly [number, number, number];
  readonly stride: number;
  /** Output (or its slope), `outStride` apart. */
  readonly out: number;
  readonly outStride: number;
  /** Attention weights, [length, paddedLength], `weightStride` apart. */
  readonly weights: number;
  readonly weightStride: number;
}

function padded(length: number): number {
  return Math.ceil(length / LANES) * LANES;
}

/** Turns queries and keys in place, attends, and saves the projections and the weights. */
export function attentionOnWasm(
  runtime: WasmRuntime,
  queryKeyValue: tf.Tensor2D,
  { batch, heads, rotary }: AttentionShape,
): AttentionResult {
  const { kernels, addressOf } = runtime;
  const [positions, tripleWidth] = queryKeyValue.shape;
  const output = runtime.allocate([positions, tripleWidth / 3]);
  const weights = runtime.allocate([weightCount(batch.rowStarts, heads)]);
  const longest = padded(batch.maxLength);
  const scratch = runtime.zeros([tripleWidth / 3 / heads, longest]);
  const turn = rotation(runtime, { heads, rotary });
  forEachRow(batch.rowStarts, (start, length) => {
    turn(addressOf(queryKeyValue) + start * rowBytes(tripleWidth), length, 1);
  });
  const place = { projections: addressOf(queryKeyValue), out: addressOf(output), weights: addressOf(weights) };
  forEachHead(batch.rowStarts, { heads, tripleWidth }, place, (head) => attendHead(kernels, head, addressOf(scratch)));
  scratch.dispose();
  return { output, saved: [queryKeyValue, weights] };
}

/** Slope of the projections before turning. */
export function attentionBackwardOnWasm(
  runtime: WasmRuntime,
  slope: tf.Tensor2D,
  saved: readonly tf.Tensor[],
  { batch, heads, rotary }: AttentionShape,
): tf.Tensor2D {
  const { kernels, addressOf } = runtime;
  const [queryKeyValue, weights] = saved as [tf.Tensor2D, tf.Tensor1D];
  const tripleWidth = queryKeyValue.shape[1];
  const slopes = runtime.allocate(queryKeyValue.shape);
  const longest = padded(batch.maxLength);
  const transposed = runtime.zeros([tripleWidth / 3 / heads, longest]);
  const scores = runtime.zeros([batch.maxLength, longest]);
  const place = { projections: addressOf(queryKeyValue), out: addressOf(slope), weights: addressOf(weights) };
  const shift = addressOf(slopes) - addressOf(queryKeyValue);
  forEachHead(batch.rowStarts, { heads, tripleWidth }, place, (head) => {
    attendHeadBackward(kernels, head, { shift, transposed: addressOf(transposed), scores: addressOf(scores) });
  });
  const turn = rotation(runtime, { heads, rotary });
  forEachRow(batch.rowStarts, (start, length) => turn(addressOf(slopes) + start * rowBytes(tripleWidth), length, -1));
  disposeAll([transposed, scores]);
  return slopes;
}

/** Turns the queries and keys of `length` positions from 0 on; direction −1 turns back. */
export function rotation(
  { kernels, addressOf }: WasmRuntime,
  { heads, rotary }: Pick<AttentionShape, "heads" | "rotary">,
): (at: number, length: number, direction: 1 | -1, firstPosition?: number) => void {
  const half = rotary.halfCos.shape[1];
  const stride = 6 * heads * half * FLOAT_BYTES;
  const [cos, sin] = [addressOf(rotary.halfCos), addressOf(rotary.halfSin)];
  return (at, length, direction, firstPosition = 0) => {
    const skip = firstPosition * rowBytes(half);
    kernels.rotary(at, stride, cos + skip, sin + skip, length, 2 * heads, rowBytes(half), direction);
  };
}

function weightCount(rowStarts: Int32Array, heads: number): number {
  let count = 0;
  forEachRow(rowStarts, (_, length) => (count += heads * length * padded(length)));
  return count;
}

function forEachRow(rowStarts: Int32Array, visit: (start: number, length: number) => void): void {
  for (let row = 0; row + 1 < rowStarts.length; row++) visit(rowStarts[row]!, rowStarts[row + 1]! - rowStarts[row]!);
}

function forEachHead(
  rowStarts: Int32Array,
  { heads, tripleWidth }: { heads: number; tripleWidth: number },
  place: { readonly projections: number; readonly out: number; readonly weights: number },
  visit: (head: Head) => void,
): void {
  const width = tripleWidth / 3;
  const headSize = width / heads;
  const [stride, outStride] = [rowBytes(tripleWidth), rowBytes(width)];
  let { weights } = place;
  forEachRow(rowStarts, (start, length) => {
    const weightStride = rowBytes(padded(length));
    for (let head = 0; head < heads; head++) {
      const query = place.projections + start * stride + rowBytes(head * headSize);
      const parts = [query, query + outStride, query + 2 * outStride] as const;
      const out = place.out + start * outStride + rowBytes(head * headSize);
      visit({ length, headSize, parts, stride, out, outStride, weights, weightStride });
      weights += length * weightStride;
    }
  });
}

/** @param transposed scratch for keys, [headSize, padded length] */
function attendHead({ matMul, transpose, causalSoftmax }: Kernels, head: Head, transposed: number): void {
  const { length, headSize, parts, stride, out, outStride, weights, weightStride } = head;
  const [query, key, value] = parts;
  const scale = 1 / Math.sqrt(headSize);
  transpose(key, stride, transposed, weightStride, length, headSize);
  for (let first = 0; first < length; first += BLOCK) {
    const rows = Math.min(BLOCK, length - first);
    const end = first + rows;
    const at = weights + first * weightStride;
    const from = query + first * stride;
    matMul(from, stride, FLOAT_BYTES, transposed, weightStride, at, weightStride, rows, padded(end), headSize, 0);
    causalSoftmax(at, weightStride, rows, rowBytes(first + 1), rowBytes(padded(end)), scale);
    const to = out + first * outStride;
    matMul(at, weightStride, FLOAT_BYTES, value, stride, to, outStride, rows, headSize, end, 0);
  }
}

/** @param scratch shift from a projection to its slope; values transposed; slopes of scores, [length, padded length] */
function attendHeadBackward(
  { matMul, transpose, softmaxBackward }: Kernels,
  head: Head,
  { shift, transposed, scores }: { readonly shift: number; readonly transposed: number; readonly scores: number },
): void {
  const { length, headSize, parts, stride, out, outStride, weights, weightStride } = head;
  const [query, key, value] = parts;
  const scale = 1 / Math.sqrt(headSize);
  transpose(value, stride, transposed, weightStride, length, headSize);
  for (let first = 0; first < length; first += BLOCK) {
    const rows = Math.min(BLOCK, length - first);
    const end = first + rows;
    const at = scores + first * weightStride;
    const from = out + first * outStride;
    matMul(from, outStride, FLOAT_BYTES, transposed, weightStride, at, weightStride, rows, padded(end), headSize, 0);
    softmaxBackward(weights + first * weightStride, at, weightStride, rows, rowBytes(padded(end)), scale);
    const to = query + shift + first * stride;
    matMul(at, weightStride, FLOAT_BYTES, key, stride, to, stride, rows, headSize, end, 0);
  }
  // Slopes of values and keys: transposed weights (score slopes) times later positions' output slopes (queries).
  for (let first = 0; first < length; first += BLOCK) {
    const rows = Math.min(BLOCK, length - first);
    const corner = first * weightStride + rowBytes(first);
    const depth = length - first;
    const [toValue, toKey] = [value + shift + first * stride, key + shift + first * stride];
    const fromOut = out + first * outStride;
    const fromQuery = query + first * stride;
    matMul(weights + corner, FLOAT_BYTES, weightStride, fromOut, outStride, toValue, stride, rows, headSize, depth, 0);
    matMul(scores + corner, FLOAT_BYTES, weightStride, fromQuery, stride, toKey, stride, rows, headSize, depth, 0);
  }
}
