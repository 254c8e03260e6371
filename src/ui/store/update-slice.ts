/** @file What the last policy update did, and its numbers over time. */
import type { TokenUpdateRecord, TrainingEvent } from "../../core/events/training-event.ts";

type UpdateNumbers = (TrainingEvent & { readonly type: "policyUpdated" })["stats"];

/** The numbers of one update. */
export interface UpdatePoint {
  readonly iteration: number;
  readonly stats: UpdateNumbers;
}

export interface UpdateState {
  /** Ascending by iteration, each once. */
  readonly history: readonly UpdatePoint[];
  /** Ratios and masks of the last update, per rollout. */
  readonly tokens: readonly TokenUpdateRecord[];
  readonly tokensIteration: number | null;
}

export const INITIAL_UPDATE: UpdateState = { history: [], tokens: [], tokensIteration: null };

/** The next state of the update after one event. Pure; of several updates of an iteration the last one counts. */
export function reduceUpdate(state: UpdateState, event: TrainingEvent): UpdateState {
  if (event.type === "iterationFinished") {
    const { iteration, update } = event.summary;
    const isKnown = update === null || has(state.history, iteration);
    return isKnown ? state : { ...state, history: insert(state.history, { iteration, stats: update }) };
  }
  if (event.type !== "policyUpdated") return state;
  const { iteration, stats, tokens } = event;
  const isLatest = state.tokensIteration === null || iteration >= state.tokensIteration;
  return {
    history: insert(state.history, { iteration, stats }),
    tokens: isLatest ? tokens : state.tokens,
    tokensIteration: isLatest ? iteration : state.tokensIteration,
  };
}

/** Looked for from the end, where it is if anywhere. */
function has(history: readonly UpdatePoint[], iteration: number): boolean {
  const at = history.findLastIndex((point) => point.iteration <= iteration);
  return at >= 0 && history[at]!.iteration === iteration;
}

function insert(history: readonly UpdatePoint[], added: UpdatePoint): UpdatePoint[] {
  const last = history.at(-1);
  if (last === undefined || last.iteration < added.iteration) return [...history, added];
  return [...history.filter(({ iteration }) => iteration !== added.iteration), added].sort(
    (a, b) => a.iteration - b.iteration,
  );
}
