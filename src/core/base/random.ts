/**
 * @file Seeded random streams: Philox 4×32-10 (Salmon et al. 2011), a counter-based generator that is the same in
 * TypeScript and WGSL. A stream is a key and a counter, so it can be stored, restored and forked without history.
 */
import { ConfigError } from "./errors.ts";

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const WORDS_PER_BLOCK = 4;

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const mid1 = aLow * bHigh;
  const mid2 = aHigh * bLow;
  const carry = (low >>> 16) + (mid1 & 0xffff) + (mid2 & 0xffff);
  return (aHigh * bHigh + (mid1 >>> 16) + (mid2 >>> 16) + (carry >>> 16)) >>> 0;
}

/** Four unsigned 32-bit numbers. */
export type PhiloxBlock = readonly [number, number, number, number];
/** Two unsigned 32-bit numbers that name a stream. */
export type PhiloxKey = readonly [number, number];

/** One Philox 4×32-10 block: the random words of `counter` under `key`. */
export function philox4x32(counter: PhiloxBlock, key: PhiloxKey): PhiloxBlock {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** A random word as a float in [0, 1) with 24 bits, exact in float32 (and so the same in WGSL). */
export function toUnitInterval(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** Everything needed to go on with a stream: its key and how many words were drawn. */
export interface RandomState {
  readonly key: PhiloxKey;
  readonly drawn: number;
}

/** A seeded stream of random numbers. Forks are independent streams named by a label. */
export class Random {
  #key: PhiloxKey;
  #drawn: number;
  #block: PhiloxBlock = [0, 0, 0, 0];
  #blockIndex = -1;

  private constructor(state: RandomState) {
    this.#key = state.key;
    this.#drawn = state.drawn;
  }

  /**
   * The stream of a seed.
   *
   * @throws {ConfigError} if the seed is not a non-negative safe integer
   */
  static fromSeed(seed: number): Random {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ConfigError(`Random.fromSeed: a non-negative integer, got ${seed}`);
    }
    return new Random({ key: [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0], drawn: 0 });
  }

  /** The stream that `state()` described, at the same place. */
  static fromState(state: RandomState): Random {
    return new Random(state);
  }

  /** Key and position, as plain data for a checkpoint. */
  state(): RandomState {
    return { key: this.#key, drawn: this.#drawn };
  }

  /** The key, for generators that count by themselves (token sampling). */
  get key(): PhiloxKey {
    return this.#key;
  }

  /** An independent stream that depends on this stream's key and the label only, not on what was drawn. */
  fork(label: string | number): Random {
    let key = this.#key;
    for (const character of String(label)) {
      const [word0, word1] = philox4x32([character.codePointAt(0)!, 0, 0, 0x666f726b], key);
      key = [word0, word1];
    }
    const [word0, word1] = philox4x32([0, 1, 0, 0x666f726b], key);
    return new Random({ key: [word0, word1], drawn: 0 });
  }

  /** The next word, an unsigned 32-bit integer. */
  word(): number {
    const blockIndex = Math.floor(this.#drawn / WORDS_PER_BLOCK);
    if (blockIndex !== this.#blockIndex) {
      this.#block = philox4x32([blockIndex >>> 0, Math.floor(blockIndex / 2 ** 32), 0, 0], this.#key);
      this.#blockIndex = blockIndex;
    }
    const word = this.#block[this.#drawn % WORDS_PER_BLOCK]!;
    this.#drawn += 1;
    return word;
  }

  /** A float in [0, 1). */
  uniform(): number {
    return toUnitInterval(this.word());
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** An integer in [0, bound). */
  integer(bound: number): number {
    return Math.floor((this.word() / 2 ** 32) * bound);
  }

  /**
   * One of the values, all equally likely.
   *
   * @throws {ConfigError} if there are none
   */
  pick<Value>(values: readonly Value[]): Value {
    if (values.length === 0) throw new ConfigError("Random.pick: at least one value, got none");
    return values[this.integer(values.length)]!;
  }

  /** A shuffled copy (Fisher–Yates). */
  shuffled<Value>(values: readonly Value[]): Value[] {
    const copy = [...values];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    return copy;
  }

  /** `count` different values in random order; all of them if there are fewer. */
  sample<Value>(values: readonly Value[], count: number): Value[] {
    return this.shuffled(values).slice(0, count);
  }
}
