/** @file A run that is ended takes with it what could not be saved: people are asked before. */
import { addNote, usePage } from "../store/store.ts";

/** Whether a live run has done something that is not in the database. */
export function isAnythingUnsaved(): boolean {
  const { liveKeys, views } = usePage.getState();
  return liveKeys.some((key) => {
    const { worker = null, run } = views[key] ?? {};
    return worker?.state !== "elsewhere" && worker?.saved?.error != null && (run?.iteration ?? 0) > 0;
  });
}

/** Ends the live runs; if that loses anything, only when people say so. */
export function whenSaved(end: () => void): void {
  if (!isAnythingUnsaved()) {
    end();
    return;
  }
  const text = "What this run has learned since its last save would be lost. Save everything to a file before.";
  addNote("error", text, { label: "Lose it", run: end });
}
