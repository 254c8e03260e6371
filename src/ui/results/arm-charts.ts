/** @file The curves of arms as charts, with their bands, and in words. */
import type { SiteArm, SitePlot, SiteRun } from "../../experiments/site-schema.ts";
import type { ChartSeries, ChartSpec } from "../components/chart-spec.ts";
import { formatMeanScore, formatNumber, formatTokens } from "../format.ts";
import type { RunStyle } from "../panels/run-styles.ts";

/** A chart from the lowest value shown, in steps of 20, to just over 100 points. */
export function pointsRange(series: readonly ChartSeries[]): readonly [number, number] {
  const values = series.flatMap(({ y, interval }) => [...y, ...(interval?.low ?? [])]);
  const lowest = Math.min(0, ...values.filter((value) => value !== null));
  return [Math.floor(lowest / 20) * 20, 104];
}

/** The chart of the arms' curves or trials; null if none has any. */
export function armChart(
  arms: readonly SiteArm[],
  looks: ReadonlyMap<string, RunStyle>,
  kind: "curve" | "trials",
): ChartSpec | null {
  const drawn = arms.filter((arm) => arm[kind].length > 0);
  if (drawn.length === 0) return null;
  const last = Math.max(...drawn.map((arm) => arm[kind].at(-1)![0]));
  const series = drawn.map((arm): ChartSeries => {
    const points = acrossIfSingle(arm[kind], last);
    return {
      ...looks.get(arm.id)!,
      ...{ label: arm.label, width: 2.2, opacity: 1, hasPoints: arm[kind].length > 1 },
      x: points.map(([x]) => x),
      y: points.map(([, mean]) => mean),
      interval: { shape: "band", low: points.map(([, , low]) => low), high: points.map(([, , , high]) => high) },
    };
  });
  return {
    series,
    marks: [],
    yRange: pointsRange(series),
    formatX: String,
    summary: `${kind === "curve" ? "Held-out return by iteration" : "Return by trial"}. ${drawn.map((arm) => inWords(arm, kind)).join(" ")}`,
  };
}

/** The chart of a plot of a figure; null if its lines have no points. */
export function plotChart(plot: SitePlot, looks: ReadonlyMap<string, RunStyle>): ChartSpec | null {
  const drawn = plot.lines.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const last = Math.max(...drawn.map(({ points }) => points.at(-1)![0]));
  // Minutes of toy runs are few: the axis is in seconds.
  const unit = plot.axis === "minutes" ? SECONDS : 1;
  const series = drawn.map(({ label, points }): ChartSeries => {
    const across = acrossIfSingle(points, last);
    return {
      ...looks.get(label)!,
      ...{ label, width: 2.2, opacity: 1, hasPoints: points.length > 1 && points.length < 20 },
      x: across.map(([x]) => x * unit),
      y: across.map(([, mean]) => mean),
      interval: { shape: "band", low: across.map(([, , low]) => low), high: across.map(([, , , high]) => high) },
    };
  });
  const show = plot.isReturn ? formatMeanScore : formatNumber;
  const words = drawn.map(({ label, points }) => `${label}: ${show(points.at(-1)![1])} at the end.`);
  return {
    series,
    marks: [],
    yRange: plot.isReturn ? pointsRange(series) : [0, highest(series) * 1.05],
    formatX: plot.axis === "tokens" ? formatTokens : String,
    summary: `${plot.measure} by ${axisTitle(plot)}. ${words.join(" ")}`,
  };
}

const SECONDS = 60;

/** What a plot's values are laid on, as it is shown. */
export function axisTitle({ axis }: SitePlot): string {
  return axis === "minutes" ? "seconds of training" : axis;
}

function highest(series: readonly ChartSeries[]): number {
  const values = series.flatMap(({ y, interval }) => [...y, ...(interval?.high ?? [])]);
  return Math.max(...values.filter((value) => value !== null)) || 1;
}

/** A method that does not learn is evaluated once: a line across the chart. */
function acrossIfSingle(points: SiteArm["curve"], last: number): SiteArm["curve"] {
  const [only] = points;
  if (points.length !== 1 || only === undefined) return points;
  const [, ...values] = only;
  return [
    [0, ...values],
    [last, ...values],
  ];
}

function inWords(arm: SiteArm, kind: "curve" | "trials"): string {
  const [first, last] = [arm[kind][0]!, arm[kind].at(-1)!];
  if (first === last) return `${arm.label}: ${formatMeanScore(last[1])}.`;
  return `${arm.label}: from ${formatMeanScore(first[1])} at ${first[0]} to ${formatMeanScore(last[1])} at ${last[0]}.`;
}

/** The chart of one run: training thin, held-out with dots, and its trials if it had any. */
export function runChart(run: SiteRun, style: RunStyle): ChartSpec {
  const training = { x: run.training.map((_, i) => i + 1), y: run.training };
  const evaluated = run.evaluations.length > 0 ? run.evaluations : run.trials;
  const heldOut = { x: evaluated.map(([x]) => x), y: evaluated.map(([, y]) => y) };
  const series = [
    { ...style, ...training, label: "training", width: 1.2, opacity: 0.6, hasPoints: false, dash: [] },
    { ...style, ...heldOut, label: "held-out", width: 2.4, opacity: 1, hasPoints: true },
  ].filter(({ x }) => x.length > 0);
  const last = evaluated.at(-1);
  return {
    series,
    marks: [],
    yRange: pointsRange(series),
    formatX: String,
    summary: `Return of ${run.name} in points; held-out at the end ${last === undefined ? "not evaluated" : formatMeanScore(last[1])}.`,
  };
}
