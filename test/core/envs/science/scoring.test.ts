import { describe, expect, it } from "vitest";
import { roundHalfToEven, score } from "../../../../src/core/envs/science/scoring.ts";

function points(orderedPassed: number, orderedCount: number, optionalPassed: number, optionalCount: number): number {
  return score({ orderedPassed, orderedCount, optionalPassed, optionalCount });
}

describe("score", () => {
  it("gives the optional goals together 1/(n + 1)", () => {
    expect([1, 2, 3, 4].map((n) => points(0, n, 4, 4))).toEqual([50, 33, 25, 20]);
  });

  it("is 100 for the ordered list alone, and never more", () => {
    expect(points(2, 2, 0, 5)).toBe(100);
    expect(points(2, 2, 5, 5)).toBe(100);
  });

  it("rounds halves to the even neighbour: use-thermometer with four optional goals has 12, not 13", () => {
    expect(points(0, 3, 4, 8)).toBe(12);
  });

  it("adds the optional share one by one: grow-fruit with 21 optional goals has 37, not 38", () => {
    expect(points(0, 1, 21, 28)).toBe(37);
    expect(roundHalfToEven(37.5)).toBe(38);
  });

  it.each([
    { k: 0, n: 2, m: 2, u: 5, expected: 13 },
    { k: 1, n: 2, m: 4, u: 5, expected: 77 },
    { k: 1, n: 3, m: 2, u: 5, expected: 43 },
    { k: 1, n: 3, m: 5, u: 5, expected: 58 },
    { k: 1, n: 2, m: 3, u: 4, expected: 75 },
    { k: 1, n: 4, m: 4, u: 17, expected: 30 },
  ])("$k of $n ordered and $m of $u optional goals give $expected", ({ k, n, m, u, expected }) => {
    expect(points(k, n, m, u)).toBe(expected);
  });
});

describe("roundHalfToEven", () => {
  it("rounds as Python does", () => {
    expect([0.5, 1.5, 2.5, 12.5, 13.5, 37.4999, 37.5001].map(roundHalfToEven)).toEqual([0, 2, 2, 12, 14, 37, 38]);
  });
});
