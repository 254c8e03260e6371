import { useEffect, useReducer, useRef } from "react";
import type { InspectedToken } from "../../protocol/messages.ts";
import { inspect } from "../actions/run-requests.ts";
import { liveView, usePage } from "../store/store.ts";
import { messageOf } from "../worker-client.ts";

/** A rollout's action, by run, rollout and turn (the action after so many turns). */
export interface InspectionTarget {
  readonly key: string;
  readonly rolloutId: string;
  readonly turn: number;
}

/** An answer of the worker, and what it is about. */
export interface Inspection {
  readonly target: InspectionTarget;
  readonly tokens: readonly InspectedToken[];
  /** A sentence if the worker refused, else null. */
  readonly problem: string | null;
}

/** So that going through the turns quickly asks once. */
const DELAY_MS = 120;
/** While the run is on, questions take at most about a sixth of its time. */
const REST_PER_ANSWER = 5;

/**
 * The newest answer about a rollout's turns, with and without tips; null before the first one. One question is under
 * way at a time, so that a busy run is not flooded; the last wanted turn is always asked in the end.
 */
export function useInspection({ key, rolloutId, turn }: InspectionTarget): Inspection | null {
  const [newest, tell] = useReducer((_old: Inspection | null, next: Inspection) => next, null);
  const isAsking = useRef(false);
  /** Not before this time, if the run is on. */
  const nextAt = useRef(0);
  const isBusy = usePage((state) => liveView(state)?.worker?.state === "running");
  const asked = newest?.target;
  const isCurrent = asked?.key === key && asked.rolloutId === rolloutId && asked.turn === turn;
  useEffect(() => {
    if (isCurrent) return;
    const target = { key, rolloutId, turn };
    const ask = async () => {
      const start = performance.now();
      try {
        tell({ target, tokens: await inspect(key, rolloutId, turn), problem: null });
      } catch (error) {
        tell({ target, tokens: [], problem: messageOf(error) });
      } finally {
        isAsking.current = false;
        const now = performance.now();
        nextAt.current = now + (now - start) * REST_PER_ANSWER;
      }
    };
    // A question under way asks for this component again when it is answered: `asked` changes then.
    const rest = isBusy ? nextAt.current - performance.now() : 0;
    const timer = setTimeout(
      () => {
        if (isAsking.current) return;
        isAsking.current = true;
        void ask();
      },
      Math.max(DELAY_MS, rest),
    );
    return () => clearTimeout(timer);
  }, [key, rolloutId, turn, isCurrent, asked, isBusy]);
  return asked?.key === key && asked.rolloutId === rolloutId ? newest : null;
}
