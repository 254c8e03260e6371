/** @file The connection to IndexedDB: opens, reopens when the browser closed it, and makes way for newer versions. */
import { openDB, type IDBPDatabase, type IDBPTransaction } from "idb";
import { OutdatedPageError, StorageError } from "../core/base/errors.ts";
import { upgradeDatabase, type UpgradeTransaction } from "./migrations.ts";
import { DATABASE_NAME, DATABASE_VERSION, STORES, type PlaygroundSchema } from "./schema.ts";
import { toStorageError } from "./storage-errors.ts";

/** A transaction over all stores. */
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<PlaygroundSchema, typeof STORES, Mode>;

/** How long an older tab may keep the database. */
const BLOCKED_MS = 5000;
const CLOSED_FOR_NEWER = "A newer version of this page is open in another tab. Reload this tab to go on.";
const UPGRADE_FAILED =
  "The saved runs of an older version of this page could not be brought to this version and are left untouched. Reload to try again.";

/** What using a connection ends with that the browser has closed, or just closes. */
const CLOSED_UNDER_US: ReadonlySet<string> = new Set(["InvalidStateError", "AbortError"]);

/** The open database. Every failure is a {@link StorageError} with a sentence for people. */
export class Database {
  #connection: Promise<IDBPDatabase<PlaygroundSchema>> | null = null;
  #isOutdated = false;

  /**
   * Opens the database, creating or upgrading it.
   *
   * @throws {StorageError} if the browser has none or refuses
   */
  static async open(operation: string): Promise<Database> {
    const database = new Database();
    await database.#connect(operation);
    return database;
  }

  /** Reads in one transaction. `work` awaits nothing but requests of this transaction. */
  async read<Result>(operation: string, work: (tx: Transaction<"readonly">) => Promise<Result>): Promise<Result> {
    return this.#withConnection(operation, (connection) => finish(connection.transaction(STORES, "readonly"), work));
  }

  /** Writes all or nothing, and returns when it is on disk (`strict`) or handed to the system (`relaxed`). */
  async write<Result>(
    operation: string,
    work: (tx: Transaction<"readwrite">) => Promise<Result>,
    durability: "strict" | "relaxed" = "relaxed",
  ): Promise<Result> {
    return this.#withConnection(operation, (connection) =>
      finish(connection.transaction(STORES, "readwrite", { durability }), work),
    );
  }

  /** Closes the connection; a later use opens it again. */
  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    this.#connection = null;
    connection?.close();
  }

  /**
   * Tries a second time on a new connection if the browser closed the first one or ended its transaction, which was undone
   * then. It says that it closed a connection only afterwards.
   */
  async #withConnection<Result>(
    operation: string,
    work: (connection: IDBPDatabase<PlaygroundSchema>) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(await this.#connect(operation));
    } catch (error) {
      if (!(error instanceof DOMException) || !CLOSED_UNDER_US.has(error.name)) throw toStorageError(operation, error);
    }
    await this.close();
    try {
      return await work(await this.#connect(operation));
    } catch (error) {
      throw toStorageError(operation, error);
    }
  }

  async #connect(operation: string): Promise<IDBPDatabase<PlaygroundSchema>> {
    if (this.#isOutdated) throw new OutdatedPageError(`${operation}: ${CLOSED_FOR_NEWER}`);
    this.#connection ??= this.#open(operation);
    try {
      return await this.#connection;
    } catch (error) {
      this.#connection = null;
      throw toStorageError(operation, error);
    }
  }

  async #open(operation: string): Promise<IDBPDatabase<PlaygroundSchema>> {
    if (typeof indexedDB === "undefined") {
      throw new StorageError(`${operation}: This browser has no database for pages (IndexedDB).`);
    }
    let giveUp: (error: StorageError) => void = () => undefined;
    const blocked = new Promise<never>((_, reject) => (giveUp = reject));
    let failedStep: { readonly cause: unknown } | null = null;
    const opened = openDB<PlaygroundSchema>(DATABASE_NAME, DATABASE_VERSION, {
      upgrade: (database, oldVersion, _newVersion, tx) => {
        tx.done.catch(() => undefined); // opening rejects, too
        upgradeDatabase(database, oldVersion, tx as UpgradeTransaction).catch((cause: unknown) => {
          failedStep = { cause };
          abort(tx);
        });
      },
      blocked: () => {
        const sentence = "Another tab with an older version of this page keeps the database. Close that tab.";
        setTimeout(() => giveUp(new StorageError(`${operation}: ${sentence}`)), BLOCKED_MS);
      },
      blocking: (_version, newerVersion) => {
        // What is being written is finished first: closing waits for it, and the other tab for us.
        if (newerVersion !== null) this.#isOutdated = true;
        void this.close();
      },
      terminated: () => {
        this.#connection = null;
      },
    });
    return Promise.race([opened, blocked]).catch((error: unknown) => {
      if (failedStep !== null) throw new StorageError(`${operation}: ${UPGRADE_FAILED}`, failedStep);
      throw error;
    });
  }
}

/** Quota errors arrive as an abort of the transaction after its requests succeeded, so `done` decides. */
async function finish<Mode extends IDBTransactionMode, Result>(
  tx: Transaction<Mode>,
  work: (tx: Transaction<Mode>) => Promise<Result>,
): Promise<Result> {
  const done = tx.done.then(
    () => null,
    (error: unknown) => ({ error: tx.error ?? error }),
  );
  let result: Result;
  try {
    result = await work(tx);
  } catch (error) {
    abort(tx);
    const failed = await done;
    throw tx.error ?? (isAbort(error) && failed !== null ? failed.error : error);
  }
  const failed = await done;
  if (failed !== null) throw failed.error;
  return result;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It has already ended.
  }
}
