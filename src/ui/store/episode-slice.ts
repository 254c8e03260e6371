/** @file The rollouts of a run: those under way, turn by turn, and the finished ones, group by group. */
import type { RolloutRecord, TrainingEvent, TurnRecord, RetrievalRecord } from "../../core/events/training-event.ts";

/** A rollout as the panels show it, running or finished. */
export type ShownRollout = Pick<
  RolloutRecord,
  "rolloutId" | "task" | "mode" | "firstObservation" | "turns" | "retrieved"
> & {
  /** Null while the rollout is running. */
  readonly finished: RolloutRecord | null;
};

/** The finished rollouts of one iteration. */
export interface IterationRollouts {
  readonly iteration: number;
  readonly rollouts: readonly RolloutRecord[];
}

export interface EpisodeState {
  /** Rollouts under way, in order of their first turn. */
  readonly running: ReadonlyMap<string, ShownRollout>;
  /** Tips that were shown before the first turn of a rollout was told. */
  readonly early: ReadonlyMap<string, readonly RetrievalRecord[]>;
  /** Ascending by iteration. */
  readonly iterations: readonly IterationRollouts[];
  /** How many iterations were dropped to keep the page small. */
  readonly droppedIterations: number;
}

export const INITIAL_EPISODES: EpisodeState = {
  running: new Map(),
  early: new Map(),
  iterations: [],
  droppedIterations: 0,
};

/** Finished rollouts kept in the page, about 10 kB each. */
export const KEPT_ROLLOUTS = 4000;

/** The next state of the rollouts after one event. Pure; a replayed event changes nothing. */
export function reduceEpisodes(state: EpisodeState, event: TrainingEvent): EpisodeState {
  switch (event.type) {
    case "runStarted":
    case "iterationStarted":
      return state.running.size + state.early.size === 0 ? state : { ...state, running: new Map(), early: new Map() };
    case "turnTaken":
      return addTurn(state, event);
    case "tipsRetrieved":
      return addRetrieved(state, event.rolloutId, event.retrieved);
    case "rolloutsFinished":
      return finishRollouts(state, event);
    case "phaseStarted":
    case "policyUpdated":
    case "evaluated":
    case "iterationFinished":
    case "configChanged":
    case "incident":
    case "checkpointSaved":
    case "runFinished":
    case "runFailed":
      return state;
  }
}

function addTurn(state: EpisodeState, event: TrainingEvent & { readonly type: "turnTaken" }): EpisodeState {
  const { rolloutId, task, mode, firstObservation, turn } = event;
  const before = state.running.get(rolloutId);
  const turns: readonly TurnRecord[] = [...(before?.turns ?? []), turn];
  const retrieved = before?.retrieved ?? state.early.get(rolloutId) ?? [];
  const running = new Map(state.running);
  running.set(rolloutId, { rolloutId, task, mode, firstObservation, turns, retrieved, finished: null });
  return { ...state, running };
}

function addRetrieved(state: EpisodeState, rolloutId: string, retrieved: readonly RetrievalRecord[]): EpisodeState {
  const rollout = state.running.get(rolloutId);
  if (rollout === undefined) {
    const early = new Map(state.early);
    early.set(rolloutId, [...(early.get(rolloutId) ?? []), ...retrieved]);
    return { ...state, early };
  }
  const running = new Map(state.running);
  running.set(rolloutId, { ...rollout, retrieved: [...rollout.retrieved, ...retrieved] });
  return { ...state, running };
}

function finishRollouts(
  state: EpisodeState,
  { iteration, rollouts }: TrainingEvent & { readonly type: "rolloutsFinished" },
): EpisodeState {
  const others = state.iterations.filter((entry) => entry.iteration !== iteration);
  const iterations = [...others, { iteration, rollouts }].sort((a, b) => a.iteration - b.iteration);
  const dropped = excessIterations(iterations);
  return {
    running: new Map(),
    early: new Map(),
    iterations: iterations.slice(dropped),
    droppedIterations: state.droppedIterations + dropped,
  };
}

/** How many of the oldest iterations do not fit any more; the newest one always does. */
function excessIterations(iterations: readonly IterationRollouts[]): number {
  let count = 0;
  for (let i = iterations.length - 1; i >= 0; i--) {
    count += iterations[i]!.rollouts.length;
    if (count > KEPT_ROLLOUTS && i < iterations.length - 1) return i + 1;
  }
  return 0;
}

const SHOWN = new WeakMap<RolloutRecord, ShownRollout>();

/** A finished rollout as it is shown; the same object every time. */
export function shownOf(record: RolloutRecord): ShownRollout {
  let shown = SHOWN.get(record);
  if (shown === undefined) SHOWN.set(record, (shown = { ...record, finished: record }));
  return shown;
}

/** The rollout of that name, running or finished. */
export function findRollout(state: EpisodeState, rolloutId: string | null): ShownRollout | null {
  if (rolloutId === null) return null;
  const running = state.running.get(rolloutId);
  if (running !== undefined) return running;
  for (let i = state.iterations.length - 1; i >= 0; i--) {
    const record = state.iterations[i]!.rollouts.find((rollout) => rollout.rolloutId === rolloutId);
    if (record !== undefined) return shownOf(record);
  }
  return null;
}

/** The rollouts of the same group, the given one among them; empty while it is running. */
export function groupOf(state: EpisodeState, rollout: ShownRollout): readonly RolloutRecord[] {
  const { finished } = rollout;
  if (finished === null) return [];
  const entry = state.iterations.find(({ iteration }) => iteration === finished.iteration);
  return entry?.rollouts.filter(({ groupId }) => groupId === finished.groupId) ?? [];
}
