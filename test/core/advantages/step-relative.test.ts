import { describe, expect, it } from "vitest";
import { groupRelativeAdvantages } from "../../../src/core/advantages/group-relative.ts";
import { discountedReturns, stepRelativeAdvantages } from "../../../src/core/advantages/step-relative.ts";
import { statesBefore, type Trajectory } from "../../../src/core/rollout/trajectory.ts";

/** A trajectory of (reward, observation after it). */
function trajectory(groupId: string, first: string, ...steps: (readonly [number, string])[]): Trajectory {
  const turns = steps.map(([reward, observation]) => ({ reward, observation }));
  return { groupId, firstObservation: first, turns } as unknown as Trajectory;
}

function rounded(advantages: readonly (readonly number[])[]): number[][] {
  return advantages.map((steps) => steps.map((value) => Math.round(value * 1e4) / 1e4));
}

describe("discounted returns", () => {
  it("equal hand values", () => {
    // 4; 0 + 0.5·4 = 2; 1 + 0.5·2 = 2.
    expect(discountedReturns([1, 0, 4], 0.5)).toEqual([2, 2, 4]);
    expect(discountedReturns([1, 0, 4], 1)).toEqual([5, 4, 4]);
    expect(discountedReturns([1, 0, 4], 0)).toEqual([1, 0, 4]);
    expect(discountedReturns([], 0.9)).toEqual([]);
  });
});

describe("anchor states", () => {
  it("are what the policy read last before each action; the last observation is none", () => {
    const states = statesBefore(trajectory("g", "hall", [0, "kitchen"], [1, "hall"], [0, "end"]));
    expect(states).toEqual(["hall", "kitchen", "hall"]);
  });
});

describe("step-relative advantages", () => {
  // γ = 0.5. Returns from each step: a: 10 + 0.5·20 = 20, 20; b: 0 + 0.5·0 = 0, 0; c: 40.
  const a = trajectory("g", "hall", [10, "kitchen"], [20, "end"]);
  const b = trajectory("g", "hall", [0, "bathroom"], [0, "end"]);
  const c = trajectory("g", "hall", [40, "end"]);

  it("without std are the difference from the mean of the state, in units of ten points", () => {
    // hall: 20, 0, 40, mean 20. Kitchen and bathroom were met once.
    expect(rounded(stepRelativeAdvantages([a, b, c], 0.5, "none"))).toEqual([[0, 0], [-2, 0], [2]]);
  });

  it("with std are divided by the sample deviation of the state", () => {
    // Deviation of 20, 0, 40: √((0 + 400 + 400)/2) = 20.
    expect(rounded(stepRelativeAdvantages([a, b, c], 0.5, "std"))).toEqual([[0, 0], [-1, 0], [1]]);
  });

  it("compare within the group only", () => {
    const elsewhere = { ...c, groupId: "h" };
    // hall of g: 20 and 0, mean 10.
    expect(rounded(stepRelativeAdvantages([a, b, elsewhere], 0.5, "none"))).toEqual([[1, 0], [-1, 0], [0]]);
  });

  it("count every visit of one trajectory to a state", () => {
    // Returns 3, 2, 2 at γ = 0.5 ([2, 1, 2]): hall twice, 3 and 2.
    const loop = trajectory("g", "hall", [2, "kitchen"], [1, "hall"], [2, "end"]);
    expect(rounded(stepRelativeAdvantages([loop], 0.5, "none"))).toEqual([[0.05, 0, -0.05]]);
  });
});

describe("group-relative advantages without std", () => {
  it("are the difference from the mean in units of ten points", () => {
    expect(groupRelativeAdvantages([100, 0, 50], ["g", "g", "g"], "none")).toEqual([5, -5, 0]);
  });
});
