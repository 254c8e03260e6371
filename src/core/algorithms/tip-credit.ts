/**
 * @file EMPO² with a tip writer that is rewarded for what its tips gain (beyond the paper, asked for by its reviewers).
 * One training iteration is EMPO²'s; besides, a tip that was read earns its writer the difference between the episodes that
 * read it and those of the same task that did not, and the words of the tip are trained with it.
 */
import { groupRelativeAdvantages } from "../advantages/group-relative.ts";
import { trajectoryReturn } from "../advantages/returns.ts";
import { tipCredits } from "../advantages/tip-credits.ts";
import { recordStates, storeTips } from "../rollout/remember.ts";
import { creditedTipRows, pendingTipsOf } from "../rollout/tip-rows.ts";
import { hasGlobalTerm, updateRows, withTipFreeOldLogProbs } from "../rollout/update-rows.ts";
import type { Algorithm } from "./algorithm.ts";
import { drawGroups, expectedModeCounts } from "./empo2.ts";

/** EMPO² that learns to write tips, too. */
export const tipCredit: Algorithm = {
  id: "tip-credit",
  title: "EMPO² with tip credit",
  usesMemoryAtTest: false,
  expectedModes: expectedModeCounts,
  create: (context) => async (iteration) => {
    const settings = context.settings();
    const groups = drawGroups(context.nextTasks(), settings, context.random("modes"));
    const trajectories = await context.collect(groups, { writeTips: true });

    const credits = tipCredits(trajectories, settings.advantageNormalization);
    const tipRows = creditedTipRows(context.pendingTips, credits, context.memory, settings.tipCreditWeight);
    context.timed("tipWriting", () => {
      storeTips(context.memory, trajectories, settings.bucketCapacity);
      recordStates(context.novelty, trajectories, settings.rollout.noveltySimilarity);
    });
    const written = await context.timed("update", () =>
      pendingTipsOf(trajectories, context.memory, context.policy, settings.loss.temperature),
    );
    context.pendingTips.add(written, iteration - settings.tipCreditWindow);

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
    const stats = await context.update([...rows, ...tipRows]);
    return { trajectories, advantages, stats };
  },
};
