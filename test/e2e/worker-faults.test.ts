/** @file Training workers that throw, die at every start, or say nonsense; what the page shows and what can be saved. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { decodeSessionFile } from "../../src/runtime/session-file.ts";
import { openPlayground } from "./support/browser.ts";
import { press, storedEvents, tinyRun, waitForText, waitUntilSaved } from "./support/training.ts";
import { QUICK_BEATS, throwInWorker } from "./support/workers.ts";

const WASM = { withoutWebGpu: true, prelude: QUICK_BEATS };

test("a worker that throws is replaced with its message told, and every iteration is there once", async () => {
  const playground = await openPlayground({ ...WASM, suffix: tinyRun({ iterations: 6 }) });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    await throwInWorker(page, "a fault of the program");
    await page.getByText(/a fault of the program.*A new one goes on from the last save\./).waitFor();
    await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 90_000 });
    const iterations = await storedEvents(page, "iterationFinished");
    expect(iterations.map(({ summary }) => (summary as { iteration: number }).iteration)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await storedEvents(page, "runFinished")).toHaveLength(1);
  } finally {
    await playground.close();
  }
});

/** Fails in the worker at its first message once the page has asked for it, which survives a reload of the worker. */
const CRASHING_ON_DEMAND = `${QUICK_BEATS}
if (typeof WorkerGlobalScope !== "undefined") {
  const name = "crash workers";
  addEventListener("message", () => {
    caches.has(name).then((wanted) => {
      if (wanted) setTimeout(() => { throw new Error("it dies at every start"); });
    });
  }, { once: true });
}`;

test("workers that die at every start end in safe mode: the last save can be saved to a file, and opened", async () => {
  const playground = await openPlayground({
    ...WASM,
    prelude: CRASHING_ON_DEMAND,
    suffix: tinyRun({ iterations: 50 }),
  });
  const { page } = playground;
  try {
    await press(page, "step");
    await waitUntilSaved(page, 1);
    await page.getByText("Live run, paused.").waitFor();
    await page.evaluate(() => caches.open("crash workers"));
    await throwInWorker(page, "the first fault");
    await page.getByText("Safe mode: the worker failed again and again.").waitFor({ timeout: 60_000 });
    await page.getByText("it dies at every start").first().waitFor();

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save it to a file" }).click();
    const file = await (await download).path();
    expect(decodeSessionFile(new Uint8Array(await readFile(file))).iteration).toBe(1);

    await page.evaluate(() => caches.delete("crash workers"));
    await page.getByRole("button", { name: "Open it paused" }).click();
    await waitForText(page, "backend", /^cpu$/);
    await page.getByText("Safe mode.").waitFor();
    expect(await page.getByTestId("iteration").textContent()).toBe("1");
    await page.getByRole("button", { name: "Resume" }).waitFor();
  } finally {
    await playground.close();
  }
});

test("nonsense from a worker is left out, counted and does the run no harm", async () => {
  const playground = await openPlayground({ ...WASM, suffix: tinyRun({ iterations: 3 }) });
  const { page, consoleErrors } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    await page.workers()[0]!.evaluate(() => {
      const say = (data: unknown): void =>
        (globalThis as unknown as { postMessage(data: unknown): void }).postMessage(data);
      say(null);
      say({ sequence: 1e9, message: { type: "events", runId: "x", replay: false, events: [{ type: "evaluated" }] } });
      say({ sequence: 0, message: { type: "state", runId: "x", state: "finished" } });
    });
    await page.getByText("3 messages of the worker were not understood and left out.").waitFor();
    await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 60_000 });
    expect(await page.getByTestId("iteration").textContent()).toBe("3");
    expect(consoleErrors).toEqual([]);
  } finally {
    await playground.close();
  }
});

/** Breaks the charts as soon as the page has asked for it. */
const BREAKABLE_CHARTS = `
if (typeof document !== "undefined") {
  const real = CanvasRenderingContext2D.prototype.clip;
  CanvasRenderingContext2D.prototype.clip = function (...of) {
    if (globalThis.areChartsBroken) throw new Error("no canvas");
    return real.apply(this, of);
  };
}`;

test("a panel that cannot be shown says so and can be shown again; the others and the run go on", async () => {
  const playground = await openPlayground({ ...WASM, prelude: BREAKABLE_CHARTS, suffix: tinyRun({ iterations: 50 }) });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    await page.evaluate("globalThis.areChartsBroken = true");
    const alert = page.getByRole("alert").filter({ hasText: "This panel could not be shown. The run goes on." });
    await alert.waitFor();
    expect(await page.locator("#result").getByText("no canvas").count()).toBe(1);
    expect(await alert.count()).toBe(1);
    const iteration = Number(await page.getByTestId("iteration").textContent());
    await waitUntilSaved(page, iteration + 2);
    expect(await page.locator("#memory h2").textContent()).toBe("Memory");
    await page.evaluate("globalThis.areChartsBroken = false");
    await page.getByRole("button", { name: "Show it again" }).click();
    await page.getByTestId("curve").locator("canvas").waitFor();
    expect(await alert.count()).toBe(0);
  } finally {
    await playground.close();
  }
});
