/** @file The transformer one piece at a time: new tokens of some episodes attend to what their caches hold. */
import * as tf from "@tensorflow/tfjs-core";
import type { DeviceWeights, LayerWeights } from "./device-weights.ts";
import { biasGelu } from "./kernels/gelu.ts";
import { layerNorm } from "./kernels/layer-norm.ts";
import type { KvCache, LayerCache } from "./kv-cache.ts";
import { rotate } from "./rotary.ts";
import { PAD_TOKEN } from "./sequence-batch.ts";
import { sumOfEmbeddings, type Transformer } from "./transformer.ts";

const MASKED_SCORE = -1e9;

/** New tokens of one episode. */
export interface Segment {
  readonly episode: number;
  /** All tokens of the episode so far; those from `start` are new. */
  readonly tokens: readonly number[];
  /** How many tokens the cache holds. */
  readonly start: number;
}

/** Index tensors of one step, shared by all layers. R segments, S tokens in the longest. */
interface StepPlan {
  readonly segmentCount: number;
  readonly length: number;
  /** [R · S] each. */
  readonly ids: readonly tf.Tensor1D[];
  /** Last new token of each segment, [R]. */
  readonly lastRows: tf.Tensor1D;
  readonly episodes: tf.Tensor1D;
  /** Row of (old cache, new tokens) that each cache slot holds next, [episodes · capacity]. */
  readonly slotSources: tf.Tensor1D;
  /** [R, 1, S, capacity]. */
  readonly mask: tf.Tensor4D;
  /** [R, S, 1, headSize]. */
  readonly angles: RotaryAngles;
}

interface RotaryAngles {
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  readonly swap: tf.Tensor2D;
}

/**
 * Reads the new tokens of each segment into the cache.
 *
 * @param segments at least one token each; every episode at most once
 * @returns logits after each segment's last token, [segments, vocabulary]; the caller disposes them
 */
export function decodeSegments(
  model: Transformer,
  weights: DeviceWeights,
  cache: KvCache,
  segments: readonly Segment[],
): tf.Tensor2D {
  cache.reserve(Math.max(...segments.map(({ tokens }) => tokens.length)));
  return tf.tidy(() => {
    const plan = planStep(model, cache, segments);
    let x = sumOfEmbeddings(weights, plan.ids);
    weights.layers.forEach((layer, i) => {
      x = layerStep(model, layer, cache.layers[i]!, { x, plan });
    });
    const { output } = layerNorm(tf.gather(x, plan.lastRows), weights.finalNormGain, weights.finalNormBias);
    return tf.matMul(output, weights.embeddings[0], false, true);
  });
}

function layerStep(
  model: Transformer,
  layer: LayerWeights,
  cache: LayerCache,
  { x, plan }: { x: tf.Tensor2D; plan: StepPlan },
): tf.Tensor2D {
  return tf.tidy(() => {
    const norm1 = layerNorm(x, layer.attentionNormGain, layer.attentionNormBias).output;
    const attended = cachedAttention(model, tf.matMul(norm1, layer.queryKeyValue), cache, plan);
    const middle: tf.Tensor2D = tf.add(x, tf.matMul(attended, layer.attentionOut));
    const norm2 = layerNorm(middle, layer.mlpNormGain, layer.mlpNormBias).output;
    const { output: inner } = biasGelu(tf.matMul(norm2, layer.mlpIn), layer.mlpInBias);
    return tf.add(middle, tf.add(tf.matMul(inner, layer.mlpOut), layer.mlpOutBias));
  });
}

/** Writes keys and values into the cache and attends to it. */
function cachedAttention(
  model: Transformer,
  queryKeyValue: tf.Tensor2D,
  cache: LayerCache,
  plan: StepPlan,
): tf.Tensor2D {
  const { heads, width } = model.config;
  const { segmentCount, length } = plan;
  const headSize = width / heads;
  const turned = (x: tf.Tensor): tf.Tensor4D =>
    rotate(tf.reshape(x, [segmentCount, length, heads, headSize]), plan.angles, "forward");
  const [q, k, v] = tf.split(queryKeyValue, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  replaceSlots(cache, "key", tf.reshape(turned(k), [-1, width]), plan.slotSources);
  replaceSlots(cache, "value", v, plan.slotSources);
  const ofSegments = (slots: tf.Tensor2D): tf.Tensor4D => {
    const capacity = plan.mask.shape[3];
    const rows = tf.gather(tf.reshape(slots, [-1, capacity * width]), plan.episodes);
    return tf.transpose(tf.reshape(rows, [segmentCount, capacity, heads, headSize]), [0, 2, 1, 3]);
  };
  const query = tf.transpose(turned(q), [0, 2, 1, 3]);
  const scores = tf.mul(tf.matMul(query, ofSegments(cache.key), false, true), 1 / Math.sqrt(headSize)); // [R, H, S, C]
  const attended = tf.matMul(tf.softmax(tf.add(scores, plan.mask)) as tf.Tensor4D, ofSegments(cache.value));
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [-1, width]);
}

function replaceSlots(cache: LayerCache, part: "key" | "value", rows: tf.Tensor2D, sources: tf.Tensor1D): void {
  const next: tf.Tensor2D = tf.gather(tf.concat2d([cache[part], rows], 0), sources);
  cache[part].dispose();
  cache[part] = tf.keep(next);
}

function planStep(model: Transformer, cache: KvCache, segments: readonly Segment[]): StepPlan {
  const { capacity, episodeCount } = cache;
  const length = Math.max(...segments.map(({ tokens, start }) => tokens.length - start));
  const size = segments.length * length;
  const ids = [0, 1, 2].map(() => new Int32Array(size).fill(PAD_TOKEN));
  const positions = new Int32Array(size);
  const lastRows = new Int32Array(segments.length);
  const slotSources = Int32Array.from({ length: episodeCount * capacity }, (_, slot) => slot);
  const mask = new Float32Array(size * capacity).fill(MASKED_SCORE);
  segments.forEach(({ episode, tokens, start }, r) => {
    for (let position = start; position < tokens.length; position++) {
      const row = r * length + position - start;
      ids.forEach((column, back) => (column[row] = tokens[position - back] ?? PAD_TOKEN));
      positions[row] = position;
      slotSources[episode * capacity + position] = episodeCount * capacity + row;
      mask.fill(0, row * capacity, row * capacity + position + 1);
    }
    lastRows[r] = r * length + tokens.length - start - 1;
  });
  const indices = tf.tensor1d(positions, "int32");
  const angleRows = (table: tf.Tensor2D): tf.Tensor =>
    tf.reshape(tf.gather(table, indices), [segments.length, length, 1, table.shape[1]]);
  const { rotary } = model;
  return {
    segmentCount: segments.length,
    length,
    ids: ids.map((column) => tf.tensor1d(column, "int32")),
    lastRows: tf.tensor1d(lastRows, "int32"),
    episodes: tf.tensor1d(
      Int32Array.from(segments, ({ episode }) => episode),
      "int32",
    ),
    slotSources: tf.tensor1d(slotSources, "int32"),
    mask: tf.tensor4d(mask, [segments.length, 1, length, capacity]),
    angles: { cos: angleRows(rotary.cos), sin: angleRows(rotary.sin), swap: rotary.swap },
  };
}
