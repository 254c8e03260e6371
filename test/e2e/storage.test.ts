/** @file What the page does when the browser does not let it keep a run, or another tab trains it. */
import { statSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { DIST } from "../../scripts/prepare.mjs";
import { openPlayground } from "./support/browser.ts";
import {
  expectQuiet,
  press,
  readDatabase,
  storedEvents,
  tinyRun,
  waitForText,
  waitUntilSaved,
} from "./support/training.ts";

/** Bytes: a checkpoint is three times the base policy, weights and two moments. */
const ROOM_FOR_ONE_CHECKPOINT = 5 * statSync(path.join(DIST, "base", "base.safetensors")).size;
const WASM = { withoutWebGpu: true, suffix: tinyRun({ iterations: 200 }) };

test("where there is no IndexedDB the page trains and says that nothing is saved", async () => {
  const playground = await openPlayground({
    ...WASM,
    prelude: 'Object.defineProperty(globalThis, "indexedDB", { value: undefined });',
  });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitForText(page, "not-saved", /^Nothing is saved.*IndexedDB.*in this tab only/);
    await waitForText(page, "saved", /^not saved$/);
    await waitForText(page, "iteration", /^[2-9]/);
    expect(await page.getByTestId("saved").getAttribute("title")).toContain("IndexedDB");

    // A reset would lose all of it, and asks.
    const reset = async () => {
      await press(page, "reset");
      await page.getByRole("menuitem", { name: "Reset with the same seed" }).click();
    };
    await reset();
    await page.getByText("What this run has learned since its last save would be lost.").waitFor();
    const iteration = Number(await page.getByTestId("iteration").textContent());
    await waitForText(page, "iteration", new RegExp(`^(${iteration + 1}|${iteration + 2}|${iteration + 3})$`));
    await page.getByRole("button", { name: "Lose it" }).click();
    await page.getByText("Ready.").waitFor();
    expect(await page.getByText("is still stored").count()).toBe(0);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("when the disk is full the page trains on, says so, and the last saved state stays whole", async () => {
  const playground = await openPlayground(WASM);
  const { page, context } = playground;
  try {
    // Set before the first write, because the browser asks for its quota anew only after half a minute.
    const devTools = await context.newCDPSession(page);
    const { origin } = new URL(page.url());
    await devTools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: ROOM_FOR_ONE_CHECKPOINT });
    await press(page, "train");
    await waitForText(page, "saved", /^not saved$/);
    expect(await page.getByTestId("saved").getAttribute("title")).toContain("no room left");
    const { runs, checkpoints } = await readDatabase(page);
    expect(checkpoints.map(([, iteration]) => iteration)).toContain(runs[0]!.head);

    await devTools.send("Storage.overrideQuotaForOrigin", { origin });
    await waitUntilSaved(page, runs[0]!.head! + 1);
    const { events } = await readDatabase(page);
    const iterations = events
      .filter(({ type }) => type === "iterationFinished")
      .map(({ summary }) => (summary as { iteration: number }).iteration);
    expect(iterations).toEqual(iterations.map((_, i) => i + 1));
  } finally {
    await playground.close();
  }
});

test("a second tab does not train the same run, and can go on with it when the first is closed", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const second = await context.newPage();
    await second.goto(url);
    await second.getByText(/another tab/).waitFor({ timeout: 30_000 });
    const { runs } = await readDatabase(page);
    await waitUntilSaved(page, runs[0]!.head! + 1);

    await page.close();
    await second.getByTestId("train").click();
    await waitUntilSaved(second, runs[0]!.head! + 2);
  } finally {
    await playground.close();
  }
});

/** The iterations whose end is stored, in stored order. */
async function storedIterations(page: Page): Promise<number[]> {
  const events = await storedEvents(page, "iterationFinished");
  return events.map(({ summary }) => (summary as { iteration: number }).iteration);
}

test("a second tab takes a run over after the first has saved its iteration, and gives it back", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 2);
    const second = await context.newPage();
    await second.goto(url);
    await second.getByText("This run is being trained in another tab.").waitFor({ timeout: 30_000 });
    expect(Number(await second.getByTestId("iteration").textContent())).toBeGreaterThanOrEqual(1);

    await press(second, "take-over");
    await page.getByText("The run went on in another tab.").waitFor();
    const shown = Number(await page.getByTestId("iteration").textContent());
    await waitUntilSaved(second, shown + 2);
    expect(Number(await page.getByTestId("iteration").textContent())).toBe(shown);

    await press(page, "take-over");
    await second.getByText("The run went on in another tab.").waitFor();
    const given = Number(await second.getByTestId("iteration").textContent());
    await waitUntilSaved(page, given + 2);
    await press(page, "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const iterations = await storedIterations(page);
    expect(iterations.length).toBeGreaterThanOrEqual(given + 2);
    expect(iterations).toEqual(iterations.map((_, i) => i + 1));
    expect((await readDatabase(page)).runs).toHaveLength(1);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("a second tab takes a run from a first one whose worker hangs", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "step");
    await waitUntilSaved(page, 1);
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const [worker] = page.workers();
    const hung = worker!.evaluate(() => {
      for (;;);
    });
    hung.catch(() => undefined); // ends with the page
    const second = await context.newPage();
    await second.goto(url);
    await second.getByText("This run is being trained in another tab.").waitFor({ timeout: 30_000 });
    await press(second, "take-over");
    await second.getByText("Live run, paused.").waitFor({ timeout: 60_000 });
    await press(second, "step");
    await waitUntilSaved(second, 2);
    expect(await storedIterations(second)).toEqual([1, 2]);
  } finally {
    await playground.close();
  }
});

test("training goes on after the page's data was cleared, and is saved again with its whole curve", async () => {
  const playground = await openPlayground(WASM);
  const { page, context } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const devTools = await context.newCDPSession(page);
    const { origin } = new URL(page.url());
    await devTools.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
    await page.getByText("The browser cleared what this page had stored.").waitFor();
    // For a moment it says "not saved", as is true.
    await waitUntilSaved(page, 0);
    const saved = Number(/\d+/.exec((await page.getByTestId("saved").textContent()) ?? "")?.[0]);
    await waitUntilSaved(page, saved + 3);
    expect((await readDatabase(page)).runs).toHaveLength(1);
    await press(page, "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const iterations = await storedIterations(page);
    expect(iterations).toEqual(iterations.map((_, i) => i + 1));
    await page.getByRole("button", { name: "Save everything to a file" }).click();
    await page.getByRole("heading", { name: "Saved runs" }).waitFor();
  } finally {
    await playground.close();
  }
});
