/** @file ScienceWorld's score: one formula for all tasks (simulator 1.3.0). */

/** Score of a failed episode. */
export const FAILURE_SCORE = -100;
/** Score when all ordered goals have passed. */
export const FULL_SCORE = 100;

/** What a score depends on. */
export interface GoalCounts {
  readonly orderedPassed: number;
  readonly orderedCount: number;
  readonly optionalPassed: number;
  readonly optionalCount: number;
}

/** Rounds to the nearest integer; halves go to the even neighbour, as in Python. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * 100 · min(1, k/n + m/(u·(n+1))), rounded: all optional goals together are worth 1/(n+1), and the ordered list
 * alone is worth everything. The optional share is added m times, because the real program does so and it shows
 * (grow-fruit, m = 21: 37.4999… gives 37, not 38).
 */
export function score({ orderedPassed, orderedCount, optionalPassed, optionalCount }: GoalCounts): number {
  const optionalShare = 1 / (optionalCount * (orderedCount + 1));
  let progress = orderedPassed / orderedCount;
  for (let i = 0; i < optionalPassed; i++) progress += optionalShare;
  return roundHalfToEven(FULL_SCORE * Math.min(1, progress));
}
