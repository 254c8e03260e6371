import { describe, expect, it } from "vitest";
import { tipCredits } from "../../../src/core/advantages/tip-credits.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";

function trajectory(groupId: string, score: number, ...tipIds: number[]): Trajectory {
  const retrieved = tipIds.map((tipId) => ({ tipId }));
  return { groupId, score, retrieved, intrinsicReturn: 1000 * tipIds.length } as unknown as Trajectory;
}

describe("the credit of a tip", () => {
  it("is what its readers have over the others, in units of ten points without std", () => {
    // Readers of 1: 100, 60, mean 80; the others: 30, 10, mean 20.
    const group = [trajectory("a", 100, 1), trajectory("a", 30), trajectory("a", 60, 1), trajectory("a", 10)];
    expect(tipCredits(group, "none")).toEqual([{ tipId: 1, advantage: 6 }]);
  });

  it("is divided by the sample deviation of the group's scores with std", () => {
    // Mean 65, deviation √(2·35²) = 35·√2: (100 − 30)/(35·√2) = √2.
    const [credit] = tipCredits([trajectory("a", 100, 1), trajectory("a", 30)], "std");
    expect(credit!.advantage).toBeCloseTo(Math.SQRT2, 5);
  });

  it("is negative for a tip that misleads", () => {
    expect(tipCredits([trajectory("a", -100, 1), trajectory("a", 30)], "none")).toEqual([{ tipId: 1, advantage: -13 }]);
  });

  it("goes to every tip that an episode read, against those that read another one too", () => {
    // Tip 1: (100 + 40)/2 against 10; tip 2: 40 against (100 + 10)/2.
    const group = [trajectory("a", 100, 1), trajectory("a", 40, 1, 2), trajectory("a", 10)];
    expect(tipCredits(group, "none")).toEqual([
      { tipId: 1, advantage: 6 },
      { tipId: 2, advantage: -1.5 },
    ]);
  });

  it("is not given where all or none of the task's episodes read it", () => {
    expect(tipCredits([trajectory("a", 100, 1), trajectory("a", 0, 1)], "none")).toEqual([]);
    expect(tipCredits([trajectory("a", 100), trajectory("b", 0, 1)], "none")).toEqual([]);
  });

  it("is the mean over groups of the same task", () => {
    const groups = [trajectory("a", 100, 1), trajectory("a", 30), trajectory("b", 30, 1), trajectory("b", 20)];
    expect(tipCredits(groups, "none")).toEqual([{ tipId: 1, advantage: 4 }]);
  });
});
