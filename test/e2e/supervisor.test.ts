/** @file A training worker that is ended or hangs is replaced, and the run ends as if nothing had happened. */
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import { press, storedEvents, tinyRun, waitUntilSaved } from "./support/training.ts";
import { QUICK_BEATS } from "./support/workers.ts";

const ITERATIONS = 30;

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
