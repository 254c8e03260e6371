/** @file Importance ratios in bins, and which words the low-probability mask removed. */
import type { RolloutRecord, TokenUpdateRecord } from "../../core/events/training-event.ts";
import { positionsOf } from "../../core/text/sequence.ts";
import { decode } from "../../core/text/tokenizer.ts";

/** Bins of log₂ ratio from ½ to 2; what is beyond is in the outer bins. */
export const RATIO_BINS = 24;
const RANGE = 1;

/** Where a ratio stands among the bins, as a fraction of bins. */
export function binOf(ratio: number): number {
  const share = (Math.log2(ratio) + RANGE) / (2 * RANGE);
  return Math.min(1, Math.max(0, share)) * RATIO_BINS;
}

/** How many ratios fall into each bin. Ratios that are no numbers are left out. */
export function countRatios(tokens: readonly TokenUpdateRecord[]): number[] {
  const counts = new Array<number>(RATIO_BINS).fill(0);
  for (const { ratios } of tokens) {
    for (const ratio of ratios) {
      if (Number.isNaN(ratio)) continue;
      const bin = Math.min(RATIO_BINS - 1, Math.floor(binOf(ratio)));
      counts[bin] = counts[bin]! + 1;
    }
  }
  return counts;
}

/** A word that was masked, and how often. */
export interface MaskedWord {
  readonly word: string;
  readonly count: number;
}

/** The masked words, most frequent first. */
export function maskedWords(tokens: readonly TokenUpdateRecord[], rollouts: readonly RolloutRecord[]): MaskedWord[] {
  const rolloutOf = new Map(rollouts.map((rollout) => [rollout.rolloutId, rollout]));
  const counts = new Map<string, number>();
  for (const { rolloutId, masked } of tokens) {
    const rollout = rolloutOf.get(rolloutId);
    if (rollout === undefined || !masked.includes(true)) continue;
    const positions = positionsOf(rollout, "action");
    masked.forEach((isMasked, i) => {
      const position = positions[i];
      if (!isMasked || position === undefined) return;
      const word = decode([rollout.tokens[position]!]);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    });
  }
  return [...counts].map(([word, count]) => ({ word, count })).sort((a, b) => b.count - a.count);
}

/** The ratio in the middle of the fullest bin. */
export function commonRatio(counts: readonly number[]): number {
  const bin = counts.indexOf(Math.max(...counts)) + 0.5;
  return 2 ** ((bin / counts.length) * 2 * RANGE - RANGE);
}
