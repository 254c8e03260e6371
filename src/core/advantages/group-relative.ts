import { indicesByKey } from "../base/collections.ts";
import { ShapeError } from "../base/errors.ts";
import { mean, sampleStd } from "../base/stats.ts";

/** As the reference code: keeps a group of almost equal returns finite. */
const EPSILON = 1e-6;
/** Points that count as 1 where nothing is divided by the deviation: success, 100 points, is 10 as in GiGPO's code. */
const POINTS_PER_UNIT = 10;

/** F_norm of GiGPO: advantages are divided by the deviation of their group, or by a constant. */
export type AdvantageNormalization = "std" | "none";

/** F_norm of values in points: their sample std + ε, or {@link POINTS_PER_UNIT}. */
export function normalizationScale(values: readonly number[], normalization: AdvantageNormalization): number {
  return normalization === "std" ? sampleStd(values) + EPSILON : POINTS_PER_UNIT;
}

/** (x − mean) / F_norm of each value; 0 if all are equal. */
export function relativeToMean(values: readonly number[], normalization: AdvantageNormalization): number[] {
  const center = mean(values);
  const scale = normalizationScale(values, normalization);
  return values.map((value) => (value - center) / scale);
}

/**
 * Group-relative advantages (GRPO; EMPO² §2): A = (R − mean R) / (std R + ε) within each group, sample std.
 *
 * @param returns one per trajectory, points
 * @param groupIds the group of each trajectory, same order
 * @param normalization `none` divides by a constant instead of the deviation (GiGPO without std)
 * @returns unitless, same order; 0 for a group whose returns are all equal
 * @throws {ShapeError} if the lengths differ or a group has fewer than two members
 */
export function groupRelativeAdvantages(
  returns: readonly number[],
  groupIds: readonly string[],
  normalization: AdvantageNormalization = "std",
): number[] {
  if (returns.length !== groupIds.length) {
    throw new ShapeError(
      `groupRelativeAdvantages: as many returns as group ids, got ${returns.length} and ${groupIds.length}`,
    );
  }
  const advantages = new Array<number>(returns.length).fill(0);
  for (const [groupId, members] of indicesByKey(groupIds)) {
    if (members.length < 2) {
      throw new ShapeError(`groupRelativeAdvantages: at least 2 trajectories in a group, got 1 in "${groupId}"`);
    }
    const relative = relativeToMean(
      members.map((i) => returns[i]!),
      normalization,
    );
    members.forEach((i, place) => (advantages[i] = relative[place]!));
  }
  return advantages;
}
