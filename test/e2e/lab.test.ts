/** @file With the lab open the run stays in hand: nothing of it is covered, on a projector, a large screen and a phone. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openPlayground } from "./support/browser.ts";
import { expectQuiet, press, tinyRun, waitUntilSaved } from "./support/training.ts";

const VIEWPORTS = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
  { width: 820, height: 700 },
  { width: 360, height: 740 },
];
const RUN_CONTROLS = ["train", "pause", "step", "reset", "iteration", "backend"];

/** Those of the run's controls whose middle lies outside the window or under something else. */
function coveredControls(page: Page): Promise<string[]> {
  return page.evaluate((testIds) => {
    const isInSight = (testId: string): boolean => {
      const element = document.querySelector(`[data-testid="${testId}"]`)!;
      const { left, top, width, height } = element.getBoundingClientRect();
      const hit = document.elementFromPoint(left + width / 2, top + height / 2);
      return element.contains(hit);
    };
    return testIds.filter((testId) => !isInSight(testId));
  }, RUN_CONTROLS);
}

test.each(VIEWPORTS)("at $width pixels a run is started, paused and stepped beside the open lab", async (viewport) => {
  const playground = await openPlayground({ withoutWebGpu: true, viewport, suffix: tinyRun({ iterations: 200 }) });
  const { page } = playground;
  try {
    const opener = page.getByRole("button", { name: "Lab", exact: true });
    await opener.click();
    const lab = page.getByRole("complementary", { name: /^Lab/ });
    await lab.waitFor();
    expect(await coveredControls(page)).toEqual([]);

    await press(page, "train");
    await waitUntilSaved(page, 1);
    expect(await coveredControls(page)).toEqual([]);
    await press(page, "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    const before = Number(await page.getByTestId("iteration").textContent());
    await press(page, "step");
    await waitUntilSaved(page, before + 1);

    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Close the lab" }).click();
    await lab.waitFor({ state: "detached" });
    expect(await opener.evaluate((element) => element === document.activeElement)).toBe(true);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});

test("on a projector the toolbar has one row, whatever state a run is in", async () => {
  const viewport = { width: 1280, height: 720 };
  const playground = await openPlayground({ withoutWebGpu: true, viewport, suffix: tinyRun({ iterations: 200 }) });
  const { page } = playground;
  const isOneRow = (): Promise<boolean> =>
    page.evaluate(() => {
      const row = document.querySelector('[data-testid="train"]')!.getBoundingClientRect().height;
      return document.querySelector("header")!.getBoundingClientRect().height < 1.5 * row;
    });
  try {
    expect(await isOneRow()).toBe(true);
    await press(page, "train");
    await waitUntilSaved(page, 1);
    expect(await isOneRow()).toBe(true);
    await press(page, "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    // The longest words of each place.
    const words = { train: "Train again", iteration: "200", backend: "webgpu", saved: "saved at 200" };
    await page.evaluate((texts) => {
      for (const [testId, text] of Object.entries(texts))
        document.querySelector(`[data-testid="${testId}"]`)!.lastChild!.nodeValue = text;
    }, words);
    expect(await isOneRow()).toBe(true);
    expectQuiet(playground);
  } finally {
    await playground.close();
  }
});
