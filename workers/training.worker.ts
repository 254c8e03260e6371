/** @file The training worker: its port on one side, the host on the other. */
import type { WorkerCommand, WorkerEnvelope, WorkerMessage } from "../src/protocol/messages.ts";
import { createBrowserHost } from "../src/runtime/browser-runtime.ts";
import { openRunStore } from "../src/storage/open-run-store.ts";

let sequence = 0;

function post(message: WorkerMessage, transfer: readonly ArrayBuffer[]): void {
  const envelope: WorkerEnvelope = { sequence: sequence++, message };
  self.postMessage(envelope, { transfer: [...transfer] });
}

const host = openRunStore().then((store) => createBrowserHost(store, post));

self.onmessage = ({ data: command }: MessageEvent<WorkerCommand>) => {
  void host.then((ready) => ready.handle(command));
};
