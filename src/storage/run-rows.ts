/** @file What of one run is written and deleted within a transaction. */
import type { Tip } from "../core/memory/tip.ts";
import type { Transaction } from "./database.ts";
import { isWhole } from "./payload-hash.ts";
import { bestAfter, FULL_ITERATIONS, KEPT_DAMAGED, lastingEvents, trimmedEvents } from "./retention.ts";
import type { RunCommit } from "./run-store.ts";
import {
  namedCheckpoints,
  newHeader,
  RUN_ROWS,
  type EventChunk,
  type RunHeader,
  type StoredCheckpoint,
} from "./schema.ts";

/** A transaction that may write every store. */
export type WriteTransaction = Transaction<"readwrite">;

/** All keys that start with the run: an array sorts after every number. */
export function rowsOf(runId: string): IDBKeyRange {
  return IDBKeyRange.bound([runId], [runId, []]);
}

/** What a look at a run's checkpoints has found. */
export interface SoundRun {
  /** At the newest checkpoint that is whole, with no head if there is none. */
  readonly header: RunHeader;
  readonly checkpoint: StoredCheckpoint | null;
  /** Those that were tried before and do not fit their hash. */
  readonly damaged: readonly StoredCheckpoint[];
}

/** The run at the newest checkpoint that is whole: its head, the one before it, or the best one. */
export function findSound(header: RunHeader, checkpoints: readonly StoredCheckpoint[]): SoundRun {
  const damaged: StoredCheckpoint[] = [];
  for (const iteration of namedCheckpoints(header)) {
    const checkpoint = checkpoints.find((candidate) => candidate.iteration === iteration);
    if (checkpoint === undefined) continue;
    if (isWhole(checkpoint)) {
      return { header: iteration === header.head ? header : rewound(header, checkpoint, damaged), checkpoint, damaged };
    }
    damaged.push(checkpoint);
  }
  return { header: header.head === null ? header : rewound(header, null, damaged), checkpoint: null, damaged };
}

function rewound(header: RunHeader, to: StoredCheckpoint | null, damaged: readonly StoredCheckpoint[]): RunHeader {
  const head = to?.iteration ?? null;
  const { best } = header;
  const isBestLeft =
    best !== null && best.iteration <= (head ?? 0) && damaged.every(({ iteration }) => iteration !== best.iteration);
  return {
    ...header,
    head,
    previous: null,
    best: isBestLeft ? best : null,
    checkpointBytes: to?.payload.length ?? 0,
    iteration: head ?? 0,
    finished: false,
  };
}

/** A sentence about what was lost; null if nothing was. */
export function damageOf({ head }: RunHeader, { header }: SoundRun): string | null {
  if (header.head === head) return null;
  const lost = `The saved state of iteration ${head ?? 0} is damaged`;
  return header.head === null
    ? `${lost}; the run begins again.`
    : `${lost}; the run goes on from iteration ${header.head}.`;
}

/** The run is used now, holds nothing later than its head, and its damaged checkpoints are put aside. Returns its sequence. */
export async function adoptRun(tx: WriteTransaction, { header, damaged }: SoundRun): Promise<number> {
  const sequence = await nextSequence(tx);
  const { runId, head } = header;
  await tx.objectStore("runs").put({ ...header, sequence });
  for (const checkpoint of damaged) {
    await tx.objectStore("checkpoints").delete([runId, checkpoint.iteration]);
    await tx.objectStore("damaged").put(checkpoint);
  }
  const aside = await tx.objectStore("damaged").getAllKeys(rowsOf(runId));
  for (const key of aside.slice(0, Math.max(0, aside.length - KEPT_DAMAGED)))
    await tx.objectStore("damaged").delete(key);
  let cursor = await tx.objectStore("events").openCursor(rowsOf(runId), "prev");
  while (cursor !== null && (head === null || cursor.value.iteration > head)) {
    await cursor.delete();
    cursor = await cursor.continue();
  }
  return sequence;
}

/** The events of a commit as they are stored; the chunk gets its number when it is written. */
export function toChunk({ runId, iteration, events }: RunCommit): EventChunk {
  return { runId, chunk: 0, iteration, full: 1, events: lastingEvents(events) };
}

/** The chunk without what is kept for the last iterations only. */
export function trimmedChunk(chunk: EventChunk): EventChunk {
  return chunk.full === 0 ? chunk : { ...chunk, full: 0, events: trimmedEvents(chunk.events) };
}

/** The same, if it is old at this iteration. */
export function trimmedIfOld(chunk: EventChunk, iteration: number): EventChunk {
  return chunk.iteration > iteration - FULL_ITERATIONS ? chunk : trimmedChunk(chunk);
}

/** A commit as rows. */
export interface CommitRows {
  /** The run as it is in the store; undefined if it was cleared, and is then begun again. */
  readonly found: RunHeader | undefined;
  readonly chunks: readonly EventChunk[];
  readonly checkpoint: StoredCheckpoint;
}

/** Writes a commit, and deletes the checkpoints that it makes needless. Returns the run's sequence. */
export async function writeCommit(
  tx: WriteTransaction,
  commit: RunCommit,
  { found, chunks, checkpoint }: CommitRows,
): Promise<number> {
  const { runId, config, iteration, finished, pendingChanges, payload } = commit;
  const header = found ?? newHeader(runId, config, await nextSequence(tx));
  await tx.objectStore("checkpoints").put(checkpoint);
  const written: RunHeader = {
    ...header,
    config,
    iteration,
    finished,
    pendingChanges,
    head: iteration,
    previous: header.head === iteration ? header.previous : header.head,
    best: bestAfter(header.best, iteration, commit.events),
    checkpointBytes: payload.length,
    nextChunk: header.nextChunk + chunks.length,
  };
  await tx.objectStore("runs").put(written);
  const kept = namedCheckpoints(written);
  for (const key of await tx.objectStore("checkpoints").getAllKeys(rowsOf(runId))) {
    if (!kept.includes(key[1])) await tx.objectStore("checkpoints").delete(key);
  }
  await replaceTips(tx, runId, commit.tips);
  for (const [i, chunk] of chunks.entries()) {
    await tx.objectStore("events").put({ ...trimmedIfOld(chunk, iteration), chunk: header.nextChunk + i });
  }
  await trimOldChunks(tx, runId, iteration);
  return header.sequence;
}

/** One more than the sequence of the run that was used last. */
export async function nextSequence(tx: WriteTransaction): Promise<number> {
  const headers = await tx.objectStore("runs").getAll();
  return Math.max(...headers.map(({ sequence }) => sequence), 0) + 1;
}

/** Writes the tips that changed and deletes those that are gone. */
export async function replaceTips(tx: WriteTransaction, runId: string, tips: readonly Tip[]): Promise<void> {
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

/** Deletes everything of a run. */
export async function deleteRows(tx: WriteTransaction, runId: string): Promise<void> {
  await tx.objectStore("runs").delete(runId);
  for (const store of RUN_ROWS) await tx.objectStore(store).delete(rowsOf(runId));
}

/** What the chunks tell for ever. */
export function lastingChunks(chunks: readonly EventChunk[]): EventChunk[] {
  return chunks.map(trimmedChunk).filter(({ events }) => events.length > 0);
}
