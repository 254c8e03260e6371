/** @file What has to be fetched before there is something to see, and before something is learned. */
import { expect, test } from "vitest";
import { scriptsOfFirstPaint, watchFetches, weightOf } from "../support/page-weight.ts";
import { openPlayground } from "./support/browser.ts";
import { press, tinyRun, waitUntilSaved } from "./support/training.ts";

const KB = 1000;
const MAX_FIRST_PAINT = 200 * KB;
/** With what follows by itself: the chart, and what keeps the page for offline use. */
const MAX_PAGE = 215 * KB;
const MAX_WORKER = 250 * KB;

test("the page and the worker are light, and checkpoint and WebAssembly wait until someone trains", async () => {
  const playground = await openPlayground({ withoutWebGpu: true, suffix: tinyRun({ iterations: 1 }) });
  try {
    const { page, context, url } = playground;
    const { fetched } = watchFetches(context);
    await page.reload();
    await page.getByTestId("train").waitFor();
    await page.waitForLoadState("networkidle");
    const first = await fetched();
    expect(weightOf(first, /^index-.*\.js$/)).toBeGreaterThan(0);
    const needed = await scriptsOfFirstPaint(url);
    const early = first.filter(({ name }) => needed.has(name));
    expect(early.length).toBe(needed.size);
    expect(weightOf(early, /\.js$/)).toBeLessThanOrEqual(MAX_FIRST_PAINT);
    expect(weightOf(first, /\.js$/)).toBeLessThanOrEqual(MAX_PAGE);
    expect(first.filter(({ name }) => /worker|\.wasm$|\.safetensors$/.test(name))).toEqual([]);

    await press(page, "train");
    await waitUntilSaved(page, 1);
    const later = (await fetched()).slice(first.length);
    const worker = weightOf(later, /\.js$/);
    expect(worker).toBeGreaterThan(0);
    expect(worker).toBeLessThanOrEqual(MAX_WORKER);
    expect(weightOf(later, /\.wasm$/)).toBeGreaterThan(0);
    expect(weightOf(later, /\.safetensors$/)).toBeGreaterThan(0);
  } finally {
    await playground.close();
  }
});
