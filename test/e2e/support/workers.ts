/** @file Faults of training workers, injected from within the page: before a page's scripts run, or while it trains. */
import type { Page } from "playwright-core";

/** Beats every second, so that nobody waits for three quarters of a minute for a hanging worker to be noticed. */
export const QUICK_BEATS = `{
  const plain = globalThis.setInterval;
  globalThis.setInterval = (work, ms, ...rest) => plain(work, ms === 5000 ? 1000 : ms, ...rest);
}`;

/** Throws outside of any promise in the page's newest worker, as a fault of the program would. */
export async function throwInWorker(page: Page, message: string): Promise<void> {
  await page
    .workers()
    .at(-1)!
    .evaluate((text) => {
      setTimeout(() => {
        throw new Error(text);
      });
    }, message);
}
