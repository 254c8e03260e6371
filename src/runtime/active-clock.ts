/** @file A clock that stands still while the computer sleeps or the tab is frozen, so that no phase takes a night. */
import type { Clock } from "../core/base/clock.ts";

/** No computation takes longer without a reading of the clock: the page would have given its worker up (supervisor.ts). */
const LONGEST_STEP_MS = 5 * 60_000;

/** Milliseconds in which the program ran. A step between two readings counts 5 minutes at most, one back not at all. */
export function activeClock(raw: Clock): Clock {
  let last = raw.now();
  let total = 0;
  return {
    now: () => {
      const now = raw.now();
      total += Math.min(Math.max(0, now - last), LONGEST_STEP_MS);
      last = now;
      return total;
    },
  };
}
