/** @file What a run with rehearsal learns besides: rows of the base policy's own corpus. */
import type { Random } from "../core/base/random.ts";
import type { LanguageModelRow } from "../core/policy/policy.ts";
import { corpusRows } from "../pretraining/batches.ts";
import { BASE_CORPUS, BASE_TRAINING } from "../pretraining/recipe.ts";

/** As many rows as a step of pretraining has, of at most so many tokens each. */
export function rehearsalRows(random: Random, maxTokens: number): LanguageModelRow[] {
  return corpusRows(random, BASE_CORPUS, { count: BASE_TRAINING.rowsPerStep, maxTokens });
}
