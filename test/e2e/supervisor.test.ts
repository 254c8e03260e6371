/** @file A training worker that is ended or hangs is replaced, and the run ends as if nothing had happened. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { LONG, recordFigures } from "../support/long.ts";
import { openPlayground } from "./support/browser.ts";
import { press, storedEvents, tinyRun, waitUntilSaved } from "./support/training.ts";
import { QUICK_BEATS } from "./support/workers.ts";

const ITERATIONS = 30;
/** Milliseconds until a press is answered. On busy machines the median alone is looked at. */
const MOST_MS = 100;

interface Interruption {
  /** Iteration that is saved when it comes. */
  readonly iteration: number;
  /** What the worker is made to do. */
  readonly code: string;
}

/** Ends the worker from inside, of which the page is told nothing. */
const KILL: Interruption = { iteration: 2, code: "self.close()" };
/** In a task of its own: Chromium does not end a worker within what its debugger evaluates. */
const HANG: Interruption = { iteration: 8, code: "void setTimeout(() => { for (;;); })" };

/** How the run ended after the interruptions. */
async function finish(interruptions: readonly Interruption[]): Promise<unknown> {
  const suffix = tinyRun({ iterations: ITERATIONS, groupSize: 4 });
  const playground = await openPlayground({ withoutWebGpu: true, suffix, prelude: QUICK_BEATS });
  const { page } = playground;
  try {
    await press(page, "train");
    for (const { iteration, code } of interruptions) {
      await waitUntilSaved(page, iteration);
      const [worker, ...others] = page.workers();
      expect(others).toEqual([]);
      worker!.evaluate(code).catch(() => undefined); // it gives no answer any more
      await page.getByText("A new one goes on from the last save.").waitFor();
      await page.getByRole("button", { name: "Dismiss" }).click();
    }
    await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 90_000 });
    const iterations = await storedEvents(page, "iterationFinished");
    expect(iterations.map(({ summary }) => (summary as { iteration: number }).iteration)).toEqual(
      Array.from({ length: ITERATIONS }, (_, i) => i + 1),
    );
    const [finished, ...others] = await storedEvents(page, "runFinished");
    expect(others).toEqual([]);
    return finished;
  } finally {
    await playground.close();
  }
}

test("a run whose worker is killed and then hangs ends with the same weights and rollouts as one that is left alone", async () => {
  const whole = await finish([]);
  expect(whole).toMatchObject({
    iteration: ITERATIONS,
    weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(await finish([KILL, HANG])).toEqual(whole);
});

test("a worker that is killed while the run is paused is replaced, and the run stays paused", async () => {
  const suffix = tinyRun({ iterations: ITERATIONS });
  const playground = await openPlayground({ withoutWebGpu: true, suffix, prelude: QUICK_BEATS });
  const { page } = playground;
  try {
    await press(page, "step");
    await waitUntilSaved(page, 1);
    await page.getByText("Live run, paused.").waitFor();
    page
      .workers()[0]!
      .evaluate(KILL.code)
      .catch(() => undefined);
    await page.getByText("A new one goes on from the last save.").waitFor();
    await page.getByText("Live run, paused.").waitFor();
    expect(await page.getByTestId("iteration").textContent()).toBe("1");
    await press(page, "step");
    await waitUntilSaved(page, 2);
  } finally {
    await playground.close();
  }
});

/** Presses p up and down; milliseconds each until the next frame is on its way. */
async function pressTimes(page: Page, count: number): Promise<number[]> {
  return page.evaluate(async (presses) => {
    const slider = document.querySelector<HTMLInputElement>('[data-testid="p"]')!;
    const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!;
    const times: number[] = [];
    for (let i = 0; i < presses; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const start = performance.now();
      value.set!.call(slider, i % 2 === 0 ? "0.4" : "0.6");
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      times.push(performance.now() - start);
    }
    return times;
  }, count);
}

test("while a worker hangs the page answers every press, and the new value holds in the run that goes on", async () => {
  const suffix = tinyRun({ iterations: 1000 });
  const playground = await openPlayground({ withoutWebGpu: true, suffix, prelude: QUICK_BEATS });
  const { page } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 2);
    page
      .workers()[0]!
      .evaluate(HANG.code)
      .catch(() => undefined);
    const times = (await pressTimes(page, 21)).sort((a, b) => a - b);
    expect(await page.getByText("A new one goes on from the last save.").count()).toBe(0); // it still hung
    const [median, most] = [times[10]!, times.at(-1)!];
    recordFigures("hangingWorker", {
      presses: 21,
      medianMs: Number(median.toFixed(1)),
      mostMs: Number(most.toFixed(1)),
    });
    expect(median).toBeLessThan(MOST_MS);
    if (LONG) expect(most).toBeLessThan(MOST_MS);
    await page.getByText("A new one goes on from the last save.").waitFor();
    const changed = async () => (await storedEvents(page, "configChanged")).map(({ changes }) => changes);
    await expect.poll(changed, { timeout: 30_000 }).toEqual([{ memoryRolloutProbability: 0.4 }]);
    expect(await page.getByTestId("p").inputValue()).toBe("0.4");
    expect(new URL(page.url()).hash).toContain("memoryRolloutProbability=0.4");
  } finally {
    await playground.close();
  }
});
