import { useMemo } from "react";
import type { WorldView } from "../../core/envs/env.ts";
import { replayViews } from "../replay.ts";
import type { ShownRollout } from "../store/episode-slice.ts";

/** What the world of a rollout looked like from its start to a turn; null if it cannot be played again. */
export function useReplay(rollout: ShownRollout, turn: number): readonly WorldView[] | null {
  const { rolloutId, task, turns } = rollout;
  return useMemo(() => {
    try {
      return replayViews(
        rolloutId,
        task,
        turns.slice(0, turn).map(({ action }) => action),
      );
    } catch {
      return null; // a world this page does not have
    }
  }, [rolloutId, task, turns, turn]);
}
