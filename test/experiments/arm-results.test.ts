import { describe, expect, it } from "vitest";
import {
  armLabel,
  armResult,
  finalReturn,
  methodOf,
  pairedDifference,
  plainSuccessesBeforeBreakthrough,
  returnOverRun,
  type Arm,
  type FinishedRun,
} from "../../src/experiments/arm-results.ts";
import type { StoredSummary } from "../../src/experiments/recorded-runs.ts";
import { madeRun, type MadeRun } from "./made-runs.ts";

function arm(id: string, ...runs: Omit<MadeRun, "name">[]): Arm {
  return { id, runs: runs.map((run, i) => madeRun({ name: `${id}.${i}`, ...run }) as FinishedRun) };
}

const BROKEN_THROUGH: MadeRun["heldOut"] = [
  [0, 30],
  [5, 50],
  [10, 96],
  [15, 98],
];
const STUCK: MadeRun["heldOut"] = [
  [0, 30],
  [5, 44],
  [10, 43],
  [15, 43],
];

describe("an arm's result", () => {
  it("takes the end from the summary, the best from each run's evaluations, the cost from its iterations", () => {
    const result = armResult(arm("grpo", { heldOut: BROKEN_THROUGH }, { heldOut: STUCK }));
    expect(result.heldOutReturn).toMatchObject({ count: 2, mean: (98 + 43) / 2, interval: [43, 98] });
    expect(result.bestReturn).toBe((98 + 44) / 2);
    // 15 iterations of 2 seconds of training; evaluations are not counted.
    expect(result.minutes).toBeCloseTo(0.5, 12);
    expect(result.tokens).toBe(15 * 8000);
  });

  it("counts runs that never break through as later than any other", () => {
    const through = { heldOut: BROKEN_THROUGH };
    const stuck = { heldOut: STUCK };
    expect(armResult(arm("a", through, through, stuck)).breakthroughs).toEqual({ reached: 2, runs: 3, median: 10 });
    expect(armResult(arm("a", through, stuck)).breakthroughs).toEqual({ reached: 1, runs: 2, median: null });
    expect(armResult(arm("a", stuck, stuck)).breakthroughs).toEqual({ reached: 0, runs: 2, median: null });
  });

  it("takes the training return from the last iterations without tips, where something was learned", () => {
    const summaries = [0, 0, 10, 20, 30, 40, 50].map((meanReturnWithoutTips) => ({ meanReturnWithoutTips }));
    const silent = summaries.with(3, { meanReturnWithoutTips: null as never });
    expect(armResult(arm("a", { heldOut: STUCK, summaries })).trainReturn?.mean).toBe(30);
    expect(armResult(arm("a", { heldOut: STUCK, summaries: silent })).trainReturn?.mean).toBe(32.5);
    expect(armResult(arm("a", { heldOut: STUCK, summaries: summaries.slice(0, 5) })).trainReturn).toBeNull();
  });

  it("has a curve where all runs were evaluated", () => {
    const { curve, meanReturn } = armResult(arm("a", { heldOut: BROKEN_THROUGH }, { heldOut: STUCK.slice(0, 2) }));
    expect(curve.map(({ iteration, estimate }) => [iteration, estimate.mean])).toEqual([
      [0, 30],
      [5, 47],
    ]);
    // (5 · 40 + 5 · 73 + 5 · 97) / 15 = 70 and 37.
    expect(meanReturn?.mean).toBeCloseTo((70 + 37) / 2, 12);
  });

  it("is also that of the last evaluation until iteration 20, where all runs have spent as many episodes", () => {
    const summaries = Array.from({ length: 25 }, () => ({}));
    const long = (heldOut: MadeRun["heldOut"]) => ({ heldOut, summaries });
    const made = [...BROKEN_THROUGH, [18, 86], [25, 100]] as const;
    const { equalBudget } = armResult(arm("a", long(made), long([...STUCK, [20, 44], [25, 100]])));
    expect(equalBudget?.heldOutReturn).toMatchObject({ count: 2, mean: 65, interval: [44, 86] });
    // Made-up success is (return − 30) / 70.
    expect(equalBudget?.heldOutSuccess.mean).toBeCloseTo((56 / 70 + 14 / 70) / 2, 12);
    expect(armResult(arm("a", long(made), { heldOut: STUCK })).equalBudget).toBeNull();
    expect(armResult(arm("a", long([[0, 30]]))).equalBudget).toBeNull();
  });

  it("ends a method that needs its memory with the last trial", () => {
    const result = armResult(arm("reflexion", { heldOut: [], trials: [30, 60, 50] }));
    expect(result.heldOutReturn.mean).toBe(50);
    expect(result.bestReturn).toBe(60);
    expect(result.trials.map(({ estimate }) => estimate.mean)).toEqual([30, 60, 50]);
    expect(result.meanReturn).toBeNull();
    expect(result.breakthroughs).toBeNull();
  });
});

describe("plain successes before the breakthrough", () => {
  const heldOut: MadeRun["heldOut"] = [
    [0, 30],
    [1, 40],
    [2, 96],
  ];
  const mixed: Partial<StoredSummary> = {
    modeCounts: { "on-policy": 30, "on-policy-with-tips": 4, "off-policy": 6 },
    meanReturnWithTips: 60,
    successRate: 5 / 40,
  };
  const count = (...summaries: Partial<StoredSummary>[]): unknown =>
    plainSuccessesBeforeBreakthrough(madeRun({ name: "a", heldOut, summaries }));

  it("are exact where all rollouts are plain, or all of those with tips succeed", () => {
    expect(count({ successRate: 3 / 40 })).toEqual({ least: 3, most: 3 });
    expect(count({ ...mixed, successRate: 12 / 40, meanReturnWithTips: 100 })).toEqual({ least: 2, most: 2 });
    expect(count({ ...mixed, successRate: 0 })).toEqual({ least: 0, most: 0 });
  });

  it("are bounded where the record counts both together", () => {
    expect(count(mixed)).toEqual({ least: 0, most: 5 });
    // At most 9 of the 10 with tips, as their mean is under 100.
    expect(count({ ...mixed, successRate: 12 / 40 })).toEqual({ least: 3, most: 12 });
  });

  it("are exact where the record tells them apart", () => {
    expect(count({ ...mixed, successRateWithTips: 0.2, successRateWithoutTips: 3 / 30 })).toEqual({
      least: 3,
      most: 3,
    });
    expect(count({ ...mixed, successRateWithTips: 0.5, successRateWithoutTips: null })).toEqual({ least: 0, most: 0 });
  });

  it("are counted until the last evaluation before it", () => {
    expect(count({ successRate: 1 / 40 }, { successRate: 20 / 40 })).toEqual({ least: 1, most: 1 });
    const stuck = madeRun({ name: "a", heldOut: STUCK, summaries: [{ successRate: 0.1 }, { successRate: 0.2 }] });
    expect(plainSuccessesBeforeBreakthrough(stuck)).toEqual({ least: 12, most: 12 });
  });
});

describe("paired differences", () => {
  const places = [
    { house: 1, seed: 1 },
    { house: 1, seed: 2 },
  ];
  const empo2 = arm("empo2", ...places.map((changes) => ({ changes, heldOut: BROKEN_THROUGH })));
  const grpo = arm("grpo", ...places.toReversed().map((changes) => ({ changes, heldOut: STUCK })));

  it("compare runs of the same house and seed", () => {
    expect(pairedDifference(empo2, grpo, finalReturn)).toEqual({
      count: 2,
      mean: 55,
      deviation: 0,
      interval: [55, 55],
    });
    // 70 against (37 + 43.5 + 43) / 3.
    expect(pairedDifference(empo2, grpo, returnOverRun)?.mean).toBeCloseTo(70 - 123.5 / 3, 12);
  });

  it("do not exist without a pair", () => {
    const elsewhere = arm("grpo", { changes: { house: 2 }, heldOut: STUCK });
    expect(pairedDifference(empo2, elsewhere, finalReturn)).toBeNull();
  });
});

describe("an arm's name", () => {
  it("begins with the method it changes", () => {
    expect(methodOf("empo2-q0")).toBe("empo2");
    expect(methodOf("empo20")).toBeNull();
    expect(armLabel("grpo")).toBe("GRPO");
    expect(armLabel("empo2-other-world-tips")).toBe("EMPO² (other world tips)");
    expect(armLabel("sharp-prior")).toBe("sharp-prior");
  });
});
