/**
 * @file What of a run's events is kept. Turns told one by one are in the finished rollouts again; whole rollouts are
 * kept for the last iterations only; curves, evaluations and marks for ever.
 */
import type { TrainingEvent } from "../core/events/training-event.ts";

/** Iterations whose rollouts are kept whole. */
export const FULL_ITERATIONS = 20;
/** Runs kept; the ones unused for longest go first. */
export const KEPT_RUNS = 20;

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
