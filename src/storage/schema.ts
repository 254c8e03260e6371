/**
 * @file The one IndexedDB database of this page. Its name never changes (a renamed database is a lost one); a change of
 * its shape raises the version and adds a step to `upgradeDatabase`, which never drops what it does not know.
 */
import type { DBSchema, IDBPDatabase } from "idb";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";

export const DATABASE_NAME = "empo2-playground";
export const DATABASE_VERSION = 1;

/** What is known of a run without loading it. */
export interface RunHeader {
  readonly runId: string;
  /** As of the last commit, hot changes included. */
  readonly config: RunConfig;
  /** Iterations done at the last commit. */
  readonly iteration: number;
  /** Iteration of the newest checkpoint; null before the first commit. */
  readonly head: number | null;
  /** Iteration of the checkpoint before it, kept in case the newest is damaged. */
  readonly previous: number | null;
  /** Ascending in order of last use. A count, not a time: clocks go back. */
  readonly sequence: number;
  /** The run has told its result. */
  readonly finished: boolean;
  /** What a person changed since the last commit, oldest first; applied again on resume. */
  readonly pendingChanges: readonly unknown[];
  /** Number of the next chunk of events. */
  readonly nextChunk: number;
}

/** The header of a run without a commit. */
export function newHeader(runId: string, config: RunConfig, sequence: number): RunHeader {
  const empty = { iteration: 0, head: null, previous: null, finished: false, pendingChanges: [], nextChunk: 0 };
  return { runId, config, sequence, ...empty };
}

/** A run between two iterations, as the bytes of a checkpoint file. */
export interface StoredCheckpoint {
  readonly runId: string;
  readonly iteration: number;
  /** Shape of the payload. */
  readonly schema: number;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the payload, hexadecimal. */
  readonly sha256: string;
}

/** A tip of a run. */
export interface StoredTip {
  readonly runId: string;
  readonly id: number;
  readonly tip: Tip;
}

/** The events of one commit. */
export interface EventChunk {
  readonly runId: string;
  readonly chunk: number;
  /** Iterations done when it was written. */
  readonly iteration: number;
  /** 1 while it holds whole rollouts, 0 when only what is kept for ever (a boolean is no key in IndexedDB). */
  readonly full: 0 | 1;
  readonly events: readonly TrainingEvent[];
}

/** Stores, keys and indexes. */
export interface PlaygroundSchema extends DBSchema {
  runs: { key: string; value: RunHeader };
  checkpoints: { key: [runId: string, iteration: number]; value: StoredCheckpoint };
  tips: { key: [runId: string, id: number]; value: StoredTip };
  events: {
    key: [runId: string, chunk: number];
    value: EventChunk;
    indexes: { byFullness: [runId: string, full: number, iteration: number] };
  };
  settings: { key: string; value: unknown };
}

/** All stores; a commit is one transaction over them. */
export const STORES = ["runs", "checkpoints", "tips", "events", "settings"] as const;

/** Brings a database of an older version to this one, step by step. */
export function upgradeDatabase(database: IDBPDatabase<PlaygroundSchema>, oldVersion: number): void {
  if (oldVersion < 1) {
    database.createObjectStore("runs", { keyPath: "runId" });
    database.createObjectStore("checkpoints", { keyPath: ["runId", "iteration"] });
    database.createObjectStore("tips", { keyPath: ["runId", "id"] });
    const events = database.createObjectStore("events", { keyPath: ["runId", "chunk"] });
    events.createIndex("byFullness", ["runId", "full", "iteration"]);
    database.createObjectStore("settings");
  }
}
