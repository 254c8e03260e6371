/** @file Episodes of a policy outside of any run, each with a memory of its own: for reports on base policies. */
import type { Random } from "../core/base/random.ts";
import { mean } from "../core/base/stats.ts";
import type { TaskRef, TextEnv } from "../core/envs/env.ts";
import { NoveltyTable } from "../core/memory/novelty.ts";
import { TipMemory } from "../core/memory/tip-memory.ts";
import type { Policy } from "../core/policy/policy.ts";
import { rollOut, type RolloutConfig, type RolloutRequest } from "../core/rollout/rollout-engine.ts";
import type { Trajectory } from "../core/rollout/trajectory.ts";
import { DEFAULT_CONFIG } from "../core/training/run-config.ts";
import { toRunSettings } from "../core/training/settings.ts";

const ROLLOUT = toRunSettings(DEFAULT_CONFIG).rollout;

/** What the episodes read and write, and in which worlds they are. */
export interface RollOutOptions {
  readonly memory: TipMemory;
  readonly writeTips: boolean;
  readonly createEnv: (task: TaskRef) => TextEnv;
}

/** One episode per task, all at once; with tips if the memory has any. */
export function rollOutTasks(
  policy: Policy,
  tasks: readonly TaskRef[],
  random: Random,
  options: RollOutOptions,
): Promise<Trajectory[]> {
  const requests = tasks.map((task, i): RolloutRequest => {
    const mode = options.memory.size > 0 ? "on-policy-with-tips" : "on-policy";
    const bucket = `episode ${i}`;
    return {
      rolloutId: String(i),
      iteration: 0,
      task,
      groupId: "report",
      mode,
      bucket,
      random: random.fork(i),
      watched: false,
    };
  });
  const config: RolloutConfig = { ...ROLLOUT, minSimilarity: 0, writeTips: options.writeTips };
  return rollOut(requests, config, {
    policy,
    memory: options.memory,
    novelty: new NoveltyTable(),
    createEnv: options.createEnv,
    emit: () => undefined,
    timed: (_phase, work) => work(),
  });
}

/** What actions are like, whatever they lead to. */
export interface ActionFigures {
  /** Share of actions that the world understood. */
  readonly understoodActions: number;
  /** Nats per action token at temperature 1. */
  readonly entropy: number;
}

/** Figures of all actions of some episodes. */
export function actionFigures(trajectories: readonly Trajectory[]): ActionFigures {
  const turns = trajectories.flatMap((trajectory) => trajectory.turns);
  return {
    understoodActions: mean(turns.map(({ observation }) => Number(observation !== "no known action matches"))),
    entropy: mean(turns.flatMap(({ entropies }) => entropies)),
  };
}

/** A memory with one given tip per episode. */
export function memoryOf(trajectories: readonly Trajectory[], tips: readonly (readonly number[])[]): TipMemory {
  const memory = new TipMemory();
  trajectories.forEach(({ finalState }, i) => {
    const key = finalState;
    memory.add({ bucket: `episode ${i}`, tokens: tips[i]!, score: 0, iteration: 0, key, author: "policy" }, 1000);
  });
  return memory;
}
