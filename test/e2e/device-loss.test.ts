/** @file The graphics process dies while the page trains on WebGPU, as it does when a driver crashes. */
import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import { recordFigures, sized } from "../support/long.ts";
import { openPlayground } from "./support/browser.ts";
import { press, SHORT_RUN, storedEvents, tinyRun, waitForText, waitUntilSaved } from "./support/training.ts";

const PATIENCE_MS = 240_000;
/** Seconds within which a run goes on; more where other tests run beside this one. */
const WITHIN_S = sized(15, 5);

test(
  "a run whose graphics process is killed goes on by itself, twice, the second time with WebAssembly",
  { timeout: 900_000 },
  async () => {
    const { page, context, close } = await openPlayground({
      backend: "webgpu",
      suffix: tinyRun({ ...SHORT_RUN, iterations: 300 }),
    });
    try {
      await press(page, "train");
      await waitUntilSaved(page, 1, PATIENCE_MS);
      await killGraphicsProcess(context.browser()!);
      const first = await lossTold(page, 1);
      await waitUntilSaved(page, 2, PATIENCE_MS);
      if (first.backend === "webgpu") {
        await killGraphicsProcess(context.browser()!);
        await lossTold(page, 2);
      }
      // Chromium gives no adapter after its second crash.
      await waitForText(page, "backend", /^wasm$/, PATIENCE_MS);
      await page
        .getByText(/The GPU was lost (once|twice)\. Restart the browser to get the GPU back\./)
        .first()
        .waitFor();
      const losses = await lossesOf(page);
      for (const { seconds } of losses) expect(seconds).toBeLessThan(WITHIN_S);
      const saved = Number(/\d+/.exec((await page.getByTestId("saved").textContent()) ?? "")?.[0]);
      await waitUntilSaved(page, saved + 2);
      expect(await storedEvents(page, "runFailed")).toEqual([]);
      const iterations = (await storedEvents(page, "iterationFinished")).map(
        ({ summary }) => (summary as { iteration: number }).iteration,
      );
      expect(iterations).toEqual(iterations.map((_, i) => i + 1));
      await page
        .getByText(/GPU lost; on wasm/)
        .first()
        .waitFor(); // the mark below the curve
      recordFigures("graphicsProcessKills", {
        kills: losses.length,
        slowestRecoverySeconds: Math.max(...losses.map(({ seconds }) => seconds)),
        iterations: iterations.length,
        lostIterations: iterations.length - new Set(iterations).size,
      });
    } finally {
      await close();
    }
  },
);

interface Loss {
  readonly backend: string;
  readonly seconds: number;
}

/** The losses that are stored: what the run went on with, and after how long. */
async function lossesOf(page: Page): Promise<Loss[]> {
  const incidents = await storedEvents(page, "incident");
  return incidents.flatMap(({ kind, text }) => {
    const told = /on (\w+) after ([\d.]+) s/.exec(text as string);
    return kind === "deviceLost" && told !== null ? [{ backend: told[1]!, seconds: Number(told[2]) }] : [];
  });
}

/** Waits until so many losses are marked on the curve; the last one. */
async function lossTold(page: Page, count: number): Promise<Loss> {
  const marks = page.locator("#result li", { hasText: "GPU lost" });
  await marks.nth(count - 1).waitFor({ timeout: PATIENCE_MS });
  const told = /on (\w+) after ([\d.]+) s/.exec((await marks.nth(count - 1).textContent()) ?? "")!;
  return { backend: told[1]!, seconds: Number(told[2]) };
}

/** Ends the graphics process of this test's own browser. */
async function killGraphicsProcess(browser: Browser): Promise<void> {
  const devTools = await browser.newBrowserCDPSession();
  const { processInfo } = await devTools.send("SystemInfo.getProcessInfo");
  const graphics = processInfo.find(({ type }) => type === "GPU");
  if (graphics === undefined) throw new Error("kill graphics process: requires one, the browser has none");
  process.kill(graphics.id, "SIGKILL");
}
