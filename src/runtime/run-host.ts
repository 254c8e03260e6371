/**
 * @file The worker's side of the protocol: opens, runs, stores, inspects, saves and loads one run at a time. Knows no
 * DOM and no device; everything of the browser is handed in.
 */
import { assertNever, CheckpointError, ConfigError, TakenOverError } from "../core/base/errors.ts";
import type { RolloutRecord, TrainingEvent } from "../core/events/training-event.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { SessionCheckpoint } from "../core/training/session.ts";
import {
  toWireError,
  type BackendChoice,
  type IterationProfile,
  type Progress,
  type WorkerCommand,
} from "../protocol/messages.ts";
import type { RunStore, StoredRun } from "../storage/run-store.ts";
import type { LockRequest } from "./browser-lock.ts";
import { HostedRun, type OpenedRun } from "./hosted-run.ts";
import { inspectTurn } from "./inspection.ts";
import { Outbox, type OutboxPorts } from "./outbox.ts";
import { parseChanges, type RunChange } from "./run-changes.ts";
import { decodeSessionFile } from "./session-file.ts";

/** What is needed to put a run on a device. */
export interface OpenRequest {
  readonly config: RunConfig;
  /** Where to go on; null for a new run. */
  readonly checkpoint: SessionCheckpoint | null;
  readonly backend: BackendChoice;
  readonly emit: (event: TrainingEvent) => void;
  readonly onProgress: (progress: Progress | null) => void;
  readonly onProfile: (profile: IterationProfile) => void;
}

/** What the host is given by the browser, or by a test. */
export interface RunHostPorts extends OutboxPorts {
  readonly store: RunStore;
  /** Makes this the only tab that trains the run; null if another one does. */
  lock(runId: string, request: LockRequest): Promise<(() => void) | null>;
  openRun(request: OpenRequest): Promise<OpenedRun>;
  /** Trains a base policy and keeps it, unless it ended early. */
  pretrain(request: PretrainRequest): Promise<void>;
}

/** A base policy to be trained here. */
export interface PretrainRequest {
  readonly seed: number;
  readonly tokens: number;
  readonly backend: BackendChoice;
  readonly onProgress: (progress: Progress) => void;
  readonly goesOn: () => boolean;
}

type Command<Type extends WorkerCommand["type"]> = Extract<WorkerCommand, { readonly type: Type }>;

/** Those that wait for the one before. */
type QueuedCommand = Exclude<WorkerCommand, Command<"pause"> | Command<"ping">>;

interface Opening {
  readonly config: RunConfig;
  readonly checkpoint: SessionCheckpoint | null;
  readonly stored: StoredRun | null;
}

/** `requestId` of refusals that answer no request: the page shows nothing, the run goes on. */
const NO_REQUEST = 0;
/** Commands after whose failure there is no run. */
const ENDING: ReadonlySet<WorkerCommand["type"]> = new Set(["start", "resume", "step", "pretrain"]);
const TAKING_OVER = "Waiting until the other tab has saved its iteration";
/** Devices lost without a finished iteration in between, before the run stops. */
const MAX_RECOVERIES = 3;

/** Carries out the commands of the page, one after the other. */
export class RunHost {
  readonly #ports: RunHostPorts;
  #queue: Promise<void> = Promise.resolve();
  #run: HostedRun | null = null;
  #lock: { readonly runId: string; readonly release: () => void } | null = null;
  /** The last start, to begin from when the run failed. */
  #lastStart: Command<"start"> | null = null;
  #isPauseWanted = false;
  #recoveries = { count: 0, iteration: -1 };
  /** Rollouts of before the reload. */
  #replayed = new Map<string, RolloutRecord>();

  constructor(ports: RunHostPorts) {
    this.#ports = ports;
  }

  /** Never throws: what fails is answered with `failed`. Resolves when the command is done; a run goes on after it. */
  handle(command: WorkerCommand): Promise<void> {
    if (command.type === "ping") {
      this.#ports.post({ type: "pong", runId: command.runId }, []);
      return Promise.resolve();
    }
    if (command.type === "pause") {
      this.#isPauseWanted = true;
      if (this.#run?.runId === command.runId) this.#run.pause();
      return Promise.resolve();
    }
    if (command.type === "start" || command.type === "pretrain") this.#isPauseWanted = false;
    this.#queue = this.#queue.then(() => this.#perform(command));
    return this.#queue;
  }

  async #perform(command: QueuedCommand): Promise<void> {
    try {
      await this.#dispatch(command);
    } catch (error) {
      const isEnd = ENDING.has(command.type);
      if (isEnd) this.#run = null;
      const requestId = "requestId" in command ? command.requestId : isEnd ? null : NO_REQUEST;
      const outbox = new Outbox(command.runId, this.#ports);
      if (isEnd) outbox.post({ type: "progress", progress: null });
      outbox.post({ type: "failed", requestId, error: toWireError(error) });
    }
  }

  async #dispatch(command: QueuedCommand): Promise<void> {
    switch (command.type) {
      case "start":
        return this.#start(command);
      case "resume":
      case "step":
        return this.#goOn(command);
      case "setConfig":
        return this.#require(command.runId).change({ type: "config", changes: command.changes });
      case "editTip":
        return this.#editTip(command);
      case "inspect":
        return this.#inspect(command);
      case "exportCheckpoint":
        return this.#export(command);
      case "importCheckpoint":
        return this.#import(command);
      case "pretrain":
        return this.#pretrain(command);
      default:
        return assertNever(command);
    }
  }

  async #start(command: Command<"start">): Promise<void> {
    const { runId, fresh, autoRun } = command;
    await this.#closeRun();
    this.#lastStart = { ...command, takeOver: false };
    const outbox = new Outbox(runId, this.#ports);
    outbox.post({ type: "progress", progress: loading(command.takeOver ? TAKING_OVER : "Looking for the saved run") });
    if (!(await this.#takeLock(runId, command.takeOver))) {
      await this.#replay(outbox, runId);
      outbox.post({ type: "elsewhere", taken: false });
      return;
    }
    const stored = fresh ? null : await this.#ports.store.openRun(runId);
    const run = await (stored === null ? this.#startNew(outbox, command) : this.#startStored(outbox, command, stored));
    if (autoRun && !this.#isPauseWanted) run.resume();
    else run.pause();
  }

  async #startNew(outbox: Outbox, command: Command<"start">): Promise<HostedRun> {
    const { store } = this.#ports;
    const problem = (await this.#createRun(command.runId, command.config)) ?? store.problem;
    const run = await this.#open(outbox, { config: command.config, checkpoint: null, stored: null }, command);
    if (problem !== null) outbox.post({ type: "saved", iteration: 0, at: null, error: problem });
    return run;
  }

  async #startStored(outbox: Outbox, command: Command<"start">, stored: StoredRun): Promise<HostedRun> {
    const { header, payload, damage } = stored;
    const finish = await this.#replay(outbox, command.runId);
    const checkpoint = payload === null ? null : decodeStored(payload);
    const run = await this.#open(outbox, { config: header.config, checkpoint, stored }, command);
    if (run.isFinished && finish !== null) outbox.post({ type: "events", events: [finish], replay: true });
    const { problem } = this.#ports.store;
    if (problem !== null || checkpoint !== null) {
      outbox.post({ type: "saved", iteration: header.iteration, at: null, error: problem });
    }
    if (damage !== null) outbox.post({ type: "storage", incident: "damaged", text: damage });
    return run;
  }

  /** A database that cannot be written does not keep anyone from training. */
  async #createRun(runId: string, config: RunConfig): Promise<string | null> {
    try {
      await this.#ports.store.createRun(runId, config);
      return null;
    } catch (error) {
      return toWireError(error).message;
    }
  }

  /** Tells the stored history; returns how it ended, if it did. */
  async #replay(outbox: Outbox, runId: string): Promise<TrainingEvent | null> {
    let finish: TrainingEvent | null = null;
    for (const events of await this.#ports.store.readEvents(runId)) {
      outbox.post({ type: "events", events, replay: true });
      for (const event of events) {
        if (event.type === "runFinished") finish = event;
        if (event.type !== "rolloutsFinished") continue;
        for (const rollout of event.rollouts) this.#replayed.set(rollout.rolloutId, rollout);
      }
    }
    return finish;
  }

  async #open(
    outbox: Outbox,
    { config, checkpoint, stored }: Opening,
    { runId, backend }: Pick<Command<"start">, "runId" | "backend">,
  ): Promise<HostedRun> {
    const events: TrainingEvent[] = [];
    const opened = await this.#ports.openRun({
      config,
      checkpoint,
      backend,
      emit: (event) => {
        events.push(event);
        outbox.emit(event);
      },
      onProgress: (progress) => outbox.post({ type: "progress", progress }),
      onProfile: (profile) => outbox.post({ type: "profile", profile }),
    });
    const run = new HostedRun({
      runId,
      opened,
      store: this.#ports.store,
      outbox,
      events,
      hasResult: stored?.header.finished ?? false,
      savedIteration: stored?.header.iteration ?? 0,
      nextTask: () => this.#ports.nextTask(),
      onFailure: (error, deviceLost) => this.#fail(run, outbox, { error, deviceLost }),
    });
    this.#run = run;
    const tellBackend = (reason: string): void =>
      outbox.post({ type: "backend", backend: opened.backend, reason, isEmulated: opened.isEmulated });
    tellBackend(opened.reason);
    void opened.workingWay.then((way) => {
      if (this.#run === run) tellBackend(`${opened.reason} ${way}`);
    });
    run.reapply(parseChanges(stored?.header.pendingChanges ?? []));
    run.tellTips();
    outbox.post({ type: "progress", progress: null });
    return run;
  }

  async #goOn(command: Command<"resume"> | Command<"step">): Promise<void> {
    this.#isPauseWanted = false;
    if (this.#run === null && this.#lastStart?.runId === command.runId) {
      await this.#start({ ...this.#lastStart, fresh: false, autoRun: false });
      if (this.#lock === null) return; // another tab has it
    }
    const run = this.#require(command.runId);
    if (command.type === "resume") run.resume();
    else run.step();
  }

  async #editTip({ runId, edit }: Command<"editTip">): Promise<void> {
    const run = this.#require(runId);
    const change: RunChange = { type: "tip", edit };
    try {
      await run.change(change);
    } finally {
      run.tellTips();
    }
  }

  async #inspect({ runId, requestId, rolloutId, turn }: Command<"inspect">): Promise<void> {
    const { opened } = this.#require(runId);
    const rollout = opened.session.rollout(rolloutId) ?? this.#replayed.get(rolloutId);
    if (rollout === undefined) throw new ConfigError("inspect: a rollout of the last iterations, got an older one");
    const tokens = await inspectTurn(opened.policy, rollout, turn);
    new Outbox(runId, this.#ports).post({ type: "inspected", requestId, tokens });
  }

  /** Not awaited in the queue: the first iteration may still be in flight. */
  #export({ runId, requestId }: Command<"exportCheckpoint">): Promise<void> {
    const outbox = new Outbox(runId, this.#ports);
    void this.#require(runId)
      .exportFile()
      .then(({ bytes: { buffer }, iteration }) =>
        outbox.post({ type: "checkpoint", requestId, iteration, bytes: buffer }, [buffer]),
      )
      .catch((error: unknown) => outbox.post({ type: "failed", requestId, error: toWireError(error) }));
    return Promise.resolve();
  }

  /** Opens the run of a file, paused, and stores it in one piece. The answer is the file itself. */
  async #import({ runId, requestId, bytes, backend }: Command<"importCheckpoint">): Promise<void> {
    const checkpoint = decodeSessionFile(new Uint8Array(bytes));
    await this.#closeRun();
    const { config, iteration } = checkpoint;
    this.#lastStart = { type: "start", runId, config, fresh: false, backend, autoRun: false, takeOver: false };
    const outbox = new Outbox(runId, this.#ports);
    if (!(await this.#takeLock(runId, false))) throw new ConfigError("import: a run that no other tab trains");
    const run = await this.#open(outbox, { config, checkpoint, stored: null }, { runId, backend });
    await run.commit();
    run.pause();
    outbox.post({ type: "checkpoint", requestId, iteration, bytes }, [bytes]);
  }

  /** Ends the run, trains a base policy, and is then paused without one; `pause` stops it. */
  async #pretrain({ runId, seed, tokens, backend }: Command<"pretrain">): Promise<void> {
    await this.#closeRun();
    const outbox = new Outbox(runId, this.#ports);
    await this.#ports.pretrain({
      seed,
      tokens,
      backend,
      onProgress: (progress) => outbox.post({ type: "progress", progress }),
      goesOn: () => !this.#isPauseWanted,
    });
    outbox.post({ type: "progress", progress: null });
    outbox.post({ type: "state", state: "paused" });
  }

  #fail(run: HostedRun, outbox: Outbox, { error, deviceLost }: { error: unknown; deviceLost: boolean }): void {
    if (this.#run !== run) return;
    this.#run = null;
    run.opened.dispose();
    if (error instanceof TakenOverError) {
      outbox.post({ type: "elsewhere", taken: true });
      return;
    }
    const { iteration } = run.opened.session;
    const { name, message } = toWireError(error);
    if (deviceLost && this.#mayRecover(iteration) && this.#lastStart !== null) {
      const again: QueuedCommand = { ...this.#lastStart, fresh: false, autoRun: !this.#isPauseWanted };
      this.#queue = this.#queue.then(() => this.#perform(again));
      return;
    }
    outbox.emit({ type: "runFailed", iteration, message });
    outbox.post({ type: "progress", progress: null });
    outbox.post({ type: "failed", requestId: null, error: { name, message } });
  }

  #mayRecover(iteration: number): boolean {
    const isSame = this.#recoveries.iteration === iteration;
    this.#recoveries = { count: isSame ? this.#recoveries.count + 1 : 1, iteration };
    return this.#recoveries.count <= MAX_RECOVERIES;
  }

  async #closeRun(): Promise<void> {
    const run = this.#run;
    await run?.close();
    this.#run = null;
    this.#replayed.clear();
    this.#lock?.release();
    this.#lock = null;
  }

  /** Whether this tab is now the only one that trains the run. */
  async #takeLock(runId: string, takeOver: boolean): Promise<boolean> {
    const release = await this.#ports.lock(runId, {
      takeOver,
      onWanted: () => {
        this.#queue = this.#queue.then(() => this.#letGo(runId));
      },
      onStolen: () => this.#loseLock(runId),
    });
    this.#lock = release === null ? null : { runId, release };
    return release !== null;
  }

  /** Another tab wants the run: it goes on there, after the iteration in flight, which is saved here. */
  async #letGo(runId: string): Promise<void> {
    if (this.#lock?.runId !== runId) return;
    await this.#closeRun();
    new Outbox(runId, this.#ports).post({ type: "elsewhere", taken: true });
  }

  /** Another tab trains the run already. The store refuses what is still in flight here. */
  #loseLock(runId: string): void {
    if (this.#lock?.runId !== runId) return;
    this.#lock = null;
    this.#run?.pause();
    this.#run = null;
    new Outbox(runId, this.#ports).post({ type: "elsewhere", taken: true });
  }

  #require(runId: string): HostedRun {
    if (this.#run?.runId === runId) return this.#run;
    throw new ConfigError(`command: a run that was started, got "${runId}"`);
  }
}

function decodeStored(payload: Uint8Array): SessionCheckpoint {
  try {
    return decodeSessionFile(payload);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new CheckpointError(`The saved run cannot be read; reset to begin anew. (${error.message})`);
  }
}

function loading(text: string): Progress {
  return { stage: "loading", fraction: null, remainingMs: null, text };
}
