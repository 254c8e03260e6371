/**
 * @file GRPO (Shao 2024): advantages relative to the group, clipped surrogate, no memory. It is EMPO² with p = 0 and
 * without tips (method.md §4).
 */
import { groupRelativeAdvantages } from "../advantages/group-relative.ts";
import { trajectoryReturn } from "../advantages/returns.ts";
import { hasGlobalTerm, updateRows } from "../rollout/update-rows.ts";
import { plainGroups, type Algorithm } from "./algorithm.ts";

/** Group-relative policy optimisation on plain rollouts. */
export const grpo: Algorithm = {
  id: "grpo",
  title: "GRPO",
  usesMemoryAtTest: false,
  expectedModes: (_settings, rollouts) => ({ "on-policy": rollouts, "on-policy-with-tips": 0, "off-policy": 0 }),
  create: (context) => async () => {
    const settings = context.settings();
    const groups = plainGroups(context.nextTasks(), settings.groupSize);
    const trajectories = await context.collect(groups, { writeTips: false });

    const returns = trajectories.map((trajectory) => trajectoryReturn(trajectory, settings.intrinsicCoefficient));
    const advantages = groupRelativeAdvantages(
      returns,
      trajectories.map(({ groupId }) => groupId),
      settings.advantageNormalization,
    );
    const stats = await context.update(updateRows(trajectories, advantages, hasGlobalTerm(settings.loss)));
    return { trajectories, advantages, stats };
  },
};
