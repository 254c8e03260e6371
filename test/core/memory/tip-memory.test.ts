import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/core/base/errors.ts";
import { Random } from "../../../src/core/base/random.ts";
import { retrieveTips, TipMemory, type NewTip } from "../../../src/core/memory/tip-memory.ts";
import type { Tip } from "../../../src/core/memory/tip.ts";
import { cosineSimilarity } from "../../../src/core/text/embedder.ts";
import { makeTip } from "../../support/run-fixtures.ts";

const RANDOM = Random.fromSeed(1);
const ALL = { minSimilarity: 0, retrievalSize: 100 };

function newTip(changes: Partial<NewTip> = {}): NewTip {
  return { bucket: "a", tokens: [10], score: 50, iteration: 1, key: [3], author: "policy", ...changes };
}

/** A memory with tips of these tokens in bucket a. */
function memoryWith(...tokens: readonly number[]): TipMemory {
  const memory = new TipMemory();
  for (const token of tokens) memory.add(newTip({ tokens: [token] }), 1000);
  return memory;
}

function tokensOf(memory: TipMemory): (number | undefined)[] {
  return memory.list().map((tip) => tip.tokens[0]);
}

function idsFor(tips: readonly Tip[], state: readonly number[], config = ALL, random = RANDOM): number[] {
  return retrieveTips(tips, state, config, random).map(({ tip }) => tip.id);
}

describe("retrieval", () => {
  it("puts the best score first, however similar the others are", () => {
    const tips = [
      makeTip(1, { score: -100, key: [1, 2] }),
      makeTip(2, { score: 100, key: [1, 9] }),
      makeTip(3, { score: 43, key: [1, 2] }),
    ];
    expect(idsFor(tips, [1, 2])).toEqual([2, 3, 1]);
  });

  it("takes only what is more similar than the threshold, and tells how similar", () => {
    // Cosines with {1, 2, 3, 4}: 2/√16 = 0.5, 3/√16 = 0.75, 1.
    const tips = [
      makeTip(1, { key: [1, 2, 8, 9] }),
      makeTip(2, { key: [1, 2, 3, 9], score: 60 }),
      makeTip(3, { key: [1, 2, 3, 4] }),
    ];
    const found = retrieveTips(tips, [1, 2, 3, 4], { minSimilarity: 0.5, retrievalSize: 10 }, RANDOM);
    expect(found.map(({ tip, similarity }) => [tip.id, similarity])).toEqual([
      [2, 0.75],
      [3, 1],
    ]);
  });

  it("never finds a tip that shares no word unless the threshold is negative", () => {
    const tips = [makeTip(1, { key: [5] })];
    expect(idsFor(tips, [6])).toEqual([]);
    expect(idsFor(tips, [6], { minSimilarity: -1, retrievalSize: 1 })).toEqual([1]);
  });

  it("puts pinned tips before others of the same score, but not before better ones", () => {
    const tips = [
      makeTip(1, { score: 50 }),
      makeTip(2, { score: 50, pinned: true }),
      makeTip(3, { score: 60 }),
      makeTip(4, { score: 50 }),
    ];
    expect(idsFor(tips, [3, 4]).slice(0, 2)).toEqual([3, 2]);
  });

  it("breaks ties at random, each tip as often, the same way for the same stream", () => {
    const tips = [makeTip(1), makeTip(2), makeTip(3)];
    const firsts = Array.from({ length: 3000 }, (_, i) => idsFor(tips, [3, 4], ALL, RANDOM.fork(i))[0]);
    for (const id of [1, 2, 3]) {
      const count = firsts.filter((first) => first === id).length;
      expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(3000 * (1 / 3) * (2 / 3)));
    }
    expect(idsFor(tips, [3, 4], ALL, RANDOM.fork("x"))).toEqual(idsFor(tips, [3, 4], ALL, RANDOM.fork("x")));
  });

  it("gives no more than asked for", () => {
    const tips = [1, 2, 3, 4].map((id) => makeTip(id, { score: id }));
    expect(idsFor(tips, [3, 4], { minSimilarity: 0, retrievalSize: 2 })).toEqual([4, 3]);
  });

  it("agrees with sorting the long way", () => {
    const anyKey = fc.uniqueArray(fc.nat(8), { maxLength: 5 }).map((key) => key.toSorted((a, b) => a - b));
    const anyTip = fc.record({ key: anyKey, score: fc.integer({ min: -3, max: 3 }), pinned: fc.boolean() });
    fc.assert(
      fc.property(fc.array(anyTip, { maxLength: 12 }), anyKey, fc.nat(12), (parts, state, retrievalSize) => {
        const tips = parts.map((part, id) => makeTip(id, part));
        const found = retrieveTips(tips, state, { minSimilarity: 0.4, retrievalSize }, RANDOM);
        const allowed = tips.filter(({ key }) => cosineSimilarity(key, state) > 0.4);
        expect(found).toHaveLength(Math.min(retrievalSize, allowed.length));
        const rank = ({ score, pinned }: Tip) => score * 2 + Number(pinned);
        const ranks = found.map(({ tip }) => rank(tip));
        expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
        const left = allowed.filter((tip) => !found.some((other) => other.tip.id === tip.id));
        for (const tip of left) expect(rank(tip)).toBeLessThanOrEqual(ranks.at(-1) ?? Infinity);
      }),
    );
  });
});

const BUCKETS = ["a", "b", "c"];

interface Remembered {
  memory: TipMemory;
  /** Tips that were removed and may be restored. */
  readonly removed: Tip[];
}

/** Something done to a memory; what names a tip that is not there does nothing. */
function anyStep(): fc.Arbitrary<(state: Remembered) => void> {
  const onTip = (work: (state: Remembered, tip: Tip) => void) =>
    fc.integer({ min: 1, max: 12 }).map((wanted) => (state: Remembered) => {
      const tip = state.memory.list().find(({ id }) => id === wanted);
      if (tip !== undefined) work(state, tip);
    });
  const added = fc.record({ bucket: fc.constantFrom(...BUCKETS), token: fc.nat(20), capacity: fc.nat(4) });
  return fc.oneof(
    {
      weight: 4,
      arbitrary: added.map(({ bucket, token, capacity }) => ({ memory }: Remembered) => {
        memory.add(newTip({ bucket, tokens: [token] }), capacity);
      }),
    },
    onTip(({ memory, removed }, tip) => {
      removed.push(tip);
      memory.remove(tip.id);
    }),
    onTip(({ memory }, { id }) => memory.setPinned(id, true)),
    onTip(({ memory }, { id }) => memory.rewrite(id, [99])),
    onTip(({ memory }, { id }) => memory.countRetrievals([id])),
    fc.constant(({ memory, removed }: Remembered) => {
      for (const tip of removed.splice(0)) memory.restore(tip);
    }),
    fc.constant((state: Remembered) => {
      state.memory = TipMemory.fromState(state.memory.state());
    }),
    fc.constant(({ memory }: Remembered) => memory.clear()),
  );
}

describe("the tip memory", () => {
  it("numbers tips from 1 in order of writing and never uses a number twice", () => {
    const memory = memoryWith(10, 11);
    memory.remove(2);
    expect(memory.add(newTip({ tokens: [12] }), 1000)?.id).toBe(3);
    expect(memory.list().map(({ id }) => id)).toEqual([1, 3]);
  });

  it("keeps the buckets apart", () => {
    const memory = memoryWith(10);
    memory.add(newTip({ bucket: "b", tokens: [10] }), 1000);
    expect(memory.bucket("a").map(({ id }) => id)).toEqual([1]);
    expect(memory.bucket("b").map(({ id }) => id)).toEqual([2]);
    expect(memory.bucket("c")).toEqual([]);
  });

  it("gives the tips of a bucket as a look through all of them would, whatever was done before", () => {
    fc.assert(
      fc.property(fc.array(anyStep(), { maxLength: 40 }), (steps) => {
        const state: Remembered = { memory: new TipMemory(), removed: [] };
        for (const step of steps) {
          step(state);
          const all = state.memory.list();
          expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((x, y) => x - y));
          for (const bucket of BUCKETS) {
            expect(state.memory.bucket(bucket)).toEqual(all.filter((tip) => tip.bucket === bucket));
          }
        }
      }),
    );
  });

  it("refuses a text that the bucket has already, whatever its score or key", () => {
    const memory = memoryWith(10);
    expect(memory.add(newTip({ tokens: [10], score: 99, key: [7] }), 1000)).toBeNull();
    expect(memory.add(newTip({ tokens: [1, 0] }), 1000)).not.toBeNull();
    expect(memory.size).toBe(2);
  });

  it("drops the oldest unpinned tip of the same bucket when full", () => {
    const memory = memoryWith(10, 11, 12);
    memory.add(newTip({ bucket: "b", tokens: [50] }), 3);
    memory.setPinned(1, true);
    memory.add(newTip({ tokens: [13] }), 3);
    expect(tokensOf(memory)).toEqual([10, 12, 50, 13]);
  });

  it("drops as many as it takes after the capacity was lowered, and keeps what is pinned even beyond", () => {
    const memory = memoryWith(10, 11, 12, 13);
    memory.setPinned(2, true);
    memory.add(newTip({ tokens: [14] }), 1);
    expect(tokensOf(memory)).toEqual([11, 14]);
  });

  it("pins, rewrites and removes one tip and no other", () => {
    const memory = memoryWith(10, 11);
    memory.setPinned(1, true);
    memory.rewrite(2, [20, 21]);
    expect(memory.list()).toMatchObject([
      { id: 1, pinned: true, tokens: [10], author: "policy" },
      { id: 2, pinned: false, tokens: [20, 21], author: "person" },
    ]);
    memory.remove(1);
    expect(tokensOf(memory)).toEqual([20]);
  });

  it("says which tip is not there", () => {
    const memory = memoryWith(10);
    expect(() => memory.remove(7)).toThrow(ConfigError);
    expect(() => memory.remove(7)).toThrow("memory remove: an existing tip, got id 7");
    expect(() => memory.setPinned(7, true)).toThrow("memory pin: an existing tip, got id 7");
    expect(() => memory.rewrite(7, [1])).toThrow("memory rewrite: an existing tip, got id 7");
    expect(tokensOf(memory)).toEqual([10]);
  });

  it("undoes a removal: the tip comes back at its place, with all it was", () => {
    const memory = memoryWith(10, 11, 12);
    memory.setPinned(2, true);
    memory.countRetrievals([2, 2]);
    const before = memory.state();
    const removed = memory.list()[1]!;
    memory.remove(2);
    memory.restore(removed);
    expect(memory.state()).toEqual(before);
  });

  it("gives a restored tip's number to no other", () => {
    const memory = new TipMemory();
    memory.restore(makeTip(7));
    expect(memory.add(newTip(), 1000)?.id).toBe(8);
  });

  it("counts retrievals, passing over tips that are gone", () => {
    const memory = memoryWith(10, 11);
    memory.countRetrievals([2, 9]);
    memory.countRetrievals([2]);
    expect(memory.list().map(({ retrievedCount }) => retrievedCount)).toEqual([0, 2]);
  });

  it("is empty after clearing and goes on counting", () => {
    const memory = memoryWith(10, 11);
    memory.clear();
    expect(memory.size).toBe(0);
    expect(memory.add(newTip(), 1000)?.id).toBe(3);
  });

  it("goes on from its state as if nothing had happened, and apart from the original", () => {
    const memory = memoryWith(10, 11);
    memory.remove(2);
    const copy = TipMemory.fromState(JSON.parse(JSON.stringify(memory.state())) as ReturnType<TipMemory["state"]>);
    expect(copy.state()).toEqual(memory.state());
    expect(copy.add(newTip({ tokens: [12] }), 1000)?.id).toBe(3);
    copy.rewrite(1, [99]);
    expect(tokensOf(memory)).toEqual([10]);
  });
});
