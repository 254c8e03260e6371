/** @file The methods as they are, and everything that is changed about them one at a time. */
import type { PlannedArm } from "./planned-runs.ts";

export const EMPO2: PlannedArm = { arm: "empo2", changes: { method: "empo2" } };
export const GRPO: PlannedArm = { arm: "grpo", changes: { method: "grpo" } };
/** Nothing is learned, so one iteration shows the method; the evaluation is what counts. */
export const NAIVE: PlannedArm = { arm: "naive", changes: { method: "naive", iterations: 1, evaluateEvery: 0 } };
export const REFLEXION: PlannedArm = {
  arm: "reflexion",
  changes: { method: "reflexion", iterations: 1, evaluateEvery: 0 },
};

const RETROSPEX: PlannedArm = { arm: "retrospex", changes: { method: "retrospex" } };
const GIGPO: PlannedArm = { arm: "gigpo", changes: { method: "gigpo" } };
const GIGPO_WITHOUT_STD: PlannedArm = {
  arm: "gigpo-without-std",
  changes: { method: "gigpo", advantageNormalization: "none" },
};

/** The two that learn and the two that do not, of the first tables. */
export const FIRST_METHODS: readonly PlannedArm[] = [EMPO2, GRPO, NAIVE, REFLEXION];

/** The rest of tables 1 and 2. */
export const OTHER_METHODS: readonly PlannedArm[] = [RETROSPEX, GIGPO, GIGPO_WITHOUT_STD];

/** Every method of tables 1 and 2. */
export const TABLE_METHODS: readonly PlannedArm[] = [...FIRST_METHODS, ...OTHER_METHODS];

/** Those that the paper does not have. */
export const BEYOND_THE_PAPER: readonly PlannedArm[] = [
  { arm: "context-distillation", changes: { method: "context-distillation" } },
  { arm: "tip-credit", changes: { method: "tip-credit" } },
];

/** Log-probability at which the mask is off. */
const NO_MASK = -30;

/** Each changes one thing of EMPO² (§6.3, app. C and F; figures 6, 7, 9, 11), or leaves out the mask besides. */
export const ABLATIONS: readonly PlannedArm[] = [
  { arm: "empo2-q0", changes: { offPolicyProbability: 0 } },
  { arm: "empo2-q1", changes: { offPolicyProbability: 1 } },
  { arm: "empo2-old-with-tips", changes: { oldLogProbView: "with-tips" } },
  { arm: "empo2-no-mask", changes: { minTokenLogProb: NO_MASK } },
  { arm: "empo2-old-with-tips-no-mask", changes: { oldLogProbView: "with-tips", minTokenLogProb: NO_MASK } },
  { arm: "empo2-mask-5", changes: { minTokenLogProb: -5 } },
  { arm: "empo2-response-mask", changes: { maskScope: "response" } },
  { arm: "empo2-modes-per-iteration", changes: { modeDraw: "iteration" } },
  { arm: "empo2-modes-per-group", changes: { modeDraw: "group" } },
  { arm: "empo2-no-intrinsic", changes: { intrinsicCoefficient: 0 } },
  { arm: "empo2-intrinsic-0.5", changes: { intrinsicCoefficient: 0.5 } },
  { arm: "empo2-intrinsic-2", changes: { intrinsicCoefficient: 2 } },
  { arm: "empo2-rnd", changes: { intrinsicReward: "rnd" } },
  { arm: "empo2-count", changes: { intrinsicReward: "count" } },
];

const DEFAULT_P = 0.25;
const DEFAULT_Q = { text: "0.67", value: 2 / 3 };
const P_VALUES = [0.1, DEFAULT_P, 0.4, 0.7];
const Q_VALUES = [
  { text: "0.3", value: 0.3 },
  { text: "0.5", value: 0.5 },
  DEFAULT_Q,
  { text: "0.85", value: 0.85 },
  { text: "0.95", value: 0.95 },
];

/** The arm of a p and a q of figure 10; the default setting is EMPO² as it is. */
export function armOfPq(p: number, q: string): string {
  return p === DEFAULT_P && q === DEFAULT_Q.text ? EMPO2.arm : `empo2-p-${p}-q-${q}`;
}

/** Figure 10's values, for its lines: one of the two is the default. */
export const FIGURE_10 = {
  p: P_VALUES.map((p) => ({ label: `p ${p}`, arm: armOfPq(p, DEFAULT_Q.text) })),
  q: Q_VALUES.map(({ text }) => ({ label: `q ${text}`, arm: armOfPq(DEFAULT_P, text) })),
} as const;

/** Every p with every q but the default setting, which other experiments have. */
export const P_Q_GRID: readonly PlannedArm[] = P_VALUES.flatMap((p) =>
  Q_VALUES.map(({ text, value }) => ({
    arm: armOfPq(p, text),
    changes: { memoryRolloutProbability: p, offPolicyProbability: value },
  })),
).filter(({ arm }) => arm !== EMPO2.arm);

/** Those of the grid that figure 10 shows. */
export const P_Q_CROSS: readonly PlannedArm[] = P_Q_GRID.filter(({ arm }) =>
  [...FIGURE_10.p, ...FIGURE_10.q].some((line) => line.arm === arm),
);
