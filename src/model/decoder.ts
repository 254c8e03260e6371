/** @file The transformer one piece at a time: new tokens of some episodes attend to what their caches hold. */
import * as tf from "@tensorflow/tfjs-core";
import type { DeviceWeights, LayerWeights } from "./device-weights.ts";
import { rowsOf, sumOfRows, type Triple } from "./kernels/embedding.ts";
import { biasGelu } from "./kernels/gelu.ts";
import { layerNorm } from "./kernels/layer-norm.ts";
import { linear } from "./kernels/linear.ts";
import { PlainKvCache, type KvCache, type Segment } from "./kv-cache.ts";
import { PAD_TOKEN } from "./sequence-batch.ts";
import { tidy } from "./tidy.ts";
import type { Transformer } from "./transformer.ts";
import { wasmRuntime } from "./wasm/kernel-module.ts";
import { WasmKvCache } from "./wasm/kv-cache.ts";

/** A cache of the kind that suits the current backend. */
export function openKvCache({ config, rotary }: Transformer, episodeCount: number): KvCache {
  const runtime = wasmRuntime(config.width);
  if (runtime === null) return new PlainKvCache(config, rotary, episodeCount);
  return new WasmKvCache(runtime, config, rotary, episodeCount);
}

/**
 * Reads the new tokens of each segment into the cache.
 *
 * @param segments at least one new token each; every episode at most once
 * @returns logits after each segment's last token, [segments, vocabulary]; the caller disposes them
 */
export function decodeSegments(weights: DeviceWeights, cache: KvCache, segments: readonly Segment[]): tf.Tensor2D {
  cache.begin(segments);
  return tidy(() => {
    const { ids, lastRows } = layOutSegments(segments, cache.isPadded);
    let x = sumOfRows(weights.embeddings, ids);
    weights.layers.forEach((layer, i) => {
      x = tidy(() => layerStep(layer, x, (queryKeyValue) => cache.attend(i, queryKeyValue)));
    });
    const { output } = layerNorm(rowsOf(x, lastRows), weights.finalNormGain, weights.finalNormBias);
    return linear(output, weights.head);
  });
}

function layerStep(
  layer: LayerWeights,
  x: tf.Tensor2D,
  attend: (queryKeyValue: tf.Tensor2D) => tf.Tensor2D,
): tf.Tensor2D {
  const norm1 = layerNorm(x, layer.attentionNormGain, layer.attentionNormBias).output;
  const middle = linear(attend(linear(norm1, layer.queryKeyValue)), layer.attentionOut, { residual: x });
  const norm2 = layerNorm(middle, layer.mlpNormGain, layer.mlpNormBias).output;
  const { output: inner } = biasGelu(linear(norm2, layer.mlpIn), layer.mlpInBias);
  return linear(inner, layer.mlpOut, { residual: middle, bias: layer.mlpOutBias });
}

/** Token ids of every position, and the row of each segment's last token. */
function layOutSegments(
  segments: readonly Segment[],
  isPadded: boolean,
): { readonly ids: Triple<tf.Tensor1D>; readonly lastRows: tf.Tensor1D } {
  const counts = segments.map(({ tokens, start }) => tokens.length - start);
  const longest = counts.reduce((a, b) => Math.max(a, b), 0);
  const size = isPadded ? longest * segments.length : counts.reduce((a, b) => a + b, 0);
  const columns = [0, 1, 2].map(() => new Int32Array(size).fill(PAD_TOKEN));
  const lastRows = new Int32Array(segments.length);
  let row = 0;
  segments.forEach(({ tokens, start }, r) => {
    for (let i = 0; i < counts[r]!; i++) {
      columns.forEach((column, back) => (column[row + i] = tokens[start + i - back] ?? PAD_TOKEN));
    }
    lastRows[r] = row + counts[r]! - 1;
    row += isPadded ? longest : counts[r]!;
  });
  const ids = columns.map((column) => tf.tensor1d(column, "int32")) as unknown as Triple<tf.Tensor1D>;
  return { ids, lastRows: tf.tensor1d(lastRows, "int32") };
}
