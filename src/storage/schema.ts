/**
 * @file The one IndexedDB database of this page. Its name never changes (a renamed database is a lost one); a change of
 * its shape raises the version and adds a step to `migrations.ts` and a fixture to `test/storage/fixtures`.
 */
import type { DBSchema } from "idb";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";

export const DATABASE_NAME = "empo2-playground";
export const DATABASE_VERSION = 2;

/** The checkpoint with the best held-out return so far. */
export interface BestCheckpoint {
  readonly iteration: number;
  /** Mean held-out return with memory off, points. */
  readonly meanReturn: number;
}

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
  /** Kept as long as no other is better; null before the first evaluation. */
  readonly best: BestCheckpoint | null;
  /** Bytes of the newest checkpoint; 0 before the first. */
  readonly checkpointBytes: number;
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
  const noCheckpoint = { iteration: 0, head: null, previous: null, best: null, checkpointBytes: 0 };
  return { runId, config, sequence, ...noCheckpoint, finished: false, pendingChanges: [], nextChunk: 0 };
}

/** The iterations whose checkpoints a header names, those to go on from first. */
export function namedCheckpoints({ head, previous, best }: RunHeader): number[] {
  return [...new Set([head, previous, best?.iteration ?? null])].filter((iteration) => iteration !== null);
}

/** Shape of a checkpoint's payload. */
export const PAYLOAD_SCHEMA = 1;

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
  /** Checkpoints that did not fit their hash, put aside for people to save. */
  damaged: { key: [runId: string, iteration: number]; value: StoredCheckpoint };
  tips: { key: [runId: string, id: number]; value: StoredTip };
  events: {
    key: [runId: string, chunk: number];
    value: EventChunk;
    indexes: { byFullness: [runId: string, full: number, iteration: number] };
  };
  settings: { key: string; value: unknown };
}

/** All stores; a commit is one transaction over them. */
export const STORES = ["runs", "checkpoints", "damaged", "tips", "events", "settings"] as const;

/** The stores that hold rows of runs, keyed by the run and a number. */
export const RUN_ROWS = ["checkpoints", "damaged", "tips", "events"] as const;
