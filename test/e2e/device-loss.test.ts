/** @file The graphics process dies while the page trains on WebGPU, as it does when a driver crashes. */
import type { Browser } from "playwright-core";
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import { press, SHORT_RUN, storedEvents, tinyRun, waitUntilSaved } from "./support/training.ts";

test("a run whose graphics process is killed goes on from its last save by itself", { timeout: 540_000 }, async () => {
  const { page, context, close } = await openPlayground({ backend: "webgpu", suffix: tinyRun(SHORT_RUN) });
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1, 240_000);
    await killGraphicsProcess(context.browser()!);
    await waitUntilSaved(page, 2, 240_000);
    expect(["webgpu", "wasm"]).toContain(await page.getByTestId("backend").textContent());
    expect(await storedEvents(page, "runFailed")).toEqual([]);
    const iterations = (await storedEvents(page, "iterationFinished")).map(
      ({ summary }) => (summary as { iteration: number }).iteration,
    );
    expect(iterations).toEqual(iterations.map((_, i) => i + 1));
  } finally {
    await close();
  }
});

/** Ends the graphics process of this test's own browser. */
async function killGraphicsProcess(browser: Browser): Promise<void> {
  const devTools = await browser.newBrowserCDPSession();
  const { processInfo } = await devTools.send("SystemInfo.getProcessInfo");
  const graphics = processInfo.find(({ type }) => type === "GPU");
  if (graphics === undefined) throw new Error("kill graphics process: requires one, the browser has none");
  process.kill(graphics.id, "SIGKILL");
}
