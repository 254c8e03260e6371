import { useMemo, useState } from "react";
import type { Observation, TaskRef, WorldView } from "../../core/envs/env.ts";
import { createEnv, taskSpec } from "../../core/envs/registry.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import { Combobox } from "../components/Combobox.tsx";
import { RoomMap } from "../components/RoomMap.tsx";
import { Transcript } from "../components/Transcript.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatScore } from "../format.ts";
import { usePage } from "../store/store.ts";
import { GoalList } from "./GoalList.tsx";
import { taskWordsOf } from "./WatchPanel.tsx";
import styles from "./WorldPanel.module.css";

interface Game {
  readonly observations: readonly Observation[];
  readonly views: readonly WorldView[];
  readonly validActions: readonly string[];
}

/** The game after these actions: every move plays it again from the start, so undo is one action less. */
function play(task: TaskRef, actions: readonly string[]): Game {
  const env = createEnv(task);
  const observations = [env.reset()];
  const views = [env.view()];
  for (const action of actions) {
    observations.push(env.step(action));
    views.push(env.view());
  }
  return { observations, views, validActions: env.validActions() };
}

function taskOfForm({ task, preset, house }: RunConfig): TaskRef {
  const { world, splits } = taskSpec(task);
  return { world, task, preset, house, variation: splits.train[0]! };
}

/** The same world with the same commands, for people. */
export function PlayPanel({ shownTask }: { readonly shownTask: TaskRef | null }) {
  const draft = usePage((state) => state.settings.draft);
  // The world stays the one that was opened, while the run goes on with others.
  const [task, setTask] = useState(() => shownTask ?? taskOfForm(draft));
  const [actions, setActions] = useState<readonly string[]>([]);
  const { observations, views, validActions } = useMemo(() => play(task, actions), [task, actions]);
  const [first] = observations;
  const last = observations.at(-1)!;
  const view = views.at(-1)!;
  const { splits } = taskSpec(task.task);
  const restart = (variation: number) => {
    setTask({ ...task, variation });
    setActions([]);
  };
  const turns = actions.map((action, i) => {
    const { text, reward } = observations[i + 1]!;
    return { action, observation: text, reward };
  });
  return (
    <>
      <div className={classNames(styles.line, styles.spread)}>
        <b>Task: {taskWordsOf(first!.text)}</b>
        <label className={controls.note}>
          variation{" "}
          <select
            className={classNames(controls.input, controls.small)}
            value={task.variation}
            onChange={(event) => restart(Number(event.target.value))}
          >
            {[...splits.train, ...splits.dev, ...splits.test].map((variation) => (
              <option key={variation}>{variation}</option>
            ))}
          </select>
        </label>
      </div>
      <RoomMap view={view} path={views.map(({ agentRoom }) => agentRoom)} taskWords={taskWordsOf(first!.text)} />
      <div className={classNames(styles.line, styles.spread)}>
        <span role="status">
          score <b>{formatScore(last.score)}</b> of 100
          {last.done ? ", the episode is over" : `, turn ${actions.length}`}
        </span>
        <span>
          <button
            type="button"
            className={classNames(controls.quiet, controls.small)}
            disabled={actions.length === 0}
            onClick={() => setActions(actions.slice(0, -1))}
          >
            Undo
          </button>
          <button
            type="button"
            className={classNames(controls.quiet, controls.small)}
            disabled={actions.length === 0}
            onClick={() => setActions([])}
          >
            Restart
          </button>
        </span>
      </div>
      <Combobox
        label="Your action"
        placeholder={last.done ? "Over: undo or restart" : "Type or choose an action"}
        options={last.done ? [] : validActions}
        className={styles.combo}
        listClassName={styles.options}
        onSubmit={(action) => {
          if (!last.done) setActions([...actions, action]);
        }}
      />
      <GoalList goals={view.goals} />
      <Transcript
        firstObservation={first!.text}
        turns={turns}
        tips={[]}
        current={actions.length}
        onChoose={null}
        writtenTip={null}
      />
    </>
  );
}
