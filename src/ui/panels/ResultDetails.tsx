import { useState } from "react";
import type { IterationSummary, PhaseTimes } from "../../core/events/training-event.ts";
import { Shares } from "../components/Figures.tsx";
import controls from "../components/controls.module.css";
import { NumberHeads } from "../components/NumberHeads.tsx";
import { formatCount, formatDuration, formatPercent, formatScore, formatTokens } from "../format.ts";
import { meanTimes, summarise, type RunCurves } from "../store/curves.ts";
import { totalMs, type Mark } from "../store/run-slice.ts";
import styles from "./ResultPanel.module.css";

const PHASES: readonly { readonly phase: keyof PhaseTimes; readonly label: string; readonly color: string }[] = [
  { phase: "rollout", label: "rollout", color: "var(--accent)" },
  { phase: "tipWriting", label: "tips", color: "var(--tip-line)" },
  { phase: "retrieval", label: "retrieval", color: "var(--third)" },
  { phase: "update", label: "update", color: "var(--update)" },
  { phase: "evaluation", label: "evaluation", color: "var(--line-strong)" },
];

/** What was changed while the run was on, numbered as in the chart. */
export function Marks({ marks }: { readonly marks: readonly Mark[] }) {
  if (marks.length === 0) return null;
  return (
    <ol className={styles.marks} aria-label="Changes while the run was on">
      {marks.map(({ iteration, text }, i) => (
        <li key={i}>
          <b>{i + 1}</b> after iteration {iteration}: {text}
        </li>
      ))}
    </ol>
  );
}

/** Time of an iteration and where it goes, mean of the last five. */
export function Times({ curve }: { readonly curve: readonly IterationSummary[] }) {
  const times = meanTimes(curve);
  if (times === null) return null;
  const total = totalMs(times);
  const parts = PHASES.map(({ phase, label, color }) => ({ label, color, value: times[phase] }));
  const words = parts.map(({ label, value }) => `${label} ${formatPercent(value / Math.max(1, total))}`);
  return (
    <div className={styles.times}>
      <h3 className={controls.heading}>Time per iteration: {formatDuration(total)}</h3>
      <Shares shares={parts} summary={`Time per iteration ${formatDuration(total)}: ${words.join(", ")}`} />
      <p className={styles.phases}>
        {parts.map(({ label, color, value }) => (
          <span key={label}>
            <i style={{ background: color }} />
            {label} {formatDuration(value)}
          </span>
        ))}
      </p>
    </div>
  );
}

/** The numbers of all runs, for reading. */
export function CurveTable({ runs }: { readonly runs: readonly RunCurves[] }) {
  const [isOpen, setOpen] = useState(false);
  if (runs.length === 0) return null;
  return (
    <details className={controls.details} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The curves as tables</summary>
      {isOpen && <Tables runs={runs} />}
    </details>
  );
}

function Tables({ runs }: { readonly runs: readonly RunCurves[] }) {
  return (
    <>
      <table className={controls.table}>
        <caption className={controls.visuallyHidden}>All runs</caption>
        <thead>
          <tr>
            <th scope="col">run</th>
            <NumberHeads titles={["episodes", "tokens", "time", "success"]} />
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => {
            const { episodes, tokens, ms, heldOutSuccess } = summarise(run);
            return (
              <tr key={run.key}>
                <th scope="row">{run.title}</th>
                <td className={controls.number}>{formatCount(episodes)}</td>
                <td className={controls.number}>{formatTokens(tokens)}</td>
                <td className={controls.number}>{formatDuration(ms)}</td>
                <td className={controls.number}>{formatPercent(heldOutSuccess)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {runs.map((run) => (
        <EvaluationTable key={run.key} run={run} />
      ))}
    </>
  );
}

/** Evaluations of a run in the table; the exported file has all. */
const SHOWN_EVALUATIONS = 200;

function EvaluationTable({ run: { title, evaluations } }: { readonly run: RunCurves }) {
  const left = Math.max(0, evaluations.length - SHOWN_EVALUATIONS);
  return (
    <table className={controls.table}>
      <caption className={controls.note}>
        {title}, held-out{left > 0 && `; the first ${left} are in the exported file`}
      </caption>
      <thead>
        <tr>
          <th scope="col">iteration</th>
          <NumberHeads titles={["return, points", "success", "episodes"]} />
        </tr>
      </thead>
      <tbody>
        {evaluations.slice(-SHOWN_EVALUATIONS).map(({ iteration, meanReturn, successRate, episodeCount }) => (
          <tr key={iteration}>
            <th scope="row">{iteration}</th>
            <td className={controls.number}>{formatScore(meanReturn)}</td>
            <td className={controls.number}>{formatPercent(successRate)}</td>
            <td className={controls.number}>{episodeCount}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
