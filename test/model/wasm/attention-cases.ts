/** @file Softmax over the past, attention in training, and attention to a cache. */
import * as tf from "@tensorflow/tfjs-core";
import {
  attention,
  attentionBackward,
  attentionBackwardReference,
  attentionReference,
} from "../../../src/model/attention.ts";
import { PlainKvCache, type Segment } from "../../../src/model/kv-cache.ts";
import { rotaryTable, rotaryTensors } from "../../../src/model/rotary.ts";
import { sequenceBatch } from "../../../src/model/sequence-batch.ts";
import { WasmKvCache } from "../../../src/model/wasm/kv-cache.ts";
import { rowBytes } from "../../../src/model/wasm/mat-mul.ts";
import {
  bytesOf,
  type KernelCase,
  kernelCase,
  matrix,
  type OpenCase,
  overwritten,
  runtime,
  TIMED,
} from "./kernel-case.ts";

type BlockSizes = readonly [blocks: number, length: number];
type MatrixSizes = readonly [rows: number, columns: number];
type AttentionSizes = readonly [rows: number, length: number, heads: number, headSize: number];
type CacheSizes = readonly [episodes: number, before: number, reading: number, heads: number, headSize: number];

const MASKED_SCORE = -1e9;
const { heads, headSize, rows, length, episodes } = TIMED;
const ATTENTION_SIZES = {
  checked: [
    [2, 1, 2, 4],
    [2, 16, 1, 8],
    [2, 17, 2, 12],
    [2, 70, 2, 8],
  ],
  timed: [[rows, length, heads, headSize]],
} as const;
/** Tokens that an episode has read before the step that is timed. */
const BEFORE = 64;

/** Cases of attention. */
export const ATTENTION_CASES: readonly KernelCase[] = [
  kernelCase<BlockSizes>(
    "softmax over the past",
    {
      checked: [
        [2, 7],
        [1, 16],
        [3, 33],
      ],
      timed: [[rows * heads, length]],
    },
    openSoftmax,
  ),
  kernelCase<MatrixSizes>(
    "slopes of a softmax",
    {
      checked: [
        [5, 8],
        [17, 20],
      ],
      timed: [[rows * heads * length, length]],
    },
    openSoftmaxBackward,
  ),
  kernelCase<AttentionSizes>("attention", ATTENTION_SIZES, openAttention),
  kernelCase<AttentionSizes>("slopes of attention", ATTENTION_SIZES, openAttentionBackward, { projections: 2e-5 }),
  kernelCase<CacheSizes>(
    "attention to the cache",
    {
      checked: [
        [3, 0, 5, 2, 4],
        [2, 9, 1, 2, 8],
        [2, 63, 4, 1, 12],
      ],
      timed: [
        [episodes, 0, BEFORE, heads, headSize],
        [episodes, BEFORE, 1, heads, headSize],
      ],
    },
    openCache,
  ),
];

function openSoftmax([blocks, size]: BlockSizes): OpenCase {
  const columns = Math.ceil(size / 4) * 4;
  const scores = matrix(blocks * size, columns, 3);
  const { tensor, restore } = overwritten(scores);
  const scale = 0.3;
  const ours = () => {
    const { kernels, addressOf } = runtime();
    const stride = rowBytes(columns);
    for (let block = 0; block < blocks; block++) {
      kernels.causalSoftmax(addressOf(tensor) + block * size * stride, stride, size, rowBytes(1), stride, scale);
    }
    return { weights: tf.reshape(tensor, [blocks, size, columns]) };
  };
  const hidden = new Float32Array(size * columns);
  for (let row = 0; row < size; row++) hidden.fill(MASKED_SCORE, row * columns + row + 1, (row + 1) * columns);
  const mask = tf.tensor3d(hidden, [1, size, columns]);
  const plain = () => {
    return { weights: tf.softmax(tf.add(tf.mul(tf.reshape(scores, [blocks, size, columns]), scale), mask)) };
  };
  return { shape: `${blocks} × ${size} × ${size}`, bytes: bytesOf(blocks * size * (size + 1)), ours, plain, restore };
}

function openSoftmaxBackward([count, columns]: MatrixSizes): OpenCase {
  const [weights, slopes] = [tf.softmax(matrix(count, columns, 3)), matrix(count, columns)];
  const { tensor, restore } = overwritten(slopes);
  const scale = 0.3;
  const ours = () => {
    const { kernels, addressOf } = runtime();
    const stride = rowBytes(columns);
    kernels.softmaxBackward(addressOf(weights), addressOf(tensor), stride, count, stride, scale);
    return { scores: tensor };
  };
  const plain = () => {
    const centered = tf.sub(slopes, tf.sum(tf.mul(weights, slopes), 1, true));
    return { scores: tf.mul(tf.mul(weights, centered), scale) };
  };
  return { shape: `${count} × ${columns}`, bytes: bytesOf(3 * slopes.size), ours, plain, restore };
}

function attentionInputs([rowCount, size, headCount, ofHead]: AttentionSizes) {
  const tokens = Array.from({ length: rowCount }, () => new Array<number>(size).fill(1));
  const rotary = rotaryTensors(rotaryTable(size, ofHead));
  const shape = { heads: headCount, rotary, batch: sequenceBatch(tokens, true) };
  return { shape, projections: matrix(rowCount * size, 3 * headCount * ofHead, 2) };
}

const attentionText = ([rowCount, size, headCount, ofHead]: AttentionSizes): string =>
  `${rowCount} rows of ${size}, ${headCount} × ${ofHead}`;

/** Of one product of each head, the future left out. */
const halfProduct = ([rowCount, size, headCount, ofHead]: AttentionSizes): number =>
  rowCount * headCount * ofHead * size * (size + 1);

function openAttention(sizes: AttentionSizes): OpenCase {
  const { shape, projections } = attentionInputs(sizes);
  const { tensor, restore } = overwritten(projections);
  const ours = () => ({ output: attention(tensor, shape).output });
  const plain = () => ({ output: attentionReference(projections, shape).output });
  return { shape: attentionText(sizes), flops: 2 * halfProduct(sizes), ours, plain, restore };
}

function openAttentionBackward(sizes: AttentionSizes): OpenCase {
  const { shape, projections } = attentionInputs(sizes);
  const slope = matrix(projections.shape[0], projections.shape[1] / 3);
  const plainly = attentionReference(projections, shape).saved;
  const own = attention(tf.add(projections, 0), shape).saved;
  const ours = () => ({ projections: attentionBackward(slope, own, shape) });
  const plain = () => ({ projections: attentionBackwardReference(slope, plainly, shape) });
  return { shape: attentionText(sizes), flops: 4 * halfProduct(sizes), ours, plain };
}

/** Each episode has read `before` tokens and reads some more; the same again at every call. */
function openCache([count, before, reading, headCount, ofHead]: CacheSizes): OpenCase {
  const width = headCount * ofHead;
  const after = before + reading;
  const config = { vocabularySize: 4, width, layers: 1, heads: headCount, contextLength: after };
  const rotary = rotaryTensors(rotaryTable(after, ofHead));
  const [own, plainly] = [new WasmKvCache(runtime(), config, rotary, count), new PlainKvCache(config, rotary, count)];
  const segments = (start: number, end: number): Segment[] =>
    Array.from({ length: count }, (_, episode) => ({ episode, start, tokens: new Array<number>(end).fill(1) }));
  if (before > 0) {
    const past = matrix(count * before, 3 * width, 2);
    for (const cache of [plainly, own]) {
      cache.begin(segments(0, before));
      cache.attend(0, past);
    }
  }
  const projections = matrix(count * reading, 3 * width, 2);
  const { tensor, restore } = overwritten(projections);
  const now = segments(before, after);
  const attend = (cache: WasmKvCache | PlainKvCache, x: tf.Tensor2D) => {
    cache.begin(now);
    return { output: cache.attend(0, x) };
  };
  // A token looks at those before it and at itself: two products.
  const looks = (reading * (2 * before + reading + 1)) / 2;
  return {
    shape: `${count} episodes, ${reading} read after ${before}, ${headCount} × ${ofHead}`,
    flops: 4 * count * width * looks,
    ours: () => attend(own, tensor),
    plain: () => attend(plainly, projections),
    restore,
    close: () => {
      own.dispose();
      plainly.dispose();
    },
  };
}
