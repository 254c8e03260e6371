import { useEffect } from "react";
import { follow } from "../store/selection.ts";
import { shownEpisodes, usePage } from "../store/store.ts";

const STEP_MS = 420;

/** Goes from turn to turn and from rollout to rollout while the visitor has not chosen one. */
export function useFollow(): void {
  useEffect(() => {
    const timer = setInterval(() => {
      const state = usePage.getState();
      const selection = follow(state.selection, shownEpisodes(state));
      if (selection !== state.selection) usePage.setState({ selection });
    }, STEP_MS);
    return () => clearInterval(timer);
  }, []);
}
