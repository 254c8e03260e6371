/**
 * @file What is kept: every run that has saved anything, until people delete it. Of a run: the newest checkpoint, the one before and the best one. Of its events: turns told one by
 * one are in the finished rollouts again; whole rollouts are kept for the last iterations only; curves, evaluations and
 * marks for ever.
 */
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { BestCheckpoint, RunHeader } from "./schema.ts";

/** Iterations whose rollouts are kept whole. */
export const FULL_ITERATIONS = 20;
/** Runs kept of which nothing was saved yet: they hold settings and no more. Others stay until people delete them. */
export const KEPT_EMPTY_RUNS = 20;
/** Damaged checkpoints of a run that are put aside; the oldest go first. */
export const KEPT_DAMAGED = 2;

/** The runs to be forgotten when another one begins: empty ones, unused for longest. */
export function needlessRuns(headers: readonly RunHeader[]): RunHeader[] {
  return headers
    .filter(({ nextChunk, pendingChanges }) => nextChunk === 0 && pendingChanges.length === 0)
    .sort((a, b) => b.sequence - a.sequence)
    .slice(KEPT_EMPTY_RUNS - 1);
}

/** The events worth storing. */
export function lastingEvents(events: readonly TrainingEvent[]): TrainingEvent[] {
  return events.filter(({ type }) => type !== "turnTaken" && type !== "tipsRetrieved" && type !== "phaseStarted");
}

/** The events without rollouts and without numbers per token. */
export function trimmedEvents(events: readonly TrainingEvent[]): TrainingEvent[] {
  return events
    .filter(({ type }) => type !== "rolloutsFinished")
    .map((event) => (event.type === "policyUpdated" ? { ...event, tokens: [] } : event));
}

/** The best checkpoint after an iteration: it, if it was evaluated better than all before it. */
export function bestAfter(
  best: BestCheckpoint | null,
  iteration: number,
  events: readonly TrainingEvent[],
): BestCheckpoint | null {
  const heldOut = events.flatMap((event) =>
    event.type === "evaluated" && event.evaluation.memory === "off" && event.evaluation.iteration === iteration
      ? [event.evaluation.meanReturn]
      : [],
  );
  const meanReturn = heldOut.at(-1);
  const isBetter = meanReturn !== undefined && (best === null || meanReturn > best.meanReturn);
  return isBetter ? { iteration, meanReturn } : best;
}
