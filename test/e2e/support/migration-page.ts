/** @file Script of a page that opens frozen databases in a real browser, moves them to this version, and saves on. */
import { decodeSessionFile } from "../../../src/runtime/session-file.ts";
import { openRunStore } from "../../../src/storage/open-run-store.ts";
import { DATABASE_NAME, DATABASE_VERSION } from "../../../src/storage/schema.ts";
import { makeCommit } from "../../support/run-fixtures.ts";
import { dumpDatabase, fixtureText, parseFixture, plantDatabase } from "../../storage/database-fixture.ts";

const FIXTURES = import.meta.glob<string>("../../storage/fixtures/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What became of one frozen database. */
export interface Migrated {
  readonly file: string;
  readonly version: number;
  /** Rows of the frozen database that are not in the migrated one, field for field. */
  readonly lost: readonly string[];
  readonly problem: string | null;
  readonly iteration: number | null;
  readonly headAfterCommit: number | null;
  /** After a migration whose second step was made to fail. */
  readonly isUntouchedByFailure: boolean;
}

async function remove(): Promise<void> {
  await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(DATABASE_NAME);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error ?? new Error("delete"));
  });
}

async function migrateFailing(): Promise<string | null> {
  const update = Object.getOwnPropertyDescriptor(IDBCursor.prototype, "update")!;
  IDBCursor.prototype.update = () => {
    throw new DOMException("injected", "DataError");
  };
  try {
    const store = await openRunStore();
    await store.close();
    return store.problem;
  } finally {
    Object.defineProperty(IDBCursor.prototype, "update", update);
  }
}

async function migrate(file: string, text: string): Promise<Migrated> {
  await remove();
  const before = parseFixture(text);
  await plantDatabase(DATABASE_NAME, before);
  const isOld = before.version < DATABASE_VERSION;
  const failed = isOld ? await migrateFailing() : null;
  const untouched = fixtureText(await dumpDatabase(DATABASE_NAME)) === fixtureText(before);
  const store = await openRunStore();
  const after = await dumpDatabase(DATABASE_NAME);
  const lost = Object.entries(before.rows).flatMap(([name, rows]) =>
    rows
      .filter(({ key, value }) => {
        const row = after.rows[name]!.find((candidate) => JSON.stringify(candidate.key) === JSON.stringify(key));
        const isPlain = typeof value !== "object" || value === null || value instanceof Uint8Array;
        const fields = isPlain ? { value } : (value as Record<string, unknown>);
        const found = isPlain ? { value: row?.value } : (row?.value as Record<string, unknown>);
        return !Object.keys(fields).every((field) => textOf(fields[field]) === textOf(found[field]));
      })
      .map(({ key }) => `${name} ${JSON.stringify(key)}`),
  );
  const run = await store.openRun("empo2-finished");
  await store.openRun("grpo-half");
  await store.commit(makeCommit("grpo-half", 3));
  const half = await store.openRun("grpo-half");
  await store.close();
  return {
    file,
    version: after.version,
    lost,
    problem: store.problem,
    iteration: run?.payload == null ? null : decodeSessionFile(run.payload).iteration,
    headAfterCommit: half?.header.head ?? null,
    isUntouchedByFailure: untouched && (failed !== null) === isOld,
  };
}

function textOf(value: unknown): string {
  return fixtureText({ version: 0, stores: [], rows: { value: [{ key: 0, value }] } });
}

async function migrateAll(): Promise<Migrated[]> {
  const results: Migrated[] = [];
  for (const [file, text] of Object.entries(FIXTURES)) results.push(await migrate(file.split("/").at(-1)!, text));
  return results;
}

document.body.textContent = await migrateAll().then(JSON.stringify, String);
document.title = "done";
