import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { PAYLOAD_SCHEMA, type StoredCheckpoint } from "./schema.ts";

/** A checkpoint as it is stored, with its hash. */
export function newCheckpoint(runId: string, iteration: number, payload: Uint8Array<ArrayBuffer>): StoredCheckpoint {
  return { runId, iteration, schema: PAYLOAD_SCHEMA, payload, sha256: bytesToHex(sha256(payload)) };
}

/** Whether a checkpoint is there, of a shape that is known, and fits its hash. */
export function isWhole(checkpoint: StoredCheckpoint | undefined): checkpoint is StoredCheckpoint {
  return (
    checkpoint !== undefined &&
    checkpoint.schema === PAYLOAD_SCHEMA &&
    bytesToHex(sha256(checkpoint.payload)) === checkpoint.sha256
  );
}
