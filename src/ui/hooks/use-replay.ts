import { useMemo } from "react";
import type { WorldView } from "../../core/envs/env.ts";
import { replayViews } from "../replay.ts";
import type { ShownRollout } from "../store/episode-slice.ts";

/** What the world of a rollout looked like at a turn, and which rooms led there; null if it cannot be played again. */
export function useReplay(rollout: ShownRollout, turn: number): { view: WorldView; path: readonly string[] } | null {
  const { rolloutId, task, turns } = rollout;
  return useMemo(() => {
    try {
      const actions = turns.slice(0, turn).map(({ action }) => action);
      const views = replayViews(rolloutId, task, actions);
      return { view: views.at(-1)!, path: views.map(({ agentRoom }) => agentRoom) };
    } catch {
      return null; // a world this page does not have
    }
  }, [rolloutId, task, turns, turn]);
}
