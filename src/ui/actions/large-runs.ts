/** @file A link may ask for more memory than there is: people are asked before any of it is allocated. */
import { LARGE_RUN_BYTES, runBytes } from "../run-size.ts";
import { formatBytes } from "../format.ts";
import { addNote, usePage } from "../store/store.ts";

/** Starts what the form describes; if it is very large, only when people say so. */
export function whenSizeIsFine(start: () => void): void {
  const { settings, bases } = usePage.getState();
  const { draft } = settings;
  const bytes = runBytes(
    draft,
    bases.find(({ name }) => name === draft.base),
  );
  if (bytes <= LARGE_RUN_BYTES) {
    start();
    return;
  }
  const text = `These settings need about ${formatBytes(bytes)} of memory for the rollouts alone. Fewer rollouts a group or tasks an iteration need less.`;
  addNote("info", text, { label: "Start all the same", run: start });
}
