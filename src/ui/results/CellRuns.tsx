import type { TableCell } from "../../experiments/site-schema.ts";
import controls from "../components/controls.module.css";
import { plural } from "../format.ts";
import { hashOfView } from "../view-address.ts";
import { estimateText, percentEstimateText } from "./numbers.ts";
import styles from "./ResultsView.module.css";

/** The runs that a cell is made from, each with the way to it. */
export function CellRuns({ cell }: { readonly cell: TableCell }) {
  const { experiment, runs, iterations, heldOutReturn, heldOutSuccess } = cell;
  return (
    <div className={styles.cellRuns}>
      <p>
        Return <b>{estimateText(heldOutReturn)}</b>, success <b>{percentEstimateText(heldOutSuccess)}</b>;{" "}
        {plural(runs.length, "run")} of {plural(iterations, "iteration")} in{" "}
        <a href={hashOfView("results", [experiment])}>{experiment}</a>:
      </p>
      <ul>
        {runs.map((run) => (
          <li key={run}>
            <a href={hashOfView("results", [experiment, run])}>{run}</a>
          </li>
        ))}
      </ul>
      <p className={controls.note}>Each has its curve, settings, seed, commit and hashes.</p>
    </div>
  );
}
