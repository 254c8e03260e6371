import { forceCloseDatabase, IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { deleteDB, openDB } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TakenOverError } from "../../src/core/base/errors.ts";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import { openRunStore } from "../../src/storage/open-run-store.ts";
import { FULL_ITERATIONS, KEPT_EMPTY_RUNS } from "../../src/storage/retention.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { DATABASE_NAME, DATABASE_VERSION, type PlaygroundSchema } from "../../src/storage/schema.ts";
import { iterationEvents, makeCommit, makeTip } from "../support/run-fixtures.ts";

type Put = (this: IDBObjectStore, ...args: Parameters<IDBObjectStore["put"]>) => IDBRequest<IDBValidKey>;
const ORIGINAL_PUT = Reflect.get(IDBObjectStore.prototype, "put") as Put;

let store: RunStore;

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
});

/** A second look at the database, past the store. */
async function inspect() {
  return openDB<PlaygroundSchema>(DATABASE_NAME, DATABASE_VERSION);
}

async function commitIterations(runId: string, count: number): Promise<void> {
  await store.createRun(runId, DEFAULT_CONFIG);
  for (let iteration = 1; iteration <= count; iteration++) await store.commit(makeCommit(runId, iteration));
}

function types(chunks: readonly (readonly TrainingEvent[])[]): string[] {
  return chunks.flat().map(({ type }) => type);
}

describe.each([
  { name: "IndexedDbStore", open: openRunStore },
  { name: "MemoryStore", open: async (): Promise<RunStore> => new MemoryStore("no database") },
])("$name", ({ open }) => {
  beforeEach(async () => {
    store = await open();
  });

  test("a run that was never created is not there", async () => {
    expect(await store.openRun("a")).toBeNull();
    expect(await store.readEvents("a")).toEqual([]);
  });

  test("a created run has no checkpoint yet", async () => {
    await store.createRun("a", { ...DEFAULT_CONFIG, seed: 7 });
    const run = await store.openRun("a");
    expect(run).toMatchObject({ payload: null, damage: null, header: { head: null, iteration: 0, finished: false } });
    expect(run?.header.config.seed).toBe(7);
  });

  test("the newest checkpoint comes back with its configuration and its changes", async () => {
    await commitIterations("a", 2);
    await store.commit(makeCommit("a", 3, { finished: true, pendingChanges: [{ n: 1 }] }));
    const run = await store.openRun("a");
    expect(run?.header).toMatchObject({ iteration: 3, head: 3, finished: true, pendingChanges: [{ n: 1 }] });
    expect([...(run?.payload ?? [])]).toEqual([1, 2, 3, 3]);
  });

  test("events come back in order, without the turns that the finished rollouts contain", async () => {
    await commitIterations("a", 2);
    expect(types(await store.readEvents("a"))).toEqual([
      "iterationStarted",
      "rolloutsFinished",
      "iterationFinished",
      "iterationStarted",
      "rolloutsFinished",
      "iterationFinished",
    ]);
  });

  test("rollouts of old iterations are dropped, their summaries are kept", async () => {
    await commitIterations("a", FULL_ITERATIONS + 3);
    const all = types(await store.readEvents("a"));
    expect(all.filter((type) => type === "rolloutsFinished")).toHaveLength(FULL_ITERATIONS);
    expect(all.filter((type) => type === "iterationFinished")).toHaveLength(FULL_ITERATIONS + 3);
  });

  test("creating a run of the same name begins anew", async () => {
    await commitIterations("a", 2);
    await store.createRun("a", DEFAULT_CONFIG);
    expect(await store.openRun("a")).toMatchObject({ payload: null, header: { head: null } });
    expect(await store.readEvents("a")).toEqual([]);
  });

  test("changes between two commits are kept until the next commit takes them in", async () => {
    await commitIterations("a", 1);
    await store.saveChanges("a", [{ type: "tip" }], [makeTip(2)]);
    expect((await store.openRun("a"))?.header.pendingChanges).toEqual([{ type: "tip" }]);
    await store.commit(makeCommit("a", 2));
    expect((await store.openRun("a"))?.header.pendingChanges).toEqual([]);
  });

  test("runs are listed last used first", async () => {
    for (const runId of ["a", "b"]) await commitIterations(runId, 1);
    await store.openRun("a");
    await store.createRun("new", DEFAULT_CONFIG);
    expect((await store.listRuns()).map(({ runId }) => runId)).toEqual(["new", "a", "b"]);
  });

  test("a deleted run is gone and its neighbour is not", async () => {
    await commitIterations("a", 2);
    await commitIterations("ab", 1);
    await store.deleteRun("a");
    expect(await store.openRun("a")).toBeNull();
    expect(await store.readEvents("a")).toEqual([]);
    expect((await store.openRun("ab"))?.header.head).toBe(1);
  });

  test("a run that was cleared while it went on is put back by its next commit", async () => {
    await commitIterations("a", 1);
    await store.deleteRun("a");
    await expect(store.saveChanges("a", [], [])).rejects.toThrow("save changes");
    await store.commit(makeCommit("a", 2));
    expect(await store.openRun("a")).toMatchObject({ header: { head: 2, previous: null }, damage: null });
  });

  test("a setting comes back", async () => {
    expect(await store.readSetting("theme")).toBeUndefined();
    await store.writeSetting("theme", { dark: true });
    expect(await store.readSetting("theme")).toEqual({ dark: true });
    expect(await store.listSettings()).toEqual(["theme"]);
  });
});

describe("IndexedDbStore on disk", () => {
  beforeEach(async () => {
    store = await openRunStore();
  });

  test("a second store on the same database finds the run", async () => {
    await commitIterations("a", 2);
    await store.close();
    store = await openRunStore();
    expect((await store.openRun("a"))?.header.head).toBe(2);
    expect(store.problem).toBeNull();
  });

  test("the newest checkpoint and the one before are kept, no others", async () => {
    await commitIterations("a", 4);
    const database = await inspect();
    expect(await database.getAllKeys("checkpoints")).toEqual([
      ["a", 3],
      ["a", 4],
    ]);
    database.close();
  });

  test("the checkpoint with the best held-out return is kept as long as none is better", async () => {
    await store.createRun("a", DEFAULT_CONFIG);
    const heldOut = [20, 50, null, 40, null, 60, null];
    const kept: number[][] = [];
    for (const [i, meanReturn] of heldOut.entries()) {
      const evaluated = meanReturn === null ? [] : [evaluation(i + 1, meanReturn)];
      const events = [...iterationEvents(i + 1), ...evaluated];
      await store.commit(makeCommit("a", i + 1, { events }));
      const database = await inspect();
      kept.push((await database.getAllKeys("checkpoints")).map(([, iteration]) => iteration));
      database.close();
    }
    expect(kept).toEqual([[1], [1, 2], [2, 3], [2, 3, 4], [2, 4, 5], [5, 6], [6, 7]]);
    expect((await store.openRun("a"))?.header.best).toEqual({ iteration: 6, meanReturn: 60 });
  });

  test("a damaged checkpoint is put aside for people to save, the last two of a run", async () => {
    await commitIterations("a", 3);
    for (const iteration of [3, 4, 5]) {
      await damage("a", iteration);
      const { header } = (await store.openRun("a"))!;
      expect(header.head).toBe(iteration - 1);
      await store.commit(makeCommit("a", iteration));
      await store.commit(makeCommit("a", iteration + 1));
    }
    const database = await inspect();
    expect(await database.getAllKeys("damaged")).toEqual([
      ["a", 4],
      ["a", 5],
    ]);
    expect([...(await database.get("damaged", ["a", 5]))!.payload]).toEqual([0, 2, 3, 5]);
    database.close();
  });

  test("the best checkpoint is what a run goes on from when the newest two are damaged", async () => {
    await store.createRun("a", DEFAULT_CONFIG);
    await store.commit(makeCommit("a", 1, { events: [...iterationEvents(1), evaluation(1, 30)] }));
    for (let iteration = 2; iteration <= 4; iteration++) await store.commit(makeCommit("a", iteration));
    await damage("a", 3);
    await damage("a", 4);
    expect(await store.openRun("a")).toMatchObject({
      header: { head: 1, previous: null, best: { iteration: 1 } },
      damage: "The saved state of iteration 4 is damaged; the run goes on from iteration 1.",
    });
  });

  test("a run that the browser cleared is put back with its whole curve, and that is told", async () => {
    await commitIterations("a", 2);
    await store.close();
    store = await openRunStore();
    await store.openRun("a");
    expect(await store.commit(makeCommit("a", 3))).toBe("stored");
    const database = await inspect();
    for (const name of ["runs", "checkpoints", "tips", "events"] as const) await database.clear(name);
    database.close();
    expect(await store.commit(makeCommit("a", 4))).toBe("restored");
    const all = types(await store.readEvents("a"));
    expect(all.filter((type) => type === "iterationFinished")).toHaveLength(4);
    expect(await store.commit(makeCommit("a", 5))).toBe("stored");
    expect(types(await store.readEvents("a")).filter((type) => type === "iterationFinished")).toHaveLength(5);
  });

  test("the tips in the database are those of the last commit", async () => {
    await commitIterations("a", 1);
    await store.commit(makeCommit("a", 2, { tips: [makeTip(2, { pinned: true }), makeTip(3)] }));
    const database = await inspect();
    const tips = await database.getAll("tips");
    expect(tips.map(({ tip }) => [tip.id, tip.pinned])).toEqual([
      [2, true],
      [3, false],
    ]);
    database.close();
  });

  test("a damaged checkpoint is noticed; the one before is used and later events are dropped", async () => {
    await commitIterations("a", 3);
    await damage("a", 3);
    const run = await store.openRun("a");
    expect([...(run?.payload ?? [])]).toEqual([1, 2, 3, 2]);
    expect(run?.damage).toContain("goes on from iteration 2");
    expect(run?.header).toMatchObject({ head: 2, previous: null, iteration: 2 });
    expect(types(await store.readEvents("a")).filter((type) => type === "iterationFinished")).toHaveLength(2);
    expect((await store.openRun("a"))?.damage).toBeNull();
  });

  test("a run whose checkpoints are all damaged begins again", async () => {
    await commitIterations("a", 2);
    await damage("a", 1);
    await damage("a", 2);
    const run = await store.openRun("a");
    expect(run?.payload).toBeNull();
    expect(run?.damage).toContain("begins again");
    expect(await store.readEvents("a")).toEqual([]);
  });

  test("a run that has saved anything stays, however many come after it; of others the newest do", async () => {
    await commitIterations("first", 1);
    await store.createRun("changed", DEFAULT_CONFIG);
    await store.saveChanges("changed", [{ type: "tip" }], [makeTip(1)]);
    for (let i = 0; i < 60; i++) await commitIterations(`run-${i}`, 1);
    for (let i = 0; i <= KEPT_EMPTY_RUNS; i++) await store.createRun(`empty-${i}`, DEFAULT_CONFIG);
    const names = (await store.listRuns()).map(({ runId }) => runId);
    expect(names).toHaveLength(62 + KEPT_EMPTY_RUNS);
    expect(names).toEqual(expect.arrayContaining(["first", "changed", "run-0", "run-59", "empty-1"]));
    expect(names).not.toContain("empty-0");
    expect(await store.openRun("first")).toMatchObject({ damage: null, header: { head: 1 } });
  });

  test("a commit that fails leaves everything as it was, and the next one brings its events", async () => {
    await commitIterations("a", 1);
    failPutsInto("events", "QuotaExceededError");
    await expect(store.commit(makeCommit("a", 2))).rejects.toThrow("save run: The browser has no room left");
    vi.restoreAllMocks();
    const database = await inspect();
    expect(await database.getAllKeys("checkpoints")).toEqual([["a", 1]]);
    expect((await database.get("runs", "a"))?.head).toBe(1);
    database.close();
    await store.commit(makeCommit("a", 3));
    const iterations = (await store.readEvents("a")).flat().filter(({ type }) => type === "iterationFinished");
    expect(iterations).toHaveLength(3);
  });

  test("events of many failed commits are trimmed like stored ones", async () => {
    await store.createRun("a", DEFAULT_CONFIG);
    failPutsInto("events", "QuotaExceededError");
    const last = FULL_ITERATIONS + 5;
    for (let i = 1; i < last; i++) await expect(store.commit(makeCommit("a", i))).rejects.toThrow();
    vi.restoreAllMocks();
    await store.commit(makeCommit("a", last));
    const all = types(await store.readEvents("a"));
    expect(all.filter((type) => type === "rolloutsFinished")).toHaveLength(FULL_ITERATIONS);
    expect(all.filter((type) => type === "iterationFinished")).toHaveLength(last);
  });

  test("a store whose run was opened by another one writes it no more, and changes nothing", async () => {
    await commitIterations("a", 1);
    const other = await openRunStore();
    await other.openRun("a");
    await expect(store.commit(makeCommit("a", 2))).rejects.toBeInstanceOf(TakenOverError);
    await expect(store.saveChanges("a", [{ n: 1 }], [])).rejects.toBeInstanceOf(TakenOverError);
    await other.commit(makeCommit("a", 2));
    await other.commit(makeCommit("a", 3));
    await expect(store.commit(makeCommit("a", 3))).rejects.toBeInstanceOf(TakenOverError);
    expect((await other.openRun("a"))?.header).toMatchObject({ head: 3, previous: 2, pendingChanges: [] });
    expect(types(await other.readEvents("a")).filter((type) => type === "iterationFinished")).toHaveLength(3);
    await store.openRun("a");
    await store.commit(makeCommit("a", 4));
    await other.close();
  });

  test("a connection that the browser closed is opened again", async () => {
    await commitIterations("a", 1);
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(() => {
      throw new DOMException("The database connection is closing.", "InvalidStateError");
    });
    await store.commit(makeCommit("a", 2));
    expect((await store.openRun("a"))?.header.head).toBe(2);
  });

  test("a connection that is closed in the middle of a commit is opened again, and the commit is there once", async () => {
    await commitIterations("a", 1);
    const database = closeDuringNextPut("checkpoints");
    await store.commit(makeCommit("a", 2));
    expect(database.closedCount).toBe(1);
    expect((await store.openRun("a"))?.header).toMatchObject({ head: 2, previous: 1 });
    expect(types(await store.readEvents("a")).filter((type) => type === "iterationFinished")).toHaveLength(2);
  });

  test("a connection that the browser closes again and again is told, and the next commit brings everything", async () => {
    await commitIterations("a", 1);
    const transaction = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
      throw new DOMException("The database connection is closing.", "InvalidStateError");
    });
    await expect(store.commit(makeCommit("a", 2))).rejects.toThrow("save run: The browser closed its database");
    expect(transaction).toHaveBeenCalledTimes(2);
    vi.restoreAllMocks();
    await store.commit(makeCommit("a", 3));
    expect(types(await store.readEvents("a")).filter((type) => type === "iterationFinished")).toHaveLength(3);
  });

  test("a database that is deleted under the store is made again", async () => {
    await commitIterations("a", 2);
    await deleteDB(DATABASE_NAME);
    expect(await store.commit(makeCommit("a", 3))).toBe("restored");
    expect(types(await store.readEvents("a")).filter((type) => type === "iterationFinished")).toHaveLength(3);
  });

  test("a newer version of the page gets the database, and this store says that it stopped saving", async () => {
    await commitIterations("a", 1);
    const newer = await openDB(DATABASE_NAME, DATABASE_VERSION + 1);
    await expect(store.commit(makeCommit("a", 2))).rejects.toThrow("newer version of this page is open");
    newer.close();
  });
});

describe("openRunStore without a usable database", () => {
  test("keeps runs in memory and says why, where there is no IndexedDB", async () => {
    vi.stubGlobal("indexedDB", undefined);
    store = await openRunStore();
    vi.unstubAllGlobals();
    expect(store.problem).toBe("This browser has no database for pages (IndexedDB).");
  });

  test("keeps runs in memory where opening is refused", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    store = await openRunStore();
    expect(store.problem).toContain("does not let this page store anything");
    await commitIterations("a", 1);
    expect((await store.openRun("a"))?.header.head).toBe(1);
  });

  test("leaves a database of a newer version untouched", async () => {
    const newer = await openDB(DATABASE_NAME, DATABASE_VERSION + 1);
    newer.close();
    store = await openRunStore();
    expect(store.problem).toContain("newer version of this page");
    const untouched = await openDB(DATABASE_NAME);
    expect(untouched.version).toBe(DATABASE_VERSION + 1);
    untouched.close();
  });
});

async function damage(runId: string, iteration: number): Promise<void> {
  const database = await inspect();
  const checkpoint = (await database.get("checkpoints", [runId, iteration]))!;
  const payload = checkpoint.payload.slice();
  payload[0] = payload[0]! ^ 1;
  await database.put("checkpoints", { ...checkpoint, payload });
  database.close();
}

function evaluation(iteration: number, meanReturn: number): TrainingEvent {
  const shares = { successRate: 0, episodeCount: 1, perVariation: [] };
  return { type: "evaluated", evaluation: { iteration, meanReturn, ...shares, memory: "off", split: "test" } };
}

/** What a browser does when it loses its database: the transaction is undone, then `close` is told. */
function closeDuringNextPut(storeName: string): { closedCount: number } {
  const told = { closedCount: 0 };
  const spy = vi.spyOn(IDBObjectStore.prototype, "put");
  spy.mockImplementation(function (this: IDBObjectStore, ...args) {
    if (this.name !== storeName || told.closedCount > 0) return ORIGINAL_PUT.apply(this, args);
    told.closedCount++;
    const request = ORIGINAL_PUT.apply(this, args);
    this.transaction.abort();
    forceCloseDatabase(this.transaction.db as never);
    return request;
  });
  return told;
}

function failPutsInto(storeName: string, errorName: string): void {
  const spy = vi.spyOn(IDBObjectStore.prototype, "put");
  spy.mockImplementation(function (this: IDBObjectStore, ...args) {
    if (this.name === storeName) throw new DOMException("injected", errorName);
    return ORIGINAL_PUT.apply(this, args);
  });
}
