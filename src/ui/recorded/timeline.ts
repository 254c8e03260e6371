/**
 * @file When each event of a recorded run is played. The unit is iterations: every iteration takes equally long, so
 * that runs of different speed race in step, with the same number of episodes behind them.
 */
import type { TimedEvent } from "./recorded-run.ts";

/** Share of an iteration's time in which its events happen; the rest is for looking. */
const BUSY_SHARE = 0.85;

/** Where an event stands: 2.5 is the middle of the third iteration. */
export interface Timeline {
  /** Ascending, one per event. */
  readonly positions: readonly number[];
  /** Iterations in all. */
  readonly length: number;
}

/** Lays a run's events out over its iterations. What comes before the first iteration stands at 0. */
export function timelineOf(events: readonly TimedEvent[]): Timeline {
  const starts: number[] = [];
  events.forEach(({ event }, i) => {
    if (event.type === "iterationStarted") starts.push(i);
  });
  const positions = new Array<number>(events.length).fill(0);
  starts.forEach((start, index) => {
    const end = starts[index + 1] ?? events.length;
    const from = events[start]!.at;
    const span = Math.max(1, events[end - 1]!.at - from);
    for (let i = start; i < end; i++) {
      const share = Math.min(1, Math.max(0, (events[i]!.at - from) / span));
      positions[i] = Math.max(positions[i - 1] ?? 0, index + BUSY_SHARE * share);
    }
  });
  return { positions, length: starts.length };
}

/** Index of the first event after a position. */
export function firstAfter(positions: readonly number[], position: number): number {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle]! <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
