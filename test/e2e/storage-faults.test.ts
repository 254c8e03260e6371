/** @file The browser's storage fails in every way that it can: nothing finished is lost, and people are told. */
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { readRecords, type BackupRecord } from "../../src/storage/backup-file.ts";
import { openPlayground } from "./support/browser.ts";
import { chooseFile, chooseFileItem, downloadOf, setQuota, storedStates } from "./support/storage.ts";
import { press, readDatabase, tinyRun, waitForText, waitUntilSaved } from "./support/training.ts";

const WASM = { withoutWebGpu: true, suffix: tinyRun({ iterations: 100_000 }) };

async function iterationOf(page: Page): Promise<number> {
  return Number(await page.getByTestId("iteration").textContent());
}

async function pauseRun(page: Page): Promise<void> {
  await press(page, "pause");
  await page.getByRole("button", { name: "Resume" }).waitFor();
}

async function recordsIn(file: string): Promise<BackupRecord[]> {
  const records = [];
  for await (const record of readRecords(new Blob([await readFile(file)]))) records.push(record);
  return records;
}

/** Does something to the rows of the page's database, past the page. */
async function changeDatabase(page: Page, work: string): Promise<void> {
  await page.evaluate(`(async () => {
    const settle = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await settle(indexedDB.open("empo2-playground"));
    try { ${work} } finally { database.close(); }
  })()`);
}

test("a disk that is full before the first save: nothing is saved, it is said, and the run goes into a file and on elsewhere", async () => {
  const [playground, other] = [await openPlayground(WASM), await openPlayground({ withoutWebGpu: true })];
  const { page } = playground;
  try {
    await setQuota(page, 1000);
    await press(page, "train");
    await waitForText(page, "not-saved", /^Nothing is saved.*no room left.*in this tab only/);
    await waitForText(page, "iteration", /^[3-9]|\d\d/);
    await pauseRun(page);
    const done = await iterationOf(page);
    const file = await downloadOf(page, () => page.getByRole("button", { name: "Save everything to a file" }).click());
    expect((await recordsIn(file)).at(-1)).toMatchObject({ type: "end" });

    await chooseFileItem(other.page, /Saved runs/);
    await chooseFile(other.page, file, () => other.page.getByRole("button", { name: "Restore from a file" }).click());
    await other.page.getByText("1 run restored").waitFor();
    await other.page.getByRole("button", { name: "Open", exact: true }).click();
    await other.page.getByText("Live run, paused.").waitFor({ timeout: 60_000 });
    expect(await iterationOf(other.page)).toBe(done);
    const [state] = await storedStates(other.page);
    expect(state).toMatchObject({ head: done, isWhole: true });
    expect(state!.iterations).toEqual(Array.from({ length: done }, (_, i) => i + 1));
    await press(other.page, "step");
    await waitUntilSaved(other.page, done + 1);
  } finally {
    await playground.close();
    await other.close();
  }
});

test("old runs can be deleted and everything saved from the banner that says since when nothing is saved", async () => {
  const playground = await openPlayground({ ...WASM, prelude: FULL_ON_DEMAND });
  const { page } = playground;
  try {
    await press(page, "step");
    await waitUntilSaved(page, 1);
    await press(page, "reset");
    await page.getByRole("menuitem", { name: "Reset with the same seed" }).click();
    await press(page, "train");
    await waitUntilSaved(page, 1);
    await page.evaluate(() => new BroadcastChannel("disk").postMessage("full"));
    await waitForText(page, "not-saved", /^Not saved since \d\d:\d\d.*, iteration \d+\..*no room left/);
    const file = await downloadOf(page, () => page.getByRole("button", { name: "Save everything to a file" }).click());
    const heads = (await recordsIn(file)).flatMap((record) =>
      record.type === "row" && record.store === "runs" ? [(record.value as { head: number }).head] : [],
    );
    expect(heads).toHaveLength(2);
    const stored = await storedStates(page);
    expect(Math.max(...heads)).toBeGreaterThan(Math.max(...stored.map(({ head }) => head!)));

    await page.getByRole("button", { name: "Delete old runs" }).click();
    const old = page.getByRole("dialog").getByRole("listitem").filter({ hasNotText: "open now" });
    await old.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete it for good" }).click();
    await old.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Close the saved runs" }).click();
    await page.evaluate(() => new BroadcastChannel("disk").postMessage("free"));
    await waitUntilSaved(page, Math.max(...heads) + 1);
    expect(await page.getByTestId("not-saved").count()).toBe(0);
    await pauseRun(page);
    const [state, ...others] = await storedStates(page);
    expect(others).toEqual([]);
    expect(state!.iterations).toEqual(Array.from({ length: state!.head! }, (_, i) => i + 1));
  } finally {
    await playground.close();
  }
});

/** The browser forgets its quota only after half a minute; the same error, when and as long as it is wanted. */
const FULL_ON_DEMAND = `if (typeof document === "undefined") {
  let isFull = false;
  new BroadcastChannel("disk").onmessage = ({ data }) => (isFull = data === "full");
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...values) {
    if (isFull && this.name === "checkpoints") throw new DOMException("injected", "QuotaExceededError");
    return put.apply(this, values);
  };
}`;

test("where opening the database is refused the page trains and says that nothing is saved", async () => {
  const playground = await openPlayground({
    ...WASM,
    prelude: 'IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); };',
  });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitForText(page, "not-saved", /^Nothing is saved.*does not let this page store anything/);
    await waitForText(page, "iteration", /^[2-9]/);
  } finally {
    await playground.close();
  }
});

test("a database that the browser closes, before or within a save, is opened again and nothing is lost", async () => {
  const playground = await openPlayground({
    ...WASM,
    // Once, although the worker is made of several scripts.
    prelude: `if (typeof document === "undefined" && !("connections" in globalThis)) {
      globalThis.connections = [];
      const open = IDBFactory.prototype.open;
      IDBFactory.prototype.open = function (...values) {
        const request = open.apply(this, values);
        request.addEventListener("success", () => connections.push(request.result));
        return request;
      };
      globalThis.closeInNextSave = () => {
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (...values) {
          IDBObjectStore.prototype.put = put;
          const request = put.apply(this, values);
          this.transaction.abort();
          this.transaction.db.close();
          return request;
        };
      };
    }`,
  });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const [worker] = page.workers();
    for (const code of ["connections.at(-1).close()", "closeInNextSave()", "connections.at(-1).close()"]) {
      const before = Number(await worker!.evaluate("connections.length"));
      await worker!.evaluate(code);
      const done = await iterationOf(page);
      await waitUntilSaved(page, done + 2);
      expect(await worker!.evaluate("connections.length")).toBe(before + 1);
      expect(await page.getByTestId("not-saved").count()).toBe(0);
    }
    await pauseRun(page);
    const [state] = await storedStates(page);
    expect(state!.iterations).toEqual(Array.from({ length: state!.head! }, (_, i) => i + 1));
  } finally {
    await playground.close();
  }
});

test("a newer version of the page in another tab: this one has saved its iterations, pauses, writes no more and asks to reload", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 2);
    const newer = await context.newPage();
    await newer.goto(new URL("icon.svg", url).href);
    await newer.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open("empo2-playground", 1000);
          request.onsuccess = () => {
            request.result.close();
            resolve();
          };
          request.onerror = () => reject(request.error ?? new Error("open"));
        }),
    );
    const upgraded = (await storedStates(newer))[0]!;
    await waitForText(page, "outdated", /newer version.*paused and saved up to iteration \d+/);
    await page.getByRole("button", { name: "Resume" }).waitFor();
    expect(await page.getByTestId("outdated").textContent()).toContain(`iteration ${upgraded.head}.`);
    expect((await iterationOf(page)) - upgraded.head!).toBeLessThanOrEqual(1);
    expect(upgraded.isWhole).toBe(true);
    await page.getByTestId("step").click();
    await page.waitForTimeout(1000);
    expect(await storedStates(newer)).toEqual([upgraded]);

    await page.getByRole("button", { name: "Reload to go on" }).click();
    await waitForText(page, "not-saved", /newer version of this page and are left untouched/);
    await chooseFileItem(page, /Saved runs/);
    await page.getByText("1 run saved by a newer version").waitFor();
    const file = await downloadOf(page, () =>
      page.getByRole("dialog").getByRole("button", { name: "Save everything to a file" }).click(),
    );
    const records = await recordsIn(file);
    expect(records[0]).toEqual({ type: "database", version: 1000 });
    expect(records).toContainEqual(
      expect.objectContaining({ store: "checkpoints", key: [upgraded.runId, upgraded.head] }),
    );
    expect(await storedStates(newer)).toEqual([upgraded]);
  } finally {
    await playground.close();
  }
});

test("a saved state with one wrong byte: the run goes on from the one before, and the wrong one can be saved", async () => {
  const playground = await openPlayground(WASM);
  const { page } = playground;
  try {
    for (const iteration of [1, 2, 3]) {
      await press(page, "step");
      await waitUntilSaved(page, iteration);
      await page.getByText("Live run, paused.").waitFor();
    }
    await changeDatabase(
      page,
      `const store = database.transaction("checkpoints", "readwrite").objectStore("checkpoints");
       const row = (await settle(store.getAll())).find(({ iteration }) => iteration === 3);
       row.payload[row.payload.length - 9] ^= 1;
       await settle(store.put(row));`,
    );
    await page.reload();
    await page.getByText("The saved state of iteration 3 is damaged; the run goes on from iteration 2.").waitFor();
    await page.getByText("Live run, paused.").waitFor();
    expect(await iterationOf(page)).toBe(2);
    await press(page, "step");
    await waitUntilSaved(page, 3);
    await page.getByRole("button", { name: "Show it" }).click();
    const file = await downloadOf(page, () =>
      page.getByRole("button", { name: "Save the damaged iteration 3" }).click(),
    );
    const damaged = await readFile(file);
    const { checkpoints } = await readDatabase(page);
    expect(checkpoints.map(([, iteration]) => iteration)).toEqual([2, 3]);
    expect(damaged.length).toBeGreaterThan(1_000_000);
    expect((await storedStates(page))[0]).toMatchObject({ head: 3, isWhole: true });
  } finally {
    await playground.close();
  }
});
