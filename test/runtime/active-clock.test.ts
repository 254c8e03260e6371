import { expect, test } from "vitest";
import { activeClock } from "../../src/runtime/active-clock.ts";

/** A clock that shows these times, one a reading. */
function readings(...times: readonly number[]): number[] {
  let next = 0;
  const clock = activeClock({ now: () => times[next++]! });
  return times.slice(1).map(() => clock.now());
}

test("time goes on as it does", () => {
  expect(readings(1000, 1001, 1500, 61_500)).toEqual([1, 500, 60_500]);
});

test("an hour of sleep counts five minutes at most", () => {
  expect(readings(0, 100, 100 + 3_600_000, 200 + 3_600_000)).toEqual([100, 300_100, 300_200]);
});

test("a clock that is set back does not take time away", () => {
  expect(readings(5000, 6000, 1000, 1500)).toEqual([1000, 1000, 1500]);
});
