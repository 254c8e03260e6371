/** @file Runs in IndexedDB. A commit is one transaction; the checkpoint before it stays until the next one. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { StorageError, TakenOverError } from "../core/base/errors.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { Database, Transaction } from "./database.ts";
import { FULL_ITERATIONS, KEPT_RUNS, lastingEvents, trimmedEvents } from "./retention.ts";
import type { RunCommit, RunStore, StoredRun } from "./run-store.ts";
import { newHeader, type EventChunk, type RunHeader, type StoredCheckpoint } from "./schema.ts";

/** Shape of a checkpoint's payload. */
const PAYLOAD_SCHEMA = 1;

type WriteTransaction = Transaction<"readwrite">;

/** Keeps runs in the browser's database. */
export class IndexedDbStore implements RunStore {
  readonly problem = null;
  readonly #database: Database;
  /** Events of commits that failed; the next commit of the run writes them too. */
  readonly #unsaved = new Map<string, EventChunk[]>();
  /** The sequence that each run got when it was opened here; who opens it later gives it another one. */
  readonly #opened = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
  }

  async listRuns(): Promise<RunHeader[]> {
    const headers = await this.#database.read("list runs", (tx) => tx.objectStore("runs").getAll());
    return headers.sort((a, b) => b.sequence - a.sequence);
  }

  async createRun(runId: string, config: RunConfig): Promise<void> {
    this.#unsaved.delete(runId);
    const sequence = await this.#database.write("create run", async (tx) => {
      await deleteRows(tx, runId);
      const others = (await tx.objectStore("runs").getAll()).sort((a, b) => b.sequence - a.sequence);
      for (const { runId: old } of others.slice(KEPT_RUNS - 1)) await deleteRows(tx, old);
      const next = (others[0]?.sequence ?? 0) + 1;
      await tx.objectStore("runs").put(newHeader(runId, config, next));
      return next;
    });
    this.#opened.set(runId, sequence);
  }

  async openRun(runId: string): Promise<StoredRun | null> {
    const found = await this.#database.read("open run", async (tx) => {
      const header = await tx.objectStore("runs").get(runId);
      const checkpoints = await tx.objectStore("checkpoints").getAll(rowsOf(runId));
      return header === undefined ? null : { header, checkpoints };
    });
    if (found === null) return null;
    const { header, checkpoints } = found;
    const byIteration = new Map(checkpoints.map((checkpoint) => [checkpoint.iteration, checkpoint]));
    const candidates = [header.head, header.previous].filter((iteration) => iteration !== null);
    const whole = candidates.find((iteration) => isWhole(byIteration.get(iteration))) ?? null;
    const adopted = whole === header.head ? header : rewound(header, whole);
    this.#opened.set(runId, await this.#database.write("open run", (tx) => adoptHeader(tx, adopted)));
    const payload = whole === null ? null : byIteration.get(whole)!.payload;
    return { header: adopted, payload, damage: damageOf(header, whole) };
  }

  async commit(commit: RunCommit): Promise<void> {
    const { runId, iteration, payload } = commit;
    const chunks = [...(this.#unsaved.get(runId) ?? []), toChunk(commit)];
    const sha256 = payloadHash(payload);
    try {
      const checkpoint = { runId, iteration, schema: PAYLOAD_SCHEMA, payload, sha256 };
      const write = async (tx: WriteTransaction): Promise<number> => {
        const header = await this.#ownHeader(tx, runId);
        return writeCommit(tx, header, commit, { chunks, checkpoint });
      };
      this.#opened.set(runId, await this.#database.write("save run", write, "strict"));
      this.#unsaved.delete(runId);
    } catch (error) {
      this.#unsaved.set(
        runId,
        chunks.map((chunk) => trimmedIfOld(chunk, iteration)),
      );
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
    this.#unsaved.delete(runId);
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
    if (header !== undefined && header.sequence !== this.#opened.get(runId)) {
      throw new TakenOverError(`save run: a run that is written here, got "${runId}", which another tab has opened`);
    }
    return header;
  }
}

/** All keys that start with the run: an array sorts after every number. */
function rowsOf(runId: string): IDBKeyRange {
  return IDBKeyRange.bound([runId], [runId, []]);
}

/** SHA-256 of a checkpoint's payload, hexadecimal. */
function payloadHash(payload: Uint8Array): string {
  return bytesToHex(sha256(payload));
}

function isWhole(checkpoint: StoredCheckpoint | undefined): boolean {
  return (
    checkpoint !== undefined &&
    checkpoint.schema === PAYLOAD_SCHEMA &&
    payloadHash(checkpoint.payload) === checkpoint.sha256
  );
}

function rewound(header: RunHeader, whole: number | null): RunHeader {
  return { ...header, head: whole, previous: null, iteration: whole ?? 0, finished: false };
}

function damageOf({ head }: RunHeader, whole: number | null): string | null {
  if (whole === head) return null;
  const lost = `The saved state of iteration ${head ?? 0} is damaged`;
  return whole === null ? `${lost}; the run begins again.` : `${lost}; the run goes on from iteration ${whole}.`;
}

/** The run is used now, and holds nothing later than its head. Returns its sequence. */
async function adoptHeader(tx: WriteTransaction, header: RunHeader): Promise<number> {
  const sequence = await nextSequence(tx);
  await tx.objectStore("runs").put({ ...header, sequence });
  let cursor = await tx.objectStore("events").openCursor(rowsOf(header.runId), "prev");
  while (cursor !== null && (header.head === null || cursor.value.iteration > header.head)) {
    await cursor.delete();
    cursor = await cursor.continue();
  }
  return sequence;
}

function toChunk({ runId, iteration, events }: RunCommit): EventChunk {
  return { runId, chunk: 0, iteration, full: 1, events: lastingEvents(events) };
}

function trimmedIfOld(chunk: EventChunk, iteration: number): EventChunk {
  if (chunk.full === 0 || chunk.iteration > iteration - FULL_ITERATIONS) return chunk;
  return { ...chunk, full: 0, events: trimmedEvents(chunk.events) };
}

/** Returns the run's sequence, a new one if it had been cleared. */
async function writeCommit(
  tx: WriteTransaction,
  found: RunHeader | undefined,
  commit: RunCommit,
  { chunks, checkpoint }: { readonly chunks: readonly EventChunk[]; readonly checkpoint: StoredCheckpoint },
): Promise<number> {
  const { runId, config, iteration, finished, pendingChanges } = commit;
  // Cleared while the run went on: a commit holds everything needed to put it back.
  const header = found ?? newHeader(runId, config, await nextSequence(tx));
  await tx.objectStore("checkpoints").put(checkpoint);
  const previous = header.head === iteration ? header.previous : header.head;
  const nextChunk = header.nextChunk + chunks.length;
  const written = { config, iteration, finished, pendingChanges, head: iteration, previous, nextChunk };
  await tx.objectStore("runs").put({ ...header, ...written });
  for (const key of await tx.objectStore("checkpoints").getAllKeys(rowsOf(runId))) {
    if (key[1] !== iteration && key[1] !== previous) await tx.objectStore("checkpoints").delete(key);
  }
  await replaceTips(tx, runId, commit.tips);
  for (const [i, chunk] of chunks.entries()) {
    await tx.objectStore("events").put({ ...trimmedIfOld(chunk, iteration), chunk: header.nextChunk + i });
  }
  await trimOldChunks(tx, runId, iteration);
  return header.sequence;
}

async function nextSequence(tx: WriteTransaction): Promise<number> {
  const headers = await tx.objectStore("runs").getAll();
  return Math.max(...headers.map(({ sequence }) => sequence), 0) + 1;
}

/** Writes the tips that changed and deletes those that are gone. */
async function replaceTips(tx: WriteTransaction, runId: string, tips: readonly Tip[]): Promise<void> {
  const store = tx.objectStore("tips");
  const gone = new Map((await store.getAll(rowsOf(runId))).map(({ id, tip }) => [id, JSON.stringify(tip)]));
  for (const tip of tips) {
    if (gone.get(tip.id) !== JSON.stringify(tip)) await store.put({ runId, id: tip.id, tip });
    gone.delete(tip.id);
  }
  for (const id of gone.keys()) await store.delete([runId, id]);
}

async function trimOldChunks(tx: WriteTransaction, runId: string, iteration: number): Promise<void> {
  const index = tx.objectStore("events").index("byFullness");
  const old = await index.getAll(IDBKeyRange.bound([runId, 1], [runId, 1, iteration - FULL_ITERATIONS]));
  for (const chunk of old) await tx.objectStore("events").put(trimmedIfOld(chunk, iteration));
}

async function deleteRows(tx: WriteTransaction, runId: string): Promise<void> {
  await tx.objectStore("runs").delete(runId);
  await tx.objectStore("checkpoints").delete(rowsOf(runId));
  await tx.objectStore("tips").delete(rowsOf(runId));
  await tx.objectStore("events").delete(rowsOf(runId));
}
