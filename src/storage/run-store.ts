/** @file What a store of runs does. One writer per run: the worker that trains it. */
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { RunHeader } from "./schema.ts";

/** A finished iteration, written all or nothing. */
export interface RunCommit {
  readonly runId: string;
  readonly config: RunConfig;
  /** Iterations done. */
  readonly iteration: number;
  /** The checkpoint file. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The whole memory. */
  readonly tips: readonly Tip[];
  /** What happened since the commit before. */
  readonly events: readonly TrainingEvent[];
  readonly finished: boolean;
  /** Changes that the checkpoint does not contain. */
  readonly pendingChanges: readonly unknown[];
}

/** A run as it was found in the store. */
export interface StoredRun {
  readonly header: RunHeader;
  /** The newest checkpoint that is whole; null if there is none yet, or none that is whole. */
  readonly payload: Uint8Array<ArrayBuffer> | null;
  /** A sentence if something was lost, otherwise null. */
  readonly damage: string | null;
}

/**
 * How a commit ended: `restored` if the run had been cleared from the store since it was opened, and everything that
 * is still known of it was written again.
 */
export type CommitResult = "stored" | "restored";

/**
 * Keeps runs, their checkpoints, tips and events. Whatever fails is a `StorageError`; writing a run that another tab
 * has opened since is a `TakenOverError`.
 */
export interface RunStore {
  /** Why nothing survives a reload, as a sentence; null if everything does. */
  readonly problem: string | null;
  /** The runs, last used first. */
  listRuns(): Promise<RunHeader[]>;
  /** Begins a run, replacing one of the same name. Of others only such are forgotten of which nothing was ever saved. */
  createRun(runId: string, config: RunConfig): Promise<void>;
  /** The run at its newest whole checkpoint, later events dropped; null if it is not there. */
  openRun(runId: string): Promise<StoredRun | null>;
  /** Writes checkpoint, head, tips and events in one transaction; the checkpoint before and the best one stay. */
  commit(commit: RunCommit): Promise<CommitResult>;
  /** Writes what a person changed between two commits. */
  saveChanges(runId: string, changes: readonly unknown[], tips: readonly Tip[]): Promise<void>;
  /** The run's events, oldest first, in parts. */
  readEvents(runId: string): Promise<(readonly TrainingEvent[])[]>;
  deleteRun(runId: string): Promise<void>;
  /** The names of the settings. */
  listSettings(): Promise<string[]>;
  readSetting(name: string): Promise<unknown>;
  writeSetting(name: string, value: unknown): Promise<void>;
  close(): Promise<void>;
}
