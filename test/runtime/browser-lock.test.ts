/** @file Taking a run over from another tab, with a lock manager like the browser's and Node's own BroadcastChannel. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lockRun, type LockRequest } from "../../src/runtime/browser-lock.ts";

interface Options {
  readonly signal?: AbortSignal;
  readonly steal?: boolean;
}
type Held = () => Promise<void>;

/** One exclusive lock by name, with time limits and stealing, as the Web Locks specification has them. */
class OneLock {
  #reject: ((error: DOMException) => void) | null = null;
  #waiting: (() => void)[] = [];

  request(_name: string, { signal, steal }: Options, held: Held): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        this.#reject = reject;
        void held().then(() => {
          if (this.#reject !== reject) return; // stolen before
          this.#reject = null;
          resolve();
          this.#waiting.shift()?.();
        });
      };
      if (steal === true) this.#reject?.(new DOMException("stolen", "AbortError"));
      if (steal === true || this.#reject === null) {
        grant();
        return;
      }
      this.#waiting.push(grant);
      signal?.addEventListener("abort", () => {
        this.#waiting = this.#waiting.filter((other) => other !== grant);
        reject(signal.reason as DOMException);
      });
    });
  }
}

const QUIET: LockRequest = { takeOver: false, onWanted: () => undefined, onStolen: () => undefined };

let releases: (() => void)[] = [];

/** `lockRun`; what it took is released after the test. */
async function lock(runId: string, request: LockRequest): Promise<(() => void) | null> {
  const release = await lockRun(runId, request);
  if (release !== null) releases.push(release);
  return release;
}

beforeEach(() => {
  vi.stubGlobal("navigator", { locks: new OneLock() });
  // The waits of the real lock, a hundred times as fast.
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => timeout(ms / 100));
});
afterEach(() => {
  for (const release of releases) release();
  releases = [];
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a lock that is held is not taken, and its holder is not asked", async () => {
  const onWanted = vi.fn();
  const release = await lock("a", { ...QUIET, onWanted });
  expect(await lock("a", QUIET)).toBeNull();
  expect(onWanted).not.toHaveBeenCalled();
  release?.();
  expect(await lock("a", QUIET)).not.toBeNull();
});

test("a holder that is asked lets go, and is not robbed", async () => {
  const onStolen = vi.fn();
  const release = await lock("a", { ...QUIET, onWanted: () => release?.(), onStolen });
  expect(await lock("a", { ...QUIET, takeOver: true })).not.toBeNull();
  expect(onStolen).not.toHaveBeenCalled();
});

test("a holder that does not answer is robbed after a while, and is told", async () => {
  const onStolen = vi.fn();
  await lock("a", { ...QUIET, onStolen });
  expect(await lock("a", { ...QUIET, takeOver: true })).not.toBeNull();
  expect(onStolen).toHaveBeenCalledOnce();
  expect(await lock("a", QUIET)).toBeNull();
});

test("only the holder of the same run is asked, and not after it let go", async () => {
  const onWanted = vi.fn();
  await lock("b", { ...QUIET, onWanted }).then((release) => release?.());
  const release = await lock("a", { ...QUIET, takeOver: true });
  expect(release).not.toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(onWanted).not.toHaveBeenCalled();
});

test("where the browser has no locks, every run is free", async () => {
  vi.stubGlobal("navigator", {});
  expect(await lock("a", QUIET)).not.toBeNull();
  expect(await lock("a", QUIET)).not.toBeNull();
});
