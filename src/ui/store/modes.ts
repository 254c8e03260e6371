/** @file The three learning modes (Table 3) in numbers and words. */
import type { LearningMode, ModeCounts } from "../../core/events/training-event.ts";

export const MODES: readonly LearningMode[] = ["on-policy", "on-policy-with-tips", "off-policy"];

export const MODE_LABELS: Readonly<Record<LearningMode, string>> = {
  "on-policy": "plain",
  "on-policy-with-tips": "with tips",
  "off-policy": "off-policy",
};

export const MODE_EXPLANATIONS: Readonly<Record<LearningMode, string>> = {
  "on-policy": "Rolled out without memory, learned as it was (probability 1 − p).",
  "on-policy-with-tips": "Rolled out with tips, learned with the tips in the prompt (probability p · (1 − q)).",
  "off-policy": "Rolled out with tips, learned with the tips cut out (probability p · q).",
};

/** How many of the rollouts are expected in each mode, for memory probability p and off-policy probability q. */
export function expectedModeCounts(p: number, q: number, rollouts: number): ModeCounts {
  return {
    "on-policy": (1 - p) * rollouts,
    "on-policy-with-tips": p * (1 - q) * rollouts,
    "off-policy": p * q * rollouts,
  };
}

/** Counts of several iterations together. */
export function sumModeCounts(all: readonly ModeCounts[]): ModeCounts {
  const total = { "on-policy": 0, "on-policy-with-tips": 0, "off-policy": 0 };
  for (const counts of all) for (const mode of MODES) total[mode] += counts[mode];
  return total;
}

const METHODS_WITH_MEMORY: readonly string[] = ["empo2", "reflexion", "context-distillation", "tip-credit"];

/** Memory exists only where tips are read: GRPO and the naive policy have p = 0. */
export function usesMemory(method: string): boolean {
  return METHODS_WITH_MEMORY.includes(method);
}
