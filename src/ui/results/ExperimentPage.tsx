import { useMemo, useState } from "react";
import type { SiteArm, SiteExperiment } from "../../experiments/site-schema.ts";
import { Chart } from "../components/Chart.tsx";
import type { ChartSpec } from "../components/chart-spec.ts";
import { Swatch } from "../components/Swatch.tsx";
import controls from "../components/controls.module.css";
import { formatDuration, formatMeanScore, formatTokens, plural } from "../format.ts";
import type { RunStyle } from "../panels/run-styles.ts";
import { hashOfView } from "../view-address.ts";
import { armChart } from "./arm-charts.ts";
import { armStyles } from "./arm-styles.ts";
import { estimateText, percentEstimateText } from "./numbers.ts";
import { Headlines } from "./Headlines.tsx";
import { RemarksSection } from "./Remarks.tsx";
import { RunDetails } from "./RunDetails.tsx";
import parts from "../views/view-parts.module.css";
import styles from "./ResultsView.module.css";

interface ExperimentPageProps {
  readonly experiment: SiteExperiment;
  readonly shownRun: string | null;
}

const MS_PER_MINUTE = 60_000;

/** An experiment: what came out, its curves with bands over seeds, its arms and its runs. */
export function ExperimentPage({ experiment, shownRun }: ExperimentPageProps) {
  const { question, headlines, remarks, arms, runs, deviations } = experiment;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const armLooks = useMemo(() => armStyles(arms), [arms]);
  const charts = useMemo(() => {
    const shown = arms.filter(({ id }) => !hidden.has(id));
    return { curves: armChart(shown, armLooks, "curve"), trials: armChart(shown, armLooks, "trials") };
  }, [arms, hidden, armLooks]);
  const toggle = (id: string) => setHidden((before) => toggled(before, id));
  const run = runs.find(({ name }) => name === shownRun);
  return (
    <>
      {run !== undefined && <RunDetails experiment={experiment} run={run} />}
      {shownRun !== null && run === undefined && (
        <p className={controls.error}>There is no run “{shownRun}” in this experiment.</p>
      )}
      <section className={styles.section} aria-label="What came out">
        <p>{question}</p>
        <Headlines lines={headlines} />
      </section>
      {arms.length === 0 ? (
        <p className={controls.empty}>Not run yet: none of {plural(experiment.planned, "planned run")} is recorded.</p>
      ) : (
        <>
          <ArmTable experiment={experiment} looks={armLooks} hidden={hidden} onToggle={toggle} />
          <Figure title="Held-out return, memory off" unit="iteration" spec={charts.curves} />
          <Figure title="Trials with memory on, weights fixed" unit="trial" spec={charts.trials} />
        </>
      )}
      <RemarksSection remarks={remarks} />
      {runs.length > 0 && <RunTable experiment={experiment} />}
      {deviations.length > 0 && (
        <section className={styles.section} aria-label="Not as planned">
          <h3>Not as planned</h3>
          <ul className={styles.headlines}>
            {deviations.map(({ run: name, text }) => (
              <li key={name + text}>
                {name}: {text}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const after = new Set(before);
  if (!after.delete(id)) after.add(id);
  return after;
}

interface FigureProps {
  readonly title: string;
  readonly unit: string;
  /** Null if no arm has such a curve. */
  readonly spec: ChartSpec | null;
}

function Figure({ title, unit, spec }: FigureProps) {
  if (spec === null) return null;
  return (
    <figure className={parts.figure}>
      <figcaption>
        <b>{title}</b> <span className={controls.note}>points by {unit}; bands: 95 % intervals over the runs</span>
      </figcaption>
      <div className={parts.chart}>
        <Chart spec={spec} />
      </div>
    </figure>
  );
}

interface ArmTableProps {
  readonly experiment: SiteExperiment;
  readonly looks: ReadonlyMap<string, RunStyle>;
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

function ArmTable({ experiment: { arms, referenceExperiment }, looks, hidden, onToggle }: ArmTableProps) {
  return (
    <div className={parts.wide} role="region" aria-label="Arms" tabIndex={0}>
      <table className={styles.data}>
        <caption className={controls.visuallyHidden}>What the runs of each arm reached</caption>
        <thead>
          <tr>
            <th scope="col">In the figures</th>
            <th scope="col">Runs</th>
            <th scope="col">Return at the end</th>
            <th scope="col">Success</th>
            <th scope="col">≥ 95 points</th>
            <th scope="col">Tokens</th>
            <th scope="col">Training time</th>
          </tr>
        </thead>
        <tbody>
          {arms.map((arm) => (
            <tr key={arm.id}>
              <th scope="row">
                <label className={styles.arm}>
                  <input type="checkbox" checked={!hidden.has(arm.id)} onChange={() => onToggle(arm.id)} />
                  <Swatch style={looks.get(arm.id)!} />
                  {arm.label}
                </label>
                {arm.isReference && referenceExperiment !== null && (
                  <>
                    {" "}
                    <a className={controls.note} href={hashOfView("results", [referenceExperiment])}>
                      from {referenceExperiment}
                    </a>
                  </>
                )}
              </th>
              <ArmFigures arm={arm} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ArmFigures({ arm }: { readonly arm: SiteArm }) {
  const { heldOutReturn, heldOutSuccess, breakthroughs, tokens, minutes } = arm;
  return (
    <>
      <td>{heldOutReturn.count}</td>
      <td>{estimateText(heldOutReturn)}</td>
      <td>{percentEstimateText(heldOutSuccess)}</td>
      <td>{breakthroughs === null ? "–" : `${breakthroughs.reached} of ${breakthroughs.runs}`}</td>
      <td>{formatTokens(tokens)}</td>
      <td>{formatDuration(minutes * MS_PER_MINUTE)}</td>
    </>
  );
}

function RunTable({ experiment: { id, runs } }: { readonly experiment: SiteExperiment }) {
  return (
    <section className={styles.section} aria-label="Runs">
      <h3>Runs</h3>
      <div className={parts.wide} role="region" aria-label="Runs" tabIndex={0}>
        <table className={styles.data}>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Return</th>
              <th scope="col">Backend</th>
              <th scope="col">Commit</th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <tr key={run.name}>
                <th scope="row">
                  <a href={hashOfView("results", [id, run.name])}>{run.name}</a>
                  {run.recording !== null && <span className={controls.note}> with rollouts and tips</span>}
                </th>
                <td>{run.heldOutReturn === null ? "not finished" : formatMeanScore(run.heldOutReturn)}</td>
                <td>{run.backend}</td>
                <td>{run.commit?.slice(0, 9) ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
