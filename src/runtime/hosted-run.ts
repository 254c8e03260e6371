/**
 * @file A run in its host: iteration after iteration until told to pause, each stored as it ends. A failed run is
 * dead: its session may be half through an iteration, so it goes on from the store, in a new one.
 */
import { DeviceError, OutdatedPageError, TakenOverError } from "../core/base/errors.ts";
import { toWireError, type BackendName } from "../protocol/messages.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { SessionCheckpoint, TrainingSession } from "../core/training/session.ts";
import type { RunStore } from "../storage/run-store.ts";
import type { Outbox } from "./outbox.ts";
import type { RunEvents } from "./run-events.ts";
import { applyChange, reapplyChanges, type ChangeTarget, type RunChange } from "./run-changes.ts";
import { decodeSessionFile, encodeSessionFile } from "./session-file.ts";

/** What the host needs of a session. */
export type HostedSession = Pick<
  TrainingSession,
  | "iteration"
  | "isFinished"
  | "config"
  | "memory"
  | "rollout"
  | "runIteration"
  | "finish"
  | "updateConfig"
  | "checkpoint"
>;

/** A session on its device. */
export interface OpenedRun {
  readonly session: HostedSession;
  readonly policy: Pick<Policy, "distributions" | "logProbs">;
  readonly backend: BackendName;
  /** Which backend and why, in plain sentences. */
  readonly reason: string;
  /** Resolves with how the policy decodes and learns, in plain sentences, once it has chosen on WebGPU. Never rejects. */
  readonly workingWay: Promise<string>;
  /** WebGPU runs in software here. */
  readonly isEmulated: boolean;
  /** Resolves with a sentence when the device is lost. */
  readonly deviceLost: Promise<string>;
  readonly tipKey: ChangeTarget["tipKey"];
  dispose(): void;
}

/** What a hosted run works with. */
export interface HostedRunParts {
  readonly runId: string;
  readonly opened: OpenedRun;
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly events: RunEvents;
  /** What the session was made from; null for a new run. */
  readonly origin: SessionCheckpoint | null;
  /** Told its result before. */
  readonly hasResult: boolean;
  /** Iteration of the last commit. */
  readonly savedIteration: number;
  readonly nextTask: () => Promise<void>;
  /** Called when the run failed; nothing of it is used afterwards. */
  readonly onFailure: (error: unknown, deviceLost: boolean) => void;
}

/** What is wanted of a run: to go on, to do one iteration, or to wait. */
export type Goal = "run" | "step" | "pause";

/** A run between two iterations, in memory: what goes on after a fault. */
export interface Snapshot {
  /** Null for a run before its first iteration. */
  readonly checkpoint: SessionCheckpoint | null;
  /** What a person changed since. */
  readonly changes: readonly RunChange[];
  readonly savedIteration: number;
  readonly hasResult: boolean;
  readonly goal: Goal;
}

const LOSS_TOLD_WITHIN_TASKS = 10;
const CLEARED =
  "The browser cleared what this page had stored. This run was stored again from memory; what else was stored is gone.";

/** A checkpoint file and the iterations done in it. */
export interface ExportedRun {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly iteration: number;
}

/** One run, from its opening to its failure or disposal. */
export class HostedRun {
  readonly runId: string;
  readonly opened: OpenedRun;
  readonly #parts: HostedRunParts;
  #goal: Goal = "pause";
  #loop: Promise<void> | null = null;
  /** The run has told its result. It may have been given more iterations since. */
  #hasResult: boolean;
  #savedIteration: number;
  #savedAt: number | null = null;
  #deviceLost = false;
  /** Changes that no stored checkpoint contains. */
  #changes: RunChange[] = [];
  #lastFile: ExportedRun | null = null;

  constructor(parts: HostedRunParts) {
    this.#parts = parts;
    this.runId = parts.runId;
    this.opened = parts.opened;
    this.#hasResult = parts.hasResult;
    this.#savedIteration = parts.savedIteration;
    void parts.opened.deviceLost.then((sentence) => {
      this.#deviceLost = true;
      if (this.#loop === null) parts.onFailure(new DeviceError(sentence), true);
    });
  }

  /** Has told its result, and no iterations were added since. */
  get isFinished(): boolean {
    return this.#hasResult && this.opened.session.isFinished;
  }

  resume(): void {
    this.#start("run");
  }

  /** One iteration, then pause. */
  step(): void {
    this.#start("step");
  }

  /** Pauses after the iteration in flight. */
  pause(): void {
    this.#goal = "pause";
    if (this.#loop === null) this.#tellState();
  }

  /** Resolves when no iteration is in flight. */
  async idle(): Promise<void> {
    await this.#loop;
  }

  /** Pauses, waits for the iteration in flight, and frees the device. */
  async close(): Promise<void> {
    this.#goal = "pause";
    await this.idle();
    this.opened.dispose();
  }

  /** Does a person's change now and stores it. A finished run that was given more iterations is paused again. */
  async change(change: RunChange): Promise<void> {
    const wasFinished = this.isFinished;
    applyChange({ session: this.opened.session, tipKey: this.opened.tipKey }, change);
    if (this.isFinished !== wasFinished && this.#loop === null) this.#tellState();
    this.#changes.push(change);
    await this.#saveChanges();
  }

  /** Does the changes again that were stored after the last checkpoint. */
  reapply(changes: readonly RunChange[]): void {
    this.#changes = reapplyChanges({ session: this.opened.session, tipKey: this.opened.tipKey }, changes);
  }

  /** The last finished iteration, whether or not it could be stored. */
  snapshot(): Snapshot {
    const { origin } = this.#parts;
    const checkpoint = this.#lastFile === null ? origin : decodeSessionFile(this.#lastFile.bytes);
    return {
      ...{ checkpoint, changes: this.#changes, goal: this.#goal },
      ...{ savedIteration: this.#savedIteration, hasResult: this.#hasResult },
    };
  }

  tellTips(): void {
    this.#parts.outbox.post({ type: "tips", tips: this.opened.session.memory.list() });
  }

  /** The checkpoint file of the last finished iteration. */
  async exportFile(): Promise<ExportedRun> {
    const { session } = this.opened;
    const { iteration } = session;
    if (this.#loop === null) return { bytes: encodeSessionFile(await session.checkpoint()), iteration };
    if (this.#lastFile !== null) return { ...this.#lastFile, bytes: this.#lastFile.bytes.slice() };
    await this.#loop;
    return this.exportFile();
  }

  /**
   * Stores the run as it is now. No iteration may be in flight. What cannot be written is told, and the run goes on.
   *
   * @throws {TakenOverError} if another tab writes the run now
   */
  async commit(): Promise<void> {
    const { runId, outbox, store, events } = this.#parts;
    const { session } = this.opened;
    const changeCount = this.#changes.length;
    const payload = encodeSessionFile(await session.checkpoint());
    const { iteration, config } = session;
    this.#lastFile = { bytes: payload, iteration };
    try {
      const result = await store.commit({
        runId,
        config,
        iteration,
        payload,
        tips: session.memory.list(),
        events: events.take(),
        finished: this.#hasResult,
        pendingChanges: this.#changes.slice(changeCount),
      });
      this.#changes.splice(0, changeCount);
      this.#savedIteration = iteration;
      this.#savedAt = Date.now();
      outbox.emit({ type: "checkpointSaved", iteration, bytes: payload.length });
      this.#tellSaved(store.problem);
      if (result === "restored") outbox.post({ type: "storage", incident: "cleared", text: CLEARED });
    } catch (error) {
      if (error instanceof TakenOverError) throw error;
      this.#tellUnsaved(error);
    }
    this.tellTips();
  }

  #start(goal: "run" | "step"): void {
    this.#goal = goal;
    if (this.#loop !== null) return;
    this.#loop = this.#iterate()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => (this.#loop = null));
  }

  /** A read from a lost device may fail a moment before the loss itself is told. */
  async #fail(error: unknown): Promise<void> {
    for (let i = 0; i < LOSS_TOLD_WITHIN_TASKS && !this.#deviceLost; i++) await this.#parts.nextTask();
    this.#parts.onFailure(error, this.#deviceLost);
  }

  async #iterate(): Promise<void> {
    const { session } = this.opened;
    if (!this.isFinished) this.#parts.outbox.post({ type: "state", state: "running" });
    for (;;) {
      while (this.#goal !== "pause" && !session.isFinished) {
        await session.runIteration();
        this.#hasResult = false;
        if (this.#goal === "step") this.#goal = "pause";
        this.#heedAlarm();
        await this.commit();
        await this.#parts.nextTask();
      }
      if (!session.isFinished || this.#hasResult) break;
      await session.finish();
      this.#hasResult = true;
      await this.commit(); // Meanwhile a person may have asked for more iterations.
    }
    this.#tellState();
  }

  /** Pauses if an alarm was raised and a person wants that. */
  #heedAlarm(): void {
    const { events, outbox } = this.#parts;
    const alarm = events.takeAlarm();
    if (alarm === null || this.opened.session.config.onAlarm !== "pause") return;
    this.#goal = "pause";
    outbox.post({ type: "halted", iteration: alarm.iteration, kind: "alarm", reason: alarm.text });
  }

  #tellState(): void {
    this.#parts.outbox.post({ type: "state", state: this.isFinished ? "finished" : "paused" });
  }

  async #saveChanges(): Promise<void> {
    const { runId, store } = this.#parts;
    try {
      await store.saveChanges(runId, this.#changes, this.opened.session.memory.list());
    } catch (error) {
      this.#tellUnsaved(error);
    }
  }

  /** An outdated page can never save again, so that the run pauses: what it would do is done again after a reload. */
  #tellUnsaved(error: unknown): void {
    const { message } = toWireError(error);
    this.#tellSaved(message);
    if (!(error instanceof OutdatedPageError)) return;
    this.#goal = "pause";
    this.#parts.outbox.post({ type: "storage", incident: "outdated", text: message });
  }

  #tellSaved(error: string | null): void {
    this.#parts.outbox.post({ type: "saved", iteration: this.#savedIteration, at: this.#savedAt, error });
  }
}
