/**
 * @file Step-level advantages of GiGPO (arXiv 2505.10978): actions taken in the same state, by whichever trajectory of
 * the group, are compared with each other.
 */
import { indicesByKey } from "../base/collections.ts";
import { statesBefore, type Trajectory } from "../rollout/trajectory.ts";
import { relativeToMean, type AdvantageNormalization } from "./group-relative.ts";

/** Discounted return from each step on: R_t = Σ_{k ≥ t} γ^{k−t} r_k, in the rewards' unit. */
export function discountedReturns(rewards: readonly number[], discount: number): number[] {
  const returns = new Array<number>(rewards.length).fill(0);
  let following = 0;
  for (let t = rewards.length - 1; t >= 0; t--) {
    following = rewards[t]! + discount * following;
    returns[t] = following;
  }
  return returns;
}

/**
 * Step-relative advantages A^S = (R_t − mean R) / F_norm among all actions taken in the same anchor state within the
 * group, visits of one trajectory counted each (GiGPO, Eq. 6–7).
 *
 * @returns per trajectory and turn, unitless; 0 for a state that was met once
 */
export function stepRelativeAdvantages(
  trajectories: readonly Trajectory[],
  discount: number,
  normalization: AdvantageNormalization,
): number[][] {
  const advantages = trajectories.map(({ turns }) => new Array<number>(turns.length).fill(0));
  const steps = trajectories.flatMap((trajectory, i) => {
    const rewards = trajectory.turns.map(({ reward }) => reward);
    const anchors = statesBefore(trajectory);
    return discountedReturns(rewards, discount).map((stepReturn, t) => {
      return { i, t, stepReturn, anchor: `${trajectory.groupId}\n${anchors[t]!}` };
    });
  });
  for (const members of indicesByKey(steps.map(({ anchor }) => anchor)).values()) {
    const group = members.map((member) => steps[member]!);
    const relative = relativeToMean(
      group.map(({ stepReturn }) => stepReturn),
      normalization,
    );
    group.forEach(({ i, t }, place) => (advantages[i]![t] = relative[place]!));
  }
  return advantages;
}
