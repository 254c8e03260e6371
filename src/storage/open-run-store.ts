import { Database } from "./database.ts";
import { IndexedDbStore } from "./indexed-db-store.ts";
import { MemoryStore } from "./memory-store.ts";
import type { RunStore } from "./run-store.ts";
import { toStorageError } from "./storage-errors.ts";

const OPERATION = "open storage";

/** The browser's database, or a store in memory that says why there is none. Never rejects. */
export async function openRunStore(): Promise<RunStore> {
  try {
    return new IndexedDbStore(await Database.open(OPERATION));
  } catch (error) {
    return new MemoryStore(toStorageError(OPERATION, error).message.slice(`${OPERATION}: `.length));
  }
}
