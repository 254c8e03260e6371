/**
 * @file Web Locks, which the browser frees when a tab or its worker ends. One tab trains a run: another one asks for its
 * lock on a channel of the same name; only a holder that does not let go in time is robbed.
 */

/** After a reload, or when a hanging worker was ended, the old worker may hold the lock for a moment. */
const WAIT_MS = 5000;

/** What a holder has to finish its iteration, save it and let go. */
const LET_GO_MS = 15_000;

/** How a run is locked. */
export interface LockRequest {
  /** Asks another holder to let go, and takes the lock from one that does not. */
  readonly takeOver: boolean;
  /** Called when another tab asks for the lock, which should then be released soon. */
  readonly onWanted: () => void;
  /** Called when another tab took the lock. */
  readonly onStolen: () => void;
}

type Release = () => void;

/** Takes the run's lock; null if another tab keeps it. Where there are no locks (plain http), it is always free. */
export async function lockRun(runId: string, { takeOver, onWanted, onStolen }: LockRequest): Promise<Release | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  if (locks === undefined) return () => undefined;
  const name = `run:${runId}`;
  if (takeOver) askToLetGo(name);
  const waiting = { signal: AbortSignal.timeout(takeOver ? LET_GO_MS : WAIT_MS) };
  let release = await holdLock(onStolen, (held) => locks.request(name, waiting, held));
  if (release === null && takeOver) {
    release = await holdLock(onStolen, (held) => locks.request(name, { steal: true }, held));
  }
  if (release === null) return null;
  const unlock = release;
  const channel = new BroadcastChannel(name);
  channel.onmessage = onWanted;
  return () => {
    channel.close();
    unlock();
  };
}

/** Does a work when nobody else in this browser does one of the same name; at once where there are no locks. */
export async function oneAtATime<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? work() : locks.request(name, work);
}

function askToLetGo(name: string): void {
  const channel = new BroadcastChannel(name);
  channel.postMessage("wanted");
  channel.close();
}

/** Resolves with the lock's release when it is granted, with null when the wait for it timed out. */
function holdLock(
  onStolen: () => void,
  request: (held: () => Promise<void>) => Promise<unknown>,
): Promise<Release | null> {
  return new Promise((resolve, reject) => {
    let isHeld = false;
    const held = (): Promise<void> =>
      new Promise((release) => {
        isHeld = true;
        resolve(release);
      });
    request(held).catch((error: unknown) => {
      const isTimeout = error instanceof DOMException && ["TimeoutError", "AbortError"].includes(error.name);
      if (isHeld) onStolen();
      else if (isTimeout) resolve(null);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}
