/** @file The learning curves of all runs on the page, ready to be drawn and read. */
import type { EvaluationRecord, IterationSummary, PhaseTimes } from "../../core/events/training-event.ts";
import { mean } from "../../core/base/stats.ts";
import { decimated, type Points } from "./decimate.ts";
import { secondsOf, totalMs, type Mark, type RunState } from "./run-slice.ts";
import type { RunView } from "./run-view.ts";

export type XAxis = "iterations" | "tokens" | "seconds";

/** What the Result panel needs of a run. */
export interface RunCurves {
  readonly key: string;
  readonly title: string;
  readonly source: RunView["source"];
  readonly method: string;
  readonly curve: readonly IterationSummary[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly marks: readonly Mark[];
}

/** Positions of the points of a run on the chosen axis, as many as can be seen. */
export interface RunPoints {
  readonly train: Points;
  readonly heldOut: Points;
}

/** Parts of a line of which the extremes are drawn: the panel is some four hundred pixels wide. */
const PARTS = 250;

/** What was computed of curves, which never change: a run that has ended is looked at again and again. */
const SHOWN_POINTS = new WeakMap<readonly IterationSummary[], Map<XAxis, Points>>();
const TOTALS = new WeakMap<readonly IterationSummary[], { readonly episodes: number; readonly ms: number }>();

/** Where an iteration stands on the axis: 0 before the first one. */
export function axisPosition(curve: readonly IterationSummary[], axis: XAxis): (iteration: number) => number {
  if (axis === "iterations") return (iteration) => iteration;
  const positions = positionsOf(curve, axis);
  return (iteration) => {
    const at = lastUpTo(curve, iteration);
    return at < 0 ? 0 : positions[at]!;
  };
}

/** Index of the last point up to an iteration, by halving; −1 if there is none. */
function lastUpTo(curve: readonly IterationSummary[], iteration: number): number {
  let [low, high] = [0, curve.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]!.iteration <= iteration) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The points of a run's two curves. */
export function pointsOf({ curve, evaluations }: Pick<RunState, "curve" | "evaluations">, axis: XAxis): RunPoints {
  const position = axisPosition(curve, axis);
  return {
    train: trainPoints(curve, axis),
    heldOut: decimated(
      {
        x: evaluations.map(({ iteration }) => position(iteration)),
        y: evaluations.map(({ meanReturn }) => meanReturn),
      },
      PARTS,
    ),
  };
}

function trainPoints(curve: readonly IterationSummary[], axis: XAxis): Points {
  const known = SHOWN_POINTS.get(curve) ?? new Map<XAxis, Points>();
  SHOWN_POINTS.set(curve, known);
  const points =
    known.get(axis) ?? decimated({ x: positionsOf(curve, axis), y: curve.map((point) => point.meanReturn) }, PARTS);
  known.set(axis, points);
  return points;
}

function positionsOf(curve: readonly IterationSummary[], axis: XAxis): readonly number[] {
  if (axis === "seconds") return secondsOf(curve);
  return curve.map(({ iteration, totalTokenCount }) => (axis === "tokens" ? totalTokenCount : iteration));
}

/** A run in numbers. */
export interface RunSummary {
  readonly iterations: number;
  readonly episodes: number;
  readonly tokens: number;
  readonly ms: number;
  /** Mean train return over the last five iterations, points. */
  readonly trainReturn: number | null;
  readonly heldOutReturn: number | null;
  readonly heldOutSuccess: number | null;
}

const RECENT = 5;

export function summarise({ curve, evaluations }: Pick<RunState, "curve" | "evaluations">): RunSummary {
  const last = curve.at(-1);
  const evaluation = evaluations.at(-1);
  const { episodes, ms } = totalsOf(curve);
  return {
    iterations: last?.iteration ?? 0,
    episodes,
    tokens: last?.totalTokenCount ?? 0,
    ms,
    trainReturn: last === undefined ? null : mean(curve.slice(-RECENT).map(({ meanReturn }) => meanReturn)),
    heldOutReturn: evaluation?.meanReturn ?? null,
    heldOutSuccess: evaluation?.successRate ?? null,
  };
}

function totalsOf(curve: readonly IterationSummary[]): { readonly episodes: number; readonly ms: number } {
  const known = TOTALS.get(curve);
  if (known !== undefined) return known;
  const totals = {
    episodes: curve.reduce((sum, { episodeCount }) => sum + episodeCount, 0),
    ms: curve.reduce((sum, { times }) => sum + totalMs(times), 0),
  };
  TOTALS.set(curve, totals);
  return totals;
}

/** Mean time of each phase over the last iterations, milliseconds. */
export function meanTimes(curve: readonly IterationSummary[]): PhaseTimes | null {
  const recent = curve.slice(-RECENT);
  if (recent.length === 0) return null;
  const of = (phase: keyof PhaseTimes): number => mean(recent.map(({ times }) => times[phase]));
  return {
    rollout: of("rollout"),
    tipWriting: of("tipWriting"),
    retrieval: of("retrieval"),
    update: of("update"),
    evaluation: of("evaluation"),
  };
}
