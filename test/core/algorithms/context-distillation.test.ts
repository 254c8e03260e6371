import { describe, expect, it } from "vitest";
import { contextDistillation, imitationWeights } from "../../../src/core/algorithms/context-distillation.ts";
import { reflexion } from "../../../src/core/algorithms/reflexion.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";
import { TOKEN } from "../../../src/core/text/tokenizer.ts";
import { contextOf, doorPolicy, memoryWithBlueTip, settingsOf, TIP_FREE_PREFIX } from "./algorithm-fixtures.ts";

describe("which rollouts are imitated", () => {
  const trajectories = [
    { groupId: "a", score: 100 },
    { groupId: "a", score: 30 },
    { groupId: "b", score: 30 },
    { groupId: "b", score: 30 },
    { groupId: "a", score: 50 },
  ] as unknown as Trajectory[];

  it("all of them (Snell), or those above the mean of their group", () => {
    expect(imitationWeights(trajectories, "all")).toEqual([1, 1, 1, 1, 1]);
    // Means 60 and 30; a group in which all are equal has none above.
    expect(imitationWeights(trajectories, "above-mean")).toEqual([1, 0, 0, 0, 0]);
  });
});

describe("context distillation", () => {
  it("brings what the tips did into the weights, without tips in the prompt", async () => {
    const policy = doorPolicy(8);
    const before = policy.probability(TIP_FREE_PREFIX, "blue");
    await contextOf({ policy, memory: memoryWithBlueTip() }).run(contextDistillation, 20);
    expect(before).toBeLessThan(4e-4);
    expect(policy.probability(TIP_FREE_PREFIX, "blue")).toBeGreaterThan(0.9);
    for (const row of policy.updatedRows) expect(row.tokens).not.toContain(TOKEN.tipStart);
  });

  it("rolls out with the base policy: its rollouts are Reflexion's, whatever it has learned", async () => {
    const rolloutsOf = async (algorithm: typeof reflexion) => {
      const policy = doorPolicy(1);
      const { run, memory } = contextOf({ policy });
      const outcomes = await run(algorithm, 6);
      const tokens = outcomes.flatMap(({ trajectories }) => trajectories.map(({ sequence }) => sequence.tokens));
      return { tokens, tips: memory.state(), updates: policy.calls.update };
    };
    const distilled = await rolloutsOf(contextDistillation);
    const reflected = await rolloutsOf(reflexion);
    expect(distilled.updates).toBe(6);
    expect(distilled.tokens).toEqual(reflected.tokens);
    expect(distilled.tips).toEqual(reflected.tips);
  });

  it("follows the likelihood: ratio 1, weight 1, no token masked however unlikely", async () => {
    const policy = doorPolicy(20);
    const settings = settingsOf({ minTokenLogProb: -5 });
    const [outcome] = await contextOf({ policy, settings, memory: memoryWithBlueTip() }).run(contextDistillation, 1);
    expect(outcome!.stats!.meanRatio).toBeCloseTo(1, 9);
    expect(outcome!.stats!.maskedFraction).toBe(0);
    for (const { advantages, oldLogProbs } of policy.updatedRows) {
      expect(new Set(advantages)).toEqual(new Set([1]));
      expect(oldLogProbs[0]).toBeLessThan(-15);
    }
  });

  it("imitates the better rollouts only if asked to", async () => {
    // Half of the base policy's rollouts take either door; nobody has a tip yet.
    const settings = settingsOf({ distilledRollouts: "above-mean" });
    const policy = doorPolicy(0);
    const [outcome] = await contextOf({ policy, settings }).run(contextDistillation, 1);
    const { trajectories, advantages } = outcome!;
    expect(new Set(trajectories.map(({ score }) => score)).size).toBe(2);
    expect(advantages).toEqual(trajectories.map(({ score }) => (score === 100 ? 1 : 0)));
    expect(policy.updatedRows).toHaveLength(trajectories.filter(({ score }) => score === 100).length);
  });
});
