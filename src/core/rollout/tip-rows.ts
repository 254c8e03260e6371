/** @file Written tips as rows to learn from: the words of a tip carry the loss, with an advantage of their own. */
import type { PendingTip, PendingTips } from "../memory/pending-tips.ts";
import type { TipMemory } from "../memory/tip-memory.ts";
import type { Policy } from "../policy/policy.ts";
import { positionsOf } from "../text/sequence.ts";
import { tipTokens } from "./remember.ts";
import type { Trajectory } from "./trajectory.ts";
import { NEGLIGIBLE_ADVANTAGE, type LearnedRow } from "./update-rows.ts";

/**
 * The tips that these trajectories wrote, with the log-probs that later ratios divide by. Tips are sampled at a
 * temperature of their own; the loss knows one temperature, so the policy that wrote them is asked again at that. Of
 * several writings of the same tip the last one counts, also if the memory had it already.
 */
export async function pendingTipsOf(
  trajectories: readonly Trajectory[],
  memory: TipMemory,
  policy: Policy,
  temperature: number,
): Promise<PendingTip[]> {
  const ofTip = new Map<number, Omit<PendingTip, "oldLogProbs">>();
  for (const { sequence, iteration, bucket, writtenTip, score } of trajectories) {
    const tip = writtenTip === null ? undefined : memory.withText(bucket, tipTokens(writtenTip, score));
    const lossPositions = positionsOf(sequence, "writtenTip");
    if (tip === undefined || lossPositions.length === 0) continue;
    const tokens = sequence.tokens.slice(0, lossPositions.at(-1)! + 1);
    ofTip.set(tip.id, { tipId: tip.id, iteration, tokens, lossPositions });
  }
  const written = [...ofTip.values()];
  if (written.length === 0) return [];
  const sequences = written.map(({ tokens, lossPositions }) => ({ tokens, positions: lossPositions }));
  const logProbs = await policy.logProbs(sequences, temperature);
  return written.map((tip, i) => ({ ...tip, oldLogProbs: logProbs[i]! }));
}

/** Rows of the credited tips that are still pending and still say what the policy wrote. */
export function creditedTipRows(
  pending: PendingTips,
  credits: readonly { readonly tipId: number; readonly advantage: number }[],
  memory: TipMemory,
  weight: number,
): LearnedRow[] {
  return credits.flatMap(({ tipId, advantage: credit }) => {
    const tip = pending.find(tipId);
    const advantage = weight * credit;
    if (tip === undefined || memory.find(tipId)?.author !== "policy") return [];
    if (Math.abs(advantage) < NEGLIGIBLE_ADVANTAGE) return [];
    const { tokens, lossPositions, oldLogProbs } = tip;
    const advantages = lossPositions.map(() => advantage);
    return [{ trajectory: null, row: { tokens, lossPositions, oldLogProbs, advantages, offPolicy: false } }];
  });
}
