/**
 * @file A new task without weight updates (figure 8): a policy with frozen weights does trial after trial on the test
 * variations of a task; with memory on, the tips of one trial are read in the next.
 */
import type { ActionCritic } from "../critic/action-critic.ts";
import { Random } from "../base/random.ts";
import type { TaskRef, TaskSpec, TextEnv } from "../envs/env.ts";
import type { EvaluationRecord } from "../events/training-event.ts";
import type { Policy } from "../policy/policy.ts";
import { evaluateTrials } from "./evaluator.ts";
import type { RunConfig } from "./run-config.ts";
import { testRescorer } from "./run-knowledge.ts";
import { toRunSettings } from "./settings.ts";
import { evaluationTasks } from "./task-sampler.ts";

/** Trials of a policy on a task. */
export interface TrialsParts {
  /** With the weights to be tried; nothing changes them. */
  readonly policy: Policy;
  /**
   * The run's settings for rollouts and memory, with task, preset and house of the task to be tried. `seed` decides
   * every draw, so that two policies with the same seed meet the same chances; `evaluationEpisodes` is the number of
   * episodes per variation and trial, each with a memory of its own.
   */
  readonly config: RunConfig;
  readonly memory: "on" | "off";
  readonly trials: number;
  /** Of the run, for methods that choose actions with it. */
  readonly critic: ActionCritic | null;
  readonly createEnv: (task: TaskRef) => TextEnv;
  readonly taskSpec: (task: string) => TaskSpec;
  /** Called after every trial, in order; false ends them. */
  readonly onTrial?: (record: EvaluationRecord) => boolean;
}

/**
 * Does the trials, from empty memory.
 *
 * @returns one record per trial; `iteration` is the trial, from 1
 * @throws {ConfigError} if the task does not exist or has no test variations
 */
export function runTrials(parts: TrialsParts): Promise<EvaluationRecord[]> {
  const { policy, config, critic, createEnv } = parts;
  const plan = {
    policy,
    createEnv,
    tasks: evaluationTasks(parts.taskSpec(config.task), config, "test"),
    split: "test" as const,
    episodesPerVariation: config.evaluationEpisodes,
    rescorer: critic === null ? undefined : testRescorer(config, critic),
    rollout: { ...toRunSettings(config).rollout, temperature: config.evaluationTemperature },
    random: Random.fromSeed(config.seed).fork("trials"),
    iteration: 0,
  };
  return evaluateTrials(plan, parts);
}
