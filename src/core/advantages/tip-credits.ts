/** @file What a tip gained: the episodes that read it against those of the same task that did not (beyond the paper). */
import { indicesByKey } from "../base/collections.ts";
import { mean } from "../base/stats.ts";
import type { Trajectory } from "../rollout/trajectory.ts";
import { normalizationScale, type AdvantageNormalization } from "./group-relative.ts";

/** The credit of a tip in one iteration, unitless. */
export interface TipCredit {
  readonly tipId: number;
  readonly advantage: number;
}

/**
 * Credits of the tips that some, but not all, episodes of a group read:
 * A_tip = (mean score of its readers − mean score of the others) / F_norm(scores of the group). A tip read in several
 * groups of the same task gets the mean. Scores are the task's: the intrinsic reward is paid to readers only.
 *
 * @returns in order of first reading
 */
export function tipCredits(trajectories: readonly Trajectory[], normalization: AdvantageNormalization): TipCredit[] {
  const ofTip = new Map<number, number[]>();
  for (const members of indicesByKey(trajectories.map(({ groupId }) => groupId)).values()) {
    const group = members.map((i) => trajectories[i]!);
    const scale = normalizationScale(
      group.map(({ score }) => score),
      normalization,
    );
    const tipIds = new Set(group.flatMap(({ retrieved }) => retrieved.map(({ tipId }) => tipId)));
    for (const tipId of tipIds) {
      const gain = meanGain(group, tipId);
      if (gain !== null) ofTip.set(tipId, [...(ofTip.get(tipId) ?? []), gain / scale]);
    }
  }
  return [...ofTip].map(([tipId, advantages]) => ({ tipId, advantage: mean(advantages) }));
}

/** Points that readers have over the others; null if nobody, or everybody, read it. */
function meanGain(group: readonly Trajectory[], tipId: number): number | null {
  const hasRead = (trajectory: Trajectory): boolean => trajectory.retrieved.some((record) => record.tipId === tipId);
  const readers = group.filter(hasRead);
  const others = group.filter((trajectory) => !hasRead(trajectory));
  if (readers.length === 0 || others.length === 0) return null;
  return mean(readers.map(({ score }) => score)) - mean(others.map(({ score }) => score));
}
