/**
 * @file Keys and values of the tokens that the open episodes have read, per layer. Capacity grows as episodes do.
 * Plain ops cannot write into a tensor, so an append builds a new one by looking rows up in old and new together.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../core/policy/policy.ts";

/** Capacity grows in steps of this many tokens. */
const CAPACITY_STEP = 64;

/** Keys and values of one layer, [episodes · capacity, width] each. */
export interface LayerCache {
  key: tf.Tensor2D;
  value: tf.Tensor2D;
}

/** The cache of a decoding batch. */
export class KvCache {
  readonly episodeCount: number;
  readonly layers: readonly LayerCache[];
  readonly #width: number;
  readonly #maxCapacity: number;
  #capacity = 0;

  constructor(config: ModelConfig, episodeCount: number) {
    this.episodeCount = episodeCount;
    this.#width = config.width;
    this.#maxCapacity = config.contextLength;
    this.layers = Array.from({ length: config.layers }, () => ({ key: this.#empty(), value: this.#empty() }));
  }

  /** Tokens an episode can hold now. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Makes room for `length` tokens in every episode. */
  reserve(length: number): void {
    if (length <= this.#capacity) return;
    const capacity = Math.min(Math.ceil(length / CAPACITY_STEP) * CAPACITY_STEP, this.#maxCapacity);
    const extra = capacity - this.#capacity;
    for (const layer of this.layers) {
      layer.key = this.#grown(layer.key, extra);
      layer.value = this.#grown(layer.value, extra);
    }
    this.#capacity = capacity;
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const { key, value } of this.layers) tf.dispose([key, value]);
  }

  #empty(): tf.Tensor2D {
    return tf.zeros([0, this.#width]);
  }

  #grown(old: tf.Tensor2D, extra: number): tf.Tensor2D {
    const grown = tf.tidy((): tf.Tensor2D => {
      const size = [this.episodeCount, extra, this.#width] as [number, number, number];
      if (this.#capacity === 0) return tf.zeros([this.episodeCount * extra, this.#width]);
      const parts = tf.reshape(old, [this.episodeCount, this.#capacity, this.#width]) as tf.Tensor3D;
      return tf.reshape(tf.concat3d([parts, tf.zeros(size)], 1), [-1, this.#width]);
    });
    old.dispose();
    return grown;
  }
}
