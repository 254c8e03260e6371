/** @file The connection to IndexedDB: opens, reopens when the browser closed it, and makes way for newer versions. */
import { openDB, type IDBPDatabase, type IDBPTransaction } from "idb";
import { StorageError } from "../core/base/errors.ts";
import { DATABASE_NAME, DATABASE_VERSION, STORES, upgradeDatabase, type PlaygroundSchema } from "./schema.ts";
import { toStorageError } from "./storage-errors.ts";

/** A transaction over all stores. */
export type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<PlaygroundSchema, typeof STORES, Mode>;

/** How long an older tab may keep the database. */
const BLOCKED_MS = 5000;
const CLOSED_FOR_NEWER =
  "A newer version of this page is open in another tab, so this tab has stopped saving. Reload it to go on.";

/** The open database. Every failure is a {@link StorageError} with a sentence for people. */
export class Database {
  #connection: Promise<IDBPDatabase<PlaygroundSchema>> | null = null;
  #closedBecause: string | null = null;

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

  /** Tries a second time on a new connection if the first was closed under us. */
  async #withConnection<Result>(
    operation: string,
    work: (connection: IDBPDatabase<PlaygroundSchema>) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await work(await this.#connect(operation));
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "InvalidStateError")
        throw toStorageError(operation, error);
    }
    this.#connection = null;
    try {
      return await work(await this.#connect(operation));
    } catch (error) {
      throw toStorageError(operation, error);
    }
  }

  async #connect(operation: string): Promise<IDBPDatabase<PlaygroundSchema>> {
    if (this.#closedBecause !== null) throw new StorageError(`${operation}: ${this.#closedBecause}`);
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
    const opened = openDB<PlaygroundSchema>(DATABASE_NAME, DATABASE_VERSION, {
      upgrade: (database, oldVersion) => upgradeDatabase(database, oldVersion),
      blocked: () => {
        const sentence = "Another tab with an older version of this page keeps the database. Close that tab.";
        setTimeout(() => giveUp(new StorageError(`${operation}: ${sentence}`)), BLOCKED_MS);
      },
      blocking: () => {
        this.#closedBecause = CLOSED_FOR_NEWER;
        void this.close();
      },
      terminated: () => {
        this.#connection = null;
      },
    });
    return Promise.race([opened, blocked]);
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

function abort<Mode extends IDBTransactionMode>(tx: Transaction<Mode>): void {
  try {
    tx.abort();
  } catch {
    // It has already ended.
  }
}
