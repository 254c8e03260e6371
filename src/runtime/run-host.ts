/**
 * @file The worker's side of the protocol: opens, runs, stores, inspects, saves and loads one run at a time. Knows no
 * DOM and no device; everything of the browser is handed in.
 */
import { assertNever, CheckpointError, ConfigError, NotFiniteError, TakenOverError } from "../core/base/errors.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { SessionCheckpoint } from "../core/training/session.ts";
import { toWireError, type Progress, type WorkerCommand } from "../protocol/messages.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import type { RunStore, StoredRun } from "../storage/run-store.ts";
import { GpuLosses } from "./gpu-losses.ts";
import { HostedRun, type Snapshot } from "./hosted-run.ts";
import { inspectTurn } from "./inspection.ts";
import { Outbox } from "./outbox.ts";
import { parseChanges, type RunChange } from "./run-changes.ts";
import { RunEvents } from "./run-events.ts";
import type { RunHostPorts } from "./run-host-ports.ts";
import { decodeSessionFile } from "./session-file.ts";

type Command<Type extends WorkerCommand["type"]> = Extract<WorkerCommand, { readonly type: Type }>;

/** Those that wait for the one before. */
type QueuedCommand = Exclude<WorkerCommand, Command<"pause"> | Command<"ping">>;

/** Where a run goes on, and what is known of it. */
interface Opening {
  readonly config: RunConfig;
  readonly checkpoint: SessionCheckpoint | null;
  readonly events: RunEvents;
  /** What a person changed since the checkpoint. */
  readonly changes: readonly RunChange[];
  readonly savedIteration: number;
  readonly hasResult: boolean;
}

interface Failure {
  readonly error: unknown;
  readonly deviceLost: boolean;
}

/** `requestId` of refusals that answer no request: the page shows nothing, the run goes on. */
const NO_REQUEST = 0;
/** Commands after whose failure there is no run. */
const ENDING: ReadonlySet<WorkerCommand["type"]> = new Set(["start", "resume", "step", "pretrain", "tryPolicies"]);
/** Commands that begin something; a pause asked for before does not concern it. */
const BEGINNING: ReadonlySet<WorkerCommand["type"]> = new Set(["start", "pretrain", "tryPolicies"]);
/** What people change in a run that is on. */
const CHANGES: ReadonlySet<WorkerCommand["type"]> = new Set(["setConfig", "editTip"]);
const TAKING_OVER = "Waiting until the other tab has saved its iteration";

/** Carries out the commands of the page, one after the other. */
export class RunHost {
  readonly #ports: RunHostPorts;
  #queue: Promise<void> = Promise.resolve();
  #run: HostedRun | null = null;
  #lock: { readonly runId: string; readonly release: () => void } | null = null;
  /** The last start, to begin from when the run failed. */
  #lastStart: Command<"start"> | null = null;
  /** Of runs that are not kept. */
  readonly #memoryStore = new MemoryStore("This run is not kept.");
  #isPauseWanted = false;
  #changeCount = 0;
  readonly #losses = new GpuLosses();
  #events: RunEvents | null = null;

  constructor(ports: RunHostPorts) {
    this.#ports = ports;
  }

  /** Where the run of the last start is kept. */
  get #store(): RunStore {
    return this.#lastStart?.isKept === false ? this.#memoryStore : this.#ports.store;
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
    if (BEGINNING.has(command.type)) this.#isPauseWanted = false;
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
    if (!CHANGES.has(command.type)) return;
    this.#changeCount++;
    new Outbox(command.runId, this.#ports).post({ type: "changed", count: this.#changeCount });
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
      case "tryPolicies":
        return this.#tryPolicies(command);
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
    const events = new RunEvents(outbox);
    if (!(await this.#takeLock(runId, command.takeOver))) {
      await this.#replay(outbox, runId, events);
      outbox.post({ type: "elsewhere", taken: false });
      return;
    }
    const stored = fresh ? null : await this.#store.openRun(runId);
    const found = stored === null ? null : { ...stored, finish: await this.#replay(outbox, runId, events) };
    const run = await (found === null
      ? this.#startNew(outbox, command, events)
      : this.#startStored(outbox, { command, events }, found));
    if (autoRun && !this.#isPauseWanted) run.resume();
    else run.pause();
  }

  async #startNew(outbox: Outbox, command: Command<"start">, events: RunEvents): Promise<HostedRun> {
    const { config } = command;
    const problem = (await this.#createRun(command.runId, config)) ?? this.#store.problem;
    const run = await this.#open(outbox, { ...newRun(config), events }, command);
    if (problem !== null) outbox.post({ type: "saved", iteration: 0, at: null, error: problem });
    return run;
  }

  async #startStored(
    outbox: Outbox,
    { command, events }: { readonly command: Command<"start">; readonly events: RunEvents },
    { header, payload, damage, finish }: StoredRun & { readonly finish: TrainingEvent | null },
  ): Promise<HostedRun> {
    const checkpoint = payload === null ? null : decodeStored(payload);
    const { config, iteration, finished } = header;
    const changes = parseChanges(header.pendingChanges);
    const opening = { config, checkpoint, events, changes, savedIteration: iteration, hasResult: finished };
    const run = await this.#open(outbox, opening, command);
    if (run.isFinished && finish !== null) outbox.post({ type: "events", events: [finish], replay: true });
    const { problem } = this.#store;
    if (problem !== null || checkpoint !== null) {
      outbox.post({ type: "saved", iteration, at: null, error: problem });
    }
    if (damage !== null) outbox.post({ type: "storage", incident: "damaged", text: damage });
    return run;
  }

  /** A database that cannot be written does not keep anyone from training. */
  async #createRun(runId: string, config: RunConfig): Promise<string | null> {
    try {
      await this.#store.createRun(runId, config);
      return null;
    } catch (error) {
      return toWireError(error).message;
    }
  }

  /** Tells the stored history; returns how it ended, if it did. */
  async #replay(outbox: Outbox, runId: string, into: RunEvents): Promise<TrainingEvent | null> {
    let finish: TrainingEvent | null = null;
    for (const events of await this.#store.readEvents(runId)) {
      outbox.post({ type: "events", events, replay: true });
      for (const event of events) {
        into.replay(event);
        if (event.type === "runFinished") finish = event;
      }
    }
    return finish;
  }

  async #open(
    outbox: Outbox,
    { config, checkpoint, events, changes, savedIteration, hasResult }: Opening,
    { runId, backend }: Pick<Command<"start">, "runId" | "backend">,
  ): Promise<HostedRun> {
    const opened = await this.#ports.openRun({
      config,
      checkpoint,
      backend: this.#losses.choice(backend),
      emit: (event) => events.emit(event),
      onProgress: (progress) => outbox.post({ type: "progress", progress }),
      onHalved: (text) => {
        const iteration = this.#run?.opened.session.iteration ?? checkpoint?.iteration ?? 0;
        events.emit({ type: "incident", iteration, kind: "halfBatch", text });
      },
      onProfile: (profile) => outbox.post({ type: "profile", profile }),
    });
    const run = new HostedRun({
      ...{ runId, opened, store: this.#store, outbox, events, origin: checkpoint, hasResult, savedIteration },
      nextTask: () => this.#ports.nextTask(),
      onFailure: (error, deviceLost) => this.#fail(run, outbox, { error, deviceLost }),
    });
    this.#run = run;
    this.#events = events;
    const reason = [opened.reason, this.#losses.advice(opened.backend) ?? ""].join(" ").trim();
    const tellBackend = (text: string): void =>
      outbox.post({ type: "backend", backend: opened.backend, reason: text, isEmulated: opened.isEmulated });
    tellBackend(reason);
    void opened.workingWay.then((way) => {
      if (this.#run === run) tellBackend(`${reason} ${way}`);
    });
    run.reapply(changes);
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
    const rollout = opened.session.rollout(rolloutId) ?? this.#events?.rollout(rolloutId);
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
    this.#lastStart = {
      type: "start",
      runId,
      config,
      fresh: false,
      backend,
      autoRun: false,
      isKept: true,
      takeOver: false,
    };
    const outbox = new Outbox(runId, this.#ports);
    if (!(await this.#takeLock(runId, false))) throw new ConfigError("import: a run that no other tab trains");
    const opening = { ...newRun(config), checkpoint, events: new RunEvents(outbox) };
    const run = await this.#open(outbox, opening, { runId, backend });
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

  /** Ends the run, and is then finished, or paused if `pause` ended the trials early. */
  async #tryPolicies({ runId, ...trials }: Command<"tryPolicies">): Promise<void> {
    await this.#closeRun();
    const outbox = new Outbox(runId, this.#ports);
    await this.#ports.tryPolicies({
      ...trials,
      onProgress: (progress) => outbox.post({ type: "progress", progress }),
      onTrial: (policy, record) => outbox.post({ type: "trial", policy, record }),
      goesOn: () => !this.#isPauseWanted,
    });
    outbox.post({ type: "progress", progress: null });
    outbox.post({ type: "state", state: this.#isPauseWanted ? "paused" : "finished" });
  }

  /** A lost device is replaced and the run goes on; a number that is not finite pauses it; anything else stops it. */
  #fail(run: HostedRun, outbox: Outbox, failure: Failure): void {
    if (this.#run !== run) return;
    this.#run = null;
    run.opened.dispose();
    const { error, deviceLost } = failure;
    if (error instanceof TakenOverError) outbox.post({ type: "elsewhere", taken: true });
    else if (deviceLost && this.#losses.note(this.#ports.clock.now())) this.#later(() => this.#recover(run, outbox));
    else if (error instanceof NotFiniteError) this.#later(() => this.#halt(run, outbox, error.message));
    else this.#stop(run.opened.session.iteration, outbox, error);
  }

  #later(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work);
  }

  #stop(iteration: number, outbox: Outbox, error: unknown): void {
    const { name, message } = toWireError(error);
    outbox.emit({ type: "runFailed", iteration, message });
    outbox.post({ type: "progress", progress: null });
    outbox.post({ type: "failed", requestId: null, error: { name, message } });
  }

  /** Goes on after a lost device from the last finished iteration in memory, on a new device or without one. */
  async #recover(run: HostedRun, outbox: Outbox): Promise<void> {
    const { clock } = this.#ports;
    const start = clock.now();
    const snapshot = run.snapshot();
    outbox.post({ type: "progress", progress: loading("The GPU was lost; the run goes on in a moment") });
    const again = await this.#openAgain(run, outbox, snapshot);
    if (again === null) return;
    const { backend, session } = again.opened;
    const seconds = ((clock.now() - start) / 1000).toFixed(1);
    const advice = this.#losses.advice(backend);
    const text = `GPU lost; on ${backend} after ${seconds} s${advice === null ? "" : `. ${advice}`}`;
    this.#events?.emit({ type: "incident", iteration: session.iteration, kind: "deviceLost", text });
    if (this.#isPauseWanted || snapshot.goal === "pause") again.pause();
    else if (snapshot.goal === "run") again.resume();
    else again.step();
  }

  /** Pauses at the last finished iteration, from which the run can go on with other settings. */
  async #halt(run: HostedRun, outbox: Outbox, message: string): Promise<void> {
    const iteration = run.opened.session.iteration;
    const again = await this.#openAgain(run, outbox, run.snapshot());
    if (again === null) return;
    this.#events?.emit({ type: "incident", iteration, kind: "notFinite", text: `paused: ${message}` });
    outbox.post({ type: "halted", iteration, kind: "notFinite", reason: message });
    again.pause();
  }

  /** The run in a new session; null if that failed, which was told then. */
  async #openAgain(run: HostedRun, outbox: Outbox, snapshot: Snapshot): Promise<HostedRun | null> {
    const { runId } = run;
    if (this.#lock?.runId !== runId || this.#run !== null) return null; // another tab or another run came first
    const { config, iteration } = run.opened.session;
    const events = this.#events ?? new RunEvents(outbox);
    events.dropUncommitted();
    const backend = this.#lastStart?.backend ?? "auto";
    const opening = { ...newRun(snapshot.checkpoint?.config ?? config), ...snapshot, events };
    try {
      return await this.#open(outbox, opening, { runId, backend });
    } catch (error) {
      this.#stop(iteration, outbox, error);
      return null;
    }
  }

  async #closeRun(): Promise<void> {
    const run = this.#run;
    await run?.close();
    this.#run = null;
    this.#events = null;
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

function newRun(config: RunConfig): Omit<Opening, "events"> {
  return { config, checkpoint: null, changes: [], savedIteration: 0, hasResult: false };
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
