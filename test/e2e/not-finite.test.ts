/** @file A number that is not finite, in the page's real worker: nothing is learned from it, and the run can go on. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import { expectQuiet, press, readDatabase, storedEvents, tinyRun, waitUntilSaved } from "./support/training.ts";

/** Every exponential in the worker is NaN until it starts a backend anew. */
async function breakExponentials(page: Page): Promise<void> {
  await page.workers()[0]!.evaluate(() => {
    const { exp } = Math;
    const worker = globalThis as unknown as { postMessage: (data: object, options: object) => void };
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (data, options) => {
      if (JSON.stringify(data).includes('"stage":"backend"')) Math.exp = exp;
      post(data, options);
    };
    Math.exp = () => NaN;
  });
}

test("NaN in an update pauses the run, names what is not finite, and half the learning rate goes on", async () => {
  // With an entropy bonus there is something to learn even where all returns are equal.
  const suffix = tinyRun({ iterations: 6, learningRate: 0.002, entropyCoefficient: 0.05 });
  const playground = await openPlayground({ withoutWebGpu: true, suffix });
  const { page } = playground;
  try {
    await press(page, "step");
    await waitUntilSaved(page, 1);
    await page.getByText("Live run, paused.").waitFor();
    await breakExponentials(page);
    await press(page, "train");
    const halted = page.getByRole("alert").filter({ hasText: "Paused: a number is not finite." });
    await halted.waitFor();
    expect(await halted.textContent()).toMatch(/Iteration 2: (update|generate): .*finite.*got .*NaN/);
    expect(await page.getByTestId("iteration").textContent()).toBe("1");
    expect((await readDatabase(page)).runs[0]).toMatchObject({ head: 1 });

    await page.getByRole("button", { name: "Go on with half the learning rate" }).click();
    await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 60_000 });
    const iterations = (await storedEvents(page, "iterationFinished")).map(
      ({ summary }) => (summary as { iteration: number }).iteration,
    );
    expect(iterations).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await storedEvents(page, "configChanged")).toMatchObject([{ changes: { learningRate: 0.001 } }]);
    expect(await storedEvents(page, "incident")).toMatchObject([{ kind: "notFinite", iteration: 1 }]);
    await page.locator("#result li", { hasText: "paused: " }).waitFor();
    await page.locator("#result li", { hasText: "0.002 → 0.001" }).waitFor();
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});
