/** @file Tabs that are hidden, frozen, crash for want of memory, or lose their run to another tab. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import { press, storedEvents, tinyRun, waitForText, waitUntilSaved } from "./support/training.ts";
import { QUICK_BEATS } from "./support/workers.ts";

const WASM = { withoutWebGpu: true, suffix: tinyRun({ iterations: 300 }) };

async function storedIterations(page: Page): Promise<number[]> {
  const events = await storedEvents(page, "iterationFinished");
  return events.map(({ summary }) => (summary as { iteration: number }).iteration);
}

async function iteration(page: Page): Promise<number> {
  return Number(await page.getByTestId("iteration").textContent());
}

/** Tells the page that it is hidden, or shown. Headless Chromium shows every tab. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (isHidden ? "hidden" : "visible"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

test("a hidden tab trains on, its worker is not given up, and its curve has no gap", async () => {
  const playground = await openPlayground({ ...WASM, prelude: QUICK_BEATS });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    await setHidden(page, true);
    const before = await iteration(page);
    await page.waitForTimeout(12_000); // more beats than a silent worker would get
    await setHidden(page, false);
    await waitForText(page, "iteration", new RegExp(`^(?!${before}$)\\d+$`));
    expect(await page.getByText("A new one goes on").count()).toBe(0);
    await press(page, "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const iterations = await storedIterations(page);
    expect(iterations.length).toBeGreaterThan(before);
    expect(iterations).toEqual(iterations.map((_, i) => i + 1));
  } finally {
    await playground.close();
  }
});

test("a frozen tab goes on where it was, with its run still locked", async () => {
  const playground = await openPlayground({ ...WASM, prelude: QUICK_BEATS });
  const { page, context } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const devTools = await context.newCDPSession(page);
    await devTools.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await devTools.send("Page.setWebLifecycleState", { state: "active" });
    const before = await iteration(page);
    await waitUntilSaved(page, before + 1);
    expect(await page.getByText("A new one goes on").count()).toBe(0);
    const held = await page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name));
    // Beside the run's lock there is the one that says that some tab trains.
    expect(held?.filter((name) => name !== "empo2-training")).toHaveLength(1);
    await press(page, "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const iterations = await storedIterations(page);
    expect(iterations).toEqual(iterations.map((_, i) => i + 1));
  } finally {
    await playground.close();
  }
});

test("a page that crashes twice before its first iteration opens its run in safe mode and trains nothing", async () => {
  // Slow enough that no iteration ends before the crash.
  const suffix = tinyRun({ iterations: 50, groupSize: 16, tasksPerIteration: 4, trainVariations: 4 });
  const playground = await openPlayground({ withoutWebGpu: true, suffix });
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await page.getByText(/Live run\./).waitFor();
    let current = page;
    for (let crash = 0; crash < 2; crash++) {
      const devTools = await context.newCDPSession(current);
      devTools.send("Page.crash").catch(() => undefined); // the page answers no more
      await current.waitForEvent("crash");
      current = await context.newPage();
      await current.goto(url);
      if (crash === 0)
        await current
          .getByText(/Live run\.|Starting the live run/)
          .first()
          .waitFor();
    }
    await current.getByText("Safe mode.").waitFor({ timeout: 60_000 });
    await waitForText(current, "backend", /^cpu$/);
    await current.getByRole("button", { name: "Resume" }).waitFor();
    expect(await iteration(current)).toBe(0);
    await current.reload(); // a person's own reload is no crash, and the run still waits
    await current.getByRole("button", { name: "Resume" }).waitFor({ timeout: 60_000 });
  } finally {
    await playground.close();
  }
});

test("a tab whose run went on in another tab says so in the Policy panel, too", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 2);
    const second = await context.newPage();
    await second.goto(url);
    await second.getByText("This run is being trained in another tab.").waitFor({ timeout: 30_000 });
    await press(second, "take-over");
    await page.getByText("The run went on in another tab.").waitFor();
    const policy = page.locator("#policy");
    await policy.getByText(/Another tab trains this run and has its policy/).waitFor();
    expect(await policy.getByText("This run has ended").count()).toBe(0);
  } finally {
    await playground.close();
  }
});
