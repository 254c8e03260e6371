/** @file Reads the files of a run folder (`train` and `sweep` write them) into curves. Pure: texts in, data out. */
import { ConfigError } from "../core/base/errors.ts";
import type { EvaluationRecord, IterationSummary, TrainingEvent } from "../core/events/training-event.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../core/training/run-config.ts";
import type { RunPlace } from "./planned-runs.ts";

/** The texts of a run folder. */
export interface RunFiles {
  /** Name of the folder. */
  readonly name: string;
  /** events.jsonl */
  readonly events: string;
  /** summary.json, null while the run is not finished. */
  readonly summary: string | null;
}

/** An event with the milliseconds since the start of the process that wrote it. */
export type StoredEvent = TrainingEvent & { readonly at: number };

/** How a run ended and what it was made with. */
export interface RunEnd {
  readonly heldOutReturn: number;
  readonly heldOutSuccess: number;
  readonly weightsHash: string;
  readonly rolloutsHash: string;
  /** Of the code; with “+changes” if files differed from it. */
  readonly commit: string;
  /** Of the weights that the run began with; null in records of before. */
  readonly baseHash: string | null;
  /** The run's own process, evaluations included; null if it was not recorded. */
  readonly seconds: number | null;
}

/** An iteration as it was stored; files of older code do not tell successes with tips from those without. */
export type StoredSummary = Omit<IterationSummary, SplitRates> & Partial<Pick<IterationSummary, SplitRates>>;
type SplitRates = "successRateWithTips" | "successRateWithoutTips";

/** A run as it was stored. */
export interface RecordedRun {
  readonly name: string;
  readonly config: RunConfig;
  readonly backend: string;
  /** One entry per finished iteration, ascending. */
  readonly curve: readonly StoredSummary[];
  /** Held-out evaluations with memory off, ascending. */
  readonly evaluations: readonly EvaluationRecord[];
  /** Trials with memory on and fixed weights, from empty memory; `iteration` is the trial. */
  readonly trials: readonly EvaluationRecord[];
  /** Null if the run is not finished. */
  readonly end: RunEnd | null;
  readonly failure: string | null;
  /** Iterations after which settings were changed by hand. */
  readonly changedAt: readonly number[];
  /** Where it is stored, if it was made for another experiment. */
  readonly lentBy?: RunPlace;
}

/**
 * The events of a file of JSON lines. A torn last line is left out.
 *
 * @throws {ConfigError} if any other line is no event
 */
export function parseEvents(text: string): StoredEvent[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.flatMap((line, i) => {
    const event = parseEvent(line);
    if (event !== null) return [event];
    if (i === lines.length - 1) return [];
    throw new ConfigError(
      `events: a training event with its time in each line, got line ${i + 1}: ${line.slice(0, 60)}`,
    );
  });
}

function parseEvent(line: string): StoredEvent | null {
  try {
    const value = JSON.parse(line) as Partial<StoredEvent> | null;
    return typeof value?.type === "string" && typeof value.at === "number" ? (value as StoredEvent) : null;
  } catch {
    return null;
  }
}

/**
 * The run of a folder.
 *
 * @throws {ConfigError} if the files are not those of a run
 */
export function parseRun({ name, events: text, summary }: RunFiles): RecordedRun {
  const events = parseEvents(text);
  const started = eventsOfType(events, "runStarted").at(-1);
  if (started === undefined) throw new ConfigError(`run ${name}: events that begin with runStarted, got none`);
  const evaluations = eventsOfType(events, "evaluated").map(({ evaluation }) => evaluation);
  const curve = eventsOfType(events, "iterationFinished").map((event) => event.summary);
  const heldOut = evaluations.filter(({ memory }) => memory === "off");
  for (const records of [curve, heldOut]) requireAscending(name, records);
  return {
    name,
    // A setting that came later has a default that does what the code did before it.
    config: { ...DEFAULT_CONFIG, ...(started.config as Partial<RunConfig>) },
    backend: started.backend,
    curve,
    evaluations: heldOut,
    trials: evaluations.filter(({ memory }) => memory === "on"),
    end: summary === null ? null : parseEnd(name, summary),
    failure: eventsOfType(events, "runFailed").at(-1)?.message ?? null,
    changedAt: eventsOfType(events, "configChanged").map(({ iteration }) => iteration),
  };
}

/** A record that two processes have written at once tells each iteration twice. */
function requireAscending(name: string, records: readonly { readonly iteration: number }[]): void {
  const at = records.findIndex(({ iteration }, i) => i > 0 && iteration <= records[i - 1]!.iteration);
  if (at < 0) return;
  const [before, after] = records.slice(at - 1).map(({ iteration }) => iteration);
  throw new ConfigError(`run ${name}: iterations in ascending order, got ${after} after ${before}`);
}

/** A stored event of one type. */
export type StoredOf<Type extends StoredEvent["type"]> = Extract<StoredEvent, { type: Type }>;

/** The events of one type, in order. */
export function eventsOfType<Type extends StoredEvent["type"]>(
  events: readonly StoredEvent[],
  type: Type,
): StoredOf<Type>[] {
  return events.filter((event): event is StoredOf<Type> => event.type === type);
}

function parseEnd(name: string, summary: string): RunEnd {
  const { heldOutReturn, heldOutSuccess, ...rest } = JSON.parse(summary) as Partial<RunEnd>;
  if (typeof heldOutReturn !== "number" || typeof heldOutSuccess !== "number") {
    throw new ConfigError(`run ${name}: a summary with heldOutReturn and heldOutSuccess, got ${summary.slice(0, 60)}`);
  }
  return {
    heldOutReturn,
    heldOutSuccess,
    weightsHash: rest.weightsHash ?? "",
    rolloutsHash: rest.rolloutsHash ?? "",
    commit: rest.commit ?? "unknown",
    baseHash: rest.baseHash ?? null,
    seconds: rest.seconds ?? null,
  };
}
