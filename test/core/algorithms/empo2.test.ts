import { describe, expect, it } from "vitest";
import { empo2 } from "../../../src/core/algorithms/empo2.ts";
import { grpo } from "../../../src/core/algorithms/grpo.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import type { RunConfig } from "../../../src/core/training/run-config.ts";
import { decode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { scriptedTask } from "../../support/scripted-env.ts";
import {
  contextOf,
  doorPolicy,
  memoryWithBlueTip,
  settingsOf,
  TIP_FREE_PREFIX,
  TIPPED_PREFIX,
} from "./algorithm-fixtures.ts";

/** Half of the rollouts read the tip; with the default q, or another. */
function halfWithTips(changes: Partial<RunConfig> = {}) {
  return settingsOf({ memoryRolloutProbability: 0.5, minTokenLogProb: -30, ...changes });
}

/** P(blue) without a tip, after some iterations from a policy that would almost never take the blue door. */
async function blueWithoutTip(changes: Partial<RunConfig>, iterations = 30): Promise<number> {
  const policy = doorPolicy(8);
  const { run } = contextOf({ policy, settings: halfWithTips(changes), memory: memoryWithBlueTip() });
  await run(empo2, iterations);
  return policy.probability(TIP_FREE_PREFIX, "blue");
}

describe("EMPO² off-policy", () => {
  it("moves probability toward the tip's action without the tip in the prompt", async () => {
    const policy = doorPolicy(8);
    const before = policy.probability(TIP_FREE_PREFIX, "blue");
    const settings = halfWithTips({ offPolicyProbability: 1 });
    const { run } = contextOf({ policy, settings, memory: memoryWithBlueTip() });
    await run(empo2, 30);
    expect(before).toBeLessThan(4e-4);
    expect(policy.probability(TIP_FREE_PREFIX, "blue")).toBeGreaterThan(0.9);
    for (const row of policy.updatedRows) expect(row.tokens).not.toContain(TOKEN.tipStart);
  });

  it("is what transfers: with q = 0 the policy without tips stays as it was", async () => {
    const policy = doorPolicy(8);
    const settings = halfWithTips({ offPolicyProbability: 0 });
    const { run } = contextOf({ policy, settings, memory: memoryWithBlueTip() });
    const tippedBefore = policy.probability(TIPPED_PREFIX, "blue");
    await run(empo2, 30);
    expect(policy.probability(TIP_FREE_PREFIX, "blue")).toBeLessThan(4e-4);
    expect(policy.probability(TIPPED_PREFIX, "blue")).toBeGreaterThan(tippedBefore);
  });

  it("transfers next to nothing when the ratio divides by log-probs with tips", async () => {
    const withTips = await blueWithoutTip({ offPolicyProbability: 1, oldLogProbView: "with-tips" });
    expect(withTips).toBeLessThan(0.01);
    expect(await blueWithoutTip({ offPolicyProbability: 1 })).toBeGreaterThan(0.9);
  });

  it("transfers nothing when the mask takes the decisive token", async () => {
    // log P(blue) = −8: above δ = −10, under δ = −5.
    expect(await blueWithoutTip({ offPolicyProbability: 1, minTokenLogProb: -10 })).toBeGreaterThan(0.9);
    expect(await blueWithoutTip({ offPolicyProbability: 1, minTokenLogProb: -5 })).toBeLessThan(4e-4);
  });

  it("with q = 1 learns every memory rollout without its tips, and none with them", async () => {
    const policy = doorPolicy(8);
    const settings = halfWithTips({ offPolicyProbability: 1, memoryRolloutProbability: 1 });
    await contextOf({ policy, settings, memory: memoryWithBlueTip() }).run(empo2, 3);
    expect(policy.updatedRows.every(({ offPolicy, tokens }) => offPolicy && !tokens.includes(TOKEN.tipStart))).toBe(
      true,
    );
  });

  it("masks the whole response of an unlikely token if asked to", async () => {
    // log P(blue) = −8 is masked at −5, log P(<end>) = 0 is not; the response is both.
    const maskedShare = async (maskScope: "token" | "response") => {
      const settings = halfWithTips({ offPolicyProbability: 1, minTokenLogProb: -5, maskScope });
      const { run } = contextOf({ policy: doorPolicy(8), settings, memory: memoryWithBlueTip() });
      const [outcome] = await run(empo2, 1);
      return outcome!.stats!.maskedFraction;
    };
    const [ofTokens, ofResponses] = [await maskedShare("token"), await maskedShare("response")];
    expect(ofTokens).toBeGreaterThan(0);
    expect(ofResponses).toBeCloseTo(2 * ofTokens, 9);
  });

  it("learns from rows with ratio 1 by default, and across tips if asked to", async () => {
    for (const oldLogProbView of ["without-tips", "with-tips"] as const) {
      const policy = doorPolicy(8);
      const settings = halfWithTips({ offPolicyProbability: 1, oldLogProbView });
      const [outcome] = await contextOf({ policy, settings, memory: memoryWithBlueTip() }).run(empo2, 1);
      const decisive = policy.updatedRows.find(({ offPolicy }) => offPolicy)!;
      const [old] = decisive.oldLogProbs;
      if (oldLogProbView === "without-tips") expect(old).toBeCloseTo(-8, 1);
      else expect(old).toBeCloseTo(0, 2);
      expect(outcome!.stats!.meanRatio).toBeLessThanOrEqual(1.000001);
    }
  });
});

describe("EMPO²", () => {
  it("shows the tips of earlier iterations, never those of its own", async () => {
    const settings = settingsOf({ memoryRolloutProbability: 1 });
    const [first, second] = await contextOf({ policy: doorPolicy(1), settings }).run(empo2, 2);
    for (const { retrieved } of first!.trajectories) expect(retrieved).toEqual([]);
    for (const { retrieved } of second!.trajectories) expect(retrieved).toHaveLength(1);
  });

  it("stores the tip of every episode, whatever its mode", async () => {
    const tasks = [0, 1, 2].map((variation) => scriptedTask(variation));
    const { memory, run } = contextOf({ policy: doorPolicy(0), tasks });
    const [outcome] = await run(empo2, 1);
    const texts = (bucket: string) => memory.bucket(bucket).map(({ tokens }) => decode(tokens));
    for (const { bucket, turns, score } of outcome!.trajectories) {
      expect(texts(bucket)).toContain(`${turns[0]!.action} ; score ${String(score).split("").join(" ")}`);
    }
    // At most two different episodes can be told of in a world with two doors.
    expect(memory.size).toBeLessThanOrEqual(6);
  });

  it("reckons advantages within the group, over all three modes together", async () => {
    const settings = settingsOf({ memoryRolloutProbability: 0.5, intrinsicCoefficient: 0 });
    const [outcome] = await contextOf({ policy: doorPolicy(1), settings, seed: 4 }).run(empo2, 1);
    const { trajectories, advantages } = outcome!;
    const scores = trajectories.map(({ score }) => score);
    const center = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(new Set(scores).size).toBe(2);
    expect(new Set(trajectories.map(({ mode }) => mode)).size).toBeGreaterThan(1);
    scores.forEach((score, i) => {
      expect(Math.sign(advantages![i]!)).toBe(Math.sign(score - center));
    });
    expect(advantages!.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
  });

  it("adds λ times the intrinsic return of memory rollouts", async () => {
    // Everyone takes the red door: equal scores, so that only 1/n makes a difference.
    const outcomeWith = async (intrinsicCoefficient: number) => {
      const policy = doorPolicy(30);
      const settings = settingsOf({ memoryRolloutProbability: 0.5, intrinsicCoefficient });
      const [outcome] = await contextOf({ policy, settings, seed: 4 }).run(empo2, 1);
      return { ...outcome!, policy };
    };
    const paid = await outcomeWith(1);
    const plain = paid.trajectories.map(({ mode }) => mode === "on-policy");
    expect(new Set(plain).size).toBe(2);
    plain.forEach((isPlain, i) => {
      expect(Math.sign(paid.advantages![i]!)).toBe(isPlain ? -1 : 1);
    });
    // Figure 11: 0.5, 1 and 2 times; all advantages are relative, so the sizes show in the returns only.
    for (const coefficient of [0.5, 2]) {
      const { trajectories, advantages } = await outcomeWith(coefficient);
      expect(trajectories.map(({ score, intrinsicReturn }) => score + coefficient * intrinsicReturn)).toEqual(
        plain.map((isPlain) => (isPlain ? 30 : 30 + coefficient)),
      );
      expect(advantages!.map(Math.sign)).toEqual(paid.advantages!.map(Math.sign));
    }
    const unpaid = await outcomeWith(0);
    expect(unpaid.advantages!.every((advantage) => advantage === 0)).toBe(true);
    expect(unpaid.stats).toBeNull();
    expect(unpaid.policy.calls.update).toBe(0);
  });

  it("keeps rows without advantage when a KL or entropy term acts on them", async () => {
    for (const changes of [{ klCoefficient: 0.1 }, { entropyCoefficient: 0.01 }]) {
      const policy = doorPolicy(30);
      const settings = settingsOf({ intrinsicCoefficient: 0, ...changes });
      await contextOf({ policy, settings }).run(empo2, 1);
      expect(policy.updatedRows).toHaveLength(8);
    }
  });

  it("counts the states that all its rollouts reached", async () => {
    const { novelty, run } = contextOf({ policy: doorPolicy(30) });
    await run(empo2, 2);
    expect(novelty.state().map(([, states]) => states.map(({ count }) => count))).toEqual([[16]]);
  });

  it("with p = 0 updates the weights exactly as GRPO does", async () => {
    const train = async (algorithm: typeof grpo) => {
      const policy = doorPolicy(1);
      await contextOf({ policy, settings: settingsOf({ memoryRolloutProbability: 0 }) }).run(algorithm, 5);
      return weightsHash((await policy.save()).weights);
    };
    expect(await train(empo2)).toBe(await train(grpo));
  });

  it("makes the same rows as on the day they were looked at", async () => {
    const policy = doorPolicy(2);
    const tasks = [scriptedTask(0), scriptedTask(1)];
    const settings = settingsOf({ memoryRolloutProbability: 0.6, offPolicyProbability: 0.5, groupSize: 4 });
    const { run } = contextOf({ policy, settings, tasks, memory: memoryWithBlueTip() });
    const [outcome] = await run(empo2, 1);
    const rollouts = outcome!.trajectories.map(
      ({ rolloutId, mode, score, sequence }, i) =>
        `${rolloutId} ${mode} score ${score} advantage ${outcome!.advantages![i]!.toFixed(4)}\n  ${decode(sequence.tokens)}`,
    );
    const rows = policy.updatedRows.map(
      ({ tokens, lossPositions, oldLogProbs, offPolicy }) =>
        `${offPolicy ? "off-policy" : "as sampled"}\n  ${decode(tokens)}\n  loss at ${lossPositions.join(" ")}, old log-probs ${oldLogProbs.map((value) => value.toFixed(4)).join(" ")}`,
    );
    const text = `rollouts\n\n${rollouts.join("\n")}\n\nrows\n\n${rows.join("\n")}\n`;
    await expect(text).toMatchFileSnapshot("../../golden/empo2-iteration.txt");
  });
});
