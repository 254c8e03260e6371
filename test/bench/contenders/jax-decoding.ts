/**
 * @file Decoding of the jax-js policy: one jitted call for each token of all episodes, against a cache of keys and values;
 * the host draws as ours does. jax-js has no writing in place, so a step makes the cache anew.
 */
import { jit, numpy as np } from "@jax-js/jax";
import type { ModelConfig } from "../../../src/core/policy/policy.ts";
import { isUnfinished, recordToken, type Writer, type Writing } from "../../../src/model/decoding-batch.ts";
import { rotaryTable } from "../../../src/model/rotary.ts";
import { drawToken, tokenUniform } from "../../../src/model/sampler.ts";
import { attendTo, logitsOf, MASKED_SCORE, rotate, trunk, type JaxWeights } from "./jax-model.ts";

const CAPACITY_STEP = 64;
const LENGTH_BUCKETS = [1, 8, 16, 32, 64, 128, 256, 512];

/** Keys and values of each layer, [episodes, capacity, heads, headSize]. */
type Cache = { readonly key: np.Array; readonly value: np.Array }[];

type StepInput = {
  readonly token: np.Array;
  readonly previous: np.Array;
  readonly secondPrevious: np.Array;
  /** Position of each new token, [episodes, length]. */
  readonly place: np.Array;
  /** Which row of (cache, new tokens) a slot of the cache holds next, [episodes · capacity]; not needed for one token. */
  readonly source: np.Array;
  /** Row of each episode's last new token, [episodes]. */
  readonly last: np.Array;
  readonly cos: np.Array;
  readonly sin: np.Array;
};

type Step = (
  weights: JaxWeights,
  cache: Cache,
  input: StepInput,
) => { readonly logits: np.Array; readonly cache: Cache };

function stepFunction(config: ModelConfig): Step {
  return (weights, cache, input) => {
    const [rows, length] = input.place.shape as [number, number];
    const capacity = cache[0]!.key.shape[1]!;
    const next: { key: np.Array; value: np.Array }[] = [];
    const slots = np.arange(capacity).reshape([1, 1, capacity]);
    const isSeen = np.lessEqual(slots.ref, np.expandDims(input.place.ref, 2)); // [rows, length, capacity]
    const bias = np.where(isSeen, 0, MASKED_SCORE).reshape([rows, 1, length, capacity]);
    const x = trunk(config, weights, { ids: input, rows }, (layer, query, key, value) => {
      const put = (old: np.Array, fresh: np.Array): np.Array => {
        if (length === 1) {
          const isHere = np.equal(slots.ref.reshape([1, capacity]), input.place.ref).reshape([rows, capacity, 1, 1]);
          return np.where(isHere, fresh, old);
        }
        const { shape } = old;
        const flat = (array: np.Array): np.Array => array.reshape([-1, config.width]);
        return np.take(np.concatenate([flat(old), flat(fresh)], 0), input.source.ref, 0).reshape(shape);
      };
      const keys = put(cache[layer]!.key.ref, rotate(key, input.cos.ref, input.sin.ref));
      const values = put(cache[layer]!.value.ref, value);
      next.push({ key: keys.ref, value: values.ref });
      return attendTo(rotate(query, input.cos.ref, input.sin.ref), keys, values, bias.ref);
    });
    return { logits: logitsOf(weights, np.take(x, input.last.ref, 0)), cache: next };
  };
}

/** Implements {@link Writer} on jax-js. */
export class JaxWriter implements Writer {
  readonly #config: ModelConfig;
  readonly #step: Step;
  readonly #weights: () => JaxWeights;
  readonly #episodeCount: number;
  readonly #angles: ReturnType<typeof rotaryTable>;
  #cache: Cache = [];
  #capacity = 0;

  constructor(config: ModelConfig, step: Step, weights: () => JaxWeights, episodeCount: number) {
    this.#config = config;
    this.#step = step;
    this.#weights = weights;
    this.#episodeCount = episodeCount;
    this.#angles = rotaryTable(config.contextLength, config.width / config.heads);
  }

  /** The step, compiled at the first use of each shape. */
  static compile(config: ModelConfig): Step {
    return jit(stepFunction(config));
  }

  async write(writings: readonly Writing[]): Promise<void> {
    const readOnly = writings.filter(
      ({ request, episode }) => request.maxTokens === 0 && episode.tokens.length - episode.cached > 1,
    );
    if (readOnly.length > 0) {
      const logits = this.#read(readOnly, 1);
      await logits.blockUntilReady();
      logits.dispose();
      for (const { episode } of readOnly) episode.cached = episode.tokens.length - 1;
    }
    for (let live = writings.filter(isUnfinished); live.length > 0; live = live.filter(isUnfinished)) {
      const values = (await this.#read(live, 0).data()) as Float32Array;
      const { vocabularySize } = this.#config;
      for (const writing of live) {
        const { temperature, key, turn, episode } = writing.request;
        const own = values.subarray(episode * vocabularySize, (episode + 1) * vocabularySize);
        const { token, logProb, entropy } = drawToken(own, temperature, tokenUniform(key, turn, writing.tokens.length));
        writing.episode.cached = writing.episode.tokens.length;
        recordToken(writing, token, logProb, entropy);
      }
    }
  }

  close(): void {
    for (const { key, value } of this.#cache) {
      key.dispose();
      value.dispose();
    }
    this.#cache = [];
  }

  /** Reads what is new, without the last `rest` tokens; logits of all episodes, those of the others mean nothing. */
  #read(writings: readonly Writing[], rest: number): np.Array {
    const ends = writings.map(({ episode }) => episode.tokens.length - rest);
    this.#grow(Math.max(...ends));
    const longest = Math.max(...writings.map(({ episode }, i) => ends[i]! - episode.cached));
    const length = LENGTH_BUCKETS.find((size) => size >= longest)!;
    const [count, capacity] = [this.#episodeCount, this.#capacity];
    const ids = [0, 1, 2].map(() => new Int32Array(count * length));
    // Whoever sits out, and padding, writes behind the cache's end: nowhere.
    const place = new Int32Array(count * length).fill(capacity);
    const source = Int32Array.from({ length: count * capacity }, (_, slot) => slot);
    const last = new Int32Array(count);
    writings.forEach(({ request, episode }, w) => {
      const start = episode.cached;
      for (let i = 0; i < ends[w]! - start; i++) {
        const row = request.episode * length + i;
        ids.forEach((column, back) => (column[row] = episode.tokens[start + i - back] ?? 0));
        place[row] = start + i;
        source[request.episode * capacity + start + i] = count * capacity + row;
      }
      last[request.episode] = request.episode * length + ends[w]! - start - 1;
    });
    const rectangle = (values: Int32Array<ArrayBuffer>): np.Array => np.array(values).reshape([count, length]);
    const { halfSize } = this.#angles;
    const anglesOf = (table: Float32Array): np.Array => {
      const rows = new Float32Array(count * length * halfSize);
      place.forEach((at, i) => rows.set(table.subarray(at * halfSize, (at + 1) * halfSize), i * halfSize));
      return np.array(rows).reshape([count, length, 1, halfSize]);
    };
    const weights = Object.fromEntries(Object.entries(this.#weights()).map(([name, array]) => [name, array.ref]));
    const { logits, cache } = this.#step(weights, this.#cache, {
      ...{ token: np.array(ids[0]!), previous: np.array(ids[1]!), secondPrevious: np.array(ids[2]!) },
      ...{ place: rectangle(place), source: length === 1 ? np.array([0]) : np.array(source), last: np.array(last) },
      ...{ cos: anglesOf(this.#angles.cos), sin: anglesOf(this.#angles.sin) },
    });
    this.#cache = cache;
    return logits;
  }

  #grow(needed: number): void {
    if (needed <= this.#capacity) return;
    const { layers, heads, width } = this.#config;
    const before = this.#capacity;
    this.#capacity = Math.ceil(needed / CAPACITY_STEP) * CAPACITY_STEP;
    const room = (capacity: number): np.Array => np.zeros([this.#episodeCount, capacity, heads, width / heads]);
    const more = (old: np.Array): np.Array => np.concatenate([old, room(this.#capacity - before)], 1);
    this.#cache =
      before === 0
        ? Array.from({ length: layers }, () => ({ key: room(this.#capacity), value: room(this.#capacity) }))
        : this.#cache.map(({ key, value }) => ({ key: more(key), value: more(value) }));
  }
}
