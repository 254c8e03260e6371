import { useState } from "react";
import { DEFAULT_CONFIG } from "../../core/training/run-config.ts";
import { GRID_HOUSES, GRID_Q, nearestPlace, type PqPlace } from "../../experiments/p-q-grid.ts";
import type { SiteExperiment } from "../../experiments/site-schema.ts";
import { attempt } from "../actions/attempt.ts";
import { chooseTask } from "../actions/task-actions.ts";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatMeanScore, formatNumber, plural } from "../format.ts";
import { addNote, usePage } from "../store/store.ts";
import { mapRows, type MapCell, type MapMeasure } from "./map-cells.ts";
import parts from "../views/view-parts.module.css";
import styles from "./PqMap.module.css";

/** Points at which a cell has no colour, and the full one. */
const [PALE, FULL] = [40, 100];
/** Percent of the colour in a full cell, whose text has to stay readable. */
const DEEPEST = 40;

/** What EMPO² reaches for each p and q, with the settings' own place marked; a cell fills the settings in. */
export function PqMap({ experiment }: { readonly experiment: SiteExperiment | null }) {
  const [measure, setMeasure] = useState<MapMeasure>("end");
  const p = usePage((page) => page.settings.draft.memoryRolloutProbability);
  const q = usePage((page) => page.settings.draft.offPolicyProbability);
  const nearest = nearestPlace({ p, q });
  const isExact = nearest.p === p && (p === 0 || Math.abs(nearest.q - q) < 0.01);
  return (
    <section className={styles.map} aria-label="Map over p and q">
      <p>
        EMPO² in the teaching world, {GRID_HOUSES.length} houses: held-out return in points for each <b>p</b> (how often
        a rollout reads tips) and <b>q</b> (how often it is then learned with the tips cut out). With p = 0 it is GRPO,
        and q changes nothing. Choose a cell to put its p and q into the settings.
      </p>
      <label className={controls.note}>
        shown{" "}
        <select
          className={classNames(controls.input, controls.small)}
          value={measure}
          onChange={(event) => setMeasure(event.target.value as MapMeasure)}
        >
          <option value="end">return at the end</option>
          <option value="course">mean return over the run (how soon it learns)</option>
        </select>
      </label>
      <div className={classNames(parts.wide, styles.scroller)} role="region" aria-label="Cells of the map" tabIndex={0}>
        <table className={styles.grid}>
          <caption className={controls.visuallyHidden}>Held-out return by p and q</caption>
          <thead>
            <tr>
              <td />
              {GRID_Q.map((value) => (
                <th key={value} scope="col">
                  q = {formatNumber(value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {mapRows(experiment, measure).map((cells) => (
              <tr key={cells[0]!.place.p}>
                <th scope="row">p = {cells[0]!.place.p}</th>
                {cells.map((cell) => (
                  <Place key={cell.place.q} cell={cell} isMarked={isSame(cell.place, nearest)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={controls.note}>
        ◆ The settings now: p = {formatNumber(p)}, q = {formatNumber(q)}
        {isExact ? "." : "; the marked cell is the nearest."}
      </p>
    </section>
  );
}

function isSame(a: PqPlace, b: PqPlace): boolean {
  return a.p === b.p && (a.p === 0 || a.q === b.q);
}

function Place({ cell: { place, value, runCount }, isMarked }: { readonly cell: MapCell; readonly isMarked: boolean }) {
  const share = value === null ? 0 : Math.min(1, Math.max(0, (value - PALE) / (FULL - PALE)));
  return (
    <td colSpan={place.p === 0 ? GRID_Q.length : 1}>
      <button
        type="button"
        className={classNames(styles.place, isMarked && styles.marked)}
        aria-pressed={isMarked}
        style={{ background: `color-mix(in oklab, var(--good) ${Math.round(DEEPEST * share)}%, var(--panel))` }}
        onClick={() => attempt("The settings could not be filled in.", () => load(place))}
      >
        {isMarked && <span aria-hidden="true">◆ </span>}
        <b>{value === null ? "not run" : formatMeanScore(value)}</b>
        <small>{runCount === 0 ? "" : plural(runCount, "run")}</small>
        <span className={controls.visuallyHidden}>
          {place.p === 0 ? "at p = 0, any q" : `at p = ${place.p}, q = ${formatNumber(place.q)}`}
          {isMarked && ", the settings are here"}
        </span>
      </button>
    </td>
  );
}

/** Fills the settings in; starts nothing. With p = 0 q is left as it is. */
async function load({ p, q }: PqPlace): Promise<void> {
  const { task, preset, house } = DEFAULT_CONFIG;
  const share = p === 0 ? {} : { offPolicyProbability: q };
  await chooseTask({ method: "empo2", task, preset, house, memoryRolloutProbability: p, ...share });
  const where = p === 0 ? "p = 0" : `p = ${p} and q = ${formatNumber(q)}`;
  addNote("info", `The settings have ${where} now. Go back to the run and press Train to start one with them.`);
}
