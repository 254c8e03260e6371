/** @file SHA-256 fingerprints that tell whether two runs are the same, draw for draw. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { NamedTensors } from "../policy/policy.ts";
import type { Trajectory } from "../rollout/trajectory.ts";

/** Hash of a run without rollouts yet. */
export const EMPTY_ROLLOUTS_HASH = "0".repeat(64);

/** The hash after these rollouts: covers the one before, all tokens and all scores, in order. */
export function extendRolloutsHash(previous: string, trajectories: readonly Trajectory[]): string {
  const hash = sha256.create();
  hash.update(utf8ToBytes(previous));
  for (const { rolloutId, sequence, score, mode } of trajectories) {
    hash.update(utf8ToBytes(`${rolloutId} ${mode} ${score} ${sequence.tokens.join(" ")}\n`));
  }
  return bytesToHex(hash.digest());
}

/** Hash of all weights, by name. */
export function weightsHash(weights: NamedTensors): string {
  const hash = sha256.create();
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name)!;
    hash.update(utf8ToBytes(`${name} ${shape.join("×")}\n`));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return bytesToHex(hash.digest());
}
