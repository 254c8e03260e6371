import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import type { Observation, TaskRef, TextEnv } from "../../src/core/envs/env.ts";
import { createEnv, taskSpecs } from "../../src/core/envs/registry.ts";
import type { StoredExperiment } from "../../src/experiments/experiment-report.ts";
import {
  bestRuns,
  figuresOf,
  randomAgentScores,
  type BestRun,
  type DifficultyReport,
} from "../../src/experiments/task-difficulty.ts";
import { madeRun, type MadeRun } from "./made-runs.ts";

const RESULTS = join(import.meta.dirname, "../../docs/results");

function readResult(name: string): unknown {
  return JSON.parse(readFileSync(join(RESULTS, name), "utf8"));
}

function stored(id: string, runs: readonly MadeRun[]): StoredExperiment {
  const experiment = { id } as StoredExperiment["experiment"];
  return { experiment, runs: runs.map(madeRun), remarks: null };
}

function run(name: string, task: string, preset: string, end: number): MadeRun {
  return { name, changes: { task, preset, house: 3, seed: 2, method: "grpo" }, heldOut: [[5, end]] };
}

describe("the best runs", () => {
  it("are those with the highest held-out return at the end, one for each task and preset, over all experiments", () => {
    const best = bestRuns([
      stored("first", [
        run("a", "find-plant", "easy", 40),
        run("b", "find-plant", "easy", 65),
        run("c", "boil", "none", -3),
      ]),
      stored("second", [run("d", "find-plant", "easy", 65), run("e", "find-plant", "none", 10)]),
    ]);
    expect(best.map(({ run: name, task, preset, heldOutReturn }) => [name, task, preset, heldOutReturn])).toEqual([
      ["first/c", "boil", "none", -3],
      ["first/b", "find-plant", "easy", 65],
      ["second/e", "find-plant", "none", 10],
    ]);
    expect(best[1]).toMatchObject({ method: "grpo", house: 3, seed: 2, iterations: 5, heldOutSuccess: 0.5 });
  });

  it("are none of the runs that are not finished", () => {
    expect(bestRuns([stored("first", [{ ...run("a", "boil", "easy", 100), isFinished: false }])])).toEqual([]);
  });
});

/** Two actions, one of them worth 100 and the other nothing; over after one of them. */
function coin(task: TaskRef): TextEnv {
  const told = (score: number, done: boolean): Observation => ({ text: "", score, reward: score, done, moves: 0 });
  return {
    task,
    reset: () => told(0, false),
    step: (action) => told(action === "heads" ? 100 : 0, true),
    validActions: () => ["heads", "tails"],
    view: () => {
      throw new Error("a random agent does not look");
    },
  };
}

describe("the random agent", () => {
  const task: TaskRef = { world: "scienceworld", task: "coin", variation: 0, preset: "easy", house: 0 };

  it("chooses evenly among the valid actions", () => {
    const { episodes, meanReturn, successRate } = figuresOf(randomAgentScores([task], 4000, Random.fromSeed(1), coin));
    expect(episodes).toBe(4000);
    expect(Math.abs(meanReturn - 50)).toBeLessThan(4); // five standard errors
    expect(successRate).toBeCloseTo(meanReturn / 100, 4);
  });

  it("does in a variation what it does there without the others", () => {
    const refs = [0, 1, 2].map((variation): TaskRef => ({ ...task, task: "boil", variation }));
    const all = randomAgentScores(refs, 3, Random.fromSeed(1), createEnv);
    expect(randomAgentScores([refs[2]!], 3, Random.fromSeed(1), createEnv)).toEqual(all.slice(6));
  });
});

describe("the figures that the page ships", () => {
  const difficulty = readResult("task-difficulty.json") as DifficultyReport;
  const best = readResult("best-runs.json") as readonly BestRun[];

  it("are there for every task and preset, measured on committed code", () => {
    const offered = taskSpecs().flatMap(({ task, presets }) => presets.map((preset) => `${task} ${preset}`));
    expect(difficulty.tasks.map(({ task, preset }) => `${task} ${preset}`)).toEqual(offered);
    expect(difficulty.commit).toMatch(/^[0-9a-f]{40}$/);
    for (const { random, base } of difficulty.tasks) {
      expect(random.episodes).toBeGreaterThanOrEqual(20);
      expect(base?.episodes).toBeGreaterThanOrEqual(5);
    }
  });

  it("are what the random agent earns now", () => {
    const first = difficulty.tasks.find(({ task, preset }) => task === "find-plant" && preset === "easy")!;
    const { world, splits } = taskSpecs().find(({ task }) => task === "find-plant")!;
    const refs = splits.test
      .slice(0, 20)
      .map((variation): TaskRef => ({ world, task: "find-plant", variation, preset: "easy", house: first.house }));
    const random = Random.fromSeed(difficulty.seed).fork("find-plant easy").fork("random agent");
    const scores = randomAgentScores(refs, first.random.episodes / refs.length, random, createEnv);
    expect(figuresOf(scores)).toEqual(first.random);
  });

  it("name stored runs as the best, with what their summaries say", () => {
    expect(best.length).toBeGreaterThan(0);
    for (const { run: folder, heldOutReturn, heldOutSuccess, commit } of best) {
      expect(readResult(`runs/${folder}/summary.json`)).toMatchObject({ heldOutReturn, heldOutSuccess, commit });
    }
  });
});
