import { StorageError } from "../core/base/errors.ts";

const SENTENCES: Readonly<Record<string, string>> = {
  QuotaExceededError: "The browser has no room left for this page. Free some disk space or delete old runs.",
  VersionError:
    "The saved runs were written by a newer version of this page and are left untouched. Reload to get that version.",
  SecurityError: "The browser does not let this page store anything. Allow site data for it to keep runs.",
  InvalidStateError: "The browser closed its database, as some do in private windows.",
  AbortError: "The browser closed its database while it was written, and did so again.",
  UnknownError: "The browser could not read or write its database on disk.",
  NotFoundError: "The browser's database of this page is damaged: a part of it is missing.",
  DataCloneError: "Something in this run cannot be stored.",
};

/** The sentence for what went wrong when the browser's storage was used; `operation` says what was tried. */
export function toStorageError(operation: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  const sentence = SENTENCES[name] ?? `The browser's storage failed (${String(error)}).`;
  return new StorageError(`${operation}: ${sentence}`, { cause: error });
}

/** Whether something could not be written because the browser gives this page no more room. */
export function isOutOfRoom(error: unknown): boolean {
  return (
    error instanceof StorageError && error.cause instanceof DOMException && error.cause.name === "QuotaExceededError"
  );
}
