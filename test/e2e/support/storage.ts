/** @file What the storage tests do with the page: its files, and a look at its database past the page. */
import type { CDPSession, Page } from "playwright-core";

/** Chooses an item of the menu of files. */
export async function chooseFileItem(page: Page, name: RegExp): Promise<void> {
  await page.getByRole("button", { name: "Files" }).click();
  await page.getByRole("menuitem", { name }).click();
}

/** Does something that offers a file, and returns the file's place on disk. */
export async function downloadOf(page: Page, work: () => Promise<void>): Promise<string> {
  const download = page.waitForEvent("download");
  await work();
  return (await download).path();
}

/** Does something that asks for a file, and gives it one. */
export async function chooseFile(page: Page, file: string | FilePayload, work: () => Promise<void>): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await work();
  await (await chooser).setFiles(file);
}

interface FilePayload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** What of a run's checkpoints is in the page's database. */
export interface StoredState {
  readonly runId: string;
  readonly head: number | null;
  readonly checkpoints: readonly number[];
  /** Whether the checkpoint of the head fits its hash. */
  readonly isWhole: boolean;
  /** Iterations whose end is stored, in stored order. */
  readonly iterations: readonly number[];
}

/** Looks at the stored runs, and works out the hashes of their newest checkpoints again. */
export function storedStates(page: Page): Promise<StoredState[]> {
  return page.evaluate(async () => {
    interface Row {
      readonly runId: string;
      readonly iteration: number;
      readonly payload: Uint8Array<ArrayBuffer>;
      readonly sha256: string;
    }
    const settle = <Result>(request: IDBRequest<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
      });
    const database = await settle(indexedDB.open("empo2-playground"));
    const tx = database.transaction(["runs", "checkpoints", "events"]);
    const runs = (await settle(tx.objectStore("runs").getAll())) as { runId: string; head: number | null }[];
    const rows = (await settle(tx.objectStore("checkpoints").getAll())) as Row[];
    const chunks = (await settle(tx.objectStore("events").getAll())) as {
      runId: string;
      events: { type: string; summary?: { iteration: number } }[];
    }[];
    database.close();
    const states = [];
    for (const { runId, head } of runs) {
      const own = rows.filter((row) => row.runId === runId);
      const newest = own.find(({ iteration }) => iteration === head);
      const digest = newest === undefined ? null : await crypto.subtle.digest("SHA-256", newest.payload);
      const hash = [...new Uint8Array(digest ?? new ArrayBuffer(0))].map((byte) => byte.toString(16).padStart(2, "0"));
      const events = chunks.filter((chunk) => chunk.runId === runId).flatMap((chunk) => chunk.events);
      states.push({
        runId,
        head,
        checkpoints: own.map(({ iteration }) => iteration),
        isWhole: newest?.sha256 === hash.join(""),
        iterations: events.flatMap(({ type, summary }) => (type === "iterationFinished" ? [summary!.iteration] : [])),
      });
    }
    return states;
  });
}

/** The page's renderer dies, as when it runs out of memory. */
export async function crash(page: Page): Promise<void> {
  const devTools: CDPSession = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void devTools.send("Page.crash").catch(() => undefined); // it gives no answer any more
  await crashed;
}

/** Sets how much the page may store, bytes; all there is if not given. */
export async function setQuota(page: Page, quotaSize?: number): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await devTools.send("Storage.overrideQuotaForOrigin", quotaSize === undefined ? { origin } : { origin, quotaSize });
}
