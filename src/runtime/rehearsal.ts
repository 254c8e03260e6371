/** @file What a run with rehearsal learns besides: rows of its base policy's own corpus. */
import type { Random } from "../core/base/random.ts";
import type { LanguageModelRow } from "../core/policy/policy.ts";
import { corpusRows } from "../pretraining/batches.ts";
import { BASE_TRAINING, chainsOf, recipeOfBase } from "../pretraining/recipe.ts";

/** As many rows as a step of pretraining has, of at most so many tokens each. */
export function rehearsalRows(random: Random, base: string, maxTokens: number): LanguageModelRow[] {
  const source = chainsOf(recipeOfBase(base));
  return corpusRows(random, source, { count: BASE_TRAINING.rowsPerStep, maxTokens });
}
