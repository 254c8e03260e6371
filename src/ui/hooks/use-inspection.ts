import { useEffect, useState } from "react";
import type { InspectedToken } from "../../protocol/messages.ts";
import { inspect } from "../actions/live-runs.ts";
import { messageOf } from "../worker-client.ts";

/** A rollout's action, by run, rollout and turn (the action after so many turns). */
export interface InspectionTarget {
  readonly key: string;
  readonly rolloutId: string;
  readonly turn: number;
}

export type Inspection =
  | { readonly state: "waiting" }
  | { readonly state: "done"; readonly tokens: readonly InspectedToken[] }
  | { readonly state: "failed"; readonly message: string };

/** So that going through the turns quickly asks once. */
const DELAY_MS = 250;
const WAITING: Inspection = { state: "waiting" };

/** What the policy would write at a place, with and without tips. Asks the worker when the place changes. */
export function useInspection({ key, rolloutId, turn }: InspectionTarget): Inspection {
  const name = `${key}/${rolloutId}/${turn}`;
  const [known, setKnown] = useState<{ readonly name: string; readonly inspection: Inspection } | null>(null);
  useEffect(() => {
    let isWanted = true;
    const tell = (inspection: Inspection) => {
      if (isWanted) setKnown({ name, inspection });
    };
    const timer = setTimeout(() => {
      inspect(key, rolloutId, turn)
        .then((tokens) => tell({ state: "done", tokens }))
        .catch((error: unknown) => tell({ state: "failed", message: messageOf(error) }));
    }, DELAY_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [key, rolloutId, turn, name]);
  return known?.name === name ? known.inspection : WAITING;
}
