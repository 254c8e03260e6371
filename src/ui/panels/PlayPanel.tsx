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
import { roomsOf } from "../hooks/use-replay.ts";
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
  const firstText = observations[0]!.text;
  const last = observations.at(-1)!;
  const view = views.at(-1)!;
  const taskWords = taskWordsOf(firstText);
  const turns = actions.map((action, i) => {
    const { text, reward } = observations[i + 1]!;
    return { action, observation: text, reward };
  });
  const changeVariation = (variation: number) => {
    setTask({ ...task, variation });
    setActions([]);
  };
  return (
    <>
      <div className={classNames(styles.line, styles.spread)}>
        <b>Task: {taskWords}</b>
        <VariationSelect task={task} onChange={changeVariation} />
      </div>
      {view.kind === "rooms" && <RoomMap view={view} path={roomsOf(views)} taskWords={taskWords} />}
      <GameControls last={last} actions={actions} setActions={setActions} />
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
      {view.kind === "rooms" && <GoalList goals={view.goals} isOpen />}
      <Transcript
        firstObservation={firstText}
        turns={turns}
        tips={[]}
        current={actions.length}
        onChoose={null}
        writtenTip={null}
      />
    </>
  );
}

interface VariationSelectProps {
  readonly task: TaskRef;
  readonly onChange: (variation: number) => void;
}

function VariationSelect({ task: { task, variation }, onChange }: VariationSelectProps) {
  const { splits } = taskSpec(task);
  return (
    <label className={controls.note}>
      variation{" "}
      <select
        className={classNames(controls.input, controls.small)}
        value={variation}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {[...splits.train, ...splits.dev, ...splits.test].map((other) => (
          <option key={other}>{other}</option>
        ))}
      </select>
    </label>
  );
}

interface GameControlsProps {
  readonly last: Observation;
  readonly actions: readonly string[];
  readonly setActions: (actions: readonly string[]) => void;
}

function GameControls({ last, actions, setActions }: GameControlsProps) {
  const className = classNames(controls.quiet, controls.small);
  const isNew = actions.length === 0;
  return (
    <div className={classNames(styles.line, styles.spread)}>
      <span role="status">
        score <b>{formatScore(last.score)}</b> of 100{last.done ? ", the episode is over" : `, turn ${actions.length}`}
      </span>
      <span>
        <button type="button" className={className} disabled={isNew} onClick={() => setActions(actions.slice(0, -1))}>
          Undo
        </button>
        <button type="button" className={className} disabled={isNew} onClick={() => setActions([])}>
          Restart
        </button>
      </span>
    </div>
  );
}
