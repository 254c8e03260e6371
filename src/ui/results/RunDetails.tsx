import { useEffect, useMemo, useRef } from "react";
import { changedFields, defaultsFor } from "../../core/training/config-defaults.ts";
import { CONFIG_FIELDS, DEFAULT_CONFIG, type RunConfig } from "../../core/training/run-config.ts";
import type { SiteExperiment, SiteRun } from "../../experiments/site-schema.ts";
import { findBases } from "../actions/bases.ts";
import { showRecordedRun } from "../actions/recording.ts";
import { methodTitle } from "../actions/run-title.ts";
import { closeView } from "../actions/view-actions.ts";
import { Chart } from "../components/Chart.tsx";
import { Icon } from "../components/Icon.tsx";
import controls from "../components/controls.module.css";
import { formatDuration, formatMeanScore, formatPercent } from "../format.ts";
import { knownSettings } from "../store/run-slice.ts";
import { usePage } from "../store/store.ts";
import { hashOfConfig } from "../url.ts";
import { runStyle } from "../panels/run-styles.ts";
import { hashOfView } from "../view-address.ts";
import { runChart } from "./arm-charts.ts";
import parts from "../views/view-parts.module.css";
import styles from "./ResultsView.module.css";

interface RunDetailsProps {
  readonly experiment: SiteExperiment;
  readonly run: SiteRun;
}

const MS_PER_MINUTE = 60_000;

/** A run: its curve, what it was made with, and the way to repeat it. */
export function RunDetails({ experiment, run }: RunDetailsProps) {
  const config = useMemo((): RunConfig => {
    const settings = knownSettings(run.config);
    return { ...defaultsFor(settings.task ?? DEFAULT_CONFIG.task), ...settings };
  }, [run]);
  const chart = useMemo(
    () => runChart(run, runStyle({ method: config.method, source: "live" }, 0)),
    [run, config.method],
  );
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), [run]);
  return (
    <section ref={section} tabIndex={-1} className={styles.run} aria-label={`Run ${run.name}`}>
      <div className={styles.sectionHead}>
        <h3>{run.name}</h3>
        <a href={hashOfView("results", [experiment.id])}>all runs of this experiment</a>
      </div>
      <div className={styles.runColumns}>
        <div className={parts.chart}>
          <Chart spec={chart} testId="run-curve" />
        </div>
        <div className={styles.runFacts}>
          <Facts run={run} config={config} />
          <RunLinks run={run} config={config} />
        </div>
      </div>
    </section>
  );
}

function Facts({ run, config }: { readonly run: SiteRun; readonly config: RunConfig }) {
  const changed = changedFields(config);
  const changes = CONFIG_FIELDS.filter(({ key }) => key in changed && !TOLD.includes(key));
  const facts: readonly (readonly [string, string])[] = [
    ["Return, success", `${formatMeanScore(run.heldOutReturn)}, ${formatPercent(run.heldOutSuccess)}`],
    ["Method", methodTitle(config.method)],
    ["Task", `${config.task}, ${config.preset}, house ${config.house}`],
    ["Seed", String(config.seed)],
    ["Other settings", changes.map(({ key, label }) => `${label} ${String(config[key])}`).join(", ") || "the defaults"],
    ["Backend", `${run.backend}, ${formatDuration(run.minutes * MS_PER_MINUTE)} of training`],
    ["Commit", run.commit ?? "not finished"],
    ["Hash of the weights", run.weightsHash ?? "not finished"],
    ["Hash of the rollouts", run.rolloutsHash ?? "not finished"],
    ...(run.failure === null ? [] : [["Failed", run.failure] as const]),
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Settings with a line of their own. */
const TOLD: readonly (keyof RunConfig)[] = ["method", "task", "preset", "house", "seed"];

function RunLinks({ run, config }: { readonly run: SiteRun; readonly config: RunConfig }) {
  const hasLive = usePage((page) => page.liveKeys.length > 0);
  const bases = usePage((page) => page.bases);
  useEffect(() => void findBases(), []);
  const isBaseMissing = bases.length > 0 && !bases.some(({ name }) => name === config.base);
  const { recording } = run;
  const isOfTrainedPolicy = config.base.includes(",");
  return (
    <>
      <p className={styles.links}>
        {!isOfTrainedPolicy && (
          <a className={controls.button} href={hashOfConfig(config, false)}>
            Open in the playground
          </a>
        )}
        {recording !== null && (
          <button
            type="button"
            className={controls.button}
            disabled={hasLive}
            title={hasLive ? "Reset the live run first" : "Its rollouts, tips and updates, iteration by iteration"}
            onClick={() => {
              closeView();
              void showRecordedRun(recording);
            }}
          >
            <Icon name="play" isSolid /> Watch its rollouts and tips
          </button>
        )}
      </p>
      <p className={controls.note}>
        {recording === null && "Rollouts and tips of this run are not recorded. "}
        {isOfTrainedPolicy
          ? "It starts from the policy that another run ended with, which is not shipped with the page: “New task” does the same with a run of yours."
          : "The same settings, code and backend give the same run, hash for hash."}
        {!isOfTrainedPolicy &&
          isBaseMissing &&
          ` It starts from the base policy “${config.base}”, which the page does not have.`}
      </p>
    </>
  );
}
