/** @file What finished trajectories leave behind: their tips in the memory, their states in the novelty table. */
import type { NoveltyReward } from "../memory/novelty.ts";
import type { TipMemory } from "../memory/tip-memory.ts";
import { encode } from "../text/tokenizer.ts";
import type { Trajectory } from "./trajectory.ts";

/** Tokens of a score, digit by digit: −100 reads `minus 1 0 0`. */
export function scoreTokens(score: number): number[] {
  const digits = String(Math.abs(Math.round(score)))
    .split("")
    .join(" ");
  return encode(score < 0 ? `minus ${digits}` : digits);
}

/** A tip as it is stored and shown: what the policy wrote, then the true score (§4.1, as the reference code). */
export function tipTokens(written: readonly number[], score: number): number[] {
  const separator = encode(";");
  const body = written.at(-1) === separator[0] ? written : [...written, ...separator];
  return [...body, ...encode("score"), ...scoreTokens(score)];
}

/** Stores the tips of the trajectories; exact duplicates within a bucket are dropped. */
export function storeTips(memory: TipMemory, trajectories: readonly Trajectory[], bucketCapacity: number): void {
  for (const { writtenTip, score, bucket, iteration, finalState } of trajectories) {
    if (writtenTip === null) continue;
    const tokens = tipTokens(writtenTip, score);
    memory.add({ bucket, tokens, score, iteration, key: finalState, author: "policy" }, bucketCapacity);
  }
}

/** Learns which states the trajectories reached, for the intrinsic reward of later iterations. */
export function recordStates(novelty: NoveltyReward, trajectories: readonly Trajectory[], minSimilarity: number): void {
  for (const { stateBucket, states } of trajectories) novelty.record(stateBucket, states, minSimilarity);
}
