/**
 * @file GiGPO (Feng 2025, arXiv 2505.10978): GRPO with a second, finer comparison. Actions that different trajectories of
 * a group took in the same state are compared by their discounted return; `advantageNormalization` is its F_norm.
 */
import { groupRelativeAdvantages } from "../advantages/group-relative.ts";
import { trajectoryReturn } from "../advantages/returns.ts";
import { stepRelativeAdvantages } from "../advantages/step-relative.ts";
import { hasGlobalTerm, updateRows } from "../rollout/update-rows.ts";
import { plainGroups, type Algorithm } from "./algorithm.ts";

/** Group-in-group policy optimisation on plain rollouts. */
export const gigpo: Algorithm = {
  id: "gigpo",
  title: "GiGPO",
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
    const ofSteps = stepRelativeAdvantages(trajectories, settings.stepDiscount, settings.advantageNormalization);
    const ofTurns = ofSteps.map((steps, i) =>
      steps.map((step) => advantages[i]! + settings.stepAdvantageWeight * step),
    );
    const stats = await context.update(updateRows(trajectories, ofTurns, hasGlobalTerm(settings.loss)));
    return { trajectories, advantages, stats };
  },
};
