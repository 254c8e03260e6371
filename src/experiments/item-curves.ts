/** @file The lines of a paper figure: a measure of the runs over iterations, time or tokens. */
import { Random } from "../core/base/random.ts";
import { mean, sum } from "../core/base/stats.ts";
import { band, heldOutCurve, type ArmResult, type BandPoint, type FinishedRun } from "./arm-results.ts";
import type { Plot, PlotAxis } from "./paper-items.ts";
import type { CurvePoint } from "./statistics.ts";

type CurvePlot = Extract<Plot, { kind: "curve" }>;

const MEASURES: Readonly<Record<CurvePlot["measure"], (run: FinishedRun) => CurvePoint[]>> = {
  return: heldOutCurve,
  entropy: ({ curve }) => ofUpdates(curve, "entropy"),
  gradNorm: ({ curve }) => ofUpdates(curve, "gradNorm"),
};

function ofUpdates(curve: FinishedRun["curve"], key: "entropy" | "gradNorm"): CurvePoint[] {
  return curve.flatMap(({ iteration, update }) => (update === null ? [] : [{ iteration, value: update[key] }]));
}

/** The mean line of an arm with its band; `iteration` is the place on the axis. Empty if the runs share no point. */
export function plottedCurve(result: ArmResult, { measure, over }: CurvePlot): BandPoint[] {
  const { runs } = result.arm;
  const points =
    measure === "return"
      ? shownReturns(result)
      : band(runs.map(MEASURES[measure]), Random.fromSeed(1).fork(`${result.arm.id} ${measure}`));
  return points.map(({ iteration, estimate }) => ({
    iteration: mean(runs.map((run) => axisValue(run, iteration, over))),
    estimate,
  }));
}

/** A method that learns nothing has but one result. */
function shownReturns({ curve, heldOutReturn }: ArmResult): readonly BandPoint[] {
  return curve.length < 2 ? [{ iteration: 0, estimate: heldOutReturn }] : curve;
}

/** What a run had spent when it had done so many iterations. */
function axisValue({ curve }: FinishedRun, iteration: number, over: PlotAxis): number {
  if (over === "iteration") return iteration;
  const done = curve.filter((summary) => summary.iteration <= iteration);
  if (over === "tokens") return done.at(-1)?.totalTokenCount ?? 0;
  return sum(done.map(({ times }) => times.rollout + times.tipWriting + times.retrieval + times.update)) / 60_000;
}
