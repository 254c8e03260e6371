/**
 * @file What every method is: given a context, one function that does one iteration. The decisions that make a
 * method what it is stand in its own file, in the order in which they happen.
 */
import type { ActionCritic } from "../critic/action-critic.ts";
import type { Random } from "../base/random.ts";
import type { TaskRef } from "../envs/env.ts";
import type { LearningMode, ModeCounts, PhaseTimes } from "../events/training-event.ts";
import type { NoveltyReward } from "../memory/novelty.ts";
import type { PendingTips } from "../memory/pending-tips.ts";
import type { TipMemory } from "../memory/tip-memory.ts";
import type { ActionRescorer } from "../rollout/candidate-actions.ts";
import type { Policy, UpdateStats } from "../policy/policy.ts";
import type { LearnedRow } from "../rollout/update-rows.ts";
import type { Trajectory } from "../rollout/trajectory.ts";
import type { RunSettings } from "./run-settings.ts";

/** The N rollouts of one task in one iteration, with the mode of each. */
export interface GroupPlan {
  readonly task: TaskRef;
  readonly groupId: string;
  readonly modes: readonly LearningMode[];
}

/** What a method may use. All of it is deterministic given the seed. */
export interface AlgorithmContext {
  readonly policy: Policy;
  readonly memory: TipMemory;
  readonly novelty: NoveltyReward;
  /** Tips whose credit is still out. */
  readonly pendingTips: PendingTips;
  /** Values of actions. */
  readonly critic: ActionCritic;
  /** The settings as they are now; hot ones may change between iterations. */
  readonly settings: () => RunSettings;
  /** The stream of a named draw in this iteration. */
  readonly random: (label: string) => Random;
  /** The task variations of this iteration. */
  readonly nextTasks: () => TaskRef[];
  /** Rolls out all groups together. */
  readonly collect: (groups: readonly GroupPlan[], options: { readonly writeTips: boolean }) => Promise<Trajectory[]>;
  /**
   * Does the work with the base policy's weights in place of the learned ones, which are back afterwards. Only for
   * methods that say so in {@link Algorithm.rollsOutWithBase}.
   */
  readonly withBasePolicy: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /** Counts the time of the work, until its promise is settled if it is one, under a phase. */
  readonly timed: <Result>(phase: keyof PhaseTimes, work: () => Result) => Result;
  /** Optimizer steps on the rows, in minibatches. Null if there is nothing to learn from. */
  readonly update: (rows: readonly LearnedRow[]) => Promise<UpdateStats | null>;
}

/** What one iteration did. */
export interface IterationOutcome {
  readonly trajectories: readonly Trajectory[];
  /** One per trajectory; null for methods without update. */
  readonly advantages: readonly number[] | null;
  readonly stats: UpdateStats | null;
}

/** A method: what it is called and how it does an iteration. */
export interface Algorithm {
  readonly id: string;
  readonly title: string;
  /** Mode counts to expect of `rollouts` rollouts. */
  readonly expectedModes: (settings: RunSettings, rollouts: number) => ModeCounts;
  /** Whether the method, once trained, is used with memory (its evaluation then starts from empty buckets). */
  readonly usesMemoryAtTest: boolean;
  /** Whether its rollouts are the base policy's while another one learns: the run then keeps the base's weights. */
  readonly rollsOutWithBase?: true;
  /** What chooses among sampled actions when the method is evaluated, if anything does. */
  readonly rescorerAtTest?: (critic: ActionCritic, settings: RunSettings) => ActionRescorer;
  readonly create: (context: AlgorithmContext) => (iteration: number) => Promise<IterationOutcome>;
}

/** Groups of `groupSize` rollouts, all of one mode. */
export function sameModeGroups(tasks: readonly TaskRef[], groupSize: number, mode: LearningMode): GroupPlan[] {
  return tasks.map((task, i) => ({
    task,
    groupId: `group-${i}`,
    modes: new Array<LearningMode>(groupSize).fill(mode),
  }));
}

/** Groups of `groupSize` plain rollouts. */
export function plainGroups(tasks: readonly TaskRef[], groupSize: number): GroupPlan[] {
  return sameModeGroups(tasks, groupSize, "on-policy");
}
