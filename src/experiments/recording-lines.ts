/** @file The lines of a recording: an iteration's events as the page hears them live, in more or less detail. */
import type { RolloutRecord, TokenUpdateRecord, TrainingEvent, TurnRecord } from "../core/events/training-event.ts";
import type { StoredOf } from "./recorded-runs.ts";

/** What was stored of an iteration. */
export interface RecordedIteration {
  readonly iteration: number;
  /** When the iteration before it was over, ms. */
  readonly startedAt: number;
  /** Null if there was nothing to learn from. */
  readonly update: StoredOf<"policyUpdated"> | null;
  readonly rollouts: StoredOf<"rolloutsFinished">;
  readonly evaluations: readonly StoredOf<"evaluated">[];
  readonly finished: StoredOf<"iterationFinished">;
  readonly changes: readonly StoredOf<"configChanged">[];
  /** The group that is worth watching. */
  readonly watchedGroup: string;
}

/** How much of an iteration's rollouts is kept: none, those of the watched group, or all. */
export interface Detail {
  readonly rollouts: "none" | "group" | "all";
  /** The watched group also turn by turn, as it is told live. */
  readonly turns: boolean;
}

type Told = TrainingEvent & { readonly at: number };

/** The iteration as lines of JSON. Numbers have four significant digits. */
export function iterationText(iteration: RecordedIteration, detail: Detail): string {
  return textOf(iterationEvents(iteration, detail));
}

/** Events as lines of JSON. */
export function textOf(events: readonly Told[]): string {
  return events
    .map((event) => `${JSON.stringify(event, event.type === "runStarted" ? undefined : rounded)}\n`)
    .join("");
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

function iterationEvents(recorded: RecordedIteration, detail: Detail): Told[] {
  const { iteration, startedAt, update, rollouts, evaluations, finished, changes } = recorded;
  const { times } = finished.summary;
  const kept = keptRollouts(recorded, detail);
  const updateAt = update === null ? 0 : Math.round(Math.max(startedAt, update.at - times.update));
  const evaluationAt = Math.round(Math.max(rollouts.at, (evaluations[0]?.at ?? 0) - times.evaluation));
  return [
    { type: "iterationStarted", iteration, tasks: tasksOf(rollouts.rollouts), at: startedAt },
    { type: "phaseStarted", phase: "rollout", iteration, at: startedAt },
    ...(detail.turns ? turnEvents(recorded, kept) : []),
    ...(update === null ? [] : [{ type: "phaseStarted", phase: "update", iteration, at: updateAt } as const]),
    ...(update === null || kept.length === 0 ? [] : [{ ...update, tokens: keptTokens(update.tokens, kept) }]),
    ...(kept.length === 0 ? [] : [{ ...rollouts, rollouts: kept }]),
    ...(evaluations.length === 0
      ? []
      : [{ type: "phaseStarted", phase: "evaluation", iteration, at: evaluationAt } as const]),
    ...evaluations,
    finished,
    ...changes,
  ];
}

/** One task a group, in order. */
function tasksOf(rollouts: readonly RolloutRecord[]): RolloutRecord["task"][] {
  return rollouts.filter(({ groupId }, i) => groupId !== rollouts[i - 1]?.groupId).map(({ task }) => task);
}

function keptRollouts({ rollouts, update, watchedGroup }: RecordedIteration, detail: Detail): RolloutRecord[] {
  if (detail.rollouts === "none") return [];
  const masked = new Set(
    update?.tokens.filter((record) => record.masked.includes(true)).map((record) => record.rolloutId),
  );
  return rollouts.rollouts
    .filter(({ groupId }) => detail.rollouts === "all" || groupId === watchedGroup)
    .map((rollout) => ({
      ...rollout,
      turns: rollout.turns.map(keptTurn),
      // The page asks for the words of masked tokens alone.
      ...(masked.has(rollout.rolloutId) ? {} : { tokens: [], segments: [] }),
    }));
}

function keptTurn(turn: TurnRecord): TurnRecord {
  return { ...turn, logProbs: turn.logProbs.map((logProb) => Number(logProb.toFixed(3))), entropies: [] };
}

function keptTokens(tokens: readonly TokenUpdateRecord[], kept: readonly RolloutRecord[]): TokenUpdateRecord[] {
  const ids = new Set(kept.map(({ rolloutId }) => rolloutId));
  return tokens
    .filter(({ rolloutId }) => ids.has(rolloutId))
    .map((record) => ({ ...record, masked: record.masked.includes(true) ? record.masked : [] }));
}

/**
 * The watched group's tips and turns. All rollouts are played in step, so that their times are those of the rollout
 * phase, evenly divided.
 */
function turnEvents({ rollouts, finished, startedAt, watchedGroup }: RecordedIteration, kept: RolloutRecord[]): Told[] {
  const longest = Math.max(...rollouts.rollouts.map(({ turns }) => turns.length));
  const watched = kept.filter(({ groupId }) => groupId === watchedGroup);
  return Array.from({ length: longest }, (_, i) => {
    const at = Math.round(startedAt + (finished.summary.times.rollout * (i + 1)) / (longest + 1));
    return watched.flatMap((rollout) => turnEventsOf(rollout, i, at));
  }).flat();
}

function turnEventsOf(rollout: RolloutRecord, i: number, at: number): Told[] {
  const { rolloutId, task, mode, firstObservation } = rollout;
  const turn = rollout.turns[i];
  if (turn === undefined) return [];
  const retrieved = rollout.retrieved.filter((record) => record.turn === i);
  return [
    ...(retrieved.length === 0 ? [] : [{ type: "tipsRetrieved", rolloutId, retrieved, at } as const]),
    { type: "turnTaken", rolloutId, task, mode, firstObservation, turn, at },
  ];
}
