/** @file Databases of every released version, frozen as they were, opened with this version of the page; and newer ones. */
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { decodeSessionFile } from "../../src/runtime/session-file.ts";
import { openRunStore } from "../../src/storage/open-run-store.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { listSavedRuns } from "../../src/storage/saved-data.ts";
import { DATABASE_NAME, DATABASE_VERSION } from "../../src/storage/schema.ts";
import { makeCommit } from "../support/run-fixtures.ts";
import { dumpDatabase, parseFixture, plantDatabase, type DatabaseFixture } from "./database-fixture.ts";

const FOLDER = new URL("./fixtures/", import.meta.url);
const FIXTURES = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), "utf8") }));

let store: RunStore | null = null;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await store?.close();
  store = null;
});

test("the database of every version up to this one is frozen", () => {
  const versions = Array.from({ length: DATABASE_VERSION }, (_, i) => `v${i + 1}.json`);
  expect(FIXTURES.map(({ file }) => file)).toEqual(versions);
});

describe.each(FIXTURES)("a database as in $file", ({ text }) => {
  let before: DatabaseFixture;

  beforeEach(async () => {
    before = parseFixture(text);
    await plantDatabase(DATABASE_NAME, before);
  });

  test("has every row that it had, with every field of it, in this version", async () => {
    store = await openRunStore();
    expect(store.problem).toBeNull();
    const after = await dumpDatabase(DATABASE_NAME);
    expect(after.version).toBe(DATABASE_VERSION);
    for (const [name, rows] of Object.entries(before.rows)) {
      expect(after.rows[name]!.map(({ key }) => key)).toEqual(rows.map(({ key }) => key));
      expect(after.rows[name]!.map(({ value }) => value)).toMatchObject(rows.map(({ value }) => value as object));
    }
  });

  test("has the shape of a new database of this version", async () => {
    store = await openRunStore();
    const { stores } = await dumpDatabase(DATABASE_NAME);
    await store.close();
    globalThis.indexedDB = new IDBFactory();
    store = await openRunStore();
    expect(stores).toEqual((await dumpDatabase(DATABASE_NAME)).stores);
  });

  test("gives its runs back: checkpoint, curve, tips and what a person changed", async () => {
    store = await openRunStore();
    const finished = (await store.openRun("empo2-finished"))!;
    expect(finished).toMatchObject({ damage: null, header: { head: 3, previous: 2, finished: true } });
    expect(finished.header.checkpointBytes).toBe(finished.payload!.length);
    const session = decodeSessionFile(finished.payload!);
    expect(session).toMatchObject({ iteration: 3, config: { seed: 7, method: "empo2" } });
    expect(session.memory.tips.map(({ author, pinned }) => [author, pinned])).toEqual([
      ["policy", false],
      ["person", true],
    ]);
    const types = (await store.readEvents("empo2-finished")).flat().map(({ type }) => type);
    expect(types.filter((type) => type === "iterationFinished")).toHaveLength(3);
    expect((await store.openRun("grpo-half"))?.header.pendingChanges).toEqual([
      { type: "config", changes: { memoryRolloutProbability: 0.5 } },
    ]);
    expect((await store.openRun("naive-new"))?.payload).toBeNull();
    expect(await store.readSetting("base:here-1-1000")).toEqual(new Uint8Array([1, 2, 3, 250]));
  });

  test("takes the next iteration of a run", async () => {
    store = await openRunStore();
    const { header } = (await store.openRun("grpo-half"))!;
    await store.commit(makeCommit("grpo-half", header.iteration + 1));
    expect((await store.openRun("grpo-half"))?.header).toMatchObject({ head: 3, previous: 2 });
  });

  test.skipIf(parseFixture(text).version === DATABASE_VERSION)(
    "is as it was when a step of the migration fails half-way, and is migrated the next time",
    async () => {
      const update = vi.spyOn(IDBCursor.prototype, "update").mockImplementation(() => {
        throw new DOMException("injected", "DataError");
      });
      store = await openRunStore();
      expect(update).toHaveBeenCalled();
      expect(store.problem).toContain("left untouched. Reload to try again");
      const untouched = await dumpDatabase(DATABASE_NAME);
      expect(untouched).toEqual(before);
      vi.restoreAllMocks();
      store = await openRunStore();
      expect(store.problem).toBeNull();
      expect((await store.openRun("empo2-finished"))?.header.head).toBe(3);
    },
  );
});

describe("a database of a newer version", () => {
  const NEWER: DatabaseFixture = {
    version: DATABASE_VERSION + 1,
    stores: [
      { name: "runs", keyPath: "runId", indexes: [] },
      { name: "weights", keyPath: ["runId", "shard"], indexes: [] },
    ],
    rows: {
      runs: [{ key: "a", value: { runId: "a", shape: "unknown" } }],
      weights: [{ key: ["a", 0], value: { runId: "a", shard: 0, data: new Uint8Array([1, 2]) } }],
    },
  };

  beforeEach(() => plantDatabase(DATABASE_NAME, NEWER));

  test("is left as it is: runs are kept in memory, and those in it are counted", async () => {
    store = await openRunStore();
    expect(store.problem).toContain("newer version of this page");
    await store.createRun("b", DEFAULT_CONFIG);
    await store.commit(makeCommit("b", 1));
    expect(await listSavedRuns()).toEqual({ runs: [], newerCount: 1 });
    expect(await dumpDatabase(DATABASE_NAME)).toEqual(NEWER);
  });
});
