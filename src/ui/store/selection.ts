/** @file Which rollout and turn the panels look at: chosen by the visitor, or followed as they happen. */
import { findRollout, shownOf, type EpisodeState, type ShownRollout } from "./episode-slice.ts";

export interface Selection {
  /** The page goes from turn to turn and from rollout to rollout by itself. */
  readonly isFollowing: boolean;
  readonly rolloutId: string | null;
  /** Turns shown: 0 is before the first action. */
  readonly turn: number;
  /** Steps spent at the end of a finished rollout while following. */
  readonly dwell: number;
}

export const INITIAL_SELECTION: Selection = { isFollowing: true, rolloutId: null, turn: 0, dwell: 0 };

/** Steps a followed rollout stays on the page after its last turn. */
const DWELL_STEPS = 4;

/** One step of following: the next turn, or another rollout when this one is over. Pure. */
export function follow(selection: Selection, episodes: EpisodeState): Selection {
  if (!selection.isFollowing) return selection;
  const rollout = findRollout(episodes, selection.rolloutId);
  if (rollout === null) return open(nextRollout(episodes, null), selection);
  if (selection.turn < rollout.turns.length) {
    const turn = Math.min(rollout.turns.length, selection.turn + (isBehind(rollout, episodes) ? 3 : 1));
    return { ...selection, turn };
  }
  const isRunning = rollout.finished === null;
  const next = nextRollout(episodes, rollout);
  if (next === null || next.rolloutId === rollout.rolloutId) return selection;
  if (selection.dwell < DWELL_STEPS) return { ...selection, dwell: selection.dwell + 1 };
  return isRunning && !isOutdated(rollout, next) ? selection : open(next, selection);
}

/** The run has gone on by more than one iteration since. */
function isBehind({ finished }: ShownRollout, { iterations }: EpisodeState): boolean {
  return finished !== null && (iterations.at(-1)?.iteration ?? 0) > finished.iteration + 1;
}

function open(rollout: ShownRollout | null, selection: Selection): Selection {
  if (rollout === null) return selection;
  return { isFollowing: true, rolloutId: rollout.rolloutId, turn: 0, dwell: 0 };
}

/** A running rollout that still waits for its next turn is kept; one that is over and known as finished is not. */
function isOutdated(rollout: ShownRollout, next: ShownRollout): boolean {
  return rollout.rolloutId !== next.rolloutId && next.finished !== null;
}

/**
 * What to look at after a rollout: one under way if there is one, else the best of the newest iteration; within an
 * iteration that was seen already, its next rollout.
 */
function nextRollout(episodes: EpisodeState, seen: ShownRollout | null): ShownRollout | null {
  const newest = episodes.iterations.at(-1);
  if (seen?.finished != null && newest !== undefined && seen.finished.iteration === newest.iteration) {
    if (episodes.running.size > 0) return firstRunning(episodes);
    const at = newest.rollouts.findIndex(({ rolloutId }) => rolloutId === seen.rolloutId);
    return shownOf(newest.rollouts[at + 1] ?? newest.rollouts[0]!);
  }
  if (episodes.running.size > 0) return firstRunning(episodes);
  if (newest === undefined || newest.rollouts.length === 0) return null;
  return shownOf(newest.rollouts.reduce((best, rollout) => (rollout.score > best.score ? rollout : best)));
}

function firstRunning({ running }: EpisodeState): ShownRollout | null {
  const all = [...running.values()];
  return all.find(({ mode }) => mode !== "on-policy") ?? all[0] ?? null;
}

/** Some turns forwards or back; stops following. */
export function moveTurn(selection: Selection, episodes: EpisodeState, by: number): Selection {
  const turns = findRollout(episodes, selection.rolloutId)?.turns.length ?? 0;
  return { ...selection, isFollowing: false, turn: Math.min(turns, Math.max(0, selection.turn + by)) };
}

/** One rollout from its last turn; stops following. */
export function selectRollout(episodes: EpisodeState, rolloutId: string, turn: number | null): Selection {
  const turns = findRollout(episodes, rolloutId)?.turns.length ?? 0;
  return { isFollowing: false, rolloutId, turn: Math.min(turns, turn ?? turns), dwell: 0 };
}
