/** @file What the Result panel and the transport bar know of a run: its progress, curve, evaluations and marks. */
import type {
  EvaluationRecord,
  IterationSummary,
  PhaseTimes,
  RolloutRecord,
  TrainingEvent,
} from "../../core/events/training-event.ts";
import { CONFIG_FIELDS, type RunConfig } from "../../core/training/run-config.ts";

/** A change of the configuration while the run was on, or a fault that it went on after. */
export interface Mark {
  readonly iteration: number;
  readonly text: string;
}

/** The first plain rollout that reached 100: one lucky success is enough for GRPO. */
export interface LuckySuccess {
  readonly iteration: number;
  readonly rolloutId: string;
}

export interface RunState {
  readonly method: string;
  readonly backend: string | null;
  readonly config: Partial<RunConfig>;
  /** Iterations done. */
  readonly iteration: number;
  /** The iteration under way, or the last one. */
  readonly current: number;
  readonly phase: keyof PhaseTimes | null;
  /** One entry per finished iteration, ascending, each iteration once. */
  readonly curve: readonly IterationSummary[];
  /** Held-out evaluations with memory off, ascending, each iteration once. */
  readonly evaluations: readonly EvaluationRecord[];
  readonly marks: readonly Mark[];
  readonly luckySuccess: LuckySuccess | null;
  readonly finished: (TrainingEvent & { readonly type: "runFinished" }) | null;
  readonly failure: string | null;
  /** The newest alarm of the updates. */
  readonly alarm: Mark | null;
}

export const INITIAL_RUN: RunState = {
  method: "",
  backend: null,
  config: {},
  iteration: 0,
  current: 0,
  phase: null,
  curve: [],
  evaluations: [],
  marks: [],
  luckySuccess: null,
  finished: null,
  failure: null,
  alarm: null,
};

/** The next run state after one event. Pure; a replayed event changes nothing. */
export function reduceRun(state: RunState, event: TrainingEvent): RunState {
  switch (event.type) {
    case "runStarted":
      return startRun(state, event);
    case "iterationStarted":
      return { ...state, current: event.iteration, phase: null, finished: null };
    case "phaseStarted":
      return { ...state, phase: event.phase };
    case "rolloutsFinished":
      return { ...state, luckySuccess: state.luckySuccess ?? findLuckySuccess(event.rollouts) };
    case "evaluated":
      return { ...state, evaluations: addEvaluation(state.evaluations, event.evaluation) };
    case "iterationFinished":
      return finishIteration(state, event.summary);
    case "configChanged":
      return addMark(state, event);
    case "incident":
      return addIncident(state, event);
    case "runFinished":
      return { ...state, finished: event, phase: null };
    case "runFailed":
      return { ...state, failure: event.message, phase: null };
    case "turnTaken":
    case "tipsRetrieved":
    case "policyUpdated":
    case "checkpointSaved":
      return state;
  }
}

function startRun(state: RunState, event: TrainingEvent & { readonly type: "runStarted" }): RunState {
  return {
    ...state,
    method: event.method,
    backend: event.backend,
    config: knownSettings(event.config),
    iteration: event.iteration,
    current: event.iteration,
    finished: null,
    failure: null,
  };
}

/** The fields of a configuration that have the type they should have; anything else is dropped. */
export function knownSettings(config: unknown): Partial<RunConfig> {
  if (typeof config !== "object" || config === null) return {};
  const values = new Map(Object.entries(config));
  return Object.fromEntries(
    CONFIG_FIELDS.filter(({ key, default: value }) => typeof values.get(key) === typeof value).map(({ key }) => [
      key,
      values.get(key) as unknown,
    ]),
  );
}

function finishIteration(state: RunState, summary: IterationSummary): RunState {
  return {
    ...state,
    iteration: Math.max(state.iteration, summary.iteration),
    current: Math.max(state.current, summary.iteration),
    phase: null,
    curve: upsert(state.curve, summary),
  };
}

function addEvaluation(all: readonly EvaluationRecord[], added: EvaluationRecord): readonly EvaluationRecord[] {
  return added.memory === "off" ? upsert(all, added) : all;
}

/** The records with one added in order of iteration; a record of the same iteration is replaced. */
function upsert<Entry extends { readonly iteration: number }>(entries: readonly Entry[], added: Entry): Entry[] {
  const last = entries.at(-1);
  if (last === undefined || last.iteration < added.iteration) return [...entries, added];
  const at = entries.findIndex(({ iteration }) => iteration >= added.iteration);
  const replaces = entries[at]!.iteration === added.iteration ? 1 : 0;
  return [...entries.slice(0, at), added, ...entries.slice(at + replaces)];
}

function findLuckySuccess(rollouts: readonly RolloutRecord[]): LuckySuccess | null {
  const lucky = rollouts.find(({ mode, score }) => mode === "on-policy" && score === 100);
  return lucky === undefined ? null : { iteration: lucky.iteration, rolloutId: lucky.rolloutId };
}

function addMark(state: RunState, event: TrainingEvent & { readonly type: "configChanged" }): RunState {
  const changes = knownSettings(event.changes);
  const text = CONFIG_FIELDS.filter(({ key }) => key in changes && changes[key] !== state.config[key])
    .map(({ key, label }) => describeChange(label, state.config[key], changes[key]))
    .join("; ");
  if (text === "") return state;
  return {
    ...state,
    config: { ...state.config, ...changes },
    marks: [...state.marks, { iteration: event.iteration, text }],
  };
}

/** Told again after a reload, it is marked once. */
function addIncident(
  state: RunState,
  { iteration, kind, text }: TrainingEvent & { readonly type: "incident" },
): RunState {
  const isKnown = state.marks.some((mark) => mark.iteration === iteration && mark.text === text);
  if (isKnown) return state;
  const mark = { iteration, text };
  return { ...state, marks: [...state.marks, mark], alarm: kind === "alarm" ? mark : state.alarm };
}

function describeChange(label: string, before: unknown, after: unknown): string {
  return before === undefined ? `${label} ${shown(after)}` : `${label} ${shown(before)} → ${shown(after)}`;
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(4))) : String(value);
}

/** Seconds since the start of the run at the end of each iteration, in step with the curve. */
export function secondsOf(curve: readonly IterationSummary[]): number[] {
  let total = 0;
  return curve.map(({ times }) => (total += totalMs(times) / 1000));
}

/** Milliseconds of an iteration, all phases together. */
export function totalMs(times: PhaseTimes): number {
  return times.rollout + times.tipWriting + times.retrieval + times.update + times.evaluation;
}
