/** @file The base policy's file: shipped beside the page, or pretrained in this browser and kept in its database. */
import { CheckpointError, StorageError } from "../core/base/errors.ts";
import type { Progress } from "../protocol/messages.ts";
import { pretrainedName, settingOfBase } from "../protocol/pretrained-bases.ts";
import type { RunStore } from "../storage/run-store.ts";
import { pretrainBase } from "./base-pretraining.ts";
import type { PretrainRequest } from "./run-host-ports.ts";

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Trains a base policy on the current backend and keeps it in the database, unless it ended early.
 *
 * @throws {StorageError} before any work if this browser keeps nothing
 */
export async function pretrainHere(
  request: PretrainRequest,
  store: Pick<RunStore, "writeSetting" | "problem">,
  nextTask: () => Promise<void>,
): Promise<void> {
  if (store.problem !== null) throw new StorageError(`pretrain: a database to keep it in. ${store.problem}`);
  const start = performance.now();
  const file = await pretrainBase(request, async (tokensDone) => {
    request.onProgress(pretrainingProgress(tokensDone / request.tokens, performance.now() - start));
    await nextTask();
    return request.goesOn();
  });
  if (file !== null) await store.writeSetting(settingOfBase(pretrainedName(request)), file);
}

function pretrainingProgress(share: number, elapsedMs: number): Progress {
  const fraction = Math.min(1, share);
  const remainingMs = (elapsedMs * (1 - fraction)) / fraction;
  return { stage: "pretraining", fraction, remainingMs, text: "Training a base policy on made-up worlds" };
}

/**
 * The file of a base policy.
 *
 * @throws {CheckpointError} with a sentence if there is none
 */
export async function loadBaseFile(
  name: string,
  store: Pick<RunStore, "readSetting">,
  onProgress: (progress: Progress) => void,
): Promise<Uint8Array> {
  const own = await store.readSetting(settingOfBase(name)).catch(() => undefined);
  if (own instanceof Uint8Array) return own;
  // The worker's script lies in a folder beside `base`, whatever path the page is served from.
  const url = new URL(`../base/${name}.safetensors`, self.location.href);
  try {
    return await download(url, onProgress);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new CheckpointError(`The base policy “${name}” could not be loaded: ${cause}`, { cause: error });
  }
}

async function download(url: URL, onProgress: (progress: Progress) => void): Promise<Uint8Array> {
  const start = performance.now();
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}.`);
  const total = Number(response.headers.get("Content-Length") ?? 0);
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes.`);
    onProgress(loadingProgress(size, total, performance.now() - start));
  }
  return joined(parts, size);
}

function loadingProgress(size: number, total: number, elapsedMs: number): Progress {
  const fraction = total > 0 ? Math.min(1, size / total) : null;
  const remainingMs = fraction === null ? null : (elapsedMs * (1 - fraction)) / fraction;
  return { stage: "loading", fraction, remainingMs, text: "Loading the base policy" };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
