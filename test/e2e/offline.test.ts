/** @file After its first visit the page needs no network, and a newer version of it waits until people want it. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DIST } from "../../scripts/prepare.mjs";
import { openPlayground } from "./support/browser.ts";
import { storedStates } from "./support/storage.ts";
import { openView, press, tinyRun, waitForText, waitUntilSaved } from "./support/training.ts";

/** A copy of the built page that the tests replace or delete while it is served. */
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "empo2-offline-"));
  await cp(DIST, root, { recursive: true });
});

afterEach(() => rm(root, { recursive: true, force: true }));

function open() {
  return openPlayground({
    root,
    withoutWebGpu: true,
    withServiceWorker: true,
    suffix: tinyRun({ iterations: 100_000 }),
  });
}

/** The page is kept and served by its service worker. */
async function waitUntilKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (navigator.serviceWorker.controller === null) await new Promise((resolve) => setTimeout(resolve, 50));
  });
}

/** Everything on the server is replaced by a newer version of the page. */
async function deploy(version: string): Promise<void> {
  const index = path.join(root, "index.html");
  await writeFile(index, (await readFile(index, "utf8")).replace("<html ", `<html data-version="${version}" `));
  const worker = path.join(root, "service-worker.js");
  const text = await readFile(worker, "utf8");
  const next = text.replace(/(url:"index\.html",revision:")[0-9a-f]+/, `$1${version}`);
  expect(next).not.toBe(text);
  await writeFile(worker, next);
}

async function lookForUpdate(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
}

function versionOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => document.documentElement.dataset["version"]);
}

test("without a network, from the second visit on, the recorded run plays, the tasks are listed and a run trains and is saved", async () => {
  const { page, context, close, consoleErrors } = await open();
  try {
    await waitUntilKept(page);
    await context.setOffline(true);
    await rm(root, { recursive: true });
    await page.reload();
    await page.getByText("Recorded run", { exact: true }).waitFor();
    await waitForText(page, "iteration", /[1-9]/);
    await openView(page, "Tasks");
    await page.getByRole("heading", { name: "Tasks" }).waitFor();
    await press(page, "back-to-run");
    await press(page, "train");
    await waitUntilSaved(page, 2);
    await page.reload();
    await waitUntilSaved(page, 3);
    expect(consoleErrors).toEqual([]);
  } finally {
    await close();
  }
});

test("a newer version waits while tabs train, is taken after a pause, and no tab reloads by itself", async () => {
  const { page, context, url, close } = await open();
  try {
    await waitUntilKept(page);
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const other = await context.newPage();
    await other.goto(url);
    await other.getByText("This run is being trained in another tab.").waitFor({ timeout: 30_000 });
    for (const tab of [page, other]) await tab.evaluate("globalThis.isSamePage = true");

    await deploy("2");
    await lookForUpdate(page);
    for (const tab of [page, other]) await tab.getByText("A newer version of this page is ready.").waitFor();
    const [before] = await storedStates(page);
    await waitUntilSaved(page, before!.head! + 2);
    await other.getByRole("button", { name: "Pause and update" }).click();
    await other.getByText("Another tab trains a run. Pause it there first").waitFor();
    expect(await page.evaluate("globalThis.isSamePage === true")).toBe(true);

    const reloaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "Pause and update" }).click();
    await reloaded;
    expect(await versionOf(page)).toBe("2");
    const [after] = await storedStates(page);
    expect(after!.head).toBeGreaterThanOrEqual(before!.head! + 2);
    await waitUntilSaved(page, after!.head! + 1);
    await other.getByText("This page was updated in another tab.").waitFor();
    expect(await other.evaluate("globalThis.isSamePage === true")).toBe(true);
    await other.getByRole("button", { name: "Reload" }).click();
    await other.waitForFunction(() => document.documentElement.dataset["version"] === "2");
  } finally {
    await close();
  }
});

test("a part of the page that is gone from the server: people are asked, the run goes on and nothing reloads by itself", async () => {
  const playground = await openPlayground({ root, withoutWebGpu: true, suffix: tinyRun({ iterations: 100_000 }) });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    await page.evaluate("globalThis.isSamePage = true");
    const assets = path.join(root, "assets");
    for (const file of await readdir(assets)) if (file.startsWith("TasksView")) await rm(path.join(assets, file));
    await openView(page, "Tasks");
    await page.getByText("A part of this page could not be loaded").waitFor();
    const [before] = await storedStates(page);
    await waitUntilSaved(page, before!.head! + 2);
    expect(await page.evaluate("globalThis.isSamePage === true")).toBe(true);
    const reloaded = page.waitForEvent("load");
    await page.getByRole("button", { name: "Pause and reload" }).click();
    await reloaded;
    await waitUntilSaved(page, before!.head! + 3);
  } finally {
    await playground.close();
  }
});

test.each([
  ["blocked", { status: 403, contentType: "text/plain", body: "blocked" }],
  ["replaced by a page of a firewall", { status: 200, contentType: "text/html", body: "<h1>Blocked</h1>" }],
])("where the wasm file is %s the page computes in plain JavaScript and names the file", async (_, answer) => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun({ iterations: 1 }) });
  const { page, context } = playground;
  try {
    await context.route("**/*.wasm", (route) => route.fulfill(answer));
    await press(page, "train");
    await waitForText(page, "backend", /^cpu$/, 120_000);
    await page.getByText(/Not using wasm: .*tfjs-backend-wasm[\w.-]*\.wasm.*Using cpu\./).waitFor();
  } finally {
    await playground.close();
  }
});
