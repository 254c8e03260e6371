/**
 * @file The training workers of this page, one per run. Commands go out, messages come back by run key; requests
 * are answered within a time limit or fail with a sentence. A worker that died or hangs is noticed.
 */
import type { RunConfig } from "../core/training/run-config.ts";
import type { WireError, WorkerCommand, WorkerMessage } from "../protocol/messages.ts";
import { toWireError } from "../protocol/messages.ts";
import { MessageGate } from "./message-gate.ts";
import { BEAT_MS, Supervisor } from "./supervisor.ts";
import { createTrainingWorker } from "./script-urls.ts";

/** A command that is answered by a message with the same `requestId`. */
type Request = Extract<WorkerCommand, { readonly requestId: number }>;
type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;
export type RequestBody = DistributiveOmit<Request, "requestId" | "runId">;
/** A command without the run it is for. */
export type CommandBody = DistributiveOmit<Exclude<WorkerCommand, Request>, "runId">;

/** A change of a run that is on. */
type Change = Extract<CommandBody, { readonly type: "setConfig" | "editTip" }>;

interface Pending {
  readonly resolve: (message: WorkerMessage) => void;
  readonly reject: (error: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

interface LiveRun {
  readonly runId: string;
  readonly worker: Worker;
  readonly supervisor: Supervisor;
  readonly gate: MessageGate;
  readonly beats: ReturnType<typeof setInterval>;
  readonly pending: Map<number, Pending>;
  /** Changes that this worker has carried out. */
  changeCount: number;
}

/** Name of the error of a worker that died, hangs or failed outside of a run. */
export const WORKER_LOST = "WorkerLost";

/** Owns the workers. A run is named by a key of this page and by its id in the database. */
export class WorkerClient {
  readonly #listener: (key: string, message: WorkerMessage) => void;
  readonly #runs = new Map<string, LiveRun>();
  readonly #onDropped: (key: string, count: number) => void;
  /** Changes that no worker is known to have carried out, oldest first; the next one of the run gets them again. */
  readonly #changes = new Map<string, Change[]>();
  #nextRequestId = 1;

  /** @param onDropped told how many messages of a run's worker were dropped so far */
  constructor(
    listener: (key: string, message: WorkerMessage) => void,
    onDropped: (key: string, count: number) => void = () => undefined,
  ) {
    this.#listener = listener;
    this.#onDropped = onDropped;
  }

  /** Opens a worker for a run. Send it `start` next. */
  open(key: string, runId: string): void {
    this.close(key);
    const worker = createTrainingWorker(`empo2 ${runId}`);
    const beats = setInterval(() => this.#beat(key), BEAT_MS);
    const run: LiveRun = {
      runId,
      worker,
      supervisor: new Supervisor(),
      gate: new MessageGate(runId),
      beats,
      pending: new Map(),
      changeCount: 0,
    };
    this.#runs.set(key, run);
    const fail = (name: string, message: string): void => this.#fail(key, runId, { name, message });
    run.worker.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(key, run, data);
    run.worker.onmessageerror = () => fail(WORKER_LOST, "A message of the training worker could not be read.");
    run.worker.onerror = (event) => {
      event.preventDefault();
      // What cannot be loaded has no message, and would not be loaded a second time.
      if (event.message === "") fail("DeviceError", "The training worker could not be loaded. Please reload the page.");
      else fail(WORKER_LOST, `The training worker failed: ${event.message}.`);
    };
  }

  /** Sends a command. To a run that was closed only changes go, as soon as it is started again. */
  send(key: string, command: CommandBody): void {
    const run = this.#runs.get(key);
    const changes = this.#changes.get(key) ?? [];
    if (isChange(command)) this.#changes.set(key, [...changes, command]);
    const sent = command.type === "start" ? [command, ...changes] : [command];
    for (const each of sent) run?.worker.postMessage({ ...each, runId: run.runId });
  }

  /** Settings that were changed and are not known to be taken on yet. */
  changedSettings(key: string): Partial<RunConfig> {
    const changes = (this.#changes.get(key) ?? []).filter((change) => change.type === "setConfig");
    return changes.reduce((settings, change) => ({ ...settings, ...change.changes }), {});
  }

  /** Another tab has the run: what was changed here and not taken on is void. */
  forgetChanges(key: string): void {
    this.#changes.delete(key);
  }

  /** Sends a request and waits for its answer. */
  request(key: string, body: RequestBody, timeoutMs: number): Promise<WorkerMessage> {
    const run = this.#runs.get(key);
    if (run === undefined) return Promise.reject(new Error("This run has ended. Press Train to start one."));
    const requestId = this.#nextRequestId++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        run.pending.delete(requestId);
        reject(new Error("The run was too busy to answer. Pause it and try again."));
      }, timeoutMs);
      run.pending.set(requestId, { resolve, reject, timer });
      const transfer = body.type === "importCheckpoint" ? [body.bytes] : [];
      run.worker.postMessage({ ...body, runId: run.runId, requestId }, transfer);
    });
  }

  /** Ends a run's worker at once. What was saved stays saved. */
  close(key: string): void {
    const run = this.#runs.get(key);
    if (run === undefined) return;
    this.#runs.delete(key);
    clearInterval(run.beats);
    run.worker.onmessage = null;
    run.worker.terminate();
    for (const { reject, timer } of run.pending.values()) {
      clearTimeout(timer);
      reject(new Error("The run was ended before it answered."));
    }
  }

  #beat(key: string): void {
    const run = this.#runs.get(key);
    const verdict = run?.supervisor.beat(!document.hidden);
    if (run === undefined || verdict === "alive") return;
    if (verdict === "ask") this.send(key, { type: "ping" });
    else this.#fail(key, run.runId, { name: WORKER_LOST, message: "The training worker stopped answering." });
  }

  #fail(key: string, runId: string, error: WireError): void {
    this.#listener(key, { type: "failed", runId, requestId: null, error });
  }

  #receive(key: string, run: LiveRun, data: unknown): void {
    const message = run.gate.admit(data);
    if (message === null) {
      this.#onDropped(key, run.gate.dropped);
      return;
    }
    run.supervisor.heard(message);
    if (message.type === "pong") return;
    if (message.type === "changed") {
      const left = (this.#changes.get(key) ?? []).slice(message.count - run.changeCount);
      run.changeCount = message.count;
      if (left.length > 0) this.#changes.set(key, left);
      else this.#changes.delete(key);
      return;
    }
    const requestId = "requestId" in message ? message.requestId : null;
    const pending = requestId === null ? undefined : run.pending.get(requestId);
    if (requestId === null || pending === undefined) {
      this.#listener(key, message);
      return;
    }
    clearTimeout(pending.timer);
    run.pending.delete(requestId);
    if (message.type === "failed") pending.reject(new Error(message.error.message));
    else pending.resolve(message);
  }
}

function isChange(command: CommandBody): command is Change {
  return command.type === "setConfig" || command.type === "editTip";
}

/** The sentence of anything that was thrown. */
export function messageOf(error: unknown): string {
  return toWireError(error).message;
}
