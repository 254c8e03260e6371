import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import type { TaskSpec } from "../../../src/core/envs/env.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../../src/core/training/run-config.ts";
import { toRunSettings } from "../../../src/core/training/settings.ts";
import { evaluationTasks, sampleTasks } from "../../../src/core/training/task-sampler.ts";

function configOf(changes: Partial<RunConfig>): RunConfig {
  return { ...DEFAULT_CONFIG, ...changes };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const SPEC: TaskSpec = {
  world: "scienceworld",
  task: "find-plant",
  id: "4-3",
  description: "",
  variationCount: 60,
  splits: { train: range(0, 30), dev: [], test: range(30, 60) },
  maxTurns: 20,
  presets: ["easy"],
};

describe("the settings that methods read", () => {
  it("switch the mask off at the lowest threshold, and only there", () => {
    expect(toRunSettings(configOf({ minTokenLogProb: -30 })).loss.minTokenLogProb).toBe(-Infinity);
    expect(toRunSettings(configOf({ minTokenLogProb: -29.5 })).loss.minTokenLogProb).toBe(-29.5);
    expect(toRunSettings(DEFAULT_CONFIG).loss.minTokenLogProb).toBe(-10);
  });

  it("are the configuration's own, each where it belongs", () => {
    const config = configOf({ temperature: 0.8, tipTemperature: 0.3, learningRate: 1e-3, beta1: 0.5, clipHigh: 0.4 });
    const settings = toRunSettings(config);
    expect(settings.loss).toEqual({
      temperature: 0.8,
      clipLow: 0.2,
      clipHigh: 0.4,
      dualClip: 10,
      minTokenLogProb: -10,
      maskScope: "token",
      klCoefficient: 0,
      entropyCoefficient: 0,
    });
    expect(settings.optimizer).toEqual({
      learningRate: 1e-3,
      beta1: 0.5,
      beta2: 0.95,
      weightDecay: 0,
      maxGradNorm: 1,
    });
    expect(settings.rollout).toMatchObject({
      temperature: 0.8,
      tipTemperature: 0.3,
      tipsAtStart: 1,
      retrievalSize: 10,
    });
    expect(settings).toMatchObject({ memoryRolloutProbability: 0.25, modeDraw: "rollout", intrinsicCoefficient: 1 });
  });
});

describe("the tasks of an iteration", () => {
  const variationsOf = (changes: Partial<RunConfig>, random = Random.fromSeed(1)) =>
    sampleTasks(SPEC, configOf(changes), random).map(({ variation }) => variation);

  it("are all train variations in use, in order, if as many are asked for", () => {
    expect(variationsOf({ trainVariations: 5, tasksPerIteration: 5 })).toEqual([0, 1, 2, 3, 4]);
  });

  it("are a random choice without repetition if fewer are asked for, all equally often", () => {
    const counts = new Array<number>(5).fill(0);
    for (let i = 0; i < 2000; i++) {
      const chosen = variationsOf({ trainVariations: 5, tasksPerIteration: 2 }, Random.fromSeed(i));
      expect(new Set(chosen).size).toBe(2);
      for (const variation of chosen) counts[variation]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 800)).toBeLessThan(4 * Math.sqrt(2000 * 0.4 * 0.6));
  });

  it("repeat the variations in turn if more are asked for than there are", () => {
    expect(variationsOf({ trainVariations: 2, tasksPerIteration: 5 })).toEqual([0, 1, 0, 1, 0]);
    expect(variationsOf({ trainVariations: 1000, tasksPerIteration: 64 })).toHaveLength(64);
  });

  it("are a sample of the whole split if that is asked for, the same in every run, and a larger one holds it", () => {
    const five = variationsOf({ variationChoice: "sampled", trainVariations: 5, tasksPerIteration: 5 });
    const again = variationsOf({ variationChoice: "sampled", trainVariations: 5, seed: 9 }, Random.fromSeed(7));
    expect(again).toEqual(five);
    expect(five.some((variation) => variation >= 5)).toBe(true);
    const all = variationsOf({ variationChoice: "sampled", trainVariations: 1000, tasksPerIteration: 30 });
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    const ten = variationsOf({ variationChoice: "sampled", trainVariations: 10, tasksPerIteration: 10 });
    expect(ten.slice(0, 5)).toEqual(five);
  });

  it("never come from another split", () => {
    for (const variation of variationsOf({ trainVariations: 1000, tasksPerIteration: 64 }))
      expect(variation).toBeLessThan(30);
  });

  it("carry the run's preset and house", () => {
    const [task] = sampleTasks(SPEC, configOf({ preset: "none", house: 4 }), Random.fromSeed(1));
    expect(task).toEqual({ world: "scienceworld", task: "find-plant", variation: 0, preset: "none", house: 4 });
  });
});

describe("the tasks of an evaluation", () => {
  it("are the first ones of the split, as many as are asked for, 20 by default", () => {
    const config = configOf({ evaluationVariations: 3 });
    expect(evaluationTasks(SPEC, config, "test").map(({ variation }) => variation)).toEqual([30, 31, 32]);
    expect(evaluationTasks(SPEC, DEFAULT_CONFIG, "test").map(({ variation }) => variation)).toEqual(range(30, 50));
    const small = { ...SPEC, splits: { ...SPEC.splits, test: [8, 9] } };
    expect(evaluationTasks(small, DEFAULT_CONFIG, "test").map(({ variation }) => variation)).toEqual([8, 9]);
  });

  it("cannot be of an empty split", () => {
    expect(() => evaluationTasks(SPEC, DEFAULT_CONFIG, "dev")).toThrow(
      "evaluation: a split with variations, got find-plant dev",
    );
  });
});
