/** @file How hard the tasks are, from records: what a random agent and the base policy earn, and the best stored run. */
import { mean } from "../core/base/stats.ts";
import type { Random } from "../core/base/random.ts";
import type { TaskRef, TextEnv } from "../core/envs/env.ts";
import { successRate } from "../core/training/evaluator.ts";
import type { StoredExperiment } from "./experiment-report.ts";

/** What an agent earned on the test variations of a task. */
export interface AgentFigures {
  readonly episodes: number;
  /** Points, −100…100. */
  readonly meanReturn: number;
  /** Share of episodes with full score, 0…1. */
  readonly successRate: number;
}

/** What was measured of one task with one preset. */
export interface TaskDifficulty {
  readonly task: string;
  readonly preset: string;
  readonly house: number;
  /** Chooses evenly among the valid actions. */
  readonly random: AgentFigures;
  /** The base policy without training, memory off; null if none was asked for. */
  readonly base: AgentFigures | null;
  /** Its name. */
  readonly baseName: string | null;
}

/** What the command `tasks` measures. */
export interface DifficultyReport {
  /** Of the code, with “+changes” if files differed from it. */
  readonly commit: string;
  readonly seed: number;
  readonly baseTemperature: number | null;
  readonly tasks: readonly TaskDifficulty[];
}

/** The finished run with the highest held-out return among all that are stored of a task with a preset. */
export interface BestRun {
  readonly task: string;
  readonly preset: string;
  readonly house: number;
  readonly method: string;
  readonly seed: number;
  readonly iterations: number;
  /** Folder in docs/results/runs. */
  readonly run: string;
  /** Of the code that made it. */
  readonly commit: string;
  readonly heldOutReturn: number;
  readonly heldOutSuccess: number;
}

/** Scores as figures, with as many digits as they are worth. */
export function figuresOf(scores: readonly number[]): AgentFigures {
  return {
    episodes: scores.length,
    meanReturn: Number(mean(scores).toFixed(2)),
    successRate: Number(successRate(scores).toFixed(4)),
  };
}

/** Scores of an agent that chooses evenly among the valid actions: so many episodes of each task, one after another. */
export function randomAgentScores(
  tasks: readonly TaskRef[],
  episodes: number,
  random: Random,
  createEnv: (task: TaskRef) => TextEnv,
): number[] {
  return tasks.flatMap((task) => {
    const env = createEnv(task);
    return Array.from({ length: episodes }, (_, episode) =>
      randomEpisodeScore(env, random.fork(`variation ${task.variation} episode ${episode}`)),
    );
  });
}

function randomEpisodeScore(env: TextEnv, random: Random): number {
  let observation = env.reset();
  while (!observation.done) observation = env.step(random.pick(env.validActions()));
  return observation.score;
}

/** The best runs, one for each task and preset that has a finished run; of equally good ones the first. */
export function bestRuns(stored: readonly StoredExperiment[]): BestRun[] {
  const best = new Map<string, BestRun>();
  for (const run of stored.flatMap(finishedRuns)) {
    const key = `${run.task} ${run.preset}`;
    const known = best.get(key);
    if (known === undefined || run.heldOutReturn > known.heldOutReturn) best.set(key, run);
  }
  return [...best.values()].sort((a, b) => compareTexts(a.task, b.task) || compareTexts(a.preset, b.preset));
}

function finishedRuns({ experiment, runs }: StoredExperiment): BestRun[] {
  return runs.flatMap(({ name, end, config, curve, lentBy }): BestRun[] => {
    if (end === null || lentBy !== undefined) return [];
    const { task, preset, house, method, seed } = config;
    const { commit, heldOutReturn, heldOutSuccess } = end;
    const run = `${experiment.id}/${name}`;
    return [
      { task, preset, house, method, seed, iterations: curve.length, run, commit, heldOutReturn, heldOutSuccess },
    ];
  });
}

/** By code units, so that the order is the same everywhere. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
