/** @file The recipe of the shipped base policy. Changing it changes the base: pretrain again and renew its card. */
import type { CorpusConfig } from "./corpus.ts";
import { DEFAULT_PRIOR } from "./situation.ts";

/** What the base policy reads (learning-recipe.md §3, §7). */
export const BASE_CORPUS: CorpusConfig = {
  mix: { wiring: 0.35, carry: 0.25, find: 0.2, haul: 0.2 },
  prior: DEFAULT_PRIOR,
  episodesPerWorld: 7,
  weights: { action: 1, plainConnection: 4, tip: 1.6, answer: 0.05, firstObservation: 0.1 },
};

/** How the base policy is trained. */
export const BASE_TRAINING = {
  peakLearningRate: 3e-3,
  rowsPerStep: 32,
  /** Shards of a step: fixed, so that the result does not depend on how many processes share them. */
  shards: 4,
  tokens: 16_000_000,
} as const;
