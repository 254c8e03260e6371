/**
 * @file Puts the runs of a backup back, run by run, each in one transaction. Nothing that is stored is changed or deleted:
 * a run that is here already is left as it is, one of the same name gets a new name, and what does not fit stays out.
 */
import { readRecords, type BackupRecord } from "./backup-file.ts";
import { Database } from "./database.ts";
import { isWhole } from "./payload-hash.ts";
import { parseCheckpoint, parseChunk, parseHeader, parseTip } from "./row-schemas.ts";
import { nextSequence, rowsOf, type WriteTransaction } from "./run-rows.ts";
import { isOutOfRoom } from "./storage-errors.ts";
import {
  DATABASE_VERSION,
  namedCheckpoints,
  RUN_ROWS,
  type EventChunk,
  type RunHeader,
  type StoredCheckpoint,
  type StoredTip,
} from "./schema.ts";

/** What a restore has done. */
export interface RestoreReport {
  readonly restored: number;
  /** Runs that were here already, as they are in the backup. */
  readonly present: number;
  /** Runs for which the browser had no room. */
  readonly leftOut: number;
  /** Runs of which something is missing or wrong. */
  readonly refused: number;
  /** Entries of the file that do not fit their hash. */
  readonly damaged: number;
  readonly settings: number;
  /** The file ends before its end. */
  readonly isCutOff: boolean;
  /** Written by a newer version of the page; nothing of that was restored. */
  readonly isNewer: boolean;
}

/** A run of a backup. */
interface BackupRun {
  readonly header: RunHeader;
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly damaged: readonly StoredCheckpoint[];
  readonly tips: readonly StoredTip[];
  readonly events: readonly EventChunk[];
}

/** How restoring goes on. */
export interface RestoreOptions {
  /** Whether a setting of this name and value may be stored. */
  readonly isSetting: (name: string, value: unknown) => boolean;
  /** A name for a run whose own one is taken. */
  readonly newRunId: (runId: string) => string;
}

/** The rows of a run as they are read. */
interface PartialRun {
  readonly rows: ReadonlyMap<string, unknown[]>;
  /** How many there are to be, the header aside. */
  readonly wanted: number;
}
/** Rows of a run in one store that are read: a run has at most 100,000 iterations and as many tips. */
const MAX_ROWS = 200_000;

type Outcome = "restored" | "present" | "leftOut" | "refused";

/**
 * Restores a backup.
 *
 * @throws {CheckpointError} if the file is no backup
 * @throws {StorageError} if the database cannot be opened or written; what was restored before stays
 */
export async function restoreBackup(file: Blob, options: RestoreOptions): Promise<RestoreReport> {
  const records = readRecords(file);
  const first = await records.next();
  const database = await Database.open("restore");
  try {
    return await new Restore(database, options).all(first.done === true ? [] : [first.value], records);
  } finally {
    await database.close();
  }
}

/** One restoring: gathers the rows of a run, and stores it when the next one begins. */
class Restore {
  readonly #database: Database;
  readonly #options: RestoreOptions;
  readonly #counts = { restored: 0, present: 0, leftOut: 0, refused: 0, damaged: 0, settings: 0 };
  #run: PartialRun | null = null;
  #version = DATABASE_VERSION;
  #isNewer = false;

  constructor(database: Database, options: RestoreOptions) {
    this.#database = database;
    this.#options = options;
  }

  async all(first: readonly BackupRecord[], rest: AsyncIterable<BackupRecord>): Promise<RestoreReport> {
    let isCutOff = true;
    for (const record of first) isCutOff = !(await this.#take(record));
    for await (const record of rest) isCutOff = !(await this.#take(record));
    await this.#finishRun();
    return { ...this.#counts, isCutOff, isNewer: this.#isNewer };
  }

  /** Returns whether it was the end. */
  async #take(record: BackupRecord): Promise<boolean> {
    switch (record.type) {
      case "damaged":
        this.#counts.damaged++;
        return false;
      case "end":
        return true;
      case "database":
        await this.#finishRun();
        this.#version = record.version;
        this.#isNewer ||= record.version > DATABASE_VERSION;
        return false;
      case "row":
        if (this.#version <= DATABASE_VERSION) await this.#takeRow(record);
        return false;
    }
  }

  async #takeRow({ store, key, value, rows }: Extract<BackupRecord, { readonly type: "row" }>): Promise<void> {
    if (store === "runs") {
      await this.#finishRun();
      this.#run = { rows: new Map(["runs", ...RUN_ROWS].map((name) => [name, []])), wanted: rows ?? 0 };
      this.#run.rows.get(store)!.push(value);
    } else if ((RUN_ROWS as readonly string[]).includes(store)) {
      const rowsThere = this.#run?.rows.get(store);
      if (rowsThere !== undefined && rowsThere.length < MAX_ROWS) rowsThere.push(value);
    } else if (store === "settings" && typeof key === "string" && this.#options.isSetting(key, value)) {
      await this.#database.write("restore", (tx) => tx.objectStore("settings").put(value, key));
      this.#counts.settings++;
    }
  }

  async #finishRun(): Promise<void> {
    if (this.#run === null) return;
    const run = parseRun(this.#run);
    this.#run = null;
    this.#counts[run === null ? "refused" : await this.#store(run)]++;
  }

  /** One without room is left out; a smaller one may still find some. */
  async #store(run: BackupRun): Promise<Outcome> {
    try {
      return await this.#put(run);
    } catch (error) {
      if (isOutOfRoom(error)) return "leftOut";
      throw error;
    }
  }

  #put(run: BackupRun): Promise<Outcome> {
    return this.#database.write(
      "restore",
      async (tx): Promise<Outcome> => {
        const { header } = run;
        const there = await tx.objectStore("runs").get(header.runId);
        if (there !== undefined && (await isSame(tx, there, run))) return "present";
        const runId = there === undefined ? header.runId : this.#options.newRunId(header.runId);
        if (runId !== header.runId && (await tx.objectStore("runs").get(runId)) !== undefined) return "refused";
        await putRun(tx, run, runId);
        return "restored";
      },
      "strict",
    );
  }
}

/** The same iterations were done and saved: nothing of the backup is missing here. */
async function isSame(tx: WriteTransaction, there: RunHeader, { header, checkpoints }: BackupRun): Promise<boolean> {
  if (there.head !== header.head) return false;
  if (there.head === null) return true;
  const stored = await tx.objectStore("checkpoints").get([there.runId, there.head]);
  const wanted = checkpoints.find(({ iteration }) => iteration === header.head);
  return stored?.sha256 === wanted?.sha256;
}

async function putRun(tx: WriteTransaction, run: BackupRun, runId: string): Promise<void> {
  for (const store of RUN_ROWS) await tx.objectStore(store).delete(rowsOf(runId)); // rows without a run
  await tx.objectStore("runs").put({ ...run.header, runId, sequence: await nextSequence(tx) });
  for (const row of run.checkpoints) await tx.objectStore("checkpoints").put({ ...row, runId });
  for (const row of run.damaged) await tx.objectStore("damaged").put({ ...row, runId });
  for (const row of run.tips) await tx.objectStore("tips").put({ ...row, runId });
  for (const row of run.events) await tx.objectStore("events").put({ ...row, runId });
}

/** The run of some rows; null unless none is missing, and header, checkpoints and tips are all right. */
function parseRun({ rows, wanted }: PartialRun): BackupRun | null {
  const header = parseHeader(rows.get("runs")![0]);
  const ownRows = (store: (typeof RUN_ROWS)[number]): unknown[] =>
    rows.get(store)!.filter((row) => (row as { readonly runId?: unknown } | null)?.runId === header?.runId);
  const checkpoints = all(ownRows("checkpoints").map(parseCheckpoint));
  const damaged = all(ownRows("damaged").map(parseCheckpoint));
  const tips = all(ownRows("tips").map(parseTip));
  const events = all(ownRows("events").map(parseChunk));
  if (header === null || checkpoints === null || damaged === null || tips === null || events === null) return null;
  if (checkpoints.length + damaged.length + tips.length + events.length !== wanted) return null;
  const named = namedCheckpoints(header);
  const kept = checkpoints.filter((checkpoint) => named.includes(checkpoint.iteration) && isWhole(checkpoint));
  const head = kept.find(({ iteration }) => iteration === header.head);
  if (header.head !== null && head === undefined) return null;
  const nextChunk = events.reduce((next, { chunk }) => Math.max(next, chunk + 1), header.nextChunk);
  return {
    header: { ...header, checkpointBytes: head?.payload.length ?? 0, nextChunk },
    checkpoints: kept,
    damaged,
    tips,
    events,
  };
}

/** The rows if none of them is null. */
function all<Row>(rows: readonly (Row | null)[]): readonly Row[] | null {
  const whole = rows.filter((row) => row !== null);
  return whole.length === rows.length ? whole : null;
}
