/** @file The training worker: its port on one side, the host on the other. */
import type { WorkerCommand, WorkerMessage } from "../src/protocol/messages.ts";
import { createBrowserHost } from "../src/runtime/browser-runtime.ts";
import { openRunStore } from "../src/storage/open-run-store.ts";

function post(message: WorkerMessage, transfer: readonly ArrayBuffer[]): void {
  self.postMessage(message, { transfer: [...transfer] });
}

const host = openRunStore().then((store) => createBrowserHost(store, post));

self.onmessage = ({ data: command }: MessageEvent<WorkerCommand>) => {
  void host.then((ready) => ready.handle(command));
};
