/** @file How often a run lost its GPU, and when to stop asking for it. */
import type { BackendChoice, BackendName } from "../protocol/messages.ts";

/** Losses that lie further back than this, milliseconds, count no more: a laptop that sleeps every night keeps its GPU. */
const MEMORY_MS = 10 * 60_000;
/** After so many in that time the GPU is not asked for again. */
const MOST_LOSSES = 3;
const ADVICE = "Restart the browser to get the GPU back.";

/** The losses of one worker. */
export class GpuLosses {
  #times: number[] = [];
  #isGivenUp = false;

  /** Notes a loss. False if the GPU had been given up already, so that something else must be wrong. */
  note(now: number): boolean {
    if (this.#isGivenUp) return false;
    this.#times = [...this.#times.filter((time) => now - time < MEMORY_MS), now];
    this.#isGivenUp = this.#times.length >= MOST_LOSSES;
    return true;
  }

  /** What to ask for now. */
  choice(wanted: BackendChoice): BackendChoice {
    return this.#isGivenUp && (wanted === "auto" || wanted === "webgpu") ? "wasm" : wanted;
  }

  /** What to tell a person whose run uses this backend now; null before the first loss. */
  advice(backend: BackendName): string | null {
    if (this.#times.length === 0 || backend === "webgpu") return null;
    const times =
      this.#times.length === 1 ? "once" : this.#times.length === 2 ? "twice" : `${this.#times.length} times`;
    return `The GPU was lost ${times}. ${ADVICE}`;
  }
}
