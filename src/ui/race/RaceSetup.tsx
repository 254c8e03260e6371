import { CONFIG_FIELDS } from "../../core/training/run-config.ts";
import { methodTitle } from "../actions/run-title.ts";
import { Icon } from "../components/Icon.tsx";
import { NumberInput } from "../components/NumberInput.tsx";
import controls from "../components/controls.module.css";
import { formatDuration, plural } from "../format.ts";
import { usePage } from "../store/store.ts";
import { IN_SOFTWARE, isActive, MAX_WORKERS, raceProgress } from "./race.ts";
import {
  changePlan,
  changeWorkers,
  pauseRace,
  resumeRace,
  retryRacers,
  startRace,
  stopRace,
  useRace,
} from "./race-store.ts";
import { saveRaceCurves } from "./save-curves.ts";
import parts from "../views/view-parts.module.css";

const MAX_SEEDS = 20;
const MAX_ITERATIONS = 1000;
const METHODS = CONFIG_FIELDS.flatMap((field) =>
  field.key === "method" && field.kind === "choice" ? field.choices : [],
);

/** Who races, for how long, and the buttons. */
export function RaceSetup() {
  const plan = useRace((race) => race.plan);
  const workers = useRace((race) => race.workers);
  const state = useRace((race) => race.state);
  const { task, preset, house, seed } = usePage((page) => page.settings.draft);
  const hasLiveRun = usePage((page) => page.liveKeys.length > 0);
  const isOn = state === "running" || state === "paused";
  const toggle = (method: string, isIn: boolean) =>
    changePlan({ methods: METHODS.filter((one) => (one === method ? isIn : plan.methods.includes(one))) });
  return (
    <div className={parts.setup}>
      <p>
        On <b>{task}</b>, {preset}, house {house}, from seed {seed}, with all other settings of the Lab.
      </p>
      <fieldset className={parts.choices} disabled={isOn}>
        <legend>Methods</legend>
        {METHODS.map((method) => (
          <label key={method}>
            <input
              type="checkbox"
              checked={plan.methods.includes(method)}
              onChange={(event) => toggle(method, event.target.checked)}
            />
            {methodTitle(method)}
          </label>
        ))}
      </fieldset>
      <div className={parts.row}>
        <NumberInput
          label="Seeds"
          value={plan.seedCount}
          min={1}
          max={MAX_SEEDS}
          isDisabled={isOn}
          onChange={(seedCount) => changePlan({ seedCount })}
        />
        <NumberInput
          label="Iterations"
          value={plan.iterations}
          min={1}
          max={MAX_ITERATIONS}
          isDisabled={isOn}
          onChange={(iterations) => changePlan({ iterations })}
        />
        <NumberInput label="Workers at a time" value={workers} min={1} max={MAX_WORKERS} onChange={changeWorkers} />
        <span className={controls.note}>
          This device has {plural(navigator.hardwareConcurrency, "core")}.
          {hasLiveRun && " Your own run needs one while it trains."}
        </span>
      </div>
      <Buttons canStart={plan.methods.length > 0} />
    </div>
  );
}

function Buttons({ canStart }: { readonly canStart: boolean }) {
  const state = useRace((race) => race.state);
  const canRetry = useRace((race) =>
    race.racers.some((racer) => racer.state === "failed" || racer.state === "stopped"),
  );
  if (state === "none" || state === "over") {
    return (
      <div className={parts.row}>
        <button
          type="button"
          data-testid="race-start"
          className={controls.primary}
          disabled={!canStart}
          onClick={startRace}
        >
          <Icon name="play" isSolid /> {state === "none" ? "Start the race" : "Start a new race"}
        </button>
        {canRetry && (
          <button type="button" className={controls.button} onClick={retryRacers}>
            Run what is missing
          </button>
        )}
        {state === "over" && (
          <button type="button" className={controls.button} onClick={saveRaceCurves}>
            Export curves (CSV)
          </button>
        )}
      </div>
    );
  }
  return (
    <div className={parts.row}>
      {state === "running" ? (
        <button type="button" data-testid="race-pause" className={controls.button} onClick={pauseRace}>
          <Icon name="pause" /> Pause
        </button>
      ) : (
        <button type="button" data-testid="race-resume" className={controls.primary} onClick={resumeRace}>
          <Icon name="play" isSolid /> Resume
        </button>
      )}
      <button type="button" data-testid="race-stop" className={controls.button} onClick={stopRace}>
        Stop
      </button>
    </div>
  );
}

/** How far the race is, and how long it will take. */
export function RaceProgress() {
  const { racers, workers, state } = useRace();
  const { done, total, remainingMs } = raceProgress(racers, workers);
  const rest = state === "running" && remainingMs !== null ? `, about ${formatDuration(remainingMs)} left` : "";
  const words = { none: "", running: "Racing", over: "The race is over", paused: "Paused" }[state];
  const isPausing = state === "paused" && racers.some((racer) => racer.state === "running");
  return (
    <p className={parts.row} role="status" data-testid="race-progress">
      <progress aria-label="Iterations of the race" value={done} max={total} />
      {isPausing ? "Pausing after the iterations in flight" : words}: {done} of {total} iterations{rest};{" "}
      {plural(racers.filter(isActive).length, "worker")} at work.
      {racers.some(({ backend }) => backend?.endsWith(IN_SOFTWARE)) && (
        <span className={controls.muted}>
          WebGPU is emulated in software here; choose WebAssembly in the Lab, it is much faster.
        </span>
      )}
    </p>
  );
}
