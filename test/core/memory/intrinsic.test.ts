import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { intrinsicReward, type IntrinsicKind, type NoveltyState } from "../../../src/core/memory/intrinsic.ts";
import { embed } from "../../../src/core/text/embedder.ts";
import { encode } from "../../../src/core/text/tokenizer.ts";

const state = (text: string) => embed(encode(text));
const KITCHEN = state("in kitchen see red blue");
const BATHROOM = state("in bathroom see nothing");
/** Cosine to the kitchen 4/5: similar, not equal. */
const OTHER_KITCHEN = state("in kitchen see red green");

function start(kind: IntrinsicKind, known: NoveltyState | null = null) {
  return intrinsicReward(kind, known, Random.fromSeed(5));
}

function rewardOf(kind: ReturnType<typeof start>, visited: readonly number[], bucket = "a"): number {
  return kind.episode(bucket, 0.7).visit(visited);
}

describe("the count bonus 1/√n", () => {
  it("equals hand values, within the episode and over recorded ones", () => {
    const count = start("count");
    count.record("a", [KITCHEN, KITCHEN, KITCHEN], 0.7);
    const episode = count.episode("a", 0.7);
    expect(episode.visit(KITCHEN)).toBeCloseTo(1 / Math.sqrt(4), 12);
    expect(episode.visit(KITCHEN)).toBeCloseTo(1 / Math.sqrt(5), 12);
    expect(episode.visit(BATHROOM)).toBe(1);
  });

  it("tells states apart that 1/n takes for similar", () => {
    for (const [kind, expected] of [
      ["count", 1],
      ["novelty", 1 / 2],
    ] as const) {
      const counted = start(kind);
      counted.record("a", [KITCHEN], 0.7);
      expect(rewardOf(counted, OTHER_KITCHEN)).toBe(expected);
    }
  });
});

describe("random network distillation", () => {
  it("pays 1 for any state before the first one is learned", () => {
    expect([KITCHEN, BATHROOM].map((each) => rewardOf(start("rnd"), each))).toEqual([1, 1]);
  });

  it("pays less the more often a state was reached, and the more for another the less they have in common", () => {
    const rnd = start("rnd");
    const rewards = Array.from({ length: 20 }, () => {
      rnd.record("a", [KITCHEN], 0.7);
      return rewardOf(rnd, KITCHEN);
    });
    for (let i = 1; i < rewards.length; i++) expect(rewards[i]).toBeLessThan(rewards[i - 1]!);
    expect(rewards[3]).toBeLessThan(0.75);
    expect(rewards.at(-1)).toBeLessThan(0.1);
    const others = [OTHER_KITCHEN, BATHROOM, state("task find door .")].map((each) => rewardOf(rnd, each));
    expect(others).toEqual([...others].sort((a, b) => a - b));
    expect(others.at(-1)).toBeGreaterThan(0.5);
  });

  it("learns nothing while an episode runs, and is one for all task variations", () => {
    const rnd = start("rnd");
    const episode = rnd.episode("a", 0.7);
    expect([episode.visit(KITCHEN), episode.visit(KITCHEN)]).toEqual([1, 1]);
    rnd.record("a", [KITCHEN, KITCHEN], 0.7);
    expect(rewardOf(rnd, KITCHEN, "b")).toBe(rewardOf(rnd, KITCHEN, "a"));
    expect(rewardOf(rnd, KITCHEN, "b")).toBeLessThan(1);
  });

  it("has another fixed network for another seed", () => {
    const rewards = [5, 6].map((seed) => {
      const rnd = intrinsicReward("rnd", null, Random.fromSeed(seed));
      rnd.record("a", [KITCHEN, KITCHEN], 0.7);
      return rewardOf(rnd, KITCHEN);
    });
    expect(rewards[0]).not.toBe(rewards[1]);
  });
});

describe("the state of an intrinsic reward", () => {
  it.each(["novelty", "count", "rnd"] as const)("goes on exactly after JSON (%s)", (kind) => {
    const one = start(kind);
    one.record("a", [KITCHEN, BATHROOM, KITCHEN], 0.7);
    const again = start(kind, JSON.parse(JSON.stringify(one.state())) as NoveltyState);
    for (const each of [one, again]) each.record("a", [OTHER_KITCHEN], 0.7);
    expect(again.state()).toEqual(one.state());
    for (const visited of [KITCHEN, BATHROOM, OTHER_KITCHEN]) {
      expect(rewardOf(again, visited)).toBe(rewardOf(one, visited));
    }
  });

  it("of another kind is as good as none", () => {
    const counted = start("novelty");
    counted.record("a", [KITCHEN], 0.7);
    expect(rewardOf(start("rnd", counted.state()), KITCHEN)).toBe(1);
    const rnd = start("rnd");
    rnd.record("a", [KITCHEN], 0.7);
    expect(rewardOf(start("count", rnd.state()), KITCHEN)).toBe(1);
  });
});
