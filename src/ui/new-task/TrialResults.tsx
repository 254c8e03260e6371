import { useMemo } from "react";
import { Chart } from "../components/Chart.tsx";
import type { ChartSeries, ChartSpec } from "../components/chart-spec.ts";
import { NumberHeads } from "../components/NumberHeads.tsx";
import { Swatch } from "../components/Swatch.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatMeanScore, formatPercent, formatSigned, plural } from "../format.ts";
import { runStyle, type RunStyle } from "../panels/run-styles.ts";
import { gainOf, trialCurves, type TrialCurve, type TriedTitle } from "./trial-results.ts";
import { useTrials, type TrialsState } from "./trials-store.ts";
import parts from "../views/view-parts.module.css";
import styles from "./NewTask.module.css";

const FILE_COLORS = ["--third", "--gigpo", "--retrospex", "--context-distillation", "--update"];
const WITHOUT_MEMORY = [3, 4];
/** Points of a trial stand side by side, in trials, so that their bars do not cover each other. */
const BAR_DISTANCE = 0.07;

/** The curves over the trials, and what was gained. */
export function TrialResults({ tried }: { readonly tried: NonNullable<TrialsState["tried"]> }) {
  const done = useTrials((trials) => trials.done);
  const { plan, policies } = tried;
  const curves = useMemo(() => trialCurves(policies, done), [policies, done]);
  const spec = useMemo(() => chartOf(policies, curves, plan.trials), [policies, curves, plan.trials]);
  const variations = done[0]?.record.perVariation.length ?? 0;
  return (
    <>
      <figure className={parts.figure}>
        <figcaption>
          <b>
            {plan.task}, {plan.preset}, house {plan.house}
          </b>{" "}
          <span className={controls.note}>
            Return in points by trial. Solid: with memory; dashed: without. Bars: 95 % interval over{" "}
            {plural(variations, "test variation")}, {plural(plan.episodes, "episode")} each.
          </span>
        </figcaption>
        <div className={parts.chart}>
          <Chart spec={spec} testId="trials-chart" />
        </div>
      </figure>
      <GainTable policies={policies} curves={curves} />
    </>
  );
}

/** The colour says which policy, the dash whether it had a memory. */
function styleOf(policies: readonly TriedTitle[], { policy, memory }: Pick<TrialCurve, "policy" | "memory">): RunStyle {
  return { color: colorOf(policies, policy), dash: memory === "on" ? [] : WITHOUT_MEMORY };
}

function colorOf(policies: readonly TriedTitle[], policy: number): string {
  const { method } = policies[policy]!;
  if (method === null) return "--past";
  const isFirst = policies.findIndex((other) => other.method === method) === policy;
  if (isFirst && !method.startsWith("file")) return runStyle({ method, source: "live" }, 0).color;
  return FILE_COLORS[policy % FILE_COLORS.length]!;
}

function chartOf(policies: readonly TriedTitle[], curves: readonly TrialCurve[], trials: number): ChartSpec {
  const series = curves.map((curve, place): ChartSeries => {
    const { points, memory, policy } = curve;
    const aside = (place - (curves.length - 1) / 2) * BAR_DISTANCE;
    return {
      ...styleOf(policies, curve),
      ...{ label: policies[policy]!.title, width: memory === "on" ? 2.4 : 1.6, opacity: 1, hasPoints: true },
      x: points.map((_, i) => i + 1 + aside),
      y: points.map(({ mean }) => mean),
      interval: {
        shape: "bars",
        low: points.map(({ interval }) => interval?.[0] ?? null),
        high: points.map(({ interval }) => interval?.[1] ?? null),
      },
    };
  });
  const lowest = Math.min(
    0,
    ...curves.flatMap(({ points }) => points.map(({ mean, interval }) => interval?.[0] ?? mean)),
  );
  const words = curves.map(({ policy, memory, points }) => {
    const last = `${formatMeanScore(points[0]?.mean)} in trial 1, ${formatMeanScore(points.at(-1)?.mean)} in trial ${points.length}`;
    return `${policies[policy]!.title} ${memory === "on" ? "with" : "without"} memory: ${last}.`;
  });
  return {
    series,
    marks: [],
    yRange: [Math.floor(lowest / 20) * 20, 104],
    formatX: (value) => (value <= trials ? String(value) : ""),
    summary: `Return by trial, in points. ${words.join(" ")}`,
  };
}

interface GainTableProps {
  readonly policies: readonly TriedTitle[];
  readonly curves: readonly TrialCurve[];
}

function GainTable({ policies, curves }: GainTableProps) {
  return (
    <div className={classNames(parts.wide, styles.gains)} role="region" aria-label="What was gained" tabIndex={0}>
      <table className={controls.table}>
        <caption className={controls.visuallyHidden}>What each policy gained from its first trial to its last</caption>
        <thead>
          <tr>
            <th scope="col">policy</th>
            <th scope="col">memory</th>
            <NumberHeads titles={["trials", "first", "last", "gain", "success in the last"]} />
          </tr>
        </thead>
        <tbody>
          {curves.map((curve) => (
            <tr key={`${curve.policy} ${curve.memory}`} data-curve={`${curve.policy} ${curve.memory}`}>
              <th scope="row">
                <span className={styles.name}>
                  <Swatch style={styleOf(policies, curve)} /> {policies[curve.policy]!.title}
                </span>
              </th>
              <td>{curve.memory}</td>
              <td className={controls.number}>{curve.points.length}</td>
              <td className={controls.number}>{formatMeanScore(curve.points[0]?.mean)}</td>
              <td className={controls.number}>
                <b>{formatMeanScore(curve.points.at(-1)?.mean)}</b>
              </td>
              <td className={controls.number}>{gainText(curve)}</td>
              <td className={controls.number}>{formatPercent(curve.lastSuccess)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function gainText(curve: TrialCurve): string {
  const gain = gainOf(curve);
  if (gain === null) return "–";
  const points = `${formatSigned(gain.difference, 1)} points`;
  return gain.ratio === null ? points : `${points}, ${formatSigned(100 * gain.ratio, 0)} %`;
}
