/** @file What is asked of a live run without changing whether it goes on. */
import type { InspectedToken, TipEdit } from "../../protocol/messages.ts";
import { addNote, usePage } from "../store/store.ts";
import { client } from "./run-client.ts";

const INSPECT_TIMEOUT_MS = 60_000;
/** A file of some megabytes is written or read while an iteration may be in flight. */
export const FILE_TIMEOUT_MS = 120_000;

/** Changes the memory of the run that is shown. */
export function editTip(edit: TipEdit): void {
  const { shownKey } = usePage.getState();
  if (shownKey !== null) client.send(shownKey, { type: "editTip", edit });
}

/** Next-token probabilities of a rollout's turn in the run that is shown. */
export async function inspect(key: string, rolloutId: string, turn: number): Promise<readonly InspectedToken[]> {
  const answer = await client.request(key, { type: "inspect", rolloutId, turn }, INSPECT_TIMEOUT_MS);
  return answer.type === "inspected" ? answer.tokens : [];
}

/** The main run as a file; null with a note if there is none. */
export async function exportCheckpoint(): Promise<ArrayBuffer | null> {
  const [key] = usePage.getState().liveKeys;
  if (key === undefined) {
    addNote("error", "There is no run to save. Press Train first.");
    return null;
  }
  const answer = await client.request(key, { type: "exportCheckpoint" }, FILE_TIMEOUT_MS);
  return answer.type === "checkpoint" ? answer.bytes : null;
}
