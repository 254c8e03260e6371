/**
 * @file EMPO² (arXiv 2602.23008), one training iteration from the draw of the modes to the update.
 *
 * Deviations from the paper, all settings with the paper's value offered: modes are drawn per rollout inside each
 * group (the reference code: once per iteration; docs/adr/0003), old log-probs of off-policy rows are recomputed
 * without tips (Table 3 keeps them with tips; docs/adr/0004), one tip is stored per episode instead of one per action.
 */
import { groupRelativeAdvantages } from "../advantages/group-relative.ts";
import { trajectoryReturn } from "../advantages/returns.ts";
import type { Random } from "../base/random.ts";
import type { TaskRef } from "../envs/env.ts";
import type { LearningMode, ModeCounts } from "../events/training-event.ts";
import { recordStates, storeTips } from "../rollout/remember.ts";
import { hasGlobalTerm, updateRows, withTipFreeOldLogProbs } from "../rollout/update-rows.ts";
import type { Algorithm, GroupPlan } from "./algorithm.ts";
import type { RunSettings } from "./run-settings.ts";
import { withControlTips } from "./control-tips.ts";

/** Exploratory memory-augmented on- and off-policy optimisation. */
export const empo2: Algorithm = {
  id: "empo2",
  title: "EMPO²",
  usesMemoryAtTest: false,
  expectedModes: expectedModeCounts,
  create: (context) => async (iteration) => {
    const settings = context.settings();
    const groups = drawGroups(context.nextTasks(), settings, context.random("modes"));
    const trajectories = await context.collect(groups, { writeTips: true });

    const tipped = await withControlTips(trajectories, context, iteration);
    context.timed("tipWriting", () => {
      storeTips(context.memory, tipped, settings.bucketCapacity);
      recordStates(context.novelty, trajectories, settings.rollout.noveltySimilarity);
    });

    const returns = trajectories.map((trajectory) => trajectoryReturn(trajectory, settings.intrinsicCoefficient));
    const advantages = groupRelativeAdvantages(
      returns,
      trajectories.map(({ groupId }) => groupId),
      settings.advantageNormalization,
    );
    const sampled = updateRows(trajectories, advantages, hasGlobalTerm(settings.loss));
    const rows =
      settings.oldLogProbView === "without-tips"
        ? await context.timed("update", () =>
            withTipFreeOldLogProbs(sampled, context.policy, settings.loss.temperature),
          )
        : sampled;
    const stats = await context.update(rows);
    return { trajectories, advantages, stats };
  },
};

/** One mode (Table 3): with tips with probability p, and then off-policy with probability q. */
export function drawMode(settings: RunSettings, random: Random): LearningMode {
  const withTips = random.chance(settings.memoryRolloutProbability);
  const offPolicy = random.chance(settings.offPolicyProbability);
  if (!withTips) return "on-policy";
  return offPolicy ? "off-policy" : "on-policy-with-tips";
}

/** The iteration's groups with a mode for every rollout, drawn per rollout, per group or once (App. C). */
export function drawGroups(tasks: readonly TaskRef[], settings: RunSettings, random: Random): GroupPlan[] {
  const ofIteration = drawMode(settings, random.fork("iteration"));
  return tasks.map((task, i) => {
    const groupRandom = random.fork(`group ${i}`);
    const ofGroup = drawMode(settings, groupRandom.fork("group"));
    const modes = Array.from({ length: settings.groupSize }, () => {
      if (settings.modeDraw === "iteration") return ofIteration;
      return settings.modeDraw === "group" ? ofGroup : drawMode(settings, groupRandom);
    });
    return { task, groupId: `group-${i}`, modes };
  });
}

/** Expected counts of the three modes among `rollouts` rollouts: 1 − p, p(1 − q), p·q. */
export function expectedModeCounts(settings: RunSettings, rollouts: number): ModeCounts {
  const p = settings.memoryRolloutProbability;
  const q = settings.offPolicyProbability;
  return {
    "on-policy": rollouts * (1 - p),
    "on-policy-with-tips": rollouts * p * (1 - q),
    "off-policy": rollouts * p * q,
  };
}
