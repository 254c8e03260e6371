import { taskSpec, taskSpecs } from "../../core/envs/registry.ts";
import { attempt } from "../actions/attempt.ts";
import { chooseCheckpoint } from "../actions/page-actions.ts";
import { Icon } from "../components/Icon.tsx";
import { NumberInput } from "../components/NumberInput.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { formatDuration } from "../format.ts";
import { usePage } from "../store/store.ts";
import {
  addFile,
  changeTrials,
  chooseTask,
  PAPER_PAIRS,
  startTrials,
  stopTrials,
  takeIn,
  useTrials,
  type Candidate,
} from "./trials-store.ts";
import parts from "../views/view-parts.module.css";
import styles from "./NewTask.module.css";

const MAX_HOUSE = 9999;
const MAX_TRIALS = 100;
const MAX_EPISODES = 50;

/** Which policies on which task, and the buttons. */
export function TrialsSetup({ candidates }: { readonly candidates: readonly Candidate[] }) {
  const { left, state } = useTrials();
  const isOn = state === "gathering" || state === "running";
  const chosen = candidates.filter(({ id }) => !left.includes(id));
  return (
    <div className={parts.setup}>
      <fieldset className={classNames(parts.choices, styles.policies)} disabled={isOn}>
        <legend>Policies</legend>
        {candidates.map(({ id, title }) => (
          <label key={id}>
            <input
              type="checkbox"
              checked={!left.includes(id)}
              onChange={(event) => takeIn(id, event.target.checked)}
            />
            {title}
          </label>
        ))}
        <button type="button" className={classNames(controls.button, controls.small)} onClick={addCheckpoint}>
          <Icon name="plus" /> Checkpoint from a file
        </button>
      </fieldset>
      {candidates.length === 1 && (
        <p className={controls.note}>
          Train a run first, or load a checkpoint: the base policy alone shows only what memory does without learning.
        </p>
      )}
      <TaskFields isDisabled={isOn} />
      <div className={parts.row}>
        {isOn ? (
          <button type="button" data-testid="trials-stop" className={controls.button} onClick={stopTrials}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            data-testid="trials-start"
            className={controls.primary}
            disabled={chosen.length === 0}
            onClick={() => void startTrials(chosen)}
          >
            <Icon name="play" isSolid /> {state === "none" ? "Try them" : "Try them again"}
          </button>
        )}
        <Status />
      </div>
    </div>
  );
}

function addCheckpoint(): void {
  attempt("The checkpoint could not be loaded.", async () => {
    const file = await chooseCheckpoint();
    if (file !== null) addFile(file.name, file.bytes);
  });
}

function TaskFields({ isDisabled }: { readonly isDisabled: boolean }) {
  const { task, preset, house, trials, episodes } = useTrials((state) => state.plan);
  const trainedOn = usePage((page) => page.settings.draft.task);
  const pair = PAPER_PAIRS[trainedOn];
  return (
    <div className={parts.row}>
      <Choice
        label="Task"
        value={task}
        choices={taskSpecs().map((spec) => spec.task)}
        isDisabled={isDisabled}
        onChange={chooseTask}
      />
      <Choice
        label="Preset"
        value={preset}
        choices={[...new Set([...taskSpec(task).presets, preset])]}
        isDisabled={isDisabled}
        onChange={(name) => changeTrials({ preset: name })}
      />
      <NumberInput
        label="House"
        value={house}
        min={0}
        max={MAX_HOUSE}
        isDisabled={isDisabled}
        onChange={(value) => changeTrials({ house: value })}
      />
      <NumberInput
        label="Trials"
        value={trials}
        min={1}
        max={MAX_TRIALS}
        isDisabled={isDisabled}
        onChange={(value) => changeTrials({ trials: value })}
      />
      <NumberInput
        label="Episodes per variation"
        value={episodes}
        min={1}
        max={MAX_EPISODES}
        isDisabled={isDisabled}
        onChange={(value) => changeTrials({ episodes: value })}
      />
      {pair !== undefined && pair !== task && (
        <button
          type="button"
          className={classNames(controls.button, controls.small)}
          disabled={isDisabled}
          onClick={() => chooseTask(pair)}
        >
          The paper’s pair: {pair}
        </button>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly string[];
  readonly isDisabled: boolean;
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, choices, isDisabled, onChange }: ChoiceProps) {
  return (
    <label>
      {label}{" "}
      <select
        className={classNames(controls.input, controls.small)}
        value={value}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.value)}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    </label>
  );
}

function Status() {
  const { state, progress, error } = useTrials();
  if (state === "failed") {
    return (
      <p role="alert" className={controls.error}>
        {error}
      </p>
    );
  }
  return (
    <p role="status" className={parts.row} data-testid="trials-status">
      {state === "gathering" && "Freezing the policies…"}
      {state === "over" && "All trials are done."}
      {state === "stopped" && "Stopped."}
      {state === "running" && (
        <>
          <progress aria-label="Trials done" {...(progress?.fraction == null ? {} : { value: progress.fraction })} />
          {progress?.text ?? "Starting the worker"}
          {progress?.remainingMs != null && (
            <span className={controls.muted}>about {formatDuration(progress.remainingMs)} left</span>
          )}
        </>
      )}
    </p>
  );
}
