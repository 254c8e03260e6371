/** @file One tab trains a run: a Web Lock named by it, which the browser frees when the tab or its worker ends. */

/** After a reload the worker of the old page may hold the lock for a moment. */
const WAIT_MS = 3000;

/** Takes the run's lock; null if another tab keeps it. Where there are no locks (plain http), it is always free. */
export async function lockRun(runId: string): Promise<(() => void) | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks === undefined) return () => undefined;
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((release) => resolve(release));
    locks.request(`run:${runId}`, { signal: AbortSignal.timeout(WAIT_MS) }, held).catch((error: unknown) => {
      const isTimeout = error instanceof DOMException && ["TimeoutError", "AbortError"].includes(error.name);
      if (isTimeout) resolve(null);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}
