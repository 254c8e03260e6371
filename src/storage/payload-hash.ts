import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { PAYLOAD_SCHEMA, type StoredCheckpoint } from "./schema.ts";

/** A checkpoint as it is stored, with its hash. */
export function newCheckpoint(runId: string, iteration: number, payload: Uint8Array<ArrayBuffer>): StoredCheckpoint {
  return { runId, iteration, schema: PAYLOAD_SCHEMA, payload, sha256: bytesToHex(sha256(payload)) };
}

/** Whether a checkpoint is of a shape that is known and fits its hash. */
export function isWhole({ schema, payload, sha256: hash }: StoredCheckpoint): boolean {
  return schema === PAYLOAD_SCHEMA && bytesToHex(sha256(payload)) === hash;
}
