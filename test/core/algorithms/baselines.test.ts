import { describe, expect, it } from "vitest";
import { grpo } from "../../../src/core/algorithms/grpo.ts";
import { naive } from "../../../src/core/algorithms/naive.ts";
import { reflexion } from "../../../src/core/algorithms/reflexion.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import { twoDoors } from "../../support/scripted-env.ts";
import { contextOf, doorPolicy, memoryWithBlueTip, settingsOf, TIP_FREE_PREFIX } from "./algorithm-fixtures.ts";

async function hashOf(policy: ReturnType<typeof doorPolicy>): Promise<string> {
  return weightsHash((await policy.save()).weights);
}

describe("Naive", () => {
  it("neither learns nor reads nor writes tips", async () => {
    const policy = doorPolicy(0);
    const memory = memoryWithBlueTip();
    const before = [await hashOf(policy), memory.state()];
    const { run, novelty } = contextOf({ policy, memory });
    const outcomes = await run(naive, 3);
    expect([await hashOf(policy), memory.state()]).toEqual(before);
    expect(policy.calls.update).toBe(0);
    expect(novelty.state()).toEqual([]);
    for (const { trajectories, advantages, stats } of outcomes) {
      expect([advantages, stats]).toEqual([null, null]);
      expect(trajectories).toHaveLength(8);
      for (const trajectory of trajectories) {
        expect(trajectory).toMatchObject({ mode: "on-policy", writtenTip: null, retrieved: [] });
      }
    }
  });
});

describe("GRPO", () => {
  it("never reads or writes tips, whatever p and q say", async () => {
    const policy = doorPolicy(1);
    const memory = memoryWithBlueTip();
    const before = memory.state();
    const settings = settingsOf({ memoryRolloutProbability: 1, offPolicyProbability: 1 });
    const { run, novelty } = contextOf({ policy, memory, settings });
    const outcomes = await run(grpo, 5);
    expect(memory.state()).toEqual(before);
    expect(novelty.state()).toEqual([]);
    for (const { mode, writtenTip, retrieved, intrinsicReturn } of outcomes.flatMap((outcome) => outcome.trajectories))
      expect({ mode, writtenTip, retrieved, intrinsicReturn }).toEqual({
        mode: "on-policy",
        writtenTip: null,
        retrieved: [],
        intrinsicReturn: 0,
      });
    expect(policy.calls.logProbs).toBe(0);
  });

  it("learns the better door once it has been found by chance", async () => {
    const policy = doorPolicy(1);
    await contextOf({ policy }).run(grpo, 30);
    expect(policy.probability(TIP_FREE_PREFIX, "blue")).toBeGreaterThan(0.9);
  });

  it("stays where it is when nobody finds it: all returns equal, nothing to learn", async () => {
    const policy = doorPolicy(12);
    const before = await hashOf(policy);
    const outcomes = await contextOf({ policy, memory: memoryWithBlueTip() }).run(grpo, 30);
    expect(outcomes.flatMap(({ trajectories }) => trajectories).every(({ score }) => score === 30)).toBe(true);
    expect(outcomes.every(({ stats }) => stats === null)).toBe(true);
    expect(await hashOf(policy)).toBe(before);
  });
});

describe("Reflexion", () => {
  it("never updates, and reads and writes tips in every rollout", async () => {
    const policy = doorPolicy(8);
    const before = await hashOf(policy);
    const memory = memoryWithBlueTip();
    const { run } = contextOf({ policy, memory, settings: settingsOf({ memoryRolloutProbability: 0 }) });
    const outcomes = await run(reflexion, 3);
    expect(await hashOf(policy)).toBe(before);
    expect(policy.calls.update).toBe(0);
    for (const trajectory of outcomes.flatMap(({ trajectories }) => trajectories)) {
      expect(trajectory.mode).toBe("on-policy-with-tips");
      expect(trajectory.retrieved).toHaveLength(1);
      expect(trajectory.writtenTip).not.toBeNull();
    }
    expect(outcomes.every(({ advantages, stats }) => advantages === null && stats === null)).toBe(true);
  });

  it("gets better by its memory alone", async () => {
    const policy = doorPolicy(8);
    const worlds = contextOf({ policy, memory: memoryWithBlueTip(), script: twoDoors() });
    const [outcome] = await worlds.run(reflexion, 1);
    expect(outcome!.trajectories.every(({ score }) => score === 100)).toBe(true);
    expect(policy.probability(TIP_FREE_PREFIX, "blue")).toBeLessThan(4e-4);
  });
});
