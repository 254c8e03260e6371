/** @file What the page itself does with stored runs: lists them, reads single checkpoints, deletes. Training is the worker's. */
import { openAsItIs } from "./backup.ts";
import { Database } from "./database.ts";
import { deleteRows } from "./run-rows.ts";
import { DATABASE_VERSION, namedCheckpoints, type RunHeader } from "./schema.ts";

/** A stored run. */
export interface SavedRun {
  readonly header: RunHeader;
  /** Iterations of checkpoints that did not fit their hash. */
  readonly damaged: readonly number[];
  /** Estimate of its size on disk, bytes: its checkpoints. */
  readonly bytes: number;
}

/** What is stored. */
export interface SavedRuns {
  /** Last used first. */
  readonly runs: readonly SavedRun[];
  /** Runs in a database of a newer version: they can be backed up and nothing else. */
  readonly newerCount: number;
}

/**
 * The stored runs.
 *
 * @throws {StorageError} if this browser has no database that can be read
 */
export async function listSavedRuns(): Promise<SavedRuns> {
  const newerCount = await countNewer();
  return newerCount === null ? { runs: await withDatabase(readRuns), newerCount: 0 } : { runs: [], newerCount };
}

/** The runs in a database of a newer version; null if it is not newer. */
async function countNewer(): Promise<number | null> {
  const database = await openAsItIs();
  if (database === null) return null;
  try {
    if (database.version <= DATABASE_VERSION) return null;
    return database.objectStoreNames.contains("runs") ? await database.count("runs") : 0;
  } finally {
    database.close();
  }
}

async function readRuns(database: Database): Promise<SavedRun[]> {
  const { headers, aside } = await database.read("list runs", async (tx) => ({
    headers: await tx.objectStore("runs").getAll(),
    aside: await tx.objectStore("damaged").getAllKeys(),
  }));
  return headers
    .sort((a, b) => b.sequence - a.sequence)
    .map((header) => {
      const damaged = aside.filter(([runId]) => runId === header.runId).map(([, iteration]) => iteration);
      const bytes = header.checkpointBytes * (namedCheckpoints(header).length + damaged.length);
      return { header, damaged, bytes };
    });
}

/** The checkpoint file of an iteration, or one that was put aside; null if it is gone. */
export function readSavedCheckpoint(
  store: "checkpoints" | "damaged",
  runId: string,
  iteration: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  return withDatabase((database) =>
    database.read("read checkpoint", async (tx) => {
      const found = await tx.objectStore(store).get([runId, iteration]);
      return found?.payload ?? null;
    }),
  );
}

/** Deletes everything of a run. */
export function deleteSavedRun(runId: string): Promise<void> {
  return withDatabase((database) => database.write("delete run", (tx) => deleteRows(tx, runId), "strict"));
}

async function withDatabase<Result>(work: (database: Database) => Promise<Result>): Promise<Result> {
  const database = await Database.open("saved runs");
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
