/**
 * @file Keys and values of open episodes on wasm, written in place. Keys are stored transposed, so that the scores of
 * neighbouring positions are neighbours.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../../core/policy/policy.ts";
import type { KvCache, Segment } from "../kv-cache.ts";
import type { RotaryTensors } from "../rotary.ts";
import { disposeAll } from "../tidy.ts";
import { rotation } from "./attention.ts";
import type { WasmRuntime } from "./kernel-module.ts";
import { FLOAT_BYTES } from "./loops.ts";
import { rowBytes } from "./mat-mul.ts";

/** Capacity grows in steps of this many tokens. */
const CAPACITY_STEP = 64;

/** Keys [episodes · width, capacity] and values [episodes · capacity, width] of one layer. */
interface LayerCache {
  readonly key: tf.Tensor2D;
  readonly value: tf.Tensor2D;
}

/** Implements {@link KvCache} with kernels that read and write strided memory. */
export class WasmKvCache implements KvCache {
  readonly isPadded = false;
  readonly #runtime: WasmRuntime;
  readonly #config: ModelConfig;
  readonly #rotary: RotaryTensors;
  readonly #episodeCount: number;
  #layers: readonly LayerCache[] = [];
  #capacity = 0;
  #segments: readonly Segment[] = [];

  constructor(runtime: WasmRuntime, config: ModelConfig, rotary: RotaryTensors, episodeCount: number) {
    this.#runtime = runtime;
    this.#config = config;
    this.#rotary = rotary;
    this.#episodeCount = episodeCount;
  }

  begin(segments: readonly Segment[]): void {
    this.#segments = segments;
    const needed = segments.reduce((longest, { tokens }) => Math.max(longest, tokens.length), 0);
    if (needed > this.#capacity) this.#grow(Math.ceil(needed / CAPACITY_STEP) * CAPACITY_STEP);
  }

  attend(layer: number, queryKeyValue: tf.Tensor2D): tf.Tensor2D {
    const { addressOf, allocate } = this.#runtime;
    const { width } = this.#config;
    const output = allocate([queryKeyValue.shape[0], width]);
    const longest = this.#segments.reduce((most, { tokens, start }) => Math.max(most, tokens.length - start), 0);
    const scores = allocate([longest, this.#capacity]);
    const { key, value } = this.#layers[layer]!;
    const place = { key: addressOf(key), value: addressOf(value), scores: addressOf(scores) };
    let [from, to] = [addressOf(queryKeyValue), addressOf(output)];
    for (const segment of this.#segments) {
      this.#attendSegment(segment, { ...place, from, to });
      const count = segment.tokens.length - segment.start;
      from += count * rowBytes(3 * width);
      to += count * rowBytes(width);
    }
    scores.dispose();
    return output;
  }

  dispose(): void {
    disposeAll(this.#layers);
    this.#layers = [];
  }

  /** Writes the new keys and values of one episode, then attends to all of its tokens. */
  #attendSegment(
    { episode, tokens, start }: Segment,
    place: {
      readonly key: number;
      readonly value: number;
      readonly scores: number;
      readonly from: number;
      readonly to: number;
    },
  ): void {
    const { kernels } = this.#runtime;
    const { width, heads } = this.#config;
    const headSize = width / heads;
    const [stride, outStride, scoreStride] = [rowBytes(3 * width), rowBytes(width), rowBytes(this.#capacity)];
    const [count, length] = [tokens.length - start, tokens.length];
    const episodeOffset = episode * width * scoreStride;
    const [keys, values] = [place.key + episodeOffset, place.value + episodeOffset];
    const { from, to, scores } = place;
    rotation(this.#runtime, { heads, rotary: this.#rotary })(from, count, 1, start);
    kernels.transpose(from + outStride, stride, keys + start * FLOAT_BYTES, scoreStride, count, width);
    kernels.copyRows(from + 2 * outStride, stride, values + start * outStride, outStride, count, width);
    const end = Math.ceil(length / 4) * 4;
    for (let head = 0; head < heads; head++) {
      const column = rowBytes(head * headSize);
      const headKeys = keys + head * headSize * scoreStride;
      kernels.matMul(
        from + column,
        stride,
        FLOAT_BYTES,
        headKeys,
        scoreStride,
        scores,
        scoreStride,
        count,
        end,
        headSize,
        0,
      );
      kernels.causalSoftmax(scores, scoreStride, count, rowBytes(start + 1), rowBytes(end), 1 / Math.sqrt(headSize));
      kernels.matMul(
        scores,
        scoreStride,
        FLOAT_BYTES,
        values + column,
        outStride,
        to + column,
        outStride,
        count,
        headSize,
        length,
        0,
      );
    }
  }

  #grow(capacity: number): void {
    const { kernels, addressOf } = this.#runtime;
    const { width, layers } = this.#config;
    const grown = Array.from({ length: layers }, (_, layer) => {
      const key = tf.keep(this.#runtime.zeros([this.#episodeCount * width, capacity]));
      const value = tf.keep(this.#runtime.zeros([this.#episodeCount * capacity, width]));
      const old = this.#layers[layer];
      if (old !== undefined) {
        const [before, after] = [rowBytes(this.#capacity), rowBytes(capacity)];
        const keyRows = this.#episodeCount * width;
        kernels.copyRows(addressOf(old.key), before, addressOf(key), after, keyRows, this.#capacity);
        const size = this.#capacity * width;
        kernels.copyRows(
          addressOf(old.value),
          before * width,
          addressOf(value),
          after * width,
          this.#episodeCount,
          size,
        );
      }
      return { key, value };
    });
    this.dispose();
    this.#layers = grown;
    this.#capacity = capacity;
  }
}
