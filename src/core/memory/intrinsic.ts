/** @file The kinds of intrinsic reward (figure 11) and their part of a checkpoint. */
import type { Random } from "../base/random.ts";
import { VOCABULARY_SIZE } from "../text/vocabulary.ts";
import { NoveltyTable, type NoveltyReward, type NoveltyTableState } from "./novelty.ts";
import { DistilledNovelty, type DistilledNoveltyState } from "./random-network-distillation.ts";

/** 1/n over similar states (the paper), 1/√n over equal ones, or the error of a distilled random network. */
export type IntrinsicKind = "novelty" | "count" | "rnd";

/** What is known of the states reached, as plain data for a checkpoint. */
export type NoveltyState = NoveltyTableState | DistilledNoveltyState;

/** An intrinsic reward that can be stored. */
export interface StoredNovelty extends NoveltyReward {
  state(): NoveltyState;
}

/**
 * The intrinsic reward of a run.
 *
 * @param state what it knows already; null for nothing. A state of another kind is as good as none
 */
export function intrinsicReward(kind: IntrinsicKind, state: NoveltyState | null, random: Random): StoredNovelty {
  if (kind === "rnd") {
    return state === null || !("predictor" in state)
      ? DistilledNovelty.create(VOCABULARY_SIZE, random)
      : DistilledNovelty.fromState(state, random);
  }
  const counts = state === null || "predictor" in state ? [] : state;
  return NoveltyTable.fromState(counts, kind === "count" ? "equal" : "similar");
}
