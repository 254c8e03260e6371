import { openSafely, reopenRuns, restart, rollBack, takeOver, train } from "../actions/live-runs.ts";
import { chooseBackend, saveStoredCheckpoint } from "../actions/page-actions.ts";
import { playRecording, seekRecording, setPlaybackSpeed, togglePlayback } from "../actions/recording.ts";
import { dismissCorrections } from "../actions/settings-actions.ts";
import { Icon } from "../components/Icon.tsx";
import { classNames } from "../components/class-names.ts";
import controls from "../components/controls.module.css";
import { asSentence, formatDuration, haltSentence } from "../format.ts";
import { waitingForRestart } from "../store/settings-slice.ts";
import { liveView, usePage, type PlaybackState } from "../store/store.ts";
import type { WorkerState } from "../store/worker-slice.ts";
import { StorageStrip } from "./StorageStrip.tsx";
import { UpdateStrip } from "./UpdateStrip.tsx";
import styles from "./StatusStrip.module.css";

/** One line that says what the page is doing: playing a recording, loading, training, or why not. */
export function StatusStrip() {
  const worker = usePage((state) => liveView(state)?.worker ?? null);
  const playback = usePage((state) => state.playback);
  const isRunShown = usePage((state) => state.view === "run");
  return (
    <>
      <Corrections />
      <UpdateStrip />
      {worker !== null && <StorageStrip worker={worker} />}
      {worker !== null && <LiveStatus worker={worker} />}
      {worker === null && isRunShown && <RecordedStatus playback={playback} />}
    </>
  );
}

function Corrections() {
  const corrections = usePage((state) => state.settings.corrections);
  if (corrections.length === 0) return null;
  return (
    <div className={classNames(styles.strip, styles.recorded)} role="status">
      <p className={styles.sentence}>
        <span className={styles.badge}>The link was put right:</span> {corrections.slice(0, 8).join(" ")}
        {corrections.length > 8 && ` And ${corrections.length - 8} more.`}
      </p>
      <button type="button" className={classNames(controls.quiet, controls.small)} onClick={dismissCorrections}>
        Dismiss
      </button>
    </div>
  );
}

function LiveStatus({ worker }: { readonly worker: WorkerState }) {
  const { state, progress, backendReason, isEmulated, halt } = worker;
  const isPausing = usePage((page) => page.isPausing);
  if (state === "failed") return <FailedStatus error={worker.error ?? ""} />;
  if (state === "elsewhere") return <ElsewhereStatus wasTaken={worker.wasTaken} />;
  if (progress !== null) {
    const { text, fraction, remainingMs } = progress;
    return (
      <div className={styles.strip} role="status">
        <span>{text}</span>
        <progress className={styles.progress} aria-label={text} {...(fraction === null ? {} : { value: fraction })} />
        {remainingMs !== null && <span className={controls.muted}>about {formatDuration(remainingMs)} left</span>}
        {isEmulated && (
          <>
            <span className={controls.muted}>{EMULATED}</span>
            <WasmOffer />
          </>
        )}
      </div>
    );
  }
  if (halt !== null && state === "paused") return <HaltedStatus halt={halt} />;
  return (
    <div className={styles.strip}>
      <SafeModeSentence />
      <p className={styles.sentence} role="status">
        <span className={styles.badge}>{isPausing ? "Pausing after this iteration." : STATE_WORDS[state]}</span>{" "}
        <span className={controls.muted}>{backendReason}</span>
      </p>
      <Dropped />
      {isEmulated && <WasmOffer />}
      <RestartOffer />
    </div>
  );
}

/** The run stopped; in a crash loop with ways that need no worker, or the safest one. */
function FailedStatus({ error }: { readonly error: string }) {
  const isSafeMode = usePage((page) => page.isSafeMode);
  return (
    <div className={classNames(styles.strip, styles.failed)} role="alert">
      <p className={styles.sentence}>
        <span className={styles.badge}>
          {isSafeMode ? "Safe mode: the worker failed again and again." : "The run stopped."}
        </span>{" "}
        {asSentence(error)} What was saved is safe.
      </p>
      {isSafeMode && (
        <>
          <button type="button" className={controls.button} onClick={saveStoredCheckpoint}>
            Save it to a file
          </button>
          <button type="button" className={controls.button} onClick={openSafely}>
            Open it paused, in plain JavaScript
          </button>
        </>
      )}
      <button type="button" className={controls.button} onClick={train}>
        Go on from the last save
      </button>
      <button type="button" className={controls.button} onClick={restart}>
        Start anew
      </button>
    </div>
  );
}

/** The run paused by itself. */
function HaltedStatus({ halt }: { readonly halt: NonNullable<WorkerState["halt"]> }) {
  const isBroken = halt.kind === "notFinite";
  return (
    <div className={classNames(styles.strip, styles.failed)} role="alert">
      <p className={styles.sentence}>
        <span className={styles.badge}>{isBroken ? "Paused: a number is not finite." : "Paused by an alarm."}</span>{" "}
        {haltSentence(halt)}
        {isBroken && " Nothing of that iteration was kept; the run stands where it was before."}
      </p>
      {isBroken && (
        <button type="button" className={controls.button} onClick={() => rollBack()}>
          Go on with half the learning rate
        </button>
      )}
      <button type="button" className={controls.button} onClick={train}>
        {isBroken ? "Try the iteration again" : "Go on"}
      </button>
    </div>
  );
}

/** Why a run that was training does not by itself. */
function SafeModeSentence() {
  const isSafeMode = usePage((page) => page.isSafeMode);
  if (!isSafeMode) return null;
  return (
    <p className={styles.sentence} role="alert">
      <span className={styles.badge}>Safe mode.</span> The page or its worker ended again and again in the middle of an
      iteration, perhaps for want of memory, so the run is open in plain JavaScript and waits. Resume goes on; Lab,
      Backend brings the faster compute back.
    </p>
  );
}

function Dropped() {
  const count = usePage((page) => page.droppedMessages);
  if (count === 0) return null;
  return <span className={controls.muted}>{count} messages of the worker were not understood and left out.</span>;
}

/** Another tab trains the run. */
function ElsewhereStatus({ wasTaken }: { readonly wasTaken: boolean }) {
  return (
    <div className={classNames(styles.strip, styles.recorded)} role="status">
      <p className={styles.sentence}>
        <span className={styles.badge}>
          {wasTaken ? "The run went on in another tab." : "This run is being trained in another tab."}
        </span>{" "}
        Only one tab trains a run; what you see here stands still.
      </p>
      <button type="button" className={controls.button} data-testid="take-over" onClick={takeOver}>
        {wasTaken ? "Take it back" : "Take over here"}
      </button>
    </div>
  );
}

const EMULATED = "WebGPU is emulated in software here; WebAssembly is much faster.";

/** Takes the run from emulated WebGPU to WebAssembly. */
function WasmOffer() {
  return (
    <button
      type="button"
      className={classNames(controls.button, controls.small)}
      title="The run goes on from its last save, on WebAssembly"
      onClick={() => {
        chooseBackend("wasm");
        reopenRuns();
      }}
    >
      Use WebAssembly
    </button>
  );
}

const STATE_WORDS: Readonly<Record<WorkerState["state"], string>> = {
  starting: "Starting the live run.",
  running: "Live run.",
  paused: "Live run, paused.",
  finished: "The live run is finished.",
  failed: "",
  elsewhere: "",
};

/** Shown when settings of the form need a restart to take effect. */
export function RestartOffer() {
  const settings = usePage((state) => state.settings);
  const fields = waitingForRestart(settings);
  if (fields.length === 0) return null;
  const labels = fields.slice(0, 3).map(({ label }) => label);
  const more = fields.length > 3 ? ` and ${fields.length - 3} more` : "";
  return (
    <>
      <span>
        {labels.join(", ")}
        {more} {fields.length === 1 ? "needs" : "need"} a restart.
      </span>
      <button type="button" className={controls.button} onClick={restart}>
        Restart with changes
      </button>
    </>
  );
}

const SPEEDS: readonly { readonly seconds: number; readonly label: string }[] = [
  { seconds: 6, label: "slow, 6 s per iteration" },
  { seconds: 3, label: "3 s per iteration" },
  { seconds: 1.5, label: "1.5 s per iteration" },
  { seconds: 0.5, label: "0.5 s per iteration" },
  { seconds: 0.15, label: "fast, 0.15 s" },
];

function RecordedStatus({ playback }: { readonly playback: PlaybackState }) {
  const { state, position, length, secondsPerIteration, origin, sets, set } = playback;
  if (state === "stopped" || state === "absent") {
    return (
      <div className={styles.strip} role="status">
        Ready. Press Train to start a live run in this browser; nothing leaves your computer.
      </div>
    );
  }
  if (state === "loading") {
    return (
      <div className={classNames(styles.strip, styles.recorded)} role="status">
        Loading the recorded run…
      </div>
    );
  }
  const isPlaying = state === "playing";
  return (
    <div className={classNames(styles.strip, styles.recorded)}>
      <span className={styles.badge}>Recorded run</span>
      {sets.length > 1 && <SetSelect sets={sets} set={set} />}
      <span>made by the command line{origin === "" ? "" : `, ${origin}`}. Press Train for a live one.</span>
      <button
        type="button"
        className={controls.icon}
        aria-label={isPlaying ? "Hold the recorded run" : "Play the recorded run"}
        onClick={togglePlayback}
      >
        <Icon name={isPlaying ? "pause" : "play"} isSolid={!isPlaying} />
      </button>
      <input
        type="range"
        className={classNames(controls.range, styles.seek)}
        aria-label="Place in the recorded run"
        aria-valuetext={`iteration ${Math.floor(position)} of ${length}`}
        min={0}
        max={Math.max(1, length)}
        step={0.05}
        value={position}
        onChange={(event) => seekRecording(event.target.valueAsNumber)}
      />
      <select
        className={classNames(controls.input, controls.small)}
        aria-label="Speed of the recorded run"
        value={secondsPerIteration}
        onChange={(event) => setPlaybackSpeed(Number(event.target.value))}
      >
        {SPEEDS.map(({ seconds, label }) => (
          <option key={seconds} value={seconds}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

function SetSelect({ sets, set }: Pick<PlaybackState, "sets" | "set">) {
  return (
    <select
      className={classNames(controls.input, controls.small)}
      aria-label="Which recorded runs"
      value={set}
      onChange={(event) => void playRecording(event.target.value)}
    >
      {sets.map((title) => (
        <option key={title}>{title}</option>
      ))}
    </select>
  );
}
