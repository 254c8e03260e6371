/**
 * @file Offline context distillation (Snell 2022, arXiv 2209.15189), beyond the paper: the base policy acts with tips, and
 * the policy that is trained learns by likelihood to act like that without them (docs/adr/0009). It is EMPO²'s off-policy
 * update with the ratio and the advantage left out, and with a teacher that stays as it is.
 */
import { recordStates, storeTips } from "../rollout/remember.ts";
import type { Trajectory } from "../rollout/trajectory.ts";
import { updateRows, withTipFreeOldLogProbs } from "../rollout/update-rows.ts";
import { mean } from "../base/stats.ts";
import { sameModeGroups, type Algorithm } from "./algorithm.ts";
import type { RunSettings } from "./run-settings.ts";

/** Tips into weights by imitation. */
export const contextDistillation: Algorithm = {
  id: "context-distillation",
  title: "Context distillation",
  usesMemoryAtTest: false,
  rollsOutWithBase: true,
  expectedModes: (_settings, rollouts) => ({ "on-policy": 0, "on-policy-with-tips": 0, "off-policy": rollouts }),
  create: (context) => async () => {
    const settings = context.settings();
    const groups = sameModeGroups(context.nextTasks(), settings.groupSize, "off-policy");
    const trajectories = await context.withBasePolicy(() => context.collect(groups, { writeTips: true }));

    context.timed("tipWriting", () => {
      storeTips(context.memory, trajectories, settings.bucketCapacity);
      recordStates(context.novelty, trajectories, settings.rollout.noveltySimilarity);
    });

    const weights = imitationWeights(trajectories, settings.distilledRollouts);
    // Old log-probs of the policy that learns make the ratio 1, and the gradient of the surrogate that of −log π.
    const sampled = updateRows(trajectories, weights, false);
    const rows = await context.timed("update", () =>
      withTipFreeOldLogProbs(sampled, context.policy, settings.loss.temperature),
    );
    // What the teacher did counts however unlikely the student finds it: no mask.
    const unmasked = rows.map(({ trajectory, row }) => ({ trajectory, row: { ...row, offPolicy: false } }));
    const stats = await context.update(unmasked);
    return { trajectories, advantages: weights, stats };
  },
};

/** 1 for the trajectories to imitate, 0 for the others: all of them (Snell), or those above the mean of their group. */
export function imitationWeights(
  trajectories: readonly Trajectory[],
  distilledRollouts: RunSettings["distilledRollouts"],
): number[] {
  if (distilledRollouts === "all") return trajectories.map(() => 1);
  return trajectories.map(({ groupId, score }) => {
    const group = trajectories.filter((other) => other.groupId === groupId);
    return score > mean(group.map((other) => other.score)) ? 1 : 0;
  });
}
