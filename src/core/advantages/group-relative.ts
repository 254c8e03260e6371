import { indicesByKey } from "../base/collections.ts";
import { ShapeError } from "../base/errors.ts";
import { mean, sampleStd } from "../base/stats.ts";

/** As the reference code: keeps a group of almost equal returns finite. */
const EPSILON = 1e-6;

/**
 * Group-relative advantages (GRPO; EMPO² §2): A = (R − mean R) / (std R + ε) within each group, sample std.
 *
 * @param returns one per trajectory, points
 * @param groupIds the group of each trajectory, same order
 * @returns unitless, same order; 0 for a group whose returns are all equal
 * @throws {ShapeError} if the lengths differ or a group has fewer than two members
 */
export function groupRelativeAdvantages(returns: readonly number[], groupIds: readonly string[]): number[] {
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
    const groupReturns = members.map((i) => returns[i]!);
    const center = mean(groupReturns);
    const scale = sampleStd(groupReturns) + EPSILON;
    for (const i of members) advantages[i] = (returns[i]! - center) / scale;
  }
  return advantages;
}
