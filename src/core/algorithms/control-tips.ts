/**
 * @file Control arms of the tip experiment: the tips that are stored and shown say nothing about this world. They
 * answer how much of the gain is the content of the tips and how much the mere presence of one (not in the paper).
 */
import type { Trajectory } from "../rollout/trajectory.ts";
import type { AlgorithmContext } from "./algorithm.ts";
import { plainGroups } from "./algorithm.ts";

/** The world from which `other-world` tips come: a house that no experiment uses. */
const OTHER_WORLD_OFFSET = 5000;

/**
 * The trajectories with the tips that the settings ask for: their own, empty ones, or those that the same policy
 * wrote about as many plain episodes in another house (which teach it nothing and are not counted).
 */
export async function withControlTips(
  trajectories: readonly Trajectory[],
  context: AlgorithmContext,
  iteration: number,
): Promise<readonly Trajectory[]> {
  const { tipSource } = context.settings();
  if (tipSource === "memory") return trajectories;
  if (tipSource === "empty") return trajectories.map((trajectory) => ({ ...trajectory, writtenTip: [] }));
  const foreignTasks = trajectories.map(({ task }) => ({ ...task, house: task.house + OTHER_WORLD_OFFSET }));
  const groups = plainGroups(foreignTasks, 1).map((group, i) => ({ ...group, groupId: `foreign-${iteration}-${i}` }));
  const foreign = await context.collect(groups, { writeTips: true });
  return trajectories.map((trajectory, i) => ({
    ...trajectory,
    writtenTip: foreign[i]!.writtenTip,
    score: foreign[i]!.score,
  }));
}
