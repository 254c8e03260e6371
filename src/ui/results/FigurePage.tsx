import { useMemo } from "react";
import type { SiteFigure, SitePlot } from "../../experiments/site-schema.ts";
import { Chart } from "../components/Chart.tsx";
import { Shares } from "../components/Figures.tsx";
import { Swatch } from "../components/Swatch.tsx";
import controls from "../components/controls.module.css";
import { formatDuration, plural } from "../format.ts";
import { hashOfView } from "../view-address.ts";
import { axisTitle, plotChart } from "./arm-charts.ts";
import { armStyles } from "./arm-styles.ts";
import { Headlines } from "./Headlines.tsx";
import { RemarksSection } from "./Remarks.tsx";
import parts from "../views/view-parts.module.css";
import styles from "./ResultsView.module.css";

/** A figure of the paper from our runs: a plot for each task and measure, with the runs of every line. */
export function FigurePage({ figure }: { readonly figure: SiteFigure }) {
  const { paper, here, headlines, panels, missing, remarks, failures } = figure;
  return (
    <>
      <section className={styles.section} aria-label="What came out">
        <p>
          The paper: {paper} {here}
        </p>
        <Headlines lines={headlines} />
      </section>
      {panels.map(({ id, title, plots }) => (
        <section key={id} className={styles.section} aria-label={title}>
          <h3>{title}</h3>
          {plots.map((plot) => (
            <Plot key={`${plot.measure} ${plot.axis}`} plot={plot} />
          ))}
        </section>
      ))}
      <RemarksSection remarks={remarks} />
      {missing.length > 0 && (
        <section className={styles.section} aria-label="Not run">
          <h3>Not run</h3>
          <p className={controls.note}>{missing.map(({ experiment, arm }) => `${arm} (${experiment})`).join(", ")}</p>
        </section>
      )}
      {failures.map((failure) => (
        <p key={failure} className={controls.error}>
          {failure}
        </p>
      ))}
    </>
  );
}

function Plot({ plot }: { readonly plot: SitePlot }) {
  const { lines, measure, kind } = plot;
  const looks = useMemo(() => armStyles(lines.map(({ label, method, arm }) => ({ id: label, arm, method }))), [lines]);
  const longest = Math.max(...lines.map(({ phases }) => (phases === null ? 0 : totalOf(phases))));
  const spec = useMemo(() => plotChart(plot, looks), [plot, looks]);
  return (
    <figure className={parts.figure}>
      <figcaption>
        <b>{measure}</b>{" "}
        <span className={controls.note}>
          {kind === "phases" ? "mean over the runs" : `by ${axisTitle(plot)}; bands: 95 % intervals over the runs`}
        </span>
      </figcaption>
      {spec !== null && (
        <div className={parts.chart}>
          <Chart spec={spec} />
        </div>
      )}
      <ul className={styles.lines}>
        {lines.map((line) => (
          <li key={line.label}>
            {spec !== null && <Swatch style={looks.get(line.label)!} />} {line.label},{" "}
            <a href={hashOfView("results", [line.experiment])}>
              {plural(line.runCount, "run")} of {line.experiment}
            </a>
            {line.phases !== null && <Phases phases={line.phases} longest={longest} />}
          </li>
        ))}
      </ul>
    </figure>
  );
}

const PHASES = [
  { key: "rollout", label: "rollout", color: "var(--accent)" },
  { key: "tipWriting", label: "tips", color: "var(--tip-line)" },
  { key: "retrieval", label: "retrieval", color: "var(--third)" },
  { key: "update", label: "update", color: "var(--update)" },
] as const;

type PhaseTimes = NonNullable<SitePlot["lines"][number]["phases"]>;

function totalOf(phases: PhaseTimes): number {
  return PHASES.reduce((sum, { key }) => sum + phases[key], 0);
}

/** Bars of one plot have one scale. */
function Phases({ phases, longest }: { readonly phases: PhaseTimes; readonly longest: number }) {
  const words = PHASES.map(({ key, label }) => `${label} ${formatDuration(phases[key])}`).join(", ");
  return (
    <div className={styles.phases}>
      <div style={{ width: `${(100 * totalOf(phases)) / longest}%` }}>
        <Shares
          shares={PHASES.map(({ key, label, color }) => ({ label, color, value: phases[key] }))}
          summary={words}
        />
      </div>
      <span className={controls.note}>{words}</span>
    </div>
  );
}
