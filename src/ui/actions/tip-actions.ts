/** @file Changes of the memory by hand, each of which can be undone. */
import type { ShownTip } from "../store/memory-slice.ts";
import { plural } from "../format.ts";
import { addNote, shownView, usePage } from "../store/store.ts";
import { editTip } from "./run-requests.ts";

export function deleteTip({ id, stored }: ShownTip): void {
  editTip({ type: "delete", tipId: id });
  if (stored === null) return;
  addNote("info", `Tip ${id} is deleted; the next rollout does not see it.`, {
    label: "Undo",
    run: () => editTip({ type: "restore", tips: [stored] }),
  });
}

export function pinTip({ id, pinned }: ShownTip): void {
  editTip({ type: "pin", tipId: id, pinned: !pinned });
}

/** Deletes all tips of the run that is shown. */
export function clearTips(): void {
  const tips = shownView(usePage.getState())?.memory.tips ?? [];
  editTip({ type: "clear" });
  addNote("info", `${plural(tips.length, "tip")} deleted: the memory is empty.`, {
    label: "Undo",
    run: () => editTip({ type: "restore", tips: tips.flatMap(({ stored }) => (stored === null ? [] : [stored])) }),
  });
}
