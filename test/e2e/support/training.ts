/** @file What the training tests do with the page: links to tiny runs, the buttons, a look into its database. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { openPlayground } from "./browser.ts";

type Playground = Awaited<ReturnType<typeof openPlayground>>;

/** For WebGPU in software, where a token takes half a second: short actions and tips. */
export const SHORT_RUN = { iterations: 50, maxActionTokens: 2, maxTipTokens: 3 };

/** Link to a run that a slow machine can do: one task, two rollouts, no evaluation on the way, no second method. */
export function tinyRun(settings: Readonly<Record<string, string | number>> = {}): string {
  const tiny = { method: "empo2", tasksPerIteration: 1, groupSize: 2, trainVariations: 1 };
  const all = { v: 1, race: 0, ...tiny, evaluateEvery: 0, evaluationEpisodes: 1, ...settings };
  return `#${Object.entries(all)
    .map(([key, value]) => `${key}=${value}`)
    .join("&")}`;
}

/** Presses a button by its test id. */
export async function press(page: Page, testId: string): Promise<void> {
  await page.getByTestId(testId).click();
}

/** Opens a view from the menu of the page's bar. */
export async function openView(page: Page, title: string): Promise<void> {
  await press(page, "views");
  await page.getByRole("menuitem", { name: title, exact: true }).click();
}

/** Waits until the page says that this iteration, or a later one, is saved. */
export async function waitUntilSaved(page: Page, iteration: number, timeoutMs = 60_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const text = document.querySelector('[data-testid="saved"]')?.textContent ?? "";
      return Number(/saved at (\d+)/.exec(text)?.[1] ?? -1) >= wanted;
    },
    iteration,
    { timeout: timeoutMs },
  );
}

/** Waits for a text of an element named by its test id. */
export async function waitForText(page: Page, testId: string, pattern: RegExp, timeoutMs = 60_000): Promise<void> {
  await page.waitForFunction(
    ({ id, source }) => new RegExp(source).test(document.querySelector(`[data-testid="${id}"]`)?.textContent ?? ""),
    { id: testId, source: pattern.source },
    { timeout: timeoutMs },
  );
}

/** What the page's database holds, read past the page. */
export interface DatabaseContent {
  readonly runs: readonly { readonly runId: string; readonly head: number | null; readonly finished: boolean }[];
  readonly checkpoints: readonly [string, number][];
  readonly tipCount: number;
  readonly events: readonly { readonly type: string; readonly [key: string]: unknown }[];
}

/** Reads the page's real IndexedDB. */
export function readDatabase(page: Page): Promise<DatabaseContent> {
  return page.evaluate(async () => {
    const settle = <Result>(request: IDBRequest<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB"));
      });
    const database = await settle(indexedDB.open("empo2-playground"));
    const stores = database.transaction(["runs", "checkpoints", "tips", "events"]);
    const chunks = (await settle(stores.objectStore("events").getAll())) as { events: { type: string }[] }[];
    const content = {
      runs: (await settle(stores.objectStore("runs").getAll())) as { runId: string; head: number; finished: boolean }[],
      checkpoints: (await settle(stores.objectStore("checkpoints").getAllKeys())) as [string, number][],
      tipCount: await settle(stores.objectStore("tips").count()),
      events: chunks.flatMap(({ events }) => events),
    };
    database.close();
    return content;
  });
}

/** The events of one type in the page's database. */
export async function storedEvents(page: Page, type: string): Promise<DatabaseContent["events"]> {
  const { events } = await readDatabase(page);
  return events.filter((event) => event.type === type);
}

/** Nothing went wrong on the page and in its worker, and nothing was asked of another origin. */
export function expectQuiet({ consoleErrors, cspViolations, foreignRequests }: Playground): void {
  expect({ consoleErrors, cspViolations, foreignRequests }).toEqual({
    consoleErrors: [],
    cspViolations: [],
    foreignRequests: [],
  });
}
