/**
 * @file How a database of an older version becomes one of this version: one step per version, never changed once it was
 * released, all in the one transaction in which the browser raises the version. If a step fails nothing was changed.
 */
import type { IDBPDatabase, IDBPTransaction } from "idb";
import type { PlaygroundSchema, RunHeader, STORES } from "./schema.ts";

/** The transaction that raises the version. */
export type UpgradeTransaction = IDBPTransaction<PlaygroundSchema, (typeof STORES)[number][], "versionchange">;

type Migration = (database: IDBPDatabase<PlaygroundSchema>, tx: UpgradeTransaction) => Promise<void>;

/** The header of version 1. */
type FirstHeader = Omit<RunHeader, "best" | "checkpointBytes">;

async function createFirst(database: IDBPDatabase<PlaygroundSchema>): Promise<void> {
  database.createObjectStore("runs", { keyPath: "runId" });
  database.createObjectStore("checkpoints", { keyPath: ["runId", "iteration"] });
  database.createObjectStore("tips", { keyPath: ["runId", "id"] });
  const events = database.createObjectStore("events", { keyPath: ["runId", "chunk"] });
  events.createIndex("byFullness", ["runId", "full", "iteration"]);
  database.createObjectStore("settings");
  return Promise.resolve();
}

/** Version 2 keeps the best checkpoint, puts damaged ones aside, and knows how large a run is. */
async function keepBestAndDamaged(database: IDBPDatabase<PlaygroundSchema>, tx: UpgradeTransaction): Promise<void> {
  database.createObjectStore("damaged", { keyPath: ["runId", "iteration"] });
  let cursor = await tx.objectStore("runs").openCursor();
  while (cursor !== null) {
    const first = cursor.value as FirstHeader;
    const newest = first.head === null ? undefined : await tx.objectStore("checkpoints").get([first.runId, first.head]);
    await cursor.update(secondHeader(first, newest?.payload.length ?? 0));
    cursor = await cursor.continue();
  }
}

/** A header of version 1 as one of version 2. */
export function secondHeader(first: FirstHeader, checkpointBytes: number): RunHeader {
  return { ...first, best: null, checkpointBytes };
}

/** Step i brings version i to version i + 1. */
const MIGRATIONS: readonly Migration[] = [createFirst, keepBestAndDamaged];

/** Brings a database of an older version, 0 if it is new, to this one. Rejects if a step failed. */
export async function upgradeDatabase(
  database: IDBPDatabase<PlaygroundSchema>,
  oldVersion: number,
  tx: UpgradeTransaction,
): Promise<void> {
  for (const migrate of MIGRATIONS.slice(oldVersion)) await migrate(database, tx);
}
