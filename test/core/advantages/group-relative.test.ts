import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupRelativeAdvantages } from "../../../src/core/advantages/group-relative.ts";
import { trajectoryReturn } from "../../../src/core/advantages/returns.ts";
import { ShapeError } from "../../../src/core/base/errors.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 6);
  });
}

describe("group-relative advantages", () => {
  it("equal hand values: one success among four", () => {
    // Mean 47.5, deviations −17.5 ×3 and 52.5, sample variance 3675 / 3 = 35².
    expectClose(groupRelativeAdvantages([30, 30, 30, 100], ["a", "a", "a", "a"]), [-0.5, -0.5, -0.5, 1.5]);
  });

  it("equal hand values: two rollouts are one sample deviation of √2 apart", () => {
    expectClose(groupRelativeAdvantages([-100, 38], ["a", "a"]), [-Math.SQRT1_2, Math.SQRT1_2]);
  });

  it("compare within a group only, wherever its members stand", () => {
    const returns = [0, 1000, 10, 1000, 20, 4000];
    const groups = ["low", "high", "low", "high", "low", "high"];
    expectClose(groupRelativeAdvantages(returns, groups), [
      -1,
      -1 / Math.sqrt(3),
      0,
      -1 / Math.sqrt(3),
      1,
      2 / Math.sqrt(3),
    ]);
  });

  it("are zero when all returns of a group are equal", () => {
    expect(groupRelativeAdvantages([43, 43, 43], ["a", "a", "a"])).toEqual([0, 0, 0]);
  });

  it("stay finite for almost equal returns", () => {
    const [low, high] = groupRelativeAdvantages([43, 43 + 1e-9], ["a", "a"]);
    expect(Math.abs(low!)).toBeLessThan(1e-2);
    expect(high!).toBeGreaterThan(0);
  });

  it("sum to zero and do not care where zero points lies", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 20 }), (returns) => {
        const group = returns.map(() => "g");
        const advantages = groupRelativeAdvantages(returns, group);
        expect(advantages.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6);
        const shifted = returns.map((value) => value + 57);
        expectClose(groupRelativeAdvantages(shifted, group), advantages);
      }),
    );
  });

  it("do not change what they are given", () => {
    const returns = Object.freeze([1, 2]);
    expect(() => groupRelativeAdvantages(returns, ["a", "a"])).not.toThrow();
  });

  it("need as many returns as group ids, and two members in every group", () => {
    expect(() => groupRelativeAdvantages([1, 2], ["a"])).toThrow(ShapeError);
    expect(() => groupRelativeAdvantages([1, 2], ["a"])).toThrow("as many returns as group ids, got 2 and 1");
    expect(() => groupRelativeAdvantages([1, 2, 3], ["a", "b", "a"])).toThrow(
      'at least 2 trajectories in a group, got 1 in "b"',
    );
  });
});

describe("the return of a trajectory", () => {
  it("is its score plus λ times its intrinsic return", () => {
    const trajectory = { score: 43, intrinsicReturn: 2.5 } as Trajectory;
    expect(trajectoryReturn(trajectory, 0)).toBe(43);
    expect(trajectoryReturn(trajectory, 1)).toBe(45.5);
    expect(trajectoryReturn(trajectory, 2)).toBe(48);
  });
});
