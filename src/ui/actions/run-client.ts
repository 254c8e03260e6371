/** @file The page's one client of training workers, and which run of the database each of its keys stands for. */
import type { WorkerMessage } from "../../protocol/messages.ts";
import { usePage } from "../store/store.ts";
import { WorkerClient, type CommandBody } from "../worker-client.ts";

type Listener = (key: string, message: WorkerMessage) => void;

let listener: Listener = () => undefined;

export const client = new WorkerClient(
  (key, message) => listener(key, message),
  (_key, count) => usePage.setState({ droppedMessages: count }),
);

/** Who hears what the workers say. */
export function onWorkerMessage(hear: Listener): void {
  listener = hear;
}

/** Database ids of the live runs. */
export const runIds = new Map<string, string>();

/** The live runs of the page, the main one first, with their ids in the database. */
export function liveRuns(): { readonly key: string; readonly runId: string }[] {
  return usePage.getState().liveKeys.map((key) => ({ key, runId: runIds.get(key)! }));
}

/** Id in the database of the main live run. */
export function mainRunId(): string | null {
  return runIds.get(usePage.getState().liveKeys[0] ?? "") ?? null;
}

/** Tells all live runs. */
export function sendToAll(command: CommandBody): void {
  for (const key of usePage.getState().liveKeys) client.send(key, command);
}
