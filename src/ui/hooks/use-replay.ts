import { useMemo } from "react";
import type { WorldView } from "../../core/envs/env.ts";
import { replayViews } from "../replay.ts";
import type { ShownRollout } from "../store/episode-slice.ts";

/** The rooms that led to a view, the present one last; none in a world without rooms. */
export function roomsOf(views: readonly WorldView[]): readonly string[] {
  return views.flatMap((view) => (view.kind === "rooms" ? [view.agentRoom] : []));
}

/** What the world of a rollout looked like at a turn, and which rooms led there; null if it cannot be played again. */
export function useReplay(rollout: ShownRollout, turn: number): { view: WorldView; path: readonly string[] } | null {
  const { rolloutId, task, turns } = rollout;
  return useMemo(() => {
    try {
      const actions = turns.slice(0, turn).map(({ action }) => action);
      const views = replayViews(rolloutId, task, actions);
      return { view: views.at(-1)!, path: roomsOf(views) };
    } catch {
      return null; // a world this page does not have
    }
  }, [rolloutId, task, turns, turn]);
}
