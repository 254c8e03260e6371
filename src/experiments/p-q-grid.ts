/**
 * @file p and q against each other: the arms of one grid, which the page shows as a map and of which figure 10 shows two
 * lines. Its values are the paper's and the ends.
 */
import { DEFAULT_CONFIG } from "../core/training/run-config.ts";
import { EMPO2, GRPO } from "./arms.ts";
import type { PlannedArm } from "./planned-runs.ts";

/** Id of the experiment that has the whole grid. */
export const GRID_EXPERIMENT = "p-q.teaching";

/** The houses of its runs. */
export const GRID_HOUSES: readonly number[] = [1, 2, 3];

const { memoryRolloutProbability: DEFAULT_P, offPolicyProbability: DEFAULT_Q } = DEFAULT_CONFIG;

/** Figure 10's probabilities that a rollout reads tips. */
const PAPER_P: readonly number[] = [0.1, DEFAULT_P, 0.4, 0.7];
/** Figure 10's probabilities that such a rollout is learned without them. */
const PAPER_Q: readonly number[] = [0.3, 0.5, DEFAULT_Q, 0.85, 0.95];

/** p of the grid, ascending. With 0 nothing is read: it is GRPO, and q changes nothing. */
export const GRID_P: readonly number[] = [0, ...PAPER_P, 1];

/** q of the grid, ascending. */
export const GRID_Q: readonly number[] = [0, ...PAPER_Q, 1];

/** A setting of both, or a place on the grid. */
export interface PqPlace {
  readonly p: number;
  readonly q: number;
}

/** All places; where p is 0 there is one, whatever q. */
export function gridPlaces(): PqPlace[] {
  return GRID_P.flatMap((p) => (p === 0 ? [{ p, q: DEFAULT_Q }] : GRID_Q.map((q) => ({ p, q }))));
}

/** The arm of a place's runs. Two of them other experiments have: GRPO, and EMPO² as it is. */
export function armOfPlace({ p, q }: PqPlace): string {
  if (p === 0) return GRPO.arm;
  return p === DEFAULT_P && q === DEFAULT_Q ? EMPO2.arm : `empo2-p-${p}-q-${hundredths(q)}`;
}

/** As names and labels have it: “0.67”, “0.3”. */
function hundredths(value: number): string {
  return String(Number(value.toFixed(2)));
}

/** The place that is nearest to a setting. The less is read, the less q counts. */
export function nearestPlace(setting: PqPlace): PqPlace {
  const distance = ({ p, q }: PqPlace): number =>
    Math.abs(p - setting.p) + (p === 0 ? 0 : Math.abs(q - setting.q) * setting.p);
  return gridPlaces().reduce((best, place) => (distance(place) < distance(best) ? place : best));
}

/** What the grid's own runs are made with: every place but the two that other experiments have. */
export const P_Q_GRID: readonly PlannedArm[] = gridPlaces()
  .map((place) => ({
    arm: armOfPlace(place),
    changes: { memoryRolloutProbability: place.p, offPolicyProbability: place.q },
  }))
  .filter(({ arm }) => arm !== GRPO.arm && arm !== EMPO2.arm);

/** Figure 10's lines: one of the two is the default. The paper says that p 0.1 is near GRPO, so that is shown too. */
export const FIGURE_10 = {
  p: [
    ...PAPER_P.map((p) => ({ label: `p ${p}`, arm: armOfPlace({ p, q: DEFAULT_Q }) })),
    { label: "p 0 (GRPO)", arm: GRPO.arm },
  ],
  q: PAPER_Q.map((q) => ({ label: `q ${hundredths(q)}`, arm: armOfPlace({ p: DEFAULT_P, q }) })),
} as const;

/** Those of the grid that figure 10 shows. */
export const P_Q_CROSS: readonly PlannedArm[] = P_Q_GRID.filter(({ arm }) =>
  [...FIGURE_10.p, ...FIGURE_10.q].some((line) => line.arm === arm),
);
