/**
 * @file Runs in IndexedDB. A commit is one transaction; the checkpoint before it stays until the next one, and the best
 * one for as long as it is the best.
 */
import { StorageError, TakenOverError } from "../core/base/errors.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { Database } from "./database.ts";
import { newCheckpoint } from "./payload-hash.ts";
import { needlessRuns } from "./retention.ts";
import {
  adoptRun,
  damageOf,
  deleteRows,
  findSound,
  lastingChunks,
  nextSequence,
  replaceTips,
  rowsOf,
  toChunk,
  trimmedIfOld,
  writeCommit,
  type WriteTransaction,
} from "./run-rows.ts";
import type { CommitResult, RunCommit, RunStore, StoredRun } from "./run-store.ts";
import { newHeader, type EventChunk, type RunHeader } from "./schema.ts";

/** What is known here of a run that was opened here. */
interface OpenedRun {
  /** The sequence that the run got when it was opened; who opens it later gives it another one. Null if never stored. */
  readonly sequence: number | null;
  /** Events of commits that failed; the next commit writes them too. */
  readonly unsaved: readonly EventChunk[];
  /** What the stored chunks tell for ever, to write them again if the browser clears the store. */
  readonly history: readonly EventChunk[];
}

/** Keeps runs in the browser's database. */
export class IndexedDbStore implements RunStore {
  readonly problem = null;
  readonly #database: Database;
  readonly #opened = new Map<string, OpenedRun>();

  constructor(database: Database) {
    this.#database = database;
  }

  async listRuns(): Promise<RunHeader[]> {
    const headers = await this.#database.read("list runs", (tx) => tx.objectStore("runs").getAll());
    return headers.sort((a, b) => b.sequence - a.sequence);
  }

  async createRun(runId: string, config: RunConfig): Promise<void> {
    this.#opened.delete(runId);
    const sequence = await this.#database.write("create run", async (tx) => {
      await deleteRows(tx, runId);
      for (const { runId: old } of needlessRuns(await tx.objectStore("runs").getAll())) await deleteRows(tx, old);
      const next = await nextSequence(tx);
      await tx.objectStore("runs").put(newHeader(runId, config, next));
      return next;
    });
    this.#opened.set(runId, { sequence, unsaved: [], history: [] });
  }

  async openRun(runId: string): Promise<StoredRun | null> {
    const found = await this.#database.read("open run", async (tx) => {
      const header = await tx.objectStore("runs").get(runId);
      const checkpoints = await tx.objectStore("checkpoints").getAll(rowsOf(runId));
      return header === undefined ? null : { header, checkpoints };
    });
    if (found === null) return null;
    const sound = findSound(found.header, found.checkpoints);
    const { sequence, chunks } = await this.#database.write("open run", async (tx) => ({
      sequence: await adoptRun(tx, sound),
      chunks: await tx.objectStore("events").getAll(rowsOf(runId)),
    }));
    this.#opened.set(runId, { sequence, unsaved: [], history: lastingChunks(chunks) });
    const { header, checkpoint } = sound;
    return { header, payload: checkpoint?.payload ?? null, damage: damageOf(found.header, sound) };
  }

  async commit(commit: RunCommit): Promise<CommitResult> {
    const { runId, iteration, payload } = commit;
    const known = this.#opened.get(runId);
    const chunks = [...(known?.unsaved ?? []), toChunk(commit)];
    const history = known?.history ?? [];
    const checkpoint = newCheckpoint(runId, iteration, payload);
    try {
      const { sequence, isCleared } = await this.#database.write(
        "save run",
        async (tx) => {
          const found = await this.#ownHeader(tx, runId);
          // A commit, and what was committed before, hold everything needed to put a cleared run back.
          const written = found === undefined ? [...history, ...chunks] : chunks;
          const rows = { found, chunks: written, checkpoint };
          return { sequence: await writeCommit(tx, commit, rows), isCleared: found === undefined };
        },
        "strict",
      );
      this.#opened.set(runId, { sequence, unsaved: [], history: [...history, ...lastingChunks(chunks)] });
      return isCleared && typeof known?.sequence === "number" ? "restored" : "stored";
    } catch (error) {
      const unsaved = chunks.map((chunk) => trimmedIfOld(chunk, iteration));
      this.#opened.set(runId, { sequence: known?.sequence ?? null, unsaved, history });
      throw error;
    }
  }

  async saveChanges(runId: string, changes: readonly unknown[], tips: readonly Tip[]): Promise<void> {
    const write = async (tx: WriteTransaction): Promise<void> => {
      const header = await this.#ownHeader(tx, runId);
      if (header === undefined) throw new StorageError(`save changes: a saved run, got "${runId}", which was cleared`);
      await tx.objectStore("runs").put({ ...header, pendingChanges: changes });
      await replaceTips(tx, runId, tips);
    };
    await this.#database.write("save changes", write, "strict");
  }

  async readEvents(runId: string): Promise<(readonly TrainingEvent[])[]> {
    const chunks = await this.#database.read("read events", (tx) => tx.objectStore("events").getAll(rowsOf(runId)));
    return chunks.map(({ events }) => events);
  }

  async deleteRun(runId: string): Promise<void> {
    await this.#database.write("delete run", (tx) => deleteRows(tx, runId));
  }

  async listSettings(): Promise<string[]> {
    return this.#database.read("list settings", (tx) => tx.objectStore("settings").getAllKeys());
  }

  async readSetting(name: string): Promise<unknown> {
    return this.#database.read("read setting", (tx) => tx.objectStore("settings").get(name));
  }

  async writeSetting(name: string, value: unknown): Promise<void> {
    await this.#database.write("write setting", (tx) => tx.objectStore("settings").put(value, name));
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** The run's header; undefined if it was cleared. */
  async #ownHeader(tx: WriteTransaction, runId: string): Promise<RunHeader | undefined> {
    const header = await tx.objectStore("runs").get(runId);
    if (header !== undefined && header.sequence !== this.#opened.get(runId)?.sequence) {
      throw new TakenOverError(`save run: a run that is written here, got "${runId}", which another tab has opened`);
    }
    return header;
  }
}
