import { statesBefore, type Trajectory } from "../rollout/trajectory.ts";
import { actionFeatures, stateFeatures } from "./features.ts";

/** Points that count as 1, so that values stay near −1…1. */
const POINTS_PER_UNIT = 100;

/** One step of an episode (s, a, r, s′), in features. */
export interface Transition {
  readonly state: readonly number[];
  readonly action: readonly number[];
  /** In units of 100 points. */
  readonly reward: number;
  /** Null after the last step. */
  readonly next: readonly number[] | null;
}

/** The steps of a trajectory. */
export function transitionsOf(trajectory: Trajectory): Transition[] {
  const states = statesBefore(trajectory).map((observation) =>
    stateFeatures({ task: trajectory.firstObservation, observation }),
  );
  return trajectory.turns.map(({ action, reward }, t) => ({
    state: states[t]!,
    action: actionFeatures(action),
    reward: reward / POINTS_PER_UNIT,
    next: states[t + 1] ?? null,
  }));
}
