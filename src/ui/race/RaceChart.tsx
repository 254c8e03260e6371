import { useMemo } from "react";
import { methodTitle } from "../actions/run-title.ts";
import { Chart } from "../components/Chart.tsx";
import type { ChartSeries, ChartSpec } from "../components/chart-spec.ts";
import controls from "../components/controls.module.css";
import { formatMeanScore } from "../format.ts";
import { runStyle } from "../panels/run-styles.ts";
import type { MethodResult } from "./race-curves.ts";
import type { Racer } from "./race.ts";
import parts from "../views/view-parts.module.css";

interface RaceChartProps {
  readonly racers: readonly Racer[];
  readonly results: readonly MethodResult[];
}

/** Held-out return by iteration: thick the mean of each method with its band, thin every seed. */
export function RaceChart({ racers, results }: RaceChartProps) {
  // Racers change with every step of a run, the curves with the results only.
  // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
  const spec = useMemo(() => chartOf(racers, results), [results]);
  return (
    <figure className={parts.figure}>
      <div className={parts.chart}>
        <Chart spec={spec} testId="race-chart" />
      </div>
      <figcaption className={controls.note}>
        Held-out return in points by iteration, memory off (methods that read tips at test: last trial). Thick: mean
        over seeds with its 95 % interval; thin: each seed.
      </figcaption>
    </figure>
  );
}

function chartOf(racers: readonly Racer[], results: readonly MethodResult[]): ChartSpec {
  const last = Math.max(...racers.map(({ config }) => config.iterations));
  const styleOf = (method: string) => runStyle({ method, source: "live" }, 0);
  const seeds = racers.map(({ config: { method, seed }, run: { evaluations } }): ChartSeries => ({
    ...styleOf(method),
    ...{ label: `${methodTitle(method)}, seed ${seed}`, width: 1, opacity: 0.45, hasPoints: false },
    x: evaluations.map(({ iteration }) => iteration),
    y: evaluations.map(({ meanReturn }) => meanReturn),
  }));
  const means = results.map((result) => meanSeries(result, last));
  const series = [...seeds, ...means].filter(({ x }) => x.length > 0);
  const lowest = Math.min(0, ...series.flatMap(({ y }) => y.filter((value) => value !== null)));
  return {
    series,
    marks: [],
    yRange: [Math.floor(lowest / 20) * 20, 104],
    formatX: String,
    summary: `Race, held-out return in points. ${results.map(inWords).join(" ")}`,
  };
}

/** A method that is evaluated only at its end is a line across the chart. */
function meanSeries({ method, curve, end }: MethodResult, last: number): ChartSeries {
  const estimates = curve.map(({ heldOutReturn }) => heldOutReturn);
  const isLevel = estimates.length <= 1 && end !== null;
  const shown = isLevel ? [end.heldOutReturn, end.heldOutReturn] : estimates;
  return {
    ...runStyle({ method, source: "live" }, 0),
    ...{ label: methodTitle(method), width: 2.4, opacity: 1, hasPoints: !isLevel },
    x: isLevel ? [0, last] : curve.map(({ iteration }) => iteration),
    y: shown.map(({ mean }) => mean),
    interval: {
      shape: "band",
      low: shown.map(({ interval }) => interval?.[0] ?? null),
      high: shown.map(({ interval }) => interval?.[1] ?? null),
    },
  };
}

function inWords({ method, curve, seedCount }: MethodResult): string {
  const last = curve.at(-1);
  if (last === undefined) return `${methodTitle(method)}: not evaluated yet.`;
  const { mean, count } = last.heldOutReturn;
  return `${methodTitle(method)}: ${formatMeanScore(mean)} at iteration ${last.iteration}, ${count} of ${seedCount} seeds.`;
}
