/**
 * @file The file of a backup: a mark of 16 bytes, then records one after the other, each with its lengths and its
 * SHA-256, and one at the end that counts them. Nothing is compressed, so nothing can be larger than the file; a file that
 * was cut off or damaged gives every record that is whole.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { CheckpointError } from "../core/base/errors.ts";

const MARK = new TextEncoder().encode("EMPO2-BACKUP-001");
const HASH_BYTES = 32;
const HEAD_BYTES = 8 + HASH_BYTES;
/** Larger files are refused before they are read. */
const MAX_FILE_BYTES = 2 * 2 ** 30;
/** Larger records are refused before they are read: a checkpoint has at most this many bytes, and so have its events. */
const MAX_RECORD_BYTES = 256 * 2 ** 20;

/** One entry of a backup. */
export type BackupRecord =
  /** The rows that follow come from a database of this version. */
  | { readonly type: "database"; readonly version: number }
  | {
      readonly type: "row";
      readonly store: string;
      readonly key: unknown;
      readonly value: unknown;
      /** With the header of a run: how many rows of it follow. */
      readonly rows?: number | undefined;
    }
  /** A record that does not fit its hash. */
  | { readonly type: "damaged" }
  /** Missing if the file was cut off. */
  | { readonly type: "end"; readonly count: number };

/** The first bytes of a backup. */
export function backupMark(): Uint8Array<ArrayBuffer> {
  return MARK.slice();
}

/** A record's bytes. Its value is plain data that may contain byte arrays. */
export function encodeRecord(record: BackupRecord): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const text = JSON.stringify(record, (_key, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value;
    parts.push(value);
    size += value.length;
    return { $bytes: [size - value.length, value.length] };
  });
  const json = new TextEncoder().encode(text);
  const bytes = new Uint8Array(HEAD_BYTES + json.length + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, json.length, true);
  view.setUint32(4, size, true);
  bytes.set(json, HEAD_BYTES);
  let at = HEAD_BYTES + json.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  bytes.set(sha256(bytes.subarray(HEAD_BYTES)), 8);
  return bytes;
}

/**
 * The records of a file, read one at a time.
 *
 * @throws {CheckpointError} if the file is no backup or too large
 */
export async function* readRecords(file: Blob): AsyncGenerator<BackupRecord> {
  if (file.size > MAX_FILE_BYTES) {
    throw new CheckpointError(`restore: a file of at most ${MAX_FILE_BYTES} bytes, got ${file.size}`);
  }
  const mark = await bytesOf(file, 0, MARK.length);
  if (mark.length !== MARK.length || !mark.every((byte, i) => byte === MARK[i])) {
    throw new CheckpointError("restore: a backup saved by this page, got another file");
  }
  let at = MARK.length;
  while (at + HEAD_BYTES <= file.size) {
    const head = await bytesOf(file, at, HEAD_BYTES);
    const view = new DataView(head.buffer);
    const [jsonSize, binarySize] = [view.getUint32(0, true), view.getUint32(4, true)];
    const size = jsonSize + binarySize;
    if (size > MAX_RECORD_BYTES || at + HEAD_BYTES + size > file.size) return; // cut off, or its length is damaged
    const body = await bytesOf(file, at + HEAD_BYTES, size);
    at += HEAD_BYTES + size;
    const hash = sha256(body);
    const isWhole = hash.every((byte, i) => byte === head[8 + i]);
    yield isWhole ? decodeRecord(body.subarray(0, jsonSize), body.subarray(jsonSize)) : { type: "damaged" };
  }
}

async function bytesOf(file: Blob, at: number, size: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(at, at + size).arrayBuffer());
}

/** A hash proves that nothing was damaged, not that nobody made it up: anything odd counts as damaged. */
function decodeRecord(json: Uint8Array, binary: Uint8Array<ArrayBuffer>): BackupRecord {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json), (_key, part: unknown) =>
      withBytes(part, binary),
    );
    return isRecord(value) ? value : { type: "damaged" };
  } catch {
    return { type: "damaged" };
  }
}

function withBytes(part: unknown, binary: Uint8Array<ArrayBuffer>): unknown {
  if (typeof part !== "object" || part === null || !Object.hasOwn(part, "$bytes")) return part;
  const range = (part as { readonly $bytes: unknown }).$bytes;
  const [start, size] = Array.isArray(range) ? (range as unknown[]) : [];
  if (!isCount(start) || !isCount(size) || start + size > binary.length)
    throw new RangeError("bytes outside the record");
  return binary.slice(start, start + size);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is BackupRecord {
  return typeof value === "object" && value !== null && "type" in value && hasFields(value);
}

function hasFields(value: object & Record<"type", unknown>): boolean {
  if (value.type === "database") return "version" in value && isCount(value.version);
  if (value.type === "end") return "count" in value && isCount(value.count);
  if (value.type !== "row" || !("store" in value) || typeof value.store !== "string" || !("value" in value))
    return false;
  return !("rows" in value) || isCount(value.rows);
}
