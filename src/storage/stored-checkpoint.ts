/** @file The newest checkpoint of a run as it lies in the database, for a page whose worker does not start. */
import { Database } from "./database.ts";
import { isWhole } from "./payload-hash.ts";

/** A checkpoint file and the iterations done in it. */
export interface StoredCheckpointFile {
  readonly iteration: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the newest checkpoint whose hash is right; writes nothing, so that a tab that trains the run is not disturbed.
 *
 * @returns null if there is none
 * @throws {StorageError} if the database cannot be read
 */
export async function readStoredCheckpoint(runId: string): Promise<StoredCheckpointFile | null> {
  const database = await Database.open("read checkpoint");
  try {
    const range = IDBKeyRange.bound([runId], [runId, []]);
    const checkpoints = await database.read("read checkpoint", (tx) => tx.objectStore("checkpoints").getAll(range));
    const whole = checkpoints.filter(isWhole);
    const newest = whole.sort((a, b) => b.iteration - a.iteration)[0];
    return newest === undefined ? null : { iteration: newest.iteration, bytes: newest.payload };
  } finally {
    await database.close();
  }
}
