/** @file Runs in memory, for browsers that let a page store nothing. Gone with the tab, and it says so. */
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { StorageError } from "../core/base/errors.ts";
import { FULL_ITERATIONS, lastingEvents, trimmedEvents } from "./retention.ts";
import type { CommitResult, RunCommit, RunStore, StoredRun } from "./run-store.ts";
import { newHeader, type RunHeader } from "./schema.ts";

/** The page has no way back to a run in memory once it has begun another one; some are kept for what may ask for them. */
const KEPT_RUNS = 20;

interface KeptChunk {
  readonly iteration: number;
  readonly events: readonly TrainingEvent[];
}

interface KeptRun {
  readonly header: RunHeader;
  readonly payload: Uint8Array<ArrayBuffer> | null;
  readonly chunks: readonly KeptChunk[];
}

/** Keeps runs as long as the tab lives. */
export class MemoryStore implements RunStore {
  readonly problem: string;
  /** Last used last. */
  readonly #runs = new Map<string, KeptRun>();
  readonly #settings = new Map<string, unknown>();

  constructor(problem: string) {
    this.problem = problem;
  }

  async listRuns(): Promise<RunHeader[]> {
    return Promise.resolve([...this.#runs.values()].map(({ header }) => header).reverse());
  }

  async createRun(runId: string, config: RunConfig): Promise<void> {
    const header = newHeader(runId, config, this.#nextSequence());
    this.#put({ header, payload: null, chunks: [] });
    const forgotten = [...this.#runs.keys()].slice(0, -KEPT_RUNS);
    for (const old of forgotten) this.#runs.delete(old);
    return Promise.resolve();
  }

  async openRun(runId: string): Promise<StoredRun | null> {
    const run = this.#runs.get(runId);
    if (run === undefined) return Promise.resolve(null);
    const header = { ...run.header, sequence: this.#nextSequence() };
    this.#put({ ...run, header });
    return Promise.resolve({ header, payload: run.payload, damage: null });
  }

  async commit(commit: RunCommit): Promise<CommitResult> {
    const { runId, config, iteration, finished, pendingChanges, payload } = commit;
    const { header, chunks } = this.#runs.get(runId) ?? {
      header: newHeader(runId, config, this.#nextSequence()),
      chunks: [],
    };
    const old = chunks.map((chunk) =>
      chunk.iteration > iteration - FULL_ITERATIONS ? chunk : { ...chunk, events: trimmedEvents(chunk.events) },
    );
    const nextChunk = header.nextChunk + 1;
    const checkpointBytes = payload.length;
    const written = { config, iteration, finished, pendingChanges, head: iteration, checkpointBytes, nextChunk };
    this.#put({
      header: { ...header, ...written },
      payload,
      chunks: [...old, { iteration, events: lastingEvents(commit.events) }],
    });
    return Promise.resolve("stored");
  }

  /** The tips are in the checkpoint and the changes; nothing else reads them here. */
  async saveChanges(runId: string, changes: readonly unknown[]): Promise<void> {
    const run = this.#runs.get(runId);
    if (run === undefined) throw new StorageError(`save changes: a run that was created, got "${runId}"`);
    this.#put({ ...run, header: { ...run.header, pendingChanges: changes } });
    return Promise.resolve();
  }

  async readEvents(runId: string): Promise<(readonly TrainingEvent[])[]> {
    return Promise.resolve((this.#runs.get(runId)?.chunks ?? []).map(({ events }) => events));
  }

  async deleteRun(runId: string): Promise<void> {
    this.#runs.delete(runId);
    return Promise.resolve();
  }

  async listSettings(): Promise<string[]> {
    return Promise.resolve([...this.#settings.keys()]);
  }

  async readSetting(name: string): Promise<unknown> {
    return Promise.resolve(this.#settings.get(name));
  }

  async writeSetting(name: string, value: unknown): Promise<void> {
    this.#settings.set(name, value);
    return Promise.resolve();
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  #put(run: KeptRun): void {
    this.#runs.delete(run.header.runId);
    this.#runs.set(run.header.runId, run);
  }

  #nextSequence(): number {
    return Math.max(0, ...[...this.#runs.values()].map(({ header }) => header.sequence)) + 1;
  }
}
