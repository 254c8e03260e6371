/** @file A run that goes on for long: tensors, memory, storage and frames stay what they were. */
import { readFileSync } from "node:fs";
import type { CDPSession, Page } from "playwright-core";
import { expect, test } from "vitest";
import { LONG, recordFigures, sized } from "../support/long.ts";
import { openPlayground } from "./support/browser.ts";
import { expectQuiet, press, tinyRun, waitUntilSaved } from "./support/training.ts";

const DURATION_MS = sized(20_000, 20 * 60_000);
const SAMPLES = sized(10, 80);
/** What an iteration may leave behind on the page, bytes: a point of the curves, not its rollouts. */
const MOST_BYTES_PER_ITERATION = 30_000;

interface Sample {
  readonly iteration: number;
  /** Live tensors in the worker. */
  readonly tensors: number;
  /** Page's JavaScript heap after a collection, bytes. */
  readonly heap: number;
  /** Resident memory of all processes of the browser, bytes; 0 where it cannot be read. */
  readonly resident: number;
  /** Bytes that the page has stored. */
  readonly stored: number;
}

/** Collects frame times on the page from now on. */
async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(globalThis, { frames });
    let last = performance.now();
    const next = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}

async function sample(page: Page, devTools: CDPSession): Promise<Sample> {
  await devTools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devTools.send("Runtime.getHeapUsage");
  const tensors = await page.workers()[0]!.evaluate(() => {
    return (globalThis as unknown as { _tfengine: { memory(): { numTensors: number } } })._tfengine.memory().numTensors;
  });
  const browser = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await browser.send("SystemInfo.getProcessInfo");
  await browser.detach();
  return {
    iteration: Number(await page.getByTestId("iteration").textContent()),
    tensors,
    heap: usedSize,
    resident: processInfo.reduce((sum, { id }) => sum + residentBytes(id), 0),
    stored: await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0),
  };
}

function residentBytes(processId: number): number {
  try {
    const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${processId}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0; // not Linux, or the process has ended
  }
}

/** Slope of the least-squares line, units of y per unit of x. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (read: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + read(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

test(
  "a long run keeps its number of tensors, a flat heap and bounded storage",
  { timeout: DURATION_MS + 300_000 },
  async () => {
    const suffix = tinyRun({ iterations: 1_000_000, groupSize: 4, evaluateEvery: 20 });
    const playground = await openPlayground({ withoutWebGpu: true, suffix });
    const { page, context } = playground;
    try {
      const devTools = await context.newCDPSession(page);
      await press(page, "train");
      await waitUntilSaved(page, 3);
      await watchFrames(page);
      const samples: Sample[] = [];
      for (let i = 0; i < SAMPLES; i++) {
        await page.waitForTimeout(DURATION_MS / SAMPLES);
        samples.push(await sample(page, devTools));
      }
      const later = samples.slice(Math.floor(SAMPLES / 2));
      const leastTensors = (some: readonly Sample[]): number => Math.min(...some.map(({ tensors }) => tensors));
      expect(samples.at(-1)!.iteration).toBeGreaterThan(samples[0]!.iteration);
      // Within an iteration there are more; between two there are as many as ever.
      expect(leastTensors(later)).toBe(leastTensors(samples.slice(0, Math.floor(SAMPLES / 2))));
      const perIteration = slope(later.map(({ iteration, heap }) => [iteration, heap]));
      if (LONG) expect(perIteration).toBeLessThan(MOST_BYTES_PER_ITERATION);
      const frames = (await page.evaluate(() => (globalThis as unknown as { frames: number[] }).frames)).sort(
        (a, b) => a - b,
      );
      recordFigures("soak", {
        minutes: DURATION_MS / 60_000,
        iterations: samples.at(-1)!.iteration,
        tensorsFirst: samples[0]!.tensors,
        tensorsLast: samples.at(-1)!.tensors,
        heapBytesPerIteration: Math.round(perIteration),
        heapMiBFirst: Number((later[0]!.heap / 2 ** 20).toFixed(1)),
        heapMiBLast: Number((samples.at(-1)!.heap / 2 ** 20).toFixed(1)),
        residentMiBFirst: Math.round(later[0]!.resident / 2 ** 20),
        residentMiBLast: Math.round(samples.at(-1)!.resident / 2 ** 20),
        storedMiBFirst: Number((later[0]!.stored / 2 ** 20).toFixed(1)),
        storedMiBLast: Number((samples.at(-1)!.stored / 2 ** 20).toFixed(1)),
        frameMsP95: Number((frames[Math.floor(0.95 * frames.length)] ?? 0).toFixed(1)),
      });
      expectQuiet(playground);
    } finally {
      await playground.close();
    }
  },
);
