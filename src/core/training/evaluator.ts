/** @file Held-out evaluation (§6.1, method.md §5): test variations, low temperature, memory off; or memory only. */
import { mean } from "../base/stats.ts";
import type { Random } from "../base/random.ts";
import { tipBucketOf } from "../envs/buckets.ts";
import type { Split, TaskRef, TextEnv } from "../envs/env.ts";
import type { EvaluationRecord } from "../events/training-event.ts";
import { NoveltyTable } from "../memory/novelty.ts";
import { TipMemory } from "../memory/tip-memory.ts";
import type { Policy } from "../policy/policy.ts";
import { storeTips } from "../rollout/remember.ts";
import type { ActionRescorer } from "../rollout/candidate-actions.ts";
import { rollOut, type RolloutConfig, type RolloutRequest } from "../rollout/rollout-engine.ts";
import type { Trajectory } from "../rollout/trajectory.ts";

/** Score that counts as success. */
export const SUCCESS_SCORE = 100;

/** What to evaluate. */
export interface EvaluationPlan {
  readonly policy: Policy;
  readonly createEnv: (task: TaskRef) => TextEnv;
  readonly tasks: readonly TaskRef[];
  readonly split: Split;
  readonly episodesPerVariation: number;
  readonly rollout: Omit<RolloutConfig, "writeTips">;
  /** Of the method, if it has one. */
  readonly rescorer?: ActionRescorer | undefined;
  readonly random: Random;
  readonly iteration: number;
}

/** Evaluates with memory off. */
export async function evaluate(plan: EvaluationPlan): Promise<EvaluationRecord> {
  const trajectories = await rollOutPlan(plan, new TipMemory(), "off", plan.random);
  return summarise(plan, trajectories, "off", plan.iteration);
}

/** How often, and what is kept between two trials. */
export interface TrialSeries {
  readonly memory: "on" | "off";
  readonly trials: number;
  /** Called after every trial, in order; false ends them. */
  readonly onTrial?: (record: EvaluationRecord) => boolean;
}

/**
 * Evaluates several times with weights fixed. With memory on it begins with empty buckets, and each episode has a memory
 * of its own that lasts from trial to trial (method.md §5); if tips are shared, each replica of the whole task has one.
 *
 * @returns one record per trial; `iteration` is the trial, from 1
 */
export async function evaluateTrials(
  plan: EvaluationPlan,
  { memory, trials, onTrial }: TrialSeries,
): Promise<EvaluationRecord[]> {
  const tips = new TipMemory();
  const records: EvaluationRecord[] = [];
  for (let trial = 1; trial <= trials; trial++) {
    const trajectories = await rollOutPlan(plan, tips, memory, plan.random.fork(`trial ${trial}`));
    if (memory === "on") storeTips(tips, trajectories, Number.MAX_SAFE_INTEGER);
    const record = summarise(plan, trajectories, memory, trial);
    records.push(record);
    if (onTrial?.(record) === false) break;
  }
  return records;
}

function rollOutPlan(
  plan: EvaluationPlan,
  memory: TipMemory,
  useMemory: "on" | "off",
  random: Random,
): Promise<Trajectory[]> {
  const requests = plan.tasks.flatMap((task) =>
    Array.from({ length: plan.episodesPerVariation }, (_, replica): RolloutRequest => {
      const label = `variation ${task.variation} episode ${replica}`;
      return {
        rolloutId: label,
        iteration: plan.iteration,
        task,
        groupId: String(task.variation),
        mode: useMemory === "on" ? "on-policy-with-tips" : "on-policy",
        bucket: `${tipBucketOf(task, plan.rollout.tipScope)}/replica-${replica}`,
        random: random.fork(label),
        watched: false,
      };
    }),
  );
  return rollOut(
    requests,
    { ...plan.rollout, writeTips: useMemory === "on" },
    {
      policy: plan.policy,
      memory,
      novelty: new NoveltyTable(),
      createEnv: plan.createEnv,
      rescorer: plan.rescorer,
      emit: () => undefined,
      timed: (_phase, work) => work(),
    },
  );
}

function summarise(
  plan: EvaluationPlan,
  trajectories: readonly Trajectory[],
  memory: "on" | "off",
  iteration: number,
): EvaluationRecord {
  const perVariation = plan.tasks.map(({ variation }) => {
    const scores = trajectories.filter(({ task }) => task.variation === variation).map(({ score }) => score);
    return { variation, meanReturn: mean(scores), successRate: successRate(scores) };
  });
  const scores = trajectories.map(({ score }) => score);
  return {
    iteration,
    meanReturn: mean(scores),
    successRate: successRate(scores),
    episodeCount: scores.length,
    perVariation,
    memory,
    split: plan.split,
  };
}

/** Share of scores that are a success, 0…1. */
export function successRate(scores: readonly number[]): number {
  return mean(scores.map((score) => Number(score === SUCCESS_SCORE)));
}
