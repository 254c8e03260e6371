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

export const RETROSPEX: PlannedArm = { arm: "retrospex", changes: { method: "retrospex" } };
export const GIGPO: PlannedArm = { arm: "gigpo", changes: { method: "gigpo" } };
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
