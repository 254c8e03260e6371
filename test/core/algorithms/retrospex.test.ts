import { describe, expect, it } from "vitest";
import { naive } from "../../../src/core/algorithms/naive.ts";
import { retrospex } from "../../../src/core/algorithms/retrospex.ts";
import { Random } from "../../../src/core/base/random.ts";
import { evaluate } from "../../../src/core/training/evaluator.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import type { RunConfig } from "../../../src/core/training/run-config.ts";
import { ScriptedEnv, scriptedTask, type Script } from "../../support/scripted-env.ts";
import { contextOf, doorPolicy, settingsOf } from "./algorithm-fixtures.ts";

/** Four doors in a row; every blue one pays 25 points. */
function blueDoors(): Script {
  let score = 0;
  return {
    first: "task find door . in hallway see red blue",
    maxTurns: 4,
    answer: (action) => {
      score += action === "blue" ? 25 : 0;
      return { text: "in kitchen see red blue", score };
    },
  };
}

/** After these iterations: held-out return with the method's rescoring and without, of a policy that likes red. */
async function evaluated(iterations: number, changes: Partial<RunConfig> = {}) {
  const policy = doorPolicy(1);
  const settings = settingsOf(changes);
  const { run, critic } = contextOf({ policy, settings, scriptOf: blueDoors });
  await run(retrospex, iterations);
  const plan = {
    policy,
    createEnv: () => new ScriptedEnv(blueDoors()),
    tasks: [scriptedTask(3)],
    split: "test" as const,
    episodesPerVariation: 100,
    rollout: { ...settings.rollout, temperature: 0.4 },
    random: Random.fromSeed(8),
    iteration: 0,
  };
  const rescorer = retrospex.rescorerAtTest!(critic, settings);
  return { plain: (await evaluate(plan)).meanReturn, rescored: (await evaluate({ ...plan, rescorer })).meanReturn };
}

describe("Retrospex", () => {
  it("gets better at test by what its episodes taught the critic, the weights as they are", async () => {
    // Likelihood alone decides in the first turn (red), the value in later ones: up to 75 points.
    const { plain, rescored } = await evaluated(10, { likelihoodDecay: 0.1, likelihoodFloor: 0 });
    expect(plain).toBeLessThan(20);
    expect(rescored).toBeGreaterThan(50);
  });

  it("gains nothing from a critic that has seen nothing", async () => {
    const { plain, rescored } = await evaluated(0, { likelihoodDecay: 0.1, likelihoodFloor: 0 });
    // The likeliest of five samples is even more often red.
    expect(rescored).toBeLessThanOrEqual(plain);
  });

  it("gains nothing while the likelihood decides", async () => {
    const { plain, rescored } = await evaluated(10, { likelihoodFloor: 1 });
    expect(rescored).toBeLessThanOrEqual(plain);
  });

  it("collects the base policy's rollouts and never changes it", async () => {
    const rolloutsOf = async (algorithm: typeof naive) => {
      const policy = doorPolicy(1);
      const { run } = contextOf({ policy, scriptOf: blueDoors });
      const outcomes = await run(algorithm, 3);
      expect(outcomes.every(({ stats, advantages }) => stats === null && advantages === null)).toBe(true);
      expect(policy.calls.update).toBe(0);
      const hash = weightsHash((await policy.save()).weights);
      return { hash, tokens: outcomes.map(({ trajectories }) => trajectories.map(({ sequence }) => sequence.tokens)) };
    };
    expect(await rolloutsOf(retrospex)).toEqual(await rolloutsOf(naive));
  });
});
