import { useEffect, useRef } from "react";
import { CONFIG_PRESETS, presetOf } from "../../experiments/presets.ts";
import { cycleTheme, loadCheckpoint, saveCheckpoint, saveCurves, saveRollouts } from "../actions/page-actions.ts";
import { attempt } from "../actions/attempt.ts";
import { pause, setRace, step, train } from "../actions/live-runs.ts";
import { reset } from "../actions/reset.ts";
import { playRecording } from "../actions/recording.ts";
import { companionMethod, methodTitle } from "../actions/run-title.ts";
import { shareLink, showInAddress } from "../actions/settings-actions.ts";
import { applyPreset } from "../actions/task-actions.ts";
import { openView } from "../actions/view-actions.ts";
import { Icon } from "../components/Icon.tsx";
import { Menu } from "../components/Menu.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { liveView, shownView, usePage } from "../store/store.ts";
import type { WorkerState } from "../store/worker-slice.ts";
import { VIEW_ENTRIES } from "../view-address.ts";
import styles from "./TransportBar.module.css";

/** Everything that starts, stops, keeps and shares. */
export function TransportBar() {
  return (
    <header className={styles.bar}>
      <h1 className={styles.brand}>
        EMPO² <span>Playground</span>
      </h1>
      <RunButtons />
      <Counters />
      <span className={styles.spacer} />
      <SetUp />
      <PageButtons />
    </header>
  );
}

function RunButtons() {
  const state = usePage((page) => liveView(page)?.worker?.state ?? null);
  const isPausing = usePage((page) => page.isPausing);
  const isBusy = state === "running" || state === "starting";
  const isOn = isBusy && !isPausing;
  return (
    <div className={classNames(styles.group, styles.run)} role="group" aria-label="Run">
      <button
        type="button"
        data-testid="train"
        className={classNames(controls.primary, styles.train)}
        disabled={isOn}
        title="Train (Space)"
        onClick={train}
      >
        <Icon name="play" isSolid /> {trainLabel(state)}
      </button>
      <button
        type="button"
        data-testid="pause"
        className={controls.button}
        disabled={!isOn}
        title="Pause after this iteration (Space)"
        onClick={pause}
      >
        <Icon name="pause" /> {isPausing ? "Pausing" : "Pause"}
      </button>
      <button
        type="button"
        data-testid="step"
        className={controls.button}
        disabled={state !== null && state !== "paused"}
        title="One iteration, then pause (S)"
        onClick={step}
      >
        <Icon name="step" /> Step
      </button>
      <Menu
        label="Reset (R)"
        testId="reset"
        items={[
          { label: "Reset with the same seed", run: () => reset("same") },
          { label: "Reset with a new seed", run: () => reset("new") },
        ]}
      >
        <Icon name="reset" />
      </Menu>
    </div>
  );
}

function trainLabel(state: WorkerState["state"] | null): string {
  if (state === null || state === "starting" || state === "running") return "Train";
  return state === "finished" ? "Train again" : "Resume";
}

function Counters() {
  const iteration = usePage((page) => shownView(page)?.run.iteration ?? 0);
  const total = usePage((page) => shownView(page)?.run.config.iterations ?? null);
  const worker = usePage((page) => liveView(page)?.worker ?? null);
  return (
    <>
      <span className={styles.counter}>
        iteration <b data-testid="iteration">{iteration}</b> {total !== null && `of ${total}`}
      </span>
      <span className={styles.pill} title={worker?.backendReason ?? "Chosen when you press Train"}>
        <span className={styles.word}>backend </span>
        <b data-testid="backend">{worker?.backend ?? "–"}</b>
      </span>
      {worker !== null && worker.state !== "elsewhere" && <SavedPill saved={worker.saved} />}
    </>
  );
}

function SavedPill({ saved }: { readonly saved: WorkerState["saved"] }) {
  const error = saved?.error ?? null;
  const text = saved === null ? "not saved yet" : `saved at ${saved.iteration}`;
  return (
    <span
      className={classNames(styles.pill, error !== null && styles.alert)}
      title={error ?? "Stored in this browser after every iteration"}
      data-testid="saved"
    >
      {error === null ? text : <b>not saved</b>}
    </span>
  );
}

function SetUp() {
  const draft = usePage((page) => page.settings.draft);
  const race = usePage((page) => page.race);
  const preset = presetOf(draft);
  return (
    <div className={classNames(styles.group, styles.setUp)}>
      <label className={styles.race} title="Another method from the same seed and budget, in a worker of its own">
        <input
          type="checkbox"
          checked={race}
          onChange={(event) => {
            setRace(event.target.checked);
            showInAddress();
          }}
        />
        race {methodTitle(companionMethod(draft.method))}
      </label>
      <select
        className={controls.input}
        aria-label="Preset of settings"
        title={CONFIG_PRESETS.find(({ id }) => id === preset)?.description ?? "Settings of your own"}
        value={preset ?? "own"}
        onChange={(event) => void applyPreset(event.target.value)}
      >
        {CONFIG_PRESETS.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
        {preset === null && (
          <option value="own" disabled>
            Own settings
          </option>
        )}
      </select>
      <LabButton />
    </div>
  );
}

/** Opens and closes the lab, and has the focus again when that is closed. */
function LabButton() {
  const isLabOpen = usePage((page) => page.isLabOpen);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isLabOpen) button.current?.focus({ preventScroll: true });
    wasOpen.current = isLabOpen;
  }, [isLabOpen]);
  return (
    <button
      ref={button}
      type="button"
      className={controls.button}
      title="All settings"
      aria-expanded={isLabOpen}
      onClick={() => usePage.setState({ isLabOpen: !isLabOpen })}
    >
      <Icon name="settings" /> Lab
    </button>
  );
}

/** What there is beside the run. */
function ViewMenu() {
  return (
    <Menu
      label="Views: tasks, results, race"
      testId="views"
      align="right"
      items={VIEW_ENTRIES.map(({ title, view, path }) => ({ label: title, run: () => openView(view, path) }))}
    >
      <Icon name="tasks" /> Views
    </Menu>
  );
}

function PageButtons() {
  const hasLive = usePage((page) => page.liveKeys.length > 0);
  const hasRuns = usePage((page) => page.order.length > 0);
  return (
    <div className={classNames(styles.group, styles.page)}>
      <ViewMenu />
      <button
        type="button"
        className={controls.icon}
        aria-label="Copy a link to these settings"
        title="Copy a link to these settings"
        onClick={() => attempt("The link could not be copied; it is in the address bar.", shareLink)}
      >
        <Icon name="share" />
      </button>
      <Menu
        label="Files"
        align="right"
        items={[
          { label: "Save checkpoint to a file", run: saveCheckpoint, isDisabled: !hasLive },
          { label: "Load checkpoint from a file", run: loadCheckpoint },
          { label: "Saved runs, backup", run: () => usePage.setState({ isSavedOpen: true }) },
          { label: "Export curves (CSV)", run: saveCurves, isDisabled: !hasRuns },
          { label: "Export rollouts (JSON lines)", run: saveRollouts, isDisabled: !hasRuns },
          { label: "Play the recorded run", run: () => void playRecording(), isDisabled: hasLive },
        ]}
      >
        <Icon name="file" />
      </Menu>
      <button
        type="button"
        className={controls.icon}
        aria-label="Light or dark"
        title="Light or dark"
        onClick={cycleTheme}
      >
        <Icon name="theme" />
      </button>
      <button
        type="button"
        className={controls.icon}
        aria-label="Help and keys"
        title="Help and keys (?)"
        onClick={() => usePage.setState({ isHelpOpen: true })}
      >
        <Icon name="help" />
      </button>
    </div>
  );
}
