import { useEffect, useMemo, useRef, useState } from "react";
import type { Observation, TaskRef, WorldView } from "../../core/envs/env.ts";
import { createEnv, taskSpec, taskSpecs } from "../../core/envs/registry.ts";
import { firstRefOf, playActions, playTask } from "../actions/hand-actions.ts";
import { Combobox } from "../components/Combobox.tsx";
import { Transcript } from "../components/Transcript.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatScore, formatSigned } from "../format.ts";
import { usePage } from "../store/store.ts";
import { WorldScene } from "../worlds/WorldScene.tsx";
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

/** The same world with the same commands, for people. */
export function PlayPanel({ task }: { readonly task: TaskRef }) {
  const actions = usePage((state) => state.hand.actions);
  const [text, setText] = useState("");
  const prompt = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // A touch screen's keyboard would cover the world.
    if (!matchMedia("(pointer: coarse)").matches) prompt.current?.focus();
  }, []);
  const { observations, views, validActions } = useMemo(() => play(task, actions), [task, actions]);
  const firstText = observations[0]!.text;
  const last = observations.at(-1)!;
  const taskWords = taskWordsOf(firstText);
  const onAct = (action: string) => {
    if (!last.done) playActions([...actions, action]);
  };
  const onChooseThing = (name: string) => {
    setText(name);
    prompt.current?.focus();
  };
  const turns = actions.map((action, i) => {
    const { text: observation, reward } = observations[i + 1]!;
    return { action, observation, reward };
  });
  return (
    <div className={styles.layout}>
      <div className={styles.scene}>
        <WorldChoice task={task} />
        {task.world === "scienceworld" && <b>Task: {taskWords}</b>}
        <WorldScene
          views={views}
          taskWords={taskWords}
          player={{ actions: last.done ? [] : validActions, onAct, onChooseThing }}
          next={null}
        />
      </div>
      <div className={styles.side}>
        <Combobox
          label="Your action"
          placeholder={last.done ? "Over: undo or restart" : "Type or choose an action"}
          options={last.done ? [] : validActions}
          text={text}
          onText={setText}
          inputRef={prompt}
          buttonLabel="Do"
          onSubmit={onAct}
        />
        <GameControls last={last} actions={actions} />
        <GoalList views={views} isOpen />
        <Transcript
          firstObservation={firstText}
          turns={turns}
          tips={[]}
          current={actions.length}
          onChoose={null}
          writtenTip={null}
        />
      </div>
    </div>
  );
}

/** Which task, variation and preset; another one starts from its beginning. */
function WorldChoice({ task }: { readonly task: TaskRef }) {
  const { splits, presets } = taskSpec(task.task);
  const variations = [...new Set([...splits.train, ...splits.dev, ...splits.test])];
  const tasks = taskSpecs().map((spec) => ({ value: spec.task, label: spec.task }));
  return (
    <div className={styles.choice}>
      <Choice
        label="Task"
        value={task.task}
        choices={tasks}
        onChange={(value) => playTask(value === task.task ? task : firstRefOf(value))}
      />
      <Choice
        label="Preset"
        value={task.preset}
        choices={[...new Set([...presets, task.preset])].map((preset) => ({ value: preset, label: preset }))}
        onChange={(preset) => playTask({ ...task, preset })}
      />
      <Choice
        label="Variation"
        value={String(task.variation)}
        choices={variations.map((variation) => ({ value: String(variation), label: `var. ${variation}` }))}
        onChange={(variation) => playTask({ ...task, variation: Number(variation) })}
      />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <select
      className={classNames(controls.input, controls.small)}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

interface GameControlsProps {
  readonly last: Observation;
  readonly actions: readonly string[];
}

function GameControls({ last, actions }: GameControlsProps) {
  const className = classNames(controls.quiet, controls.small);
  const isNew = actions.length === 0;
  return (
    <div className={classNames(styles.line, styles.spread)}>
      <span role="status" data-testid="hand-status">
        score <b data-testid="hand-score">{formatScore(last.score)}</b> of 100
        {last.reward !== 0 && (
          <span className={last.reward > 0 ? controls.gain : controls.loss}> {formatSigned(last.reward, 0)}</span>
        )}
        {last.done ? ", the episode is over" : `, turn ${actions.length}`}
      </span>
      <span>
        <button type="button" className={className} disabled={isNew} onClick={() => playActions(actions.slice(0, -1))}>
          Undo
        </button>
        <button type="button" className={className} disabled={isNew} onClick={() => playActions([])}>
          Restart
        </button>
      </span>
    </div>
  );
}
