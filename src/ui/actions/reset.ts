/** @file Ends the live runs so that new ones can begin, and takes that back. */
import { addNote, usePage } from "../store/store.ts";
import { readSession, writeSession, type StoredSession } from "./browser-memory.ts";
import { endRuns, resumeStoredRun } from "./live-runs.ts";
import { isAnythingUnsaved, whenSaved } from "./unsaved-runs.ts";

/** Ends the runs; their curves stay on the page. A new seed changes the form. */
export function reset(seed: "same" | "new"): void {
  whenSaved(() => resetRuns(seed));
}

function resetRuns(seed: "same" | "new"): void {
  const session = readSession();
  const { liveKeys } = usePage.getState();
  const canComeBack = session !== null && liveKeys.length > 0 && !isAnythingUnsaved();
  endRuns();
  if (canComeBack) {
    addNote("info", "The run is reset; what it had learned is still stored.", {
      label: "Undo",
      run: () => bringBack(session, liveKeys),
    });
  }
  if (seed === "new") {
    const [random] = crypto.getRandomValues(new Uint16Array(1));
    usePage.setState(({ settings }) => ({ settings: { ...settings, draft: { ...settings.draft, seed: random! } } }));
  }
}

/** Undoes a reset: the stored runs take the place of their curves, paused. */
function bringBack(session: StoredSession, keys: readonly string[]): void {
  endRuns();
  usePage.setState(({ order, views }) => ({
    order: order.filter((key) => !keys.includes(key)),
    views: Object.fromEntries(Object.entries(views).filter(([key]) => !keys.includes(key))),
  }));
  writeSession({ ...session, wasRunning: false, attempts: 0 });
  resumeStoredRun(null);
}
