import type { Trajectory } from "../rollout/trajectory.ts";

/**
 * Return of a trajectory, score points: the final score (the sum of its rewards) plus λ_int Σ 1/n (§4.1). The
 * intrinsic part is 0 for rollouts without memory.
 */
export function trajectoryReturn({ score, intrinsicReturn }: Trajectory, intrinsicCoefficient: number): number {
  return score + intrinsicCoefficient * intrinsicReturn;
}
