import { expect, test } from "vitest";
import type { EvaluationRecord } from "../../../src/core/events/training-event.ts";
import { gainOf, trialCurves, type DoneTrial } from "../../../src/ui/new-task/trial-results.ts";

const POLICIES = [
  { title: "Base", method: null },
  { title: "EMPO²", method: "empo2" },
];

function trial(policy: number, memory: "on" | "off", iteration: number, returns: readonly number[]): DoneTrial {
  const perVariation = returns.map((meanReturn, variation) => ({ variation, meanReturn, successRate: 0 }));
  const meanReturn = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const record: EvaluationRecord = {
    ...{ iteration, meanReturn, successRate: 0.25, episodeCount: 8, perVariation, memory, split: "test" },
  };
  return { policy, record };
}

test("curves are told apart by policy and memory; intervals are over the variations", () => {
  const done = [
    trial(0, "on", 1, [40, 40]),
    trial(0, "on", 2, [40, 80]),
    trial(0, "off", 1, [40, 40]),
    trial(1, "on", 1, [100]),
  ];
  const curves = trialCurves(POLICIES, done);
  expect(curves.map(({ policy, memory, points }) => [policy, memory, points.map(({ mean }) => mean)])).toEqual([
    [0, "on", [40, 60]],
    [0, "off", [40]],
    [1, "on", [100]],
  ]);
  expect(curves[0]!.points[1]!.interval).toEqual([40, 80]);
  expect(curves[2]!.points[0]!.interval).toBeNull();
});

test("a gain is in points, as a ratio only where both returns are positive, and unknown after one trial", () => {
  const gain = (first: number, last: number) =>
    gainOf(trialCurves(POLICIES, [trial(1, "on", 1, [first]), trial(1, "on", 2, [last])])[0]!);
  expect(gain(20, 50)).toEqual({ difference: 30, ratio: 1.5 });
  expect(gain(-20, 50)).toEqual({ difference: 70, ratio: null });
  expect(gain(20, 0)).toEqual({ difference: -20, ratio: null });
  expect(gainOf(trialCurves(POLICIES, [trial(1, "on", 1, [20])])[0]!)).toBeNull();
});
