/** @file The built page trains in its real worker, keeps everything in the real IndexedDB, and goes on after a reload. */
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import {
  expectQuiet,
  press,
  readDatabase,
  SHORT_RUN,
  storedEvents,
  tinyRun,
  waitForText,
  waitUntilSaved,
} from "./support/training.ts";

/** What the page says on WebGPU, one after another. */
const GPU_SENTENCES = [
  "Compiling the GPU programs for rollouts",
  "Compiling the GPU programs for learning",
  "Decoding a whole turn in one dispatch. Learning a whole step in one submit.",
];

test.each([
  {
    backend: "webgpu",
    settings: SHORT_RUN,
    options: { backend: "webgpu" as const },
    says: GPU_SENTENCES,
    timeoutMs: 240_000,
  },
  { backend: "wasm", settings: { iterations: 50 }, options: { withoutWebGpu: true }, says: [], timeoutMs: 60_000 },
])(
  "the built page trains on $backend, keeps its tips in IndexedDB and goes on after a reload",
  { timeout: 540_000 },
  async ({ backend, settings, options, says, timeoutMs }) => {
    const playground = await openPlayground({ ...options, suffix: tinyRun(settings) });
    const { page } = playground;
    try {
      await press(page, "train");
      await waitForText(page, "backend", new RegExp(`^${backend}$`), timeoutMs);
      for (const sentence of says) await page.getByText(sentence).first().waitFor({ timeout: timeoutMs });
      await waitUntilSaved(page, 1, timeoutMs);
      const before = await readDatabase(page);
      expect(before.runs).toHaveLength(1);
      expect(before.tipCount).toBeGreaterThan(0);
      await waitForText(page, "tip-count", /[1-9]/);
      await waitForText(
        page,
        "profile",
        /teration \d+: .*writing actions and tips.*learning.*worlds, memory, messages/,
      );
      const deviceCalls = page.getByTestId("device-calls");
      if (backend === "wasm") expect(await deviceCalls.count()).toBe(0);
      else expect(await deviceCalls.textContent()).toMatch(/^\d+ dispatch(es)?, \d+ submits?, \d+ read-backs?,/);

      await page.reload();
      await waitForText(page, "iteration", /^[1-9]/);
      await waitForText(page, "backend", new RegExp(`^${backend}$`), timeoutMs);
      const head = before.runs[0]!.head!;
      await waitUntilSaved(page, head + 1, timeoutMs);
      const after = await readDatabase(page);
      expect(after.runs.map(({ runId }) => runId)).toEqual(before.runs.map(({ runId }) => runId));
      expect(after.tipCount).toBeGreaterThanOrEqual(before.tipCount);
      const iterations = after.events
        .filter(({ type }) => type === "iterationFinished")
        .map(({ summary }) => (summary as { iteration: number }).iteration);
      expect(iterations).toEqual(iterations.map((_, i) => i + 1));
      expect(after.checkpoints).toHaveLength(2);
      expectQuiet(playground);
    } finally {
      await playground.close();
    }
  },
);

test("on a software graphics card the self-test decides for WebAssembly, once", async () => {
  const playground = await openPlayground({ suffix: tinyRun({ iterations: 1 }) });
  const { page } = playground;
  const sentence = page.getByText(
    /The self-test on this device took [\d.]+ ms on WebGPU and [\d.]+ ms on WebAssembly\./,
  );
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    expect(await page.getByTestId("backend").textContent()).toBe("wasm");
    const first = await sentence.textContent();
    await page.reload();
    await sentence.waitFor();
    expect(await sentence.textContent()).toBe(first); // the same figures: not measured again
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

/** Iterations after which the page is reloaded, and how many milliseconds after: between two, and within the next. */
const RELOADS = [
  { iteration: 1, delayMs: 0 },
  { iteration: 2, delayMs: 90 },
  { iteration: 3, delayMs: 250 },
];

test("a run that is reloaded again and again ends with the same weights and rollouts as one that is not", async () => {
  const finals: unknown[] = [];
  for (const reloads of [[], RELOADS]) {
    const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun({ iterations: 4 }) });
    const { page } = playground;
    try {
      await press(page, "train");
      for (const { iteration, delayMs } of reloads) {
        await waitUntilSaved(page, iteration);
        await page.waitForTimeout(delayMs);
        await page.reload();
      }
      await waitUntilSaved(page, 4);
      await page.getByRole("button", { name: "Train again" }).waitFor({ timeout: 60_000 });
      const [finished, ...others] = await storedEvents(page, "runFinished");
      expect(others).toEqual([]);
      finals.push(finished);
      expectQuiet(playground);
    } finally {
      await playground.close();
    }
  }
  expect(finals[0]).toMatchObject({ iteration: 4, weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(finals[1]).toEqual(finals[0]);
});

test("a run that stopped early goes on to its last iteration when someone trains it again", async () => {
  // The base policy itself is over one point, at iteration 0.
  const settings = { iterations: 6, evaluateEvery: 1, stopReturn: 1, stopDelay: 2 };
  const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun(settings) });
  const { page } = playground;
  try {
    await press(page, "train");
    const again = page.getByRole("button", { name: "Train again" });
    await again.waitFor({ timeout: 60_000 });
    await waitForText(page, "iteration", /^2$/);
    await again.click();
    await waitForText(page, "iteration", /^6$/, 60_000);
    await again.waitFor();
  } finally {
    await playground.close();
  }
});

test("the WebShop preset starts from a base policy that can shop", { timeout: 300_000 }, async () => {
  const playground = await openPlayground({ withoutWebGpu: true });
  const { page } = playground;
  try {
    await page.getByLabel("race GRPO").uncheck();
    await page.getByLabel("Preset").selectOption("webshop");
    await page.getByText("start from the base policy").first().waitFor();
    await press(page, "train");
    await waitUntilSaved(page, 1, 200_000);
    const { events } = await readDatabase(page);
    const first = events.find(({ type }) => type === "iterationFinished")!["summary"] as { meanReturn: number };
    // The base policy of the first tasks walks through rooms here, and earns nothing.
    expect(first.meanReturn).toBeGreaterThan(10);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});
