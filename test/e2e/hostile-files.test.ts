/** @file Files and messages that a stranger sends: shown as text, refused whole, and never in the way of a run. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { backupMark, encodeRecord, readRecords, type BackupRecord } from "../../src/storage/backup-file.ts";
import { openPlayground } from "./support/browser.ts";
import { chooseFile, chooseFileItem, downloadOf, storedStates } from "./support/storage.ts";
import { expectQuiet, press, readDatabase, tinyRun, waitUntilSaved } from "./support/training.ts";

const WASM = { withoutWebGpu: true, suffix: tinyRun({ iterations: 100_000 }) };
const MARKUP = '<img src=x onerror="globalThis.stolen=1"><script>globalThis.stolen=1</script>';
const STEERING = "\u202e\u200b";

/** The same data with every text in it replaced that is told by a world or a policy. */
function withHostileTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withHostileTexts);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const texts = new Set(["firstObservation", "observation", "action", "tip", "text"]);
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      texts.has(key) && typeof part === "string" ? `${MARKUP}${STEERING}${part}` : withHostileTexts(part),
    ]),
  );
}

async function oneIteration(page: Page): Promise<void> {
  await press(page, "step");
  await waitUntilSaved(page, 1);
  await page.getByRole("button", { name: "Resume" }).waitFor();
}

test("markup, scripts and unseen marks in a backup's rollouts, tips and buckets are shown as plain text and run nowhere", async () => {
  const [here, there] = [await openPlayground(WASM), await openPlayground({ withoutWebGpu: true })];
  const { page } = there;
  try {
    await oneIteration(here.page);
    await chooseFileItem(here.page, /Saved runs/);
    const saved = await downloadOf(here.page, () =>
      here.page.getByRole("button", { name: "Save everything to a file" }).click(),
    );
    const records: BackupRecord[] = [];
    for await (const record of readRecords(new Blob([await readFile(saved)]))) records.push(record);
    const hostile = records.map((record) => withHostileTexts(record) as BackupRecord);
    const buffer = Buffer.concat([backupMark(), ...hostile.map(encodeRecord)]);

    await chooseFileItem(page, /Saved runs/);
    const file = { name: "evil.empo2", mimeType: "application/octet-stream", buffer };
    await chooseFile(page, file, () => page.getByRole("button", { name: "Restore from a file" }).click());
    await page.getByText("1 run restored").waitFor();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await page.getByText("Live run, paused.").waitFor({ timeout: 60_000 });
    await page.getByText("<img src=x").first().waitFor();
    const text = (await page.textContent("body"))!;
    expect(text).toContain("globalThis.stolen=1");
    expect(text).not.toContain("\u202e");
    expect(await page.evaluate("typeof globalThis.stolen")).toBe("undefined");
    expect(await page.locator("img[src=x], script:not([src])").count()).toBe(0);
    expectQuiet(there);
  } finally {
    await here.close();
    await there.close();
  }
});

test("a file that is no run is refused and the run that is on goes on; nothing of the file is stored", async () => {
  const playground = await openPlayground(WASM);
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const { runs } = await readDatabase(page);
    for (const [name, buffer] of [
      ["text", Buffer.from("no run at all")],
      ["zip", Buffer.concat([Buffer.from("PK\u0003\u0004"), Buffer.alloc(100_000)])],
      ["huge header", Buffer.concat([Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), Buffer.alloc(1000)])],
    ] as const) {
      const file = { name: `${name}.safetensors`, mimeType: "application/octet-stream", buffer };
      await chooseFile(page, file, () => chooseFileItem(page, /Load checkpoint/));
      await page.getByRole("button", { name: "End it and open the file" }).click();
      await page.getByText(/The checkpoint could not be loaded/).waitFor();
      await page.getByRole("button", { name: "Dismiss" }).first().click();
    }
    const backup = { name: "bad.empo2", mimeType: "application/octet-stream", buffer: Buffer.from("PK\u0003\u0004") };
    await chooseFileItem(page, /Saved runs/);
    await chooseFile(page, backup, () => page.getByRole("button", { name: "Restore from a file" }).click());
    await page.getByText(/The backup could not be restored. A backup saved by this page, got another file/).waitFor();
    const [state] = await storedStates(page);
    await waitUntilSaved(page, state!.head! + 2);
    expect((await readDatabase(page)).runs.map(({ runId }) => runId)).toEqual(runs.map(({ runId }) => runId));
    expect(page.workers()).toHaveLength(1);
  } finally {
    await playground.close();
  }
});

test("a run from a file takes the place of a run that is on only when people say so, under a name of its own", async () => {
  const playground = await openPlayground(WASM);
  const { page } = playground;
  const folder = await mkdtemp(path.join(tmpdir(), "empo2-import-"));
  const file = path.join(folder, "run.safetensors");
  try {
    await oneIteration(page);
    const saved = await downloadOf(page, () => chooseFileItem(page, /Save checkpoint/));
    await writeFile(file, await readFile(saved));
    await press(page, "train");
    await waitUntilSaved(page, 2);
    const [before] = await storedStates(page);

    // Chosen and not confirmed: nothing happens.
    await chooseFile(page, file, () => chooseFileItem(page, /Load checkpoint/));
    await page.getByText("A run is on.").waitFor();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await waitUntilSaved(page, before!.head! + 2);
    expect((await readDatabase(page)).runs).toHaveLength(1);

    await chooseFile(page, file, () => chooseFileItem(page, /Load checkpoint/));
    await page.getByRole("button", { name: "End it and open the file" }).click();
    await page.getByText(/checkpoint is loaded/).waitFor({ timeout: 60_000 });
    expect(await page.getByTestId("iteration").textContent()).toBe("1");
    const states = await storedStates(page);
    expect(states).toHaveLength(2);
    expect(states.find(({ runId }) => runId === before!.runId)!.head).toBeGreaterThan(before!.head!);
    const imported = states.find(({ runId }) => runId !== before!.runId)!;
    expect(imported).toMatchObject({ head: 1, isWhole: true });

    await page.reload();
    await page.getByText("Live run, paused.").waitFor({ timeout: 60_000 });
    expect(await page.getByTestId("iteration").textContent()).toBe("1");
    await press(page, "step");
    await waitUntilSaved(page, 2);
    expect((await storedStates(page)).find(({ runId }) => runId === imported.runId)!.head).toBe(2);
  } finally {
    await playground.close();
    await rm(folder, { recursive: true });
  }
});

test("a page that is closed in the middle of opening a file leaves no part of a run", async () => {
  const playground = await openPlayground({
    ...WASM,
    prelude: `if (typeof document === "undefined") {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (...values) {
        if (this.name === "tips" && String(values[0].runId).startsWith("file-")) self.close();
        return put.apply(this, values);
      };
    }`,
  });
  const { page, context, url } = playground;
  try {
    await oneIteration(page);
    const saved = await downloadOf(page, () => chooseFileItem(page, /Save checkpoint/));
    const buffer = await readFile(saved);
    const file = { name: "run.safetensors", mimeType: "application/octet-stream", buffer };
    await chooseFile(page, file, () => chooseFileItem(page, /Load checkpoint/));
    await page.waitForTimeout(5000);
    expect(await page.getByText(/checkpoint is loaded/).count()).toBe(0);
    await page.close();
    const again = await context.newPage();
    await again.goto(url);
    await again.getByText("Live run, paused.").waitFor({ timeout: 60_000 });
    const states = await storedStates(again);
    expect(states).toMatchObject([{ head: 1, isWhole: true }]);
  } finally {
    await playground.close();
  }
});

test("messages from elsewhere change nothing: the page listens to its own workers only", async () => {
  const playground = await openPlayground(WASM);
  const { page } = playground;
  try {
    await oneIteration(page);
    const before = await page.getByTestId("iteration").textContent();
    await page.evaluate(() => {
      for (const data of [
        { type: "resume" },
        { type: "start", runId: "x" },
        { type: "setConfig", changes: { seed: 9 } },
        { type: "SKIP_WAITING" },
        "train",
      ]) {
        for (const origin of ["https://other.example", "null", location.origin]) {
          window.dispatchEvent(new MessageEvent("message", { data, origin, source: window }));
        }
        window.postMessage(data, "*");
      }
    });
    await page.waitForTimeout(1000);
    expect(await page.getByTestId("iteration").textContent()).toBe(before);
    await page.getByText("Live run, paused.").waitFor();
    expect((await readDatabase(page)).runs).toHaveLength(1);
    const framed = await page.evaluate(
      async (url) => (await fetch(url)).headers.get("content-security-policy"),
      page.url(),
    );
    expect(framed).toContain("frame-ancestors 'self'");
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a link that asks for more memory than a laptop has is asked about before anything is allocated", async () => {
  const suffix = tinyRun({ groupSize: 64, tasksPerIteration: 64, trainVariations: 64, iterations: 1 });
  const playground = await openPlayground({ withoutWebGpu: true, suffix });
  const { page } = playground;
  try {
    await press(page, "train");
    await page.getByText(/These settings need about \d+\.\d MB of memory/).waitFor();
    expect(page.workers()).toEqual([]);
    expect((await storedStates(page).catch(() => [])).length).toBe(0);
    await page.getByRole("button", { name: "Start all the same" }).waitFor();
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});
