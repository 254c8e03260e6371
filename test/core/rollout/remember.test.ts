import { describe, expect, it } from "vitest";
import { NoveltyTable } from "../../../src/core/memory/novelty.ts";
import { TipMemory } from "../../../src/core/memory/tip-memory.ts";
import { recordStates, scoreTokens, storeTips, tipTokens } from "../../../src/core/rollout/remember.ts";
import { bucketOf, tipBucketOf } from "../../../src/core/envs/buckets.ts";
import { toRolloutRecord, type Trajectory } from "../../../src/core/rollout/trajectory.ts";
import { decode, encode } from "../../../src/core/text/tokenizer.ts";
import { scriptedTask } from "../../support/scripted-env.ts";

function finished(changes: Partial<Trajectory>): Trajectory {
  const buckets = { bucket: "a", stateBucket: "c" };
  const base = { ...buckets, iteration: 4, score: 43, finalState: [1, 2], states: [[3]], writtenTip: encode("red") };
  return { ...base, ...changes } as Trajectory;
}

describe("the score in a tip", () => {
  it("is spelled digit by digit", () => {
    expect([-100, -7, 0, 8, 43, 100].map((score) => decode(scoreTokens(score)))).toEqual([
      "minus 1 0 0",
      "minus 7",
      "0",
      "8",
      "4 3",
      "1 0 0",
    ]);
  });

  it("follows what the policy wrote, after one separator", () => {
    expect(decode(tipTokens(encode("kitchen focus"), 43))).toBe("kitchen focus ; score 4 3");
    expect(decode(tipTokens(encode("kitchen focus ;"), -100))).toBe("kitchen focus ; score minus 1 0 0");
    expect(decode(tipTokens([], 0))).toBe("; score 0");
  });
});

describe("storeTips", () => {
  it("stores one tip per episode under its final state, with the true score, in its bucket", () => {
    const memory = new TipMemory();
    storeTips(memory, [finished({}), finished({ bucket: "b", score: -100 })], 10);
    expect(memory.list()).toMatchObject([
      { id: 1, bucket: "a", score: 43, iteration: 4, key: [1, 2], author: "policy", pinned: false, retrievedCount: 0 },
      { id: 2, bucket: "b", score: -100 },
    ]);
    expect(memory.list().map(({ tokens }) => decode(tokens))).toEqual(["red ; score 4 3", "red ; score minus 1 0 0"]);
  });

  it("passes over episodes without a tip and exact duplicates, and keeps to the capacity", () => {
    const memory = new TipMemory();
    const tips = ["red", "blue", "red", "green"].map((word) => finished({ writtenTip: encode(word) }));
    storeTips(memory, [finished({ writtenTip: null }), ...tips], 2);
    expect(memory.list().map(({ tokens }) => decode(tokens))).toEqual(["blue ; score 4 3", "green ; score 4 3"]);
  });
});

describe("recordStates", () => {
  it("counts what every trajectory reached, by task variation, whoever shares its tips", () => {
    const novelty = new NoveltyTable();
    recordStates(novelty, [finished({}), finished({}), finished({ stateBucket: "d" })], 0.95);
    expect(novelty.state()).toEqual([
      ["c", [{ state: [3], count: 2 }]],
      ["d", [{ state: [3], count: 1 }]],
    ]);
  });
});

describe("a trajectory", () => {
  it("has a bucket of its own for every variation, preset and house", () => {
    const task = scriptedTask(3);
    expect(bucketOf(task)).toBe("scripted/none/house-0/variation-3");
    const others = [task, { ...task, variation: 4 }, { ...task, preset: "easy" }, { ...task, house: 1 }];
    expect(new Set(others.map(bucketOf)).size).toBe(4);
  });

  it("shares a bucket of tips with all variations of its task, preset and house if tips are shared", () => {
    const task = scriptedTask(3);
    expect(tipBucketOf(task, "variation")).toBe(bucketOf(task));
    expect(tipBucketOf(task, "task")).toBe("scripted/none/house-0");
    const others = [task, { ...task, variation: 4 }, { ...task, preset: "easy" }, { ...task, house: 1 }];
    expect(new Set(others.map((other) => tipBucketOf(other, "task"))).size).toBe(3);
  });

  it("is told with its tip in words and its advantage", () => {
    const sequence = { tokens: [1, 2], segments: [] };
    const trajectory = finished({ rolloutId: "1.group-0.2", sequence, turns: [], retrieved: [] });
    expect(toRolloutRecord(trajectory, -0.5)).toMatchObject({
      rolloutId: "1.group-0.2",
      tip: "red",
      advantage: -0.5,
      tokens: [1, 2],
    });
    expect(toRolloutRecord({ ...trajectory, writtenTip: null }, null)).toMatchObject({ tip: null, advantage: null });
  });
});
