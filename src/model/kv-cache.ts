/**
 * @file Keys and values of the tokens that open episodes have read, and attention to them. The plain-ops version keeps
 * one tensor per layer and builds a new one for each append, by looking rows up in old and new together.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../core/policy/policy.ts";
import { rotate, type RotaryAngles, type RotaryTensors } from "./rotary.ts";
import { disposeAll, tidy } from "./tidy.ts";

/** Capacity grows in steps of this many tokens. */
const CAPACITY_STEP = 64;
const MASKED_SCORE = -1e9;

/** New tokens of one episode. */
export interface Segment {
  readonly episode: number;
  /** All tokens of the episode so far; those from `start` are new. */
  readonly tokens: readonly number[];
  /** How many tokens the cache holds. */
  readonly start: number;
}

/** A cache for a fixed number of episodes. One step is `begin`, then `attend` for each layer in turn. */
export interface KvCache {
  /** Whether all segments have as many positions as the longest (plain ops need a rectangle), else one after another. */
  readonly isPadded: boolean;
  /** Makes room for the new tokens of the segments. */
  begin(segments: readonly Segment[]): void;
  /**
   * Writes the new keys and values of a layer and attends to all tokens so far.
   *
   * @param queryKeyValue projections of the segments' new tokens, [positions, 3 · width]
   * @returns [positions, width]
   */
  attend(layer: number, queryKeyValue: tf.Tensor2D): tf.Tensor2D;
  /** Frees the memory. */
  dispose(): void;
}

/** Keys and values of one layer, [episodes · capacity, width] each. */
interface LayerCache {
  key: tf.Tensor2D;
  value: tf.Tensor2D;
}

/** Index tensors of one step, shared by all layers. R segments, S tokens in the longest. */
interface StepPlan {
  readonly segmentCount: number;
  readonly length: number;
  readonly episodes: tf.Tensor1D;
  /** Row of (old cache, new tokens) that each cache slot holds next, [episodes · capacity]. */
  readonly slotSources: tf.Tensor1D;
  /** [R, 1, S, capacity] */
  readonly mask: tf.Tensor4D;
  /** [R, S, 1, headSize] */
  readonly angles: RotaryAngles;
}

/** Implements {@link KvCache} in plain ops, for every backend. */
export class PlainKvCache implements KvCache {
  readonly isPadded = true;
  readonly #config: ModelConfig;
  readonly #rotary: RotaryTensors;
  readonly #episodeCount: number;
  readonly #layers: readonly LayerCache[];
  #capacity = 0;
  #plan: StepPlan | null = null;

  constructor(config: ModelConfig, rotary: RotaryTensors, episodeCount: number) {
    this.#config = config;
    this.#rotary = rotary;
    this.#episodeCount = episodeCount;
    const empty = (): tf.Tensor2D => tf.keep(tf.zeros([0, config.width]));
    this.#layers = Array.from({ length: config.layers }, () => ({ key: empty(), value: empty() }));
  }

  begin(segments: readonly Segment[]): void {
    const needed = segments.reduce((longest, { tokens }) => Math.max(longest, tokens.length), 0);
    if (needed > this.#capacity) this.#grow(Math.ceil(needed / CAPACITY_STEP) * CAPACITY_STEP);
    this.#forgetPlan();
    this.#plan = tidy(() => this.#planStep(segments));
    keepAll([
      this.#plan.episodes,
      this.#plan.slotSources,
      this.#plan.mask,
      this.#plan.angles.cos,
      this.#plan.angles.sin,
    ]);
  }

  attend(layer: number, queryKeyValue: tf.Tensor2D): tf.Tensor2D {
    return tidy(() => {
      const plan = this.#plan!;
      const { heads, width } = this.#config;
      const headSize = width / heads;
      const cache = this.#layers[layer]!;
      const turned = (x: tf.Tensor): tf.Tensor4D =>
        rotate(tf.reshape(x, [plan.segmentCount, plan.length, heads, headSize]), plan.angles, "forward");
      const [q, k, v] = tf.split(queryKeyValue, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      replaceSlots(cache, "key", tf.reshape(turned(k), [-1, width]), plan.slotSources);
      replaceSlots(cache, "value", v, plan.slotSources);
      const query = tf.transpose(turned(q), [0, 2, 1, 3]);
      const keys = this.#ofSegments(cache.key, plan);
      const scores = tf.mul(tf.matMul(query, keys, false, true), 1 / Math.sqrt(headSize)); // [R, H, S, C]
      const weights: tf.Tensor4D = tf.softmax(tf.add(scores, plan.mask));
      const attended = tf.matMul(weights, this.#ofSegments(cache.value, plan));
      return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [-1, width]);
    });
  }

  dispose(): void {
    for (const { key, value } of this.#layers) tf.dispose([key, value]);
    this.#forgetPlan();
  }

  #forgetPlan(): void {
    if (this.#plan === null) return;
    const { episodes, slotSources, mask, angles } = this.#plan;
    disposeAll([episodes, slotSources, mask, angles.cos, angles.sin]);
    this.#plan = null;
  }

  /** [R, H, C, headSize] */
  #ofSegments(slots: tf.Tensor2D, { segmentCount, episodes }: StepPlan): tf.Tensor4D {
    const { heads, width } = this.#config;
    const rows = tf.gather(tf.reshape(slots, [-1, this.#capacity * width]), episodes);
    return tf.transpose(tf.reshape(rows, [segmentCount, this.#capacity, heads, width / heads]), [0, 2, 1, 3]);
  }

  #planStep(segments: readonly Segment[]): StepPlan {
    const capacity = this.#capacity;
    const length = segments.reduce((longest, { tokens, start }) => Math.max(longest, tokens.length - start), 0);
    const size = segments.length * length;
    const positions = new Int32Array(size);
    const slotSources = Int32Array.from({ length: this.#episodeCount * capacity }, (_, slot) => slot);
    const mask = new Float32Array(size * capacity).fill(MASKED_SCORE);
    segments.forEach(({ episode, tokens, start }, r) => {
      for (let position = start; position < tokens.length; position++) {
        const row = r * length + position - start;
        positions[row] = position;
        slotSources[episode * capacity + position] = this.#episodeCount * capacity + row;
        mask.fill(0, row * capacity, row * capacity + position + 1);
      }
    });
    const indices = tf.tensor1d(positions, "int32");
    const angleRows = (table: tf.Tensor2D): tf.Tensor =>
      tf.reshape(tf.gather(table, indices), [segments.length, length, 1, table.shape[1]]);
    return {
      segmentCount: segments.length,
      length,
      episodes: tf.tensor1d(
        Int32Array.from(segments, ({ episode }) => episode),
        "int32",
      ),
      slotSources: tf.tensor1d(slotSources, "int32"),
      mask: tf.tensor4d(mask, [segments.length, 1, length, capacity]),
      angles: { cos: angleRows(this.#rotary.cos), sin: angleRows(this.#rotary.sin), swap: this.#rotary.swap },
    };
  }

  #grow(capacity: number): void {
    for (const layer of this.#layers) {
      for (const part of ["key", "value"] as const) {
        const old = layer[part];
        layer[part] = tf.keep(tidy(() => this.#grown(old, capacity)));
        old.dispose();
      }
    }
    this.#capacity = capacity;
  }

  #grown(old: tf.Tensor2D, capacity: number): tf.Tensor2D {
    const { width } = this.#config;
    if (this.#capacity === 0) return tf.zeros([this.#episodeCount * capacity, width]);
    const filled: tf.Tensor3D = tf.reshape(old, [this.#episodeCount, this.#capacity, width]);
    const fresh = tf.zeros<tf.Rank.R3>([this.#episodeCount, capacity - this.#capacity, width]);
    return tf.reshape(tf.concat3d([filled, fresh], 1), [-1, width]);
  }
}

function replaceSlots(cache: LayerCache, part: "key" | "value", rows: tf.Tensor2D, sources: tf.Tensor1D): void {
  const next: tf.Tensor2D = tf.gather(tf.concat2d([cache[part], rows], 0), sources);
  cache[part].dispose();
  cache[part] = tf.keep(next);
}

function keepAll(tensors: readonly tf.Tensor[]): void {
  for (const tensor of tensors) tf.keep(tensor);
}
