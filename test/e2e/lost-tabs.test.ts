/** @file Tabs that are reloaded in the middle of a save, crash, or are killed: every finished save is whole afterwards. */
import fc from "fast-check";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { recordFigures, sized } from "../support/long.ts";
import { openPlayground } from "./support/browser.ts";
import { crash, storedStates, type StoredState } from "./support/storage.ts";
import { press, storedEvents, tinyRun, waitForText, waitUntilSaved } from "./support/training.ts";

const WASM = { withoutWebGpu: true, suffix: tinyRun({ iterations: 100_000 }) };

/**
 * In the worker: at the next write to a store after it is armed, tells the page, which reloads at once, and holds the
 * transaction open for as long as it was armed with: for good, so that the reload comes in the middle of it, or for some
 * milliseconds, so that it comes about when it ends.
 */
const RELOADS_IN_SAVES = `{
  const channel = new BroadcastChannel("reload in a save");
  if (typeof document === "object") channel.onmessage = ({ data }) => {
    if (data.type !== "saving") return;
    sessionStorage.setItem("reloaded", data.id);
    location.reload();
  };
  else if (!globalThis.holdsSaves) {
    globalThis.holdsSaves = true; // once, although the worker is made of several scripts
    let armed = null;
    channel.onmessage = ({ data }) => { if (data.type === "arm") armed = data; };
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...values) {
      if (this.name === armed?.store) {
        const { holdMs } = armed;
        channel.postMessage({ ...armed, type: "saving" });
        armed = null;
        const request = put.apply(this, values);
        const end = performance.now() + holdMs;
        while (performance.now() < end);
        return request;
      }
      return put.apply(this, values);
    };
  }
}`;

/** Which write of a commit the reload comes at, and how many milliseconds the transaction is held open. */
interface Reload {
  readonly store: string;
  readonly holdMs: number;
}

async function reloadInSave(page: Page, reload: Reload, id: string): Promise<void> {
  const loaded = page.waitForEvent("load", { timeout: 60_000 });
  await page.evaluate((armed) => new BroadcastChannel("reload in a save").postMessage({ type: "arm", ...armed }), {
    ...reload,
    id,
  });
  await loaded;
  expect(await page.evaluate(() => sessionStorage.getItem("reloaded"))).toBe(id);
}

function expectSound([state, ...others]: readonly StoredState[], atLeast: number): number {
  expect(others).toEqual([]);
  const { head, isWhole, iterations, checkpoints } = state!;
  expect(head).toBeGreaterThanOrEqual(atLeast);
  expect(isWhole).toBe(true);
  expect(checkpoints).toContain(head);
  expect(iterations).toEqual(Array.from({ length: head! }, (_, i) => i + 1));
  return head!;
}

const RELOADS = sized(6, 50);
const reloads = fc.sample(
  fc.record({
    store: fc.constantFrom("checkpoints", "runs", "events", "tips"),
    holdMs: fc.oneof(fc.constant(20_000), fc.nat(60)),
  }),
  { numRuns: RELOADS, seed: 6 },
);

test(
  `a page that is reloaded ${RELOADS} times in the middle of a save has the state before or after it, never neither`,
  { timeout: RELOADS * 60_000 },
  async () => {
    const playground = await openPlayground({ ...WASM, prelude: RELOADS_IN_SAVES });
    const { page } = playground;
    const heads: number[] = [];
    try {
      await press(page, "train");
      await waitUntilSaved(page, 1);
      for (const [i, reload] of reloads.entries()) {
        await waitForText(page, "iteration", /[1-9]/);
        await waitUntilSaved(page, (heads.at(-1) ?? 0) + 1);
        await reloadInSave(page, reload, String(i));
        heads.push(expectSound(await storedStates(page), (heads.at(-1) ?? 0) + 1));
        const failures = await page.getByText(/is damaged|The run stopped/).count();
        expect(failures).toBe(0);
      }
      expect(heads).toHaveLength(RELOADS);
      recordFigures("reloads in the middle of a save", { reloads: RELOADS, iterations: heads.at(-1)! });
    } finally {
      await playground.close();
    }
  },
);

test("a tab that crashes is opened again and the run goes on from its last save", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 2);
    await crash(page);
    const again = await context.newPage();
    await again.goto(url);
    const head = expectSound(await storedStates(again), 2);
    await waitForText(again, "iteration", /[1-9]/);
    await waitUntilSaved(again, head + 1);
    const iterations = await storedEvents(again, "iterationFinished");
    expect(iterations.length).toBeGreaterThan(head);
  } finally {
    await playground.close();
  }
});

test("a run whose tab is killed is taken over by another one within a second", async () => {
  const playground = await openPlayground(WASM);
  const { page, context, url } = playground;
  try {
    await press(page, "train");
    await waitUntilSaved(page, 1);
    const second = await context.newPage();
    await second.goto(url);
    await second.getByText("This run is being trained in another tab.").waitFor({ timeout: 30_000 });
    await crash(page);
    await second.evaluate(`
      addEventListener("click", async () => {
        const start = performance.now();
        const isHeld = async () => (await navigator.locks.query()).held.some(({ name }) => name.startsWith("run:"));
        while (!(await isHeld())) await new Promise((resolve) => setTimeout(resolve, 5));
        globalThis.takenAfterMs = performance.now() - start;
      }, { once: true, capture: true });
    `);
    await press(second, "take-over");
    await second.waitForFunction(() => "takenAfterMs" in globalThis, undefined, { timeout: 30_000 });
    expect(await second.evaluate("globalThis.takenAfterMs")).toBeLessThan(1000);
    const [state] = await storedStates(second);
    await waitUntilSaved(second, state!.head! + 1);
  } finally {
    await playground.close();
  }
});
