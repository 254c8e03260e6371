/** @file What is asked of a live run without changing whether it goes on. */
import type { InspectedToken, TipEdit } from "../../protocol/messages.ts";
import { usePage } from "../store/store.ts";
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

/** A checkpoint file, and the iterations done in it. */
interface ExportedRun {
  readonly iteration: number;
  readonly bytes: ArrayBuffer;
}

/** The checkpoint file of a live run's last finished iteration. */
export async function exportRun(key: string): Promise<ExportedRun> {
  const answer = await client.request(key, { type: "exportCheckpoint" }, FILE_TIMEOUT_MS);
  if (answer.type !== "checkpoint") throw new Error("The run gave no checkpoint.");
  return { iteration: answer.iteration, bytes: answer.bytes };
}
