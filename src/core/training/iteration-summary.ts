import type { Random } from "../base/random.ts";
import { mean, sum } from "../base/stats.ts";
import type { IterationSummary, ModeCounts, PhaseTimes, TokenUpdateRecord } from "../events/training-event.ts";
import type { LossConfig, UpdateRow, UpdateStats } from "../policy/policy.ts";
import { countModes } from "../rollout/rollout-engine.ts";
import type { Trajectory } from "../rollout/trajectory.ts";
import type { LearnedRow } from "../rollout/update-rows.ts";
import { successRate } from "./evaluator.ts";

/** What an iteration's summary is made from. */
export interface IterationFacts {
  readonly iteration: number;
  readonly trajectories: readonly Trajectory[];
  readonly stats: UpdateStats | null;
  readonly expectedModeCounts: ModeCounts;
  readonly totalTokenCount: number;
  readonly tipCount: number;
  readonly times: PhaseTimes;
}

/** The numbers of a finished iteration. */
export function summariseIteration(facts: IterationFacts): IterationSummary {
  const { iteration, trajectories, stats, expectedModeCounts, totalTokenCount, tipCount, times } = facts;
  const scores = trajectories.map(({ score }) => score);
  const withTips = trajectories.filter(({ mode }) => mode !== "on-policy").map(({ score }) => score);
  const withoutTips = trajectories.filter(({ mode }) => mode === "on-policy").map(({ score }) => score);
  const numbers = stats === null ? null : numbersOf(stats);
  return {
    iteration,
    meanReturn: mean(scores),
    successRate: successRate(scores),
    meanReturnWithTips: withTips.length === 0 ? null : mean(withTips),
    meanReturnWithoutTips: withoutTips.length === 0 ? null : mean(withoutTips),
    successRateWithTips: withTips.length === 0 ? null : successRate(withTips),
    successRateWithoutTips: withoutTips.length === 0 ? null : successRate(withoutTips),
    bestScore: Math.max(...scores),
    modeCounts: countModes(trajectories),
    expectedModeCounts,
    episodeCount: trajectories.length,
    tokenCount: sum(trajectories.map(({ sequence }) => sequence.tokens.length)),
    totalTokenCount,
    tipCount,
    update: numbers,
    times,
  };
}

/** The statistics without the log-probs of every token. */
export function numbersOf(stats: UpdateStats): Omit<UpdateStats, "logProbs"> {
  const { loss, meanRatio, clipFraction, maskedFraction, entropy, klToBase, gradNorm, tokenCount } = stats;
  return { loss, meanRatio, clipFraction, maskedFraction, entropy, klToBase, gradNorm, tokenCount };
}

/** Rows in random order, in parts of nearly equal size; fewer parts if there are fewer rows. */
export function splitIntoMinibatches<Row>(rows: readonly Row[], count: number, random: Random): Row[][] {
  const shuffled = random.shuffled(rows);
  const parts = Math.min(count, rows.length);
  return Array.from({ length: parts }, (_, i) => shuffled.filter((_row, position) => position % parts === i));
}

/** Statistics of several optimizer steps as of one: means weighted by tokens, the largest gradient norm. */
export function mergeStats(parts: readonly UpdateStats[]): UpdateStats {
  const tokenCount = sum(parts.map((part) => part.tokenCount));
  const weighted = (read: (part: UpdateStats) => number): number =>
    sum(parts.map((part) => read(part) * part.tokenCount)) / Math.max(1, tokenCount);
  const measured = parts.every(({ klToBase }) => klToBase !== null);
  return {
    loss: weighted(({ loss }) => loss),
    meanRatio: weighted(({ meanRatio }) => meanRatio),
    clipFraction: weighted(({ clipFraction }) => clipFraction),
    maskedFraction: weighted(({ maskedFraction }) => maskedFraction),
    entropy: weighted(({ entropy }) => entropy),
    klToBase: measured ? weighted(({ klToBase }) => klToBase ?? 0) : null,
    gradNorm: Math.max(...parts.map(({ gradNorm }) => gradNorm)),
    tokenCount,
    logProbs: parts.flatMap(({ logProbs }) => logProbs),
  };
}

/** Ratio and mask of every loss token, by rollout; what is not of a rollout is left out. */
export function tokenUpdateRecords(
  rows: readonly LearnedRow[],
  { logProbs }: UpdateStats,
  loss: LossConfig,
): TokenUpdateRecord[] {
  return rows.flatMap(({ trajectory, row }, i) => {
    if (trajectory === null) return [];
    const now = logProbs[i]!;
    const ratios = now.map((logProb, position) => Math.exp(logProb - row.oldLogProbs[position]!));
    return [{ rolloutId: trajectory.rolloutId, ratios, masked: maskedTokens(row, now, loss) }];
  });
}

/** Which loss tokens the low-probability mask leaves out (Eq. 2), as the loss does it. */
function maskedTokens(
  row: UpdateRow,
  logProbs: readonly number[],
  { minTokenLogProb, maskScope }: LossConfig,
): boolean[] {
  const unlikely = logProbs.map((logProb) => row.offPolicy && logProb <= minTokenLogProb);
  if (maskScope === "token") return unlikely;
  // The same number for all tokens of one response, because they stand next to each other.
  const responses = row.lossPositions.map((position, i) => position - i);
  const masked = new Set(responses.filter((_, i) => unlikely[i]));
  return responses.map((response) => masked.has(response));
}
