/** @file Work that may fail. */
import { asSentence } from "../format.ts";
import { addNote } from "../store/store.ts";
import { messageOf } from "../worker-client.ts";

/** Runs something that may fail, and tells the visitor if it did. */
export function attempt(what: string, work: () => Promise<void>): void {
  work().catch((error: unknown) => addNote("error", `${what} ${asSentence(messageOf(error))}`));
}
