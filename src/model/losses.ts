/**
 * @file The losses, as functions of the log-probability and the entropy of each loss token, in double precision on the
 * host. A loss gives its value and its slopes; the transformer carries the slopes back through the logits.
 */
import { ShapeError } from "../core/base/errors.ts";
import type { LossConfig, UpdateRow } from "../core/policy/policy.ts";

/** exp of more than this is not needed: the clip has long taken over. Keeps ratios finite. */
const MAX_LOG_RATIO = 20;

/** What the model said about the loss tokens of one row. */
export interface RowOutcome {
  /** log π of each loss token, nats. */
  readonly logProbs: ArrayLike<number>;
  /** Entropy of each loss token's distribution, nats. */
  readonly entropies: ArrayLike<number>;
  /** log-probs under the base policy; null if no KL is asked for. */
  readonly baseLogProbs: ArrayLike<number> | null;
}

/** Sums over loss tokens; divide by `tokenCount` for means. */
export interface SurrogateSums {
  loss: number;
  ratio: number;
  clipped: number;
  masked: number;
  entropy: number;
  klToBase: number;
  tokenCount: number;
}

/** Where the slopes of a row go: one number per loss token. */
export interface Slopes {
  /** ∂(sum of losses)/∂ log π. */
  readonly logProb: Float32Array;
  /** ∂(sum of losses)/∂ entropy. */
  readonly entropy: Float32Array;
}

/** Sums before the first row. */
export function noSums(): SurrogateSums {
  return { loss: 0, ratio: 0, clipped: 0, masked: 0, entropy: 0, klToBase: 0, tokenCount: 0 };
}

/** Objective of one token, its slope with respect to log π, and whether a clip decides. */
interface TokenObjective {
  readonly value: number;
  readonly slope: number;
  readonly isClipped: boolean;
}

/**
 * min(ρA, clip(ρ, 1 − ε_low, 1 + ε_high)·A), and at least c·A where A < 0 (Eq. 1 with dual-clip PPO).
 *
 * @param ratio ρ = π_θ / π_old
 */
export function clippedObjective(ratio: number, advantage: number, config: LossConfig): TokenObjective {
  const plain = ratio * advantage;
  const bounded = Math.min(Math.max(ratio, 1 - config.clipLow), 1 + config.clipHigh) * advantage;
  if (bounded < plain) return { value: bounded, slope: 0, isClipped: true };
  const floor = config.dualClip * advantage;
  if (advantage < 0 && plain < floor) return { value: floor, slope: 0, isClipped: true };
  return { value: plain, slope: plain, isClipped: false };
}

/**
 * Adds the sum of the token losses of a row to `sums` and writes their slopes (not yet divided by the token count).
 *
 * @param slopes of the row's length, overwritten
 * @throws {ShapeError} if the lengths differ
 */
export function surrogateLoss(
  row: UpdateRow,
  outcome: RowOutcome,
  config: LossConfig,
  into: { readonly sums: SurrogateSums; readonly slopes: Slopes },
): void {
  const { sums, slopes } = into;
  const isMasked = lowProbabilityMask(row, outcome.logProbs, config);
  for (let i = 0; i < row.lossPositions.length; i++) {
    const logProb = outcome.logProbs[i]!;
    const entropy = outcome.entropies[i]!;
    const ratio = Math.exp(clampLogRatio(logProb - row.oldLogProbs[i]!));
    const { value, slope, isClipped } = clippedObjective(ratio, row.advantages[i]!, config);
    const kl = klEstimate(logProb, outcome.baseLogProbs?.[i]);
    const keep = isMasked[i] === true ? 0 : 1;
    slopes.logProb[i] = (keep === 1 ? -slope : 0) + config.klCoefficient * kl.slope;
    slopes.entropy[i] = -config.entropyCoefficient;
    sums.loss += (keep === 1 ? -value : 0) + config.klCoefficient * kl.value - config.entropyCoefficient * entropy;
    sums.ratio += ratio;
    sums.clipped += isClipped ? 1 : 0;
    sums.masked += 1 - keep;
    sums.entropy += entropy;
    sums.klToBase += kl.value;
    sums.tokenCount += 1;
  }
}

/** NaN stays NaN: it must reach the loss and stop the step. */
function clampLogRatio(logRatio: number): number {
  return Math.min(Math.max(logRatio, -MAX_LOG_RATIO), MAX_LOG_RATIO);
}

/** k3 estimate of KL(π‖base) at a sampled token: ρ − 1 − log ρ with ρ = base/π (never negative), and its slope in log π. */
function klEstimate(logProb: number, baseLogProb: number | undefined): { value: number; slope: number } {
  if (baseLogProb === undefined) return { value: 0, slope: 0 };
  const logRatio = clampLogRatio(baseLogProb - logProb);
  const ratio = Math.exp(logRatio);
  return { value: ratio - 1 - logRatio, slope: 1 - ratio };
}

/** Which loss tokens of an off-policy row are left out: log π ≤ δ, or any such token in the same response (Eq. 2). */
export function lowProbabilityMask(row: UpdateRow, logProbs: ArrayLike<number>, config: LossConfig): boolean[] {
  const count = row.lossPositions.length;
  const isLow = Array.from({ length: count }, (_, i) => row.offPolicy && logProbs[i]! <= config.minTokenLogProb);
  if (config.maskScope === "token") return isLow;
  const isMasked = new Array<boolean>(count).fill(false);
  for (const { start, end } of responses(row.lossPositions)) {
    isMasked.fill(isLow.slice(start, end).includes(true), start, end);
  }
  return isMasked;
}

/** Runs of neighbouring loss positions, as half-open index ranges: one run is one response. */
function responses(lossPositions: readonly number[]): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  let start = 0;
  for (let i = 1; i <= lossPositions.length; i++) {
    if (i < lossPositions.length && lossPositions[i] === lossPositions[i - 1]! + 1) continue;
    runs.push({ start, end: i });
    start = i;
  }
  return runs;
}

/**
 * Weighted cross-entropy Σ −w·log π of a row and its slopes.
 *
 * @param logProbs of the tokens with a weight
 * @param slopes ∂(sum)/∂ log π, overwritten
 * @returns the sum, nats
 */
export function weightedCrossEntropy(
  weights: ArrayLike<number>,
  logProbs: ArrayLike<number>,
  slopes: Float32Array,
): number {
  if (weights.length !== logProbs.length) {
    throw new ShapeError(`weightedCrossEntropy: ${weights.length} weights but ${logProbs.length} log-probs`);
  }
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum -= weights[i]! * logProbs[i]!;
    slopes[i] = -weights[i]!;
  }
  return sum;
}
