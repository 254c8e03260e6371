/** @file Everything that is stored goes through one file and comes back; no file that a stranger sends does harm. */
import fc from "fast-check";
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { gzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CheckpointError, StorageError } from "../../src/core/base/errors.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { backupMark, encodeRecord, readRecords, type BackupRecord } from "../../src/storage/backup-file.ts";
import { backupParts, type LiveRun } from "../../src/storage/backup.ts";
import { openRunStore } from "../../src/storage/open-run-store.ts";
import { newCheckpoint } from "../../src/storage/payload-hash.ts";
import { restoreBackup, type RestoreReport } from "../../src/storage/restore.ts";
import { listSavedRuns } from "../../src/storage/saved-data.ts";
import { DATABASE_NAME, DATABASE_VERSION, newHeader } from "../../src/storage/schema.ts";
import { fuzz } from "../support/fuzz.ts";
import { iterationEvents, makeCommit, makeSummary, makeTip } from "../support/run-fixtures.ts";
import { dumpDatabase, parseFixture, plantDatabase, type DatabaseFixture } from "./database-fixture.ts";

const NOTHING: RestoreReport = {
  restored: 0,
  present: 0,
  leftOut: 0,
  refused: 0,
  damaged: 0,
  settings: 0,
  isCutOff: false,
  isNewer: false,
};

type Put = (this: IDBObjectStore, ...args: Parameters<IDBObjectStore["put"]>) => IDBRequest<IDBValidKey>;

let names = 0;
const OPTIONS = {
  isSetting: (name: string, value: unknown) => name.startsWith("base:") && value instanceof Uint8Array,
  newRunId: (runId: string) => `${runId}-new-${names++}`,
};

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  names = 0;
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function backup(live: readonly LiveRun[] = []): Promise<Blob> {
  const parts = [];
  for await (const part of backupParts(live)) parts.push(part);
  return new Blob(parts);
}

/** A run of some iterations, and what is set beside it. */
async function train(runId: string, iterations: number): Promise<void> {
  const store = await openRunStore();
  await store.createRun(runId, DEFAULT_CONFIG);
  for (let i = 1; i <= iterations; i++) await store.commit(makeCommit(runId, i));
  await store.writeSetting("base:here-1-1000", new Uint8Array([9, 8, 7]));
  await store.writeSetting("compileMs", { update: 3 });
  await store.close();
}

function restore(file: Blob): Promise<RestoreReport> {
  return restoreBackup(file, OPTIONS);
}

/** The database without the order of last use, which is the browser's own. */
async function contents(): Promise<Record<string, unknown>> {
  const { rows } = await dumpDatabase(DATABASE_NAME);
  return { ...rows, runs: rows["runs"]!.map(({ value }) => ({ ...(value as object), sequence: 0 })) };
}

function emptyBrowser(): void {
  globalThis.indexedDB = new IDBFactory();
}

describe("a backup", () => {
  test("brings everything back into an empty browser, row for row", async () => {
    await train("a", 3);
    await train("b", 1);
    const before = await contents();
    const file = await backup();
    emptyBrowser();
    expect(await restore(file)).toEqual({ ...NOTHING, restored: 2, settings: 1 });
    const after = await contents();
    expect({ ...after, settings: [] }).toEqual({ ...before, settings: [] });
    expect(after["settings"]).toEqual([{ key: "base:here-1-1000", value: new Uint8Array([9, 8, 7]) }]);
    const store = await openRunStore();
    expect(await store.openRun("a")).toMatchObject({ damage: null, header: { head: 3 } });
    await store.commit(makeCommit("a", 4));
    await store.close();
  });

  test("changes nothing where its runs are already, and gives another run of the same name a new one", async () => {
    await train("a", 2);
    const file = await backup();
    const before = await contents();
    expect(await restore(file)).toMatchObject({ restored: 0, present: 1 });
    expect(await contents()).toEqual(before);
    await train("a", 3);
    expect(await restore(file)).toMatchObject({ restored: 1, present: 0 });
    const { runs } = await listSavedRuns();
    expect(runs.map(({ header }) => [header.runId, header.head])).toEqual([
      ["a-new-0", 2],
      ["a", 3],
    ]);
  });

  test("deletes no run: what there is no room for is left out and told, and what follows is restored", async () => {
    for (let i = 0; i < 3; i++) await train(`run-${i}`, 1);
    const file = await backup();
    emptyBrowser();
    await train("own", 1);
    const put = Reflect.get(IDBObjectStore.prototype, "put") as Put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value, key) {
      const { runId } = value as { readonly runId?: unknown };
      if (runId === "run-1" && this.name === "checkpoints") throw new DOMException("injected", "QuotaExceededError");
      return put.call(this, value, key);
    });
    expect(await restore(file)).toMatchObject({ restored: 2, leftOut: 1, isCutOff: false });
    const names = (await listSavedRuns()).runs.map(({ header }) => header.runId);
    expect(names.sort()).toEqual(["own", "run-0", "run-2"]);
  });

  test("holds what a live run could not save, with the curve that was not stored", async () => {
    await train("a", 2);
    const history = [1, 2, 3, 4].map((iteration) => ({
      iteration,
      event: { type: "iterationFinished", summary: makeSummary(iteration) } as const,
    }));
    const base = { config: DEFAULT_CONFIG, payload: new Uint8Array([4, 4]), tips: [makeTip(9)], finished: false };
    const file = await backup([
      { runId: "a", iteration: 4, history, ...base },
      { runId: "never-saved", iteration: 3, history: history.slice(0, 3), ...base },
    ]);
    emptyBrowser();
    expect(await restore(file)).toMatchObject({ restored: 2, refused: 0 });
    const store = await openRunStore();
    expect(await store.openRun("a")).toMatchObject({
      payload: new Uint8Array([4, 4]),
      header: { head: 4, previous: 2, iteration: 4 },
    });
    for (const [runId, count] of [
      ["a", 4],
      ["never-saved", 3],
    ] as const) {
      const events = (await store.readEvents(runId)).flat();
      expect(events.filter(({ type }) => type === "iterationFinished")).toHaveLength(count);
    }
    await store.close();
  });

  test("where there is no database at all it holds the live runs", async () => {
    const live = { config: DEFAULT_CONFIG, payload: new Uint8Array([1]), tips: [], history: [], finished: false };
    const file = await backup([{ runId: "a", iteration: 1, ...live }]);
    emptyBrowser();
    expect(await restore(file)).toMatchObject({ restored: 1 });
  });

  test("of version 1 is restored with what version 2 needs", async () => {
    const text = readFileSync(new URL("fixtures/v1.json", import.meta.url), "utf8");
    await plantDatabase(DATABASE_NAME, parseFixture(text));
    const file = await backup();
    emptyBrowser();
    expect(await restore(file)).toMatchObject({ restored: 3, refused: 0, settings: 1 });
    const { runs } = await listSavedRuns();
    const finished = runs.find(({ header }) => header.runId === "empo2-finished")!;
    expect(finished.header).toMatchObject({ best: null, head: 3 });
    expect(finished.header.checkpointBytes).toBeGreaterThan(0);
  });

  test("of a newer version keeps every row, and only that version restores it", async () => {
    const newer: DatabaseFixture = {
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
    await plantDatabase(DATABASE_NAME, newer);
    const live = { config: DEFAULT_CONFIG, payload: new Uint8Array([1]), tips: [], history: [], finished: false };
    const file = await backup([{ runId: "live", iteration: 1, ...live }]);
    expect(await dumpDatabase(DATABASE_NAME)).toEqual(newer);
    const records = [];
    for await (const record of readRecords(file)) records.push(record);
    expect(records).toContainEqual({ type: "database", version: DATABASE_VERSION + 1 });
    expect(records).toContainEqual({
      type: "row",
      store: "weights",
      key: ["a", 0],
      value: { runId: "a", shard: 0, data: new Uint8Array([1, 2]) },
    });
    emptyBrowser();
    expect(await restore(file)).toEqual({ ...NOTHING, isNewer: true, restored: 1 });
  });

  test("into a browser whose database is newer is refused, and changes nothing", async () => {
    await train("a", 1);
    const file = await backup();
    emptyBrowser();
    await plantDatabase(DATABASE_NAME, { version: DATABASE_VERSION + 1, stores: [], rows: {} });
    await expect(restore(file)).rejects.toThrow(StorageError);
  });
});

/** A backup that somebody made up. */
function fileOf(...records: BackupRecord[]): Blob {
  return new Blob([backupMark(), ...[...records, { type: "end", count: records.length } as const].map(encodeRecord)]);
}

function rowsOf(changes: { header?: object; checkpoint?: object; tip?: object; events?: unknown[] }): BackupRecord[] {
  const payload = new Uint8Array([1, 2, 3]);
  const header = { ...newHeader("a", DEFAULT_CONFIG, 1), head: 1, iteration: 1, nextChunk: 1, ...changes.header };
  const chunk = { runId: "a", chunk: 0, iteration: 1, full: 1, events: changes.events ?? iterationEvents(1) };
  const checkpoint = { ...newCheckpoint("a", 1, payload), ...changes.checkpoint };
  const tip = { runId: "a", id: 1, tip: { ...makeTip(1), ...changes.tip } };
  return [
    { type: "row", store: "runs", key: "a", value: header, rows: 3 },
    { type: "row", store: "checkpoints", key: ["a", 1], value: checkpoint },
    { type: "row", store: "tips", key: ["a", 1], value: tip },
    { type: "row", store: "events", key: ["a", 0], value: chunk },
  ];
}

describe("a backup that a stranger sends", () => {
  test.each([
    ["a zip file", new Blob(["PK\u0003\u0004", new Uint8Array(1000)])],
    ["a gzip bomb", new Blob([gzipSync(new Uint8Array(100 * 2 ** 20))])],
    ["an empty file", new Blob([])],
    ["a checkpoint", new Blob([new Uint8Array(500)])],
  ])("that is %s is refused after its first bytes, as nothing is ever inflated", async (_, file) => {
    const slice = vi.spyOn(file, "slice");
    await expect(restore(file)).rejects.toThrow("a backup saved by this page");
    expect(slice.mock.calls).toEqual([[0, expect.toSatisfy((end: number) => end <= 16)]]);
  });

  test("that is too large is refused before it is read", async () => {
    const file = new Blob([]);
    Object.defineProperty(file, "size", { value: 2 ** 40 });
    await expect(restore(file)).rejects.toThrow(/at most \d+ bytes/);
  });

  test("whose record claims to be larger than the file is read up to it", async () => {
    const head = new Uint8Array(40).fill(0xff);
    const file = new Blob([
      await fileOf(...rowsOf({}))
        .slice(0, -40)
        .arrayBuffer(),
      head,
    ]);
    expect(await restore(file)).toMatchObject({ isCutOff: true });
  });

  test.each([
    ["another run's rows", rowsOf({ checkpoint: { runId: "other" } })],
    ["a name that is a path", rowsOf({ header: { runId: "../../etc" } })],
    ["a name that is markup", rowsOf({ header: { runId: "<img src=x onerror=alert(1)>" } })],
    ["a setting out of range", rowsOf({ header: { config: { ...DEFAULT_CONFIG, groupSize: -5 } } })],
    ["an unknown setting", rowsOf({ header: { config: { ...DEFAULT_CONFIG, polluted: 1 } } })],
    ["an iteration below zero", rowsOf({ header: { iteration: -1 } })],
    ["a checkpoint that does not fit its hash", rowsOf({ checkpoint: { payload: new Uint8Array([3, 2, 1]) } })],
    ["a checkpoint that is a text", rowsOf({ checkpoint: { payload: "x" } })],
    ["no checkpoint at its head", rowsOf({ header: { head: 7 } })],
    ["a tip with a word that does not exist", rowsOf({ tip: { tokens: [1e6] } })],
    ["a tip of another task's bucket that turns text around", rowsOf({ tip: { bucket: "a\u202eb" } })],
    ["a tip that is 100,000 words long", rowsOf({ tip: { tokens: new Array(100_000).fill(1) } })],
    ["a missing row", rowsOf({}).slice(0, -1)],
  ])("with %s is refused, and nothing of it is stored", async (_, records) => {
    expect(await restore(fileOf(...records))).toEqual({ ...NOTHING, refused: 1 });
    expect((await listSavedRuns()).runs).toEqual([]);
  });

  test("with markup, marks that are not seen and a megabyte of text in its rollouts keeps them as short, plain text", async () => {
    const events = structuredClone(iterationEvents(1)) as unknown as {
      rollouts?: { firstObservation: string; tip: string }[];
    }[];
    for (const { rollouts } of events) {
      for (const rollout of rollouts ?? []) {
        rollout.firstObservation = "<img src=x onerror=alert(1)>\u202e\u200b\u0000";
        rollout.tip = "x".repeat(1_000_000);
      }
    }
    const finished = { type: "rolloutsFinished" };
    expect(await restore(fileOf(...rowsOf({ events: [...events, { type: "unheardOf" }, null] })))).toMatchObject({
      restored: 1,
    });
    const store = await openRunStore();
    const stored = (await store.readEvents("a")).flat();
    expect(stored).toContainEqual(expect.objectContaining(finished));
    const [rollout] = stored.flatMap((event) => (event.type === "rolloutsFinished" ? event.rollouts : []));
    expect(rollout!.firstObservation).toBe("<img src=x onerror=alert(1)>\ufffd\ufffd\ufffd");
    expect(rollout!.tip).toHaveLength(4000);
    expect(stored.every(({ type }) => type !== ("unheardOf" as never))).toBe(true);
    await store.close();
  });

  test("cannot reach the prototype of objects, nor write settings that are none", async () => {
    const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as object;
    const settings = ["compileMs", "theme", "__proto__", "base:here-1-2"].map(
      (key) => ({ type: "row", store: "settings", key, value: hostile }) as const,
    );
    const report = await restore(fileOf(...rowsOf({ header: hostile, tip: hostile }), ...settings));
    expect(report).toMatchObject({ settings: 0 });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  test("with one damaged entry loses that run only", async () => {
    for (let i = 0; i < 3; i++) await train(`run-${i}`, 1);
    const bytes = new Uint8Array(await (await backup()).arrayBuffer());
    const at = new TextDecoder("latin1").decode(bytes).indexOf("run-1") + 100;
    bytes[at] = bytes[at]! ^ 1;
    emptyBrowser();
    expect(await restore(new Blob([bytes]))).toMatchObject({ restored: 2, damaged: 1 });
  });

  test("with any byte changed or cut off is refused or restored in part, never another error, and no run is half", async () => {
    await train("a", 2);
    await train("b", 1);
    const bytes = new Uint8Array(await (await backup()).arrayBuffer());
    const byte = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    await fuzz(
      "backups, bytes",
      100,
      fc.asyncProperty(fc.array(byte, { maxLength: 4 }), fc.option(fc.nat(bytes.length)), async (changes, cut) => {
        emptyBrowser();
        const damaged = bytes.slice(0, cut ?? bytes.length);
        for (const [at, change] of changes) if (at < damaged.length) damaged[at] = damaged[at]! ^ change;
        try {
          await restore(new Blob([damaged]));
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
        const store = await openRunStore();
        for (const { runId, head } of await store.listRuns()) {
          const run = (await store.openRun(runId))!;
          expect(run.damage).toBeNull();
          expect(run.payload).toEqual(makeCommit(runId, head!).payload);
          const finished = (await store.readEvents(runId)).flat().filter(({ type }) => type === "iterationFinished");
          expect(finished).toHaveLength(head!);
        }
        await store.close();
      }),
    );
  });

  test("with anything at all in its rows gives runs that open, or none", async () => {
    const anything = fc.jsonValue();
    const field = fc.constantFrom(
      "runId",
      "config",
      "head",
      "iteration",
      "best",
      "events",
      "tip",
      "payload",
      "chunk",
      "pendingChanges",
    );
    await fuzz(
      "backups, rows",
      200,
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), field, anything), { maxLength: 3 }), async (changes) => {
        emptyBrowser();
        const rows = rowsOf({}).map((row) => ({ ...row, value: { ...(row as { value: object }).value } }));
        for (const [at, name, value] of changes) (rows[at]!.value as Record<string, unknown>)[name] = value;
        await restore(fileOf(...(rows as BackupRecord[])));
        const store = await openRunStore();
        for (const { runId } of await store.listRuns()) {
          expect((await store.openRun(runId))!.damage).toBeNull();
          await store.readEvents(runId);
        }
        await store.close();
      }),
    );
  });
});
