/**
 * @file The page works offline after its first visit: a service worker keeps what it is made of. A newer version waits
 * until somebody asks for it, until the runs of this tab have paused and until no other tab trains; nothing is ever
 * reloaded by itself.
 */
import type { Workbox } from "workbox-window";
import { serviceWorkerUrl } from "../script-urls.ts";
import { addNote, usePage } from "../store/store.ts";
import { isRunning, pauseForReload, train } from "./live-runs.ts";

/** Held shared by every tab that trains, and alone while a newer version is taken. */
const TRAINING_LOCK = "empo2-training";
const LOOK_AGAIN_MS = 60 * 60 * 1000;

let workbox: Workbox | null = null;
/** Ends this tab's hold on the training lock. */
let releaseTraining: (() => void) | null = null;
let isReloadWanted = false;

/** Keeps the page for offline use, and watches for newer versions. Without service workers it just is not kept. */
export function startOffline(): void {
  addEventListener("vite:preloadError", (event) => {
    event.preventDefault();
    tellMissingPart();
  });
  usePage.subscribe(holdWhileTraining);
  if (import.meta.env.PROD && "serviceWorker" in navigator) void watchVersions().catch(() => undefined);
}

/** Registers the service worker, once the page is there. */
async function watchVersions(): Promise<void> {
  const { Workbox } = await import("workbox-window");
  const wb = new Workbox(serviceWorkerUrl());
  workbox = wb;
  wb.addEventListener("waiting", () => usePage.setState({ update: "waiting" }));
  wb.addEventListener("controlling", ({ isUpdate, isExternal }) => {
    if (isReloadWanted) location.reload();
    else if (isUpdate === true || isExternal === true) usePage.setState({ update: "taken" });
  });
  wb.register().catch(() => undefined); // for instance where site data is switched off
  setInterval(() => void wb.update().catch(() => undefined), LOOK_AGAIN_MS);
}

/** A part that this version loads late is gone: the page was replaced on its server, or there is no network. */
function tellMissingPart(): void {
  addNote(
    "error",
    "A part of this page could not be loaded: its files were replaced by newer ones, or there is no network. The run is saved after every iteration; pause it and reload when it suits you.",
    { label: "Pause and reload", run: () => void pausedForReload().then(() => location.reload()) },
  );
}

/** Tells other tabs that this one trains. */
function holdWhileTraining(): void {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  if (locks === undefined || isRunning() === (releaseTraining !== null)) return;
  if (releaseTraining !== null) {
    releaseTraining();
    releaseTraining = null;
    return;
  }
  const released = new Promise<void>((resolve) => (releaseTraining = resolve));
  locks.request(TRAINING_LOCK, { mode: "shared" }, () => released).catch(() => undefined);
}

/** Takes the newer version and reloads, when nothing trains any more. A run that was on goes on after the reload. */
export async function takeUpdate(): Promise<void> {
  const wasRunning = isRunning();
  usePage.setState({ update: "pausing" });
  await pausedForReload();
  const isTaken = await whileNoTabTrains(() => {
    isReloadWanted = true;
    workbox?.messageSkipWaiting();
  });
  if (isTaken) return;
  usePage.setState({ update: "waiting" });
  addNote("info", "Another tab trains a run. Pause it there first; the newer version waits.");
  if (wasRunning) train();
}

/** Resolves when the runs of this tab have paused, at once if none is on. */
function pausedForReload(): Promise<void> {
  if (!isRunning()) return Promise.resolve();
  pauseForReload();
  return new Promise((resolve) => {
    const stop = usePage.subscribe(() => {
      if (isRunning()) return;
      stop();
      resolve();
    });
  });
}

/** Whether the work was done: not if another tab trains. */
async function whileNoTabTrains(work: () => void): Promise<boolean> {
  const locks = (navigator as { readonly locks?: LockManager }).locks;
  holdWhileTraining();
  if (locks === undefined) {
    work();
    return true;
  }
  return locks.request(TRAINING_LOCK, { ifAvailable: true }, (lock) => {
    if (lock === null) return false;
    work();
    return true;
  });
}
