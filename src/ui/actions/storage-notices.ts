/** @file Tells the visitor what happened to stored data, and offers what can be done about it. */
import type { WorkerMessage } from "../../protocol/messages.ts";
import { asSentence } from "../format.ts";
import { addNote, usePage } from "../store/store.ts";

/** An outdated page is told in the status line, as long as it is open. */
export function noticeStorage({ incident, text }: Extract<WorkerMessage, { readonly type: "storage" }>): void {
  if (incident === "outdated") return;
  const isDamaged = incident === "damaged";
  addNote("error", isDamaged ? `${asSentence(text)} The damaged state is kept for you to save.` : asSentence(text), {
    label: isDamaged ? "Show it" : "Save everything to a file",
    run: () => usePage.setState({ isSavedOpen: true }),
  });
}
