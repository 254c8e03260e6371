import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/core/base/errors.ts";
import { philox4x32, Random, toUnitInterval, type PhiloxBlock, type PhiloxKey } from "../../../src/core/base/random.ts";
import { mean } from "../../../src/core/base/stats.ts";

const ANY_WORD = fc.integer({ min: 0, max: 0xffffffff });
const ANY_BLOCK = fc.tuple(ANY_WORD, ANY_WORD, ANY_WORD, ANY_WORD);
const ANY_KEY = fc.tuple(ANY_WORD, ANY_WORD);

/** Philox 4×32-10 in arbitrary precision, as the paper writes it. */
function slowPhilox(counter: PhiloxBlock, key: PhiloxKey): PhiloxBlock {
  const low = (x: bigint) => x & 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(product1 >> 32n) ^ c1 ^ k0, low(product1), (product0 >> 32n) ^ c3 ^ k1, low(product0)];
    k0 = low(k0 + 0x9e3779b9n);
    k1 = low(k1 + 0xbb67ae85n);
  }
  return [Number(c0), Number(c1), Number(c2), Number(c3)];
}

/** χ² of counts that should all be equal. */
function chiSquare(counts: readonly number[]): number {
  const expected = mean(counts);
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}

function tally(size: number, draws: Iterable<number>): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const draw of draws) counts[draw]! += 1;
  return counts;
}

function times<Value>(count: number, draw: (i: number) => Value): Value[] {
  return Array.from({ length: count }, (_, i) => draw(i));
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * (b[i]! - meanB)));
  const variance = (values: readonly number[], center: number) => mean(values.map((value) => (value - center) ** 2));
  return covariance / Math.sqrt(variance(a, meanA) * variance(b, meanB));
}

describe("philox4x32", () => {
  it("gives the known answers of Random123 (zeros, ones, digits of π)", () => {
    expect(philox4x32([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(philox4x32([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  it("equals the same function in arbitrary precision", () => {
    fc.assert(
      fc.property(ANY_BLOCK, ANY_KEY, (counter, key) => {
        expect(philox4x32(counter, key)).toEqual(slowPhilox(counter, key));
      }),
    );
  });
});

describe("toUnitInterval", () => {
  it("is 0 for the smallest word, under 1 for the largest, and exact in float32", () => {
    expect(toUnitInterval(0)).toBe(0);
    expect(toUnitInterval(0xffffffff)).toBe(1 - 2 ** -24);
    fc.assert(fc.property(ANY_WORD, (word) => toUnitInterval(word) === Math.fround(toUnitInterval(word))));
  });
});

describe("Random", () => {
  it("reads the Philox blocks of its seed one word after the other", () => {
    const seed = 2 ** 40 + 7;
    const random = Random.fromSeed(seed);
    const blocks = [0, 1, 2].flatMap((block) => slowPhilox([block, 0, 0, 0], [7, 2 ** 8]));
    expect(times(12, () => random.word())).toEqual(blocks);
  });

  it("refuses seeds that are no non-negative safe integers", () => {
    for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) {
      expect(() => Random.fromSeed(seed)).toThrow(ConfigError);
    }
    expect(() => Random.fromSeed(-1)).toThrow("Random.fromSeed: a non-negative integer, got -1");
  });

  it("draws evenly", () => {
    const random = Random.fromSeed(1);
    // 64 bins: χ² has 63 degrees of freedom; over 114 happens once in ten thousand.
    expect(
      chiSquare(
        tally(
          64,
          times(64_000, () => Math.floor(random.uniform() * 64)),
        ),
      ),
    ).toBeLessThan(114);
    expect(
      chiSquare(
        tally(
          7,
          times(7000, () => random.integer(7)),
        ),
      ),
    ).toBeLessThan(28);
  });

  it("shuffles into every order equally often, and leaves the given list alone", () => {
    const random = Random.fromSeed(2);
    const letters = ["a", "b", "c"];
    const orders = ["abc", "acb", "bac", "bca", "cab", "cba"];
    const counts = tally(
      6,
      times(6000, () => orders.indexOf(random.shuffled(letters).join(""))),
    );
    expect(chiSquare(counts)).toBeLessThan(26);
    expect(letters.join("")).toBe("abc");
  });

  it("samples different values, and all of them if there are too few", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.uniqueArray(fc.nat()), fc.nat(10), (seed, values, count) => {
        const sample = Random.fromSeed(seed).sample(values, count);
        expect(new Set(sample).size).toBe(Math.min(count, values.length));
        for (const value of sample) expect(values).toContain(value);
      }),
    );
  });

  it("picks nothing from nothing", () => {
    expect(() => Random.fromSeed(1).pick([])).toThrow("Random.pick: at least one value, got none");
  });

  it("is certain at probability 1 and never happens at 0", () => {
    const random = Random.fromSeed(3);
    expect(times(1000, () => random.chance(1))).not.toContain(false);
    expect(times(1000, () => random.chance(0))).not.toContain(true);
  });

  it("goes on from its state exactly, wherever it stands", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(50), (seed, drawn) => {
        const random = Random.fromSeed(seed);
        times(drawn, () => random.word());
        const stored = JSON.parse(JSON.stringify(random.state())) as ReturnType<typeof random.state>;
        const restored = Random.fromState(stored);
        expect(times(9, () => restored.word())).toEqual(times(9, () => random.word()));
      }),
    );
  });

  it("counts on past 2^32 blocks", () => {
    const random = Random.fromState({ key: [5, 6], drawn: 4 * 2 ** 32 - 1 });
    expect(random.word()).toBe(slowPhilox([0xffffffff, 0, 0, 0], [5, 6])[3]);
    expect(random.word()).toBe(slowPhilox([0, 1, 0, 0], [5, 6])[0]);
  });
});

describe("forks of a stream", () => {
  it("depend on the label and the parent's key, not on what was drawn", () => {
    const random = Random.fromSeed(4);
    const before = random.fork("tips").key;
    times(100, () => random.word());
    expect(random.fork("tips").key).toEqual(before);
    expect(Random.fromSeed(5).fork("tips").key).not.toEqual(before);
  });

  it("do not move the parent", () => {
    const random = Random.fromSeed(4);
    random.fork("tips").word();
    expect(random.state().drawn).toBe(0);
  });

  it("have keys of their own: labels, their parts, and nested forks", () => {
    const root = Random.fromSeed(4);
    const streams = [
      root,
      root.fork(""),
      root.fork("a"),
      root.fork("ab"),
      root.fork("ba"),
      root.fork("a").fork("b"),
      root.fork("a").fork(""),
      root.fork("").fork("a"),
      root.fork("iteration 1"),
      root.fork("iteration 11"),
    ];
    expect(new Set(streams.map(({ key }) => key.join())).size).toBe(streams.length);
    const numbered = times(3000, (i) => root.fork(`rollout ${i}`).key.join());
    expect(new Set(numbered).size).toBe(3000);
  });

  it("take a number for its digits", () => {
    expect(Random.fromSeed(4).fork(12).key).toEqual(Random.fromSeed(4).fork("12").key);
  });

  it("are uncorrelated with the parent and with each other", () => {
    const root = Random.fromSeed(6);
    const streams = [root, root.fork("a"), root.fork("b"), root.fork("a").fork("a"), Random.fromSeed(7)];
    const draws = streams.map((stream) => times(4000, () => stream.uniform()));
    draws.forEach((a, i) => {
      for (const b of draws.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(4 / Math.sqrt(4000));
    });
  });

  it("are spread evenly by their first draw, as rollouts with numbered labels need", () => {
    const root = Random.fromSeed(8);
    const first = times(6400, (i) => Math.floor(root.fork(`rollout 1.group-0.${i}`).uniform() * 64));
    expect(chiSquare(tally(64, first))).toBeLessThan(114);
  });
});
