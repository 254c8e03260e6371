/** @file The page with everything that a long day leaves on it: it answers a press as quickly as at its start. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { LONG, recordFigures, sized } from "../support/long.ts";
import { openPlayground } from "./support/browser.ts";
import { summary } from "../ui/support/run-events.ts";
import { floodPrelude } from "./support/flood-worker.ts";
import { press, tinyRun, waitForText } from "./support/training.ts";

const RUNS = sized(5, 50);
/** Iterations of a run; each is a point in every one of its metrics. */
const POINTS = sized(200, 1000);
const ROLLOUTS = sized(800, 10_000);
const TIPS = sized(400, 5000);
/** Of all presses; one round's 95th percentile is its second slowest press. */
const ROUNDS = sized(1, 5);
/** Milliseconds from a press to the next frame, at the 95th percentile. Busy machines run the small size. */
const MOST_MS = sized(250, 50);

/** Numbers in an iteration's summary, all of which the page keeps. */
function metricsOf(value: object): number {
  return Object.values(value).reduce<number>((count, each: unknown) => {
    if (typeof each === "number") return count + 1;
    return typeof each === "object" && each !== null ? count + metricsOf(each) : count;
  }, 0);
}

interface Interaction {
  readonly kind: string;
  readonly ms: number;
}

/** Presses and chooses things all over the page; milliseconds each until the next frame is on its way. */
async function interact(page: Page): Promise<Interaction[]> {
  return page.evaluate(async () => {
    const times: Interaction[] = [];
    const frame = (): Promise<void> =>
      new Promise((resolve) =>
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve();
          port2.postMessage(null);
        }),
      );
    const measure = async (kind: string, act: () => void): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      await frame();
      const start = performance.now();
      act();
      await frame();
      times.push({ kind, ms: performance.now() - start });
    };
    const setValue = (element: HTMLInputElement | HTMLSelectElement, value: string): void => {
      const type = element instanceof HTMLInputElement ? HTMLInputElement : HTMLSelectElement;
      Object.getOwnPropertyDescriptor(type.prototype, "value")!.set!.call(element, value);
      element.dispatchEvent(new Event(element instanceof HTMLInputElement ? "input" : "change", { bubbles: true }));
    };
    const button = (name: string): HTMLButtonElement =>
      [...document.querySelectorAll("button")].find(({ textContent }) => textContent.includes(name))!;
    const legend = [...document.querySelectorAll<HTMLButtonElement>('#result [role="group"] button')];
    const newest = legend.at(-1)!;
    for (const other of legend.slice(0, 8)) {
      await measure("otherRun", () => other.click());
      await measure("liveRun", () => newest.click());
    }
    const axis = document.querySelector<HTMLSelectElement>("#result select")!;
    for (const name of ["tokens", "iterations", "tokens", "iterations"])
      await measure("axis", () => setValue(axis, name));
    const filter = document.querySelector<HTMLInputElement>("#memory input");
    if (filter !== null)
      for (const text of ["g", "go", "go x", ""]) await measure("filter", () => setValue(filter, text));
    for (let i = 0; i < 4; i++) await measure("lab", () => button("Lab").click());
    for (const key of ["ArrowLeft", "ArrowRight", "ArrowLeft", "ArrowRight"]) {
      await measure("arrow", () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
    }
    return times;
  });
}

/** Milliseconds that a share of the interactions stays below. */
function quantile(interactions: readonly Interaction[], share: number): number {
  const times = interactions.map(({ ms }) => ms).sort((a, b) => a - b);
  return Number(times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(1));
}

test(
  `the page answers with ${RUNS} runs of ${POINTS} iterations, ${ROLLOUTS} rollouts and ${TIPS} tips on it`,
  { timeout: sized(180_000, 1_800_000) },
  async () => {
    const flood = { points: POINTS, richStart: RUNS, rollouts: ROLLOUTS, tips: TIPS, everyMs: 500 };
    const playground = await openPlayground({
      ...{ withoutWebGpu: true, prelude: floodPrelude(flood) },
      suffix: tinyRun({ iterations: 100_000 }),
    });
    const { page, consoleErrors } = playground;
    try {
      for (let run = 1; run <= RUNS; run++) {
        await press(page, "train");
        await waitForText(page, "iteration", new RegExp(`^(${POINTS}|${POINTS + 1}|${POINTS + 2})$`), 120_000);
        if (run === RUNS) break;
        await press(page, "reset");
        await page.getByRole("menuitem", { name: "Reset with the same seed" }).click();
        await page.getByText("Ready.").waitFor();
      }
      await waitForText(page, "tip-count", new RegExp(`^${TIPS}$`));
      const tips = page.getByRole("list", { name: "Tips" }).getByRole("listitem");
      expect(await tips.count()).toBe(50);
      await page.getByRole("button", { name: /^Show 50 more of/ }).click();
      expect(await tips.count()).toBe(100);
      expect(await page.locator('#result [role="group"] button[aria-pressed]').count()).toBe(RUNS);
      const interactions: Interaction[] = [];
      for (let round = 0; round < ROUNDS; round++) interactions.push(...(await interact(page)));
      const p95 = quantile(interactions, 0.95);
      expect(interactions.length).toBeGreaterThan(25);
      expect(consoleErrors).toEqual([]);
      const kinds = [...new Set(interactions.map(({ kind }) => kind))];
      const medians = kinds.map((wanted) => {
        const ofKind = interactions.filter(({ kind }) => kind === wanted);
        return [`${wanted}MedianMs`, quantile(ofKind, 0.5)] as const;
      });
      recordFigures("scale", {
        ...{ runs: RUNS, iterations: RUNS * POINTS, metricPoints: RUNS * POINTS * metricsOf(summary(1)) },
        ...{ rollouts: ROLLOUTS, tips: TIPS, interactions: interactions.length },
        ...{ medianMs: quantile(interactions, 0.5), p95Ms: p95, mostMs: quantile(interactions, 1) },
        ...Object.fromEntries(medians),
      });
      if (!LONG) process.stdout.write(`interactions at p95: ${p95.toFixed(1)} ms\n`);
      expect(p95).toBeLessThan(MOST_MS);
    } finally {
      await playground.close();
    }
  },
);
