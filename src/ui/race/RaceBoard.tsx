import { methodTitle } from "../actions/run-title.ts";
import { Swatch } from "../components/Swatch.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { NumberHeads } from "../components/NumberHeads.tsx";
import { formatMeanScore, formatPercent } from "../format.ts";
import { runStyle } from "../panels/run-styles.ts";
import type { MethodResult } from "./race-curves.ts";
import type { Racer } from "./race.ts";
import parts from "../views/view-parts.module.css";
import styles from "./Race.module.css";

/** What each method has reached, the best first. */
export function RaceBoard({ results }: { readonly results: readonly MethodResult[] }) {
  const latest = (result: MethodResult) => result.end?.heldOutReturn ?? result.curve.at(-1)?.heldOutReturn ?? null;
  const ranked = results.toSorted((a, b) => (latest(b)?.mean ?? -Infinity) - (latest(a)?.mean ?? -Infinity));
  return (
    <table className={classNames(controls.table, styles.board)}>
      <caption className={controls.visuallyHidden}>Methods by held-out return</caption>
      <thead>
        <tr>
          <th scope="col">method</th>
          <NumberHeads titles={["held-out", "success", "seeds done"]} />
        </tr>
      </thead>
      <tbody>
        {ranked.map((result) => {
          const { method, end, finishedCount, seedCount } = result;
          const reached = latest(result);
          return (
            <tr key={method}>
              <th scope="row">
                <Swatch style={runStyle({ method, source: "live" }, 0)} /> {methodTitle(method)}
              </th>
              <td className={controls.number}>
                <b>{formatMeanScore(reached?.mean)}</b>
                {reached?.interval != null && (
                  <small className={controls.note}>
                    {" "}
                    {formatMeanScore(reached.interval[0])} to {formatMeanScore(reached.interval[1])}
                  </small>
                )}
              </td>
              <td className={controls.number}>{formatPercent(end?.heldOutSuccess.mean)}</td>
              <td className={controls.number}>
                {finishedCount} of {seedCount}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const STATES: Readonly<Record<Racer["state"], string>> = {
  waiting: "waits for a worker",
  starting: "starting",
  running: "training",
  paused: "paused",
  finished: "finished",
  failed: "failed",
  stopped: "stopped",
};

/** Every run of the race. */
export function RacerTable({ racers }: { readonly racers: readonly Racer[] }) {
  return (
    <div className={parts.wide} role="region" aria-label="Runs of the race" tabIndex={0}>
      <table className={controls.table}>
        <caption className={controls.visuallyHidden}>Runs of the race</caption>
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col">state</th>
            <th scope="col">backend</th>
            <NumberHeads titles={["iteration", "train", "held-out"]} />
          </tr>
        </thead>
        <tbody>
          {racers.map(({ key, config, state, backend, error, run }) => (
            <tr key={key} data-racer={key} data-state={state}>
              <th scope="row">
                {methodTitle(config.method)}, seed {config.seed}
              </th>
              <td>
                {STATES[state]}
                {error !== null && <span className={controls.error}>: {error}</span>}
              </td>
              <td>{backend ?? "–"}</td>
              <td className={controls.number}>
                {run.iteration} of {config.iterations}
              </td>
              <td className={controls.number}>{formatMeanScore(run.curve.at(-1)?.meanReturn)}</td>
              <td className={controls.number}>
                {formatMeanScore(run.finished?.heldOutReturn ?? run.evaluations.at(-1)?.meanReturn)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
