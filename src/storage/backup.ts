/**
 * @file Everything that this page has stored, as one file. The database is read as it is found, of whatever version, and
 * never changed; live runs that are ahead of it, because nothing could be saved, are added from memory.
 */
import { openDB, type IDBPDatabase } from "idb";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import { backupMark, encodeRecord, type BackupRecord } from "./backup-file.ts";
import { newCheckpoint } from "./payload-hash.ts";
import { DATABASE_NAME, DATABASE_VERSION, newHeader, type EventChunk, type RunHeader } from "./schema.ts";

/** A run as it is in memory. */
export interface LiveRun {
  readonly runId: string;
  readonly config: RunConfig;
  /** Iterations done in the payload. */
  readonly iteration: number;
  /** The checkpoint file. */
  readonly payload: Uint8Array<ArrayBuffer>;
  readonly tips: readonly Tip[];
  /** Curve, evaluations and marks, each with its iteration. */
  readonly history: readonly { readonly iteration: number; readonly event: TrainingEvent }[];
  readonly finished: boolean;
}

type Row = Omit<Extract<BackupRecord, { readonly type: "row" }>, "type">;

/** The database as it is, of whatever version; null if there is none or the browser refuses it. The caller closes it. */
export async function openAsItIs(): Promise<IDBPDatabase | null> {
  if (typeof indexedDB === "undefined") return null;
  try {
    return await openDB(DATABASE_NAME, undefined, {
      upgrade: (_database, _old, _new, tx) => {
        tx.done.catch(() => undefined);
        tx.abort(); // there was none, and looking for it makes none
      },
      blocking: (_version, _newer, event) => (event.target as IDBDatabase).close(),
    });
  } catch {
    return null;
  }
}

/** The parts of a backup's file, in order. */
export async function* backupParts(live: readonly LiveRun[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield backupMark();
  let count = 0;
  const database = await openAsItIs();
  const isKnown = database === null || database.version === DATABASE_VERSION;
  try {
    if (database !== null) {
      yield encodeRecord({ type: "database", version: database.version });
      for await (const row of storedRows(database, isKnown ? live : [])) {
        count++;
        yield encodeRecord({ type: "row", ...row });
      }
    }
    const known = database === null || !isKnown ? new Set() : new Set(await database.getAllKeys("runs"));
    yield encodeRecord({ type: "database", version: DATABASE_VERSION });
    for (const row of live.filter(({ runId }) => !known.has(runId)).flatMap((run) => counted(withLive([], run)))) {
      count++;
      yield encodeRecord({ type: "row", ...row });
    }
  } finally {
    database?.close();
  }
  yield encodeRecord({ type: "end", count });
}

/** Run by run, each read at once, so that it fits together while another tab goes on writing. */
async function* storedRows(database: IDBPDatabase, live: readonly LiveRun[]): AsyncGenerator<Row> {
  const names = [...database.objectStoreNames];
  const byRun = new Set(names.filter((name) => isKeyedByRun(database, name)));
  if (names.includes("runs")) {
    for (const runId of await database.getAllKeys("runs")) {
      const rows = await rowsOfRun(database, runId, byRun);
      const newer = live.find((run) => run.runId === runId);
      yield* counted(newer === undefined ? rows : withLive(rows, newer));
    }
  }
  for (const name of names.filter((other) => other !== "runs" && !byRun.has(other))) {
    for (const key of await database.getAllKeys(name)) {
      yield { store: name, key, value: await database.get(name, key) };
    }
  }
}

/** The rows of a run, the header first, which says how many follow. */
function counted([header, ...others]: readonly Row[]): Row[] {
  return header === undefined ? [] : [{ ...header, rows: others.length }, ...others];
}

function isKeyedByRun(database: IDBPDatabase, name: string): boolean {
  const { keyPath } = database.transaction(name).objectStore(name);
  return Array.isArray(keyPath) && keyPath[0] === "runId";
}

async function rowsOfRun(database: IDBPDatabase, runId: IDBValidKey, byRun: ReadonlySet<string>): Promise<Row[]> {
  const tx = database.transaction(["runs", ...byRun]);
  const rows: Row[] = [{ store: "runs", key: runId, value: await tx.objectStore("runs").get(runId) }];
  for (const name of byRun) {
    const store = tx.objectStore(name);
    const range = IDBKeyRange.bound([runId], [runId, []]);
    const [keys, values] = [await store.getAllKeys(range), await store.getAll(range)];
    rows.push(...keys.map((key, i) => ({ store: name, key, value: values[i] as unknown })));
  }
  await tx.done;
  return rows;
}

/** The rows of a run as they would be if its last iteration could have been saved. */
function withLive(rows: readonly Row[], live: LiveRun): Row[] {
  const stored = rows.find(({ store }) => store === "runs")?.value as RunHeader | undefined;
  const { runId, config, iteration, payload, finished } = live;
  if (stored !== undefined && (stored.head ?? -1) >= iteration) return [...rows];
  const before = stored ?? newHeader(runId, config, 1);
  const events = live.history.filter((told) => told.iteration > before.iteration).map(({ event }) => event);
  const chunk: EventChunk = { runId, chunk: before.nextChunk, iteration, full: 0, events };
  const header: RunHeader = {
    ...before,
    config,
    iteration,
    finished,
    head: iteration,
    previous: before.head,
    checkpointBytes: payload.length,
    pendingChanges: [],
    nextChunk: before.nextChunk + 1,
  };
  const others = rows.filter(({ store }) => store !== "runs" && store !== "tips");
  return [
    { store: "runs", key: runId, value: header },
    ...others,
    { store: "checkpoints", key: [runId, iteration], value: newCheckpoint(runId, iteration, payload) },
    ...live.tips.map((tip) => ({ store: "tips", key: [runId, tip.id], value: { runId, id: tip.id, tip } })),
    { store: "events", key: [runId, chunk.chunk], value: chunk },
  ];
}
