import { useMemo } from "react";
import type { Split, TaskSpec, WorldView } from "../../core/envs/env.ts";
import { createEnv } from "../../core/envs/registry.ts";
import { firstRefOf, playTask } from "../actions/hand-actions.ts";
import { methodTitle } from "../actions/run-title.ts";
import { trainTask } from "../actions/task-actions.ts";
import { Icon } from "../components/Icon.tsx";
import controls from "../components/controls.module.css";
import { plural } from "../format.ts";
import { GoalRow } from "../panels/GoalList.tsx";
import { FigureCells } from "./FigureCells.tsx";
import type { PresetFigures, TaskRow } from "./task-rows.ts";
import styles from "./TasksView.module.css";

/** Everything about a task, with the ways to play it and to train on it. */
export function TaskDetails({ row: { spec, presets } }: { readonly row: TaskRow }) {
  const { task, maxTurns } = spec;
  return (
    <div className={styles.columns}>
      <div className={styles.facts}>
        <div className={styles.buttons}>
          <button
            type="button"
            data-testid="play-task"
            className={controls.primary}
            onClick={() => playTask(firstRefOf(task))}
          >
            Play it by hand
          </button>
          <button type="button" className={controls.button} onClick={() => void trainTask(task)}>
            <Icon name="play" isSolid /> Set up training on it
          </button>
        </div>
        <p>
          {splitsOf(spec)}, {plural(maxTurns, "turn")} an episode.
        </p>
        <PresetTable presets={presets} />
      </div>
      <Worth spec={spec} />
    </div>
  );
}

/** The variations of each split. */
function splitsOf({ splits }: TaskSpec): string {
  const names: readonly Split[] = ["train", "dev", "test"];
  const parts = names.map((split) => {
    const variations = splits[split];
    if (variations.length === 0) return `${split} none`;
    const [first, last] = [variations[0]!, variations.at(-1)!];
    return `${split} ${first === last ? first : `${first}–${last}`}`;
  });
  return `Variations: ${parts.join(", ")}`;
}

function PresetTable({ presets }: { readonly presets: readonly PresetFigures[] }) {
  return (
    <table className={styles.presets}>
      <caption className={controls.visuallyHidden}>Return and success for each preset</caption>
      <thead>
        <tr>
          <th scope="col">Preset</th>
          <th scope="col">Random</th>
          <th scope="col">Base</th>
          <th scope="col">Best run</th>
          <th scope="col">Which</th>
        </tr>
      </thead>
      <tbody>
        {presets.map((figures) => (
          <tr key={figures.preset}>
            <th scope="row">{figures.preset}</th>
            <FigureCells figures={figures} />
            <td className={styles.which}>{bestRunOf(figures)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function bestRunOf({ best }: PresetFigures): string {
  if (best === null) return "no run is recorded";
  const { method, house, seed, iterations, commit } = best;
  return `${methodTitle(method)}, house ${house}, seed ${seed}, ${plural(iterations, "iteration")}, commit ${commit.slice(0, 9)}`;
}

/** What the first variation asks, and what each part of it is worth. */
function Worth({ spec }: { readonly spec: TaskSpec }) {
  const view = useMemo((): WorldView => {
    const env = createEnv({ ...firstRefOf(spec.task), variation: 0 });
    env.reset();
    return env.view();
  }, [spec.task]);
  if (view.kind === "shop") {
    return (
      <div className={styles.facts}>
        <h3 className={controls.heading}>What variation 0 asks</h3>
        <p>“{view.instruction}”</p>
        <p className={controls.note}>
          Each attribute, each option and the price count the same: the score is 100 times the share of them that the
          bought product meets, times a factor of 0 to 1 for the right kind of product. Nothing is earned before Buy.
        </p>
      </div>
    );
  }
  return (
    <div className={styles.facts}>
      <h3 className={controls.heading}>Goals of variation 0</h3>
      <ul className={styles.goals}>
        {view.goals.map((goal, i) => (
          <GoalRow key={i} goal={goal} />
        ))}
      </ul>
      <p className={controls.note}>Goals are met in their order, those marked “any time” whenever they come true.</p>
    </div>
  );
}
