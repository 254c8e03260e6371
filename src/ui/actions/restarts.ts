/** @file When workers that die again and again are not to be replaced any more. */

/** Restarts in this time without a finished iteration are a crash loop. */
const WINDOW_MS = 5 * 60_000;
const MOST_RESTARTS = 3;

/** The restarts of the page's workers. */
export class Restarts {
  #times: number[] = [];

  /** Notes that a worker died. False if it is not to be replaced: it died too often in too short a time. */
  mayRestart(now: number): boolean {
    this.#times = this.#times.filter((time) => now - time < WINDOW_MS);
    if (this.#times.length >= MOST_RESTARTS) return false;
    this.#times.push(now);
    return true;
  }

  /** A finished iteration shows that workers live. */
  reset(): void {
    this.#times = [];
  }
}
