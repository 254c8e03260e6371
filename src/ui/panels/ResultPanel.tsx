import { memo, useDeferredValue, useMemo, useState } from "react";
import { Chart } from "../components/Chart.tsx";
import type { ChartSeries, ChartSpec } from "../components/chart-spec.ts";
import { HelpTip } from "../components/HelpTip.tsx";
import { Panel } from "../components/Panel.tsx";
import { Swatch } from "../components/Swatch.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatCount, formatPercent, formatScore, formatTokens } from "../format.ts";
import { useRunCurves } from "../hooks/use-run-curves.ts";
import { axisPosition, pointsOf, summarise, type RunCurves, type XAxis } from "../store/curves.ts";
import { INITIAL_SELECTION } from "../store/selection.ts";
import { shownView, usePage } from "../store/store.ts";
import { runStyle } from "./run-styles.ts";
import { Marks, Times, CurveTable } from "./ResultDetails.tsx";
import styles from "./ResultPanel.module.css";

const AXES: readonly XAxis[] = ["iterations", "tokens", "seconds"];

/** The learning curves of all runs on the page. */
export function ResultPanel() {
  const runs = useRunCurves();
  const [axis, setAxis] = useState<XAxis>("iterations");
  const isActive = usePage((state) => shownView(state)?.run.phase === "evaluation");
  const shownKey = usePage((state) => state.shownKey);
  const spec = useMemo(() => chartOf(runs, axis), [runs, axis]);
  // Many curves take a while to draw; what was pressed is shown before.
  const drawn = useDeferredValue(spec);
  const shown = runs.find(({ key }) => key === shownKey);
  return (
    <Panel
      id="result"
      title="Result"
      isActive={isActive}
      aside={
        <label>
          against{" "}
          <select
            className={classNames(controls.input, controls.small)}
            value={axis}
            onChange={(event) => setAxis(event.target.value as XAxis)}
          >
            {AXES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      }
    >
      <Legend runs={runs} shownKey={shownKey} />
      <div className={styles.chart}>
        <Chart spec={drawn} testId="curve" />
      </div>
      <p className={controls.note}>
        Return in points. Thick with dots: held-out variations, memory off. Thin: training rollouts.
      </p>
      {shown !== undefined && <Marks marks={shown.marks} />}
      {shown !== undefined && <Times curve={shown.curve} />}
      <CurveTable runs={runs} />
    </Panel>
  );
}

interface LegendProps {
  readonly runs: readonly RunCurves[];
  readonly shownKey: string | null;
}

function Legend({ runs, shownKey }: LegendProps) {
  if (runs.length === 0) {
    return (
      <p className={controls.empty}>No curve yet. Press Train: EMPO² and GRPO start from the same policy and seed.</p>
    );
  }
  return (
    <div className={styles.legend} role="group" aria-label="Runs; choose which one the panels show">
      <div className={classNames(styles.run, styles.head)}>
        <span />
        <span>
          run on show{" "}
          <HelpTip
            about="runs"
            text="Choose the run that the other panels show. All runs start from the same base policy with the same number of episodes per iteration."
          />
        </span>
        <span className={styles.train}>train</span>
        <span className={styles.heldOut}>held-out</span>
      </div>
      {runs.map((run, i) => (
        <LegendRow key={run.key} run={run} index={i} isShown={run.key === shownKey} />
      ))}
    </div>
  );
}

interface LegendRowProps {
  readonly run: RunCurves;
  readonly index: number;
  readonly isShown: boolean;
}

const LegendRow = memo(function LegendRow({ run, index, isShown }: LegendRowProps) {
  const { trainReturn, heldOutReturn, heldOutSuccess, iterations } = summarise(run);
  return (
    <button
      type="button"
      className={styles.run}
      aria-pressed={isShown}
      title={`${run.title}: ${formatCount(iterations)} iterations, success ${formatPercent(heldOutSuccess)}`}
      onClick={() => usePage.setState({ shownKey: run.key, selection: INITIAL_SELECTION })}
    >
      <Swatch style={runStyle(run, index)} className={styles.swatch} />
      <span className={styles.runTitle}>
        {run.title}
        {run.source === "past" && <span className={controls.muted}> (ended)</span>}
      </span>
      <span className={styles.train}>{formatScore(trainReturn)}</span>
      <span className={styles.heldOut}>{formatScore(heldOutReturn)}</span>
    </button>
  );
});

function chartOf(runs: readonly RunCurves[], axis: XAxis): ChartSpec {
  const series = runs.flatMap((run, i): ChartSeries[] => {
    const { train, heldOut } = pointsOf(run, axis);
    const style = runStyle(run, i);
    const thin = { label: `${run.title}, train`, width: 1.2, opacity: 0.55, hasPoints: false, dash: [], ...train };
    const thick = { label: `${run.title}, held-out`, width: 2.4, opacity: 1, hasPoints: true, ...heldOut };
    return [
      { ...thin, color: style.color },
      { ...style, ...thick },
    ].filter(({ x }) => x.length > 0);
  });
  const lowest = series.reduce((low, { y }) => Math.min(low, ...y.map((value) => value ?? 0)), 0);
  return {
    series,
    marks: runs
      .filter(({ source }) => source !== "past")
      .slice(0, 1)
      .flatMap(({ curve, marks }) => {
        const position = axisPosition(curve, axis);
        return marks.map(({ iteration }, i) => ({ x: position(iteration), label: String(i + 1) }));
      }),
    yRange: [Math.floor(lowest / 20) * 20, 104],
    formatX: axis === "tokens" ? formatTokens : (value) => String(value),
    summary: chartInWords(runs, axis),
  };
}

function chartInWords(runs: readonly RunCurves[], axis: XAxis): string {
  if (runs.length === 0) return "Learning curves: no run yet.";
  const sentences = runs.map((run) => {
    const { iterations, trainReturn, heldOutReturn } = summarise(run);
    const heldOut = heldOutReturn === null ? "not evaluated yet" : `held-out ${formatScore(heldOutReturn)} points`;
    return `${run.title}: after ${formatCount(iterations)} iterations, train ${formatScore(trainReturn)} points, ${heldOut}.`;
  });
  return `Learning curves, return in points against ${axis}. ${sentences.join(" ")}`;
}
