/**
 * @file The order of a task's variations where ScienceWorld shuffles them, and which it keeps where it draws a sample.
 * It shuffles with its language's library; the same arithmetic gives variations the same numbers.
 */

const TWO_24 = 2 ** 24;
const TWO_31 = 2 ** 31;
/** Multiplier, increment and scrambling of the 48-bit generator, as halves of 24 bits. */
const MULTIPLIER_HIGH = 0x5de;
const MULTIPLIER_LOW = 0xece66d;
const INCREMENT = 0xb;
const SAMPLE_SEED = 5;

/** The 48-bit linear congruential generator of Java's library (documented with `java.util.Random`). */
class JavaRandom {
  #high: number;
  #low: number;

  constructor(seed: number) {
    this.#high = MULTIPLIER_HIGH;
    this.#low = (seed ^ MULTIPLIER_LOW) % TWO_24;
  }

  /** The highest 31 bits of the next state. */
  #next(): number {
    const low = this.#low * MULTIPLIER_LOW + INCREMENT;
    const carry = Math.floor(low / TWO_24);
    const high = (this.#high * MULTIPLIER_LOW + this.#low * MULTIPLIER_HIGH + carry) % TWO_24;
    this.#low = low % TWO_24;
    this.#high = high;
    // 48 − 31 = 17 bits are dropped, all of them from the lower half.
    return high * 2 ** 7 + Math.floor(this.#low / 2 ** 17);
  }

  /** A number below `bound`. */
  integer(bound: number): number {
    if (Number.isInteger(Math.log2(bound))) return Math.floor((bound * this.#next()) / TWO_31);
    for (;;) {
      const bits = this.#next();
      const value = bits % bound;
      if (bits - value + bound - 1 < TWO_31) return value;
    }
  }
}

function shuffle<Item>(random: JavaRandom, items: Item[]): Item[] {
  for (let n = items.length; n >= 2; n--) {
    const k = random.integer(n);
    [items[n - 1], items[k]] = [items[k]!, items[n - 1]!];
  }
  return items;
}

/** A shuffled copy, in the order that ScienceWorld's generator gives it for a seed. */
export function shuffledAsThere<Item>(items: readonly Item[], seed: number): Item[] {
  return shuffle(new JavaRandom(seed), [...items]);
}

/**
 * Positions of the combinations that are kept, in the order of the variations: a share of the first half, of the
 * next quarter and of the rest, each shuffled, so that the blocks of a split stay apart.
 *
 * @param count number of all combinations
 * @param share of each block, rounded down
 */
export function subsample(count: number, share: number): readonly number[] {
  const random = new JavaRandom(SAMPLE_SEED);
  const ends = [0, Math.floor(count * 0.5), Math.floor(count * 0.75), count];
  return ends.slice(1).flatMap((end, i) => {
    const start = ends[i]!;
    const block = Array.from({ length: end - start }, (_, j) => start + j);
    return shuffle(random, block).slice(0, Math.floor(block.length * share));
  });
}
