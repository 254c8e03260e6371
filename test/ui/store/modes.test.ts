import fc from "fast-check";
import { expect, test } from "vitest";
import { expectedModeCounts, MODES, sumModeCounts } from "../../../src/ui/store/modes.ts";

test("p = 0.25 and q = 2/3 expect 30, 3⅓ and 6⅔ of 40 rollouts", () => {
  const expected = expectedModeCounts(0.25, 2 / 3, 40);
  expect(expected["on-policy"]).toBeCloseTo(30);
  expect(expected["on-policy-with-tips"]).toBeCloseTo(10 / 3);
  expect(expected["off-policy"]).toBeCloseTo(20 / 3);
});

test("the expected counts of any p and q add up to the rollouts", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(share, share, fc.integer({ min: 1, max: 4096 }), (p, q, rollouts) => {
      const expected = expectedModeCounts(p, q, rollouts);
      expect(MODES.reduce((sum, mode) => sum + expected[mode], 0)).toBeCloseTo(rollouts, 6);
    }),
  );
});

test("counts of several iterations add up per mode", () => {
  const counts = { "on-policy": 5, "on-policy-with-tips": 2, "off-policy": 1 };
  expect(sumModeCounts([counts, counts])).toEqual({ "on-policy": 10, "on-policy-with-tips": 4, "off-policy": 2 });
  expect(sumModeCounts([])).toEqual({ "on-policy": 0, "on-policy-with-tips": 0, "off-policy": 0 });
});
