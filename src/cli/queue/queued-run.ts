/** @file A run as it goes through a queue: what a worker is told, and the files that it sends back. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { ConfigError } from "../../core/base/errors.ts";
import type { RunConfig } from "../../core/training/run-config.ts";
import { writeFileAtomically } from "../file-store.ts";

/** What a worker needs to make a run. */
export interface QueuedRun {
  readonly experiment: string;
  readonly run: string;
  readonly config: RunConfig;
  /** File of the policy it begins with, in base64; null if every checkout has it. */
  readonly baseFile: string | null;
  /** Whether other runs begin with its policy. */
  readonly sendsCheckpoint: boolean;
}

/** Files by name, each compressed and in base64. */
export type SentFiles = Readonly<Record<string, string>>;

/** The files of a run, its result last: where that is, the others are. */
const FILES = ["config.json", "events.jsonl", "checkpoint.safetensors", "summary.json"];

/** The same for the same run, so that a queue takes it once however often it is added. */
export function jobIdOf(queued: QueuedRun): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(queued))));
}

/** A queue takes runs of one commit: workers at another one must not mix their results in. */
export function queueName(commit: string): string {
  return `empo2-runs-${commit}`;
}

/** The files of a finished run. */
export function packRun(folder: string, { sendsCheckpoint }: QueuedRun): SentFiles {
  const names = FILES.filter((name) => sendsCheckpoint || name !== "checkpoint.safetensors");
  return Object.fromEntries(
    names
      .filter((name) => existsSync(join(folder, name)))
      .map((name) => [name, gzipSync(readFileSync(join(folder, name))).toString("base64")]),
  );
}

/**
 * Writes a run's files; the result last.
 *
 * @throws {ConfigError} and writes nothing if they are not a finished run of this configuration
 */
export function unpackRun(folder: string, files: SentFiles, { config, run }: QueuedRun): void {
  const contents = new Map(
    FILES.flatMap((name) => {
      const file = files[name];
      return file === undefined ? [] : [[name, gunzipSync(Buffer.from(file, "base64"))] as const];
    }),
  );
  const summary = contents.get("summary.json");
  if (summary === undefined) throw new ConfigError(`queue: a finished run, got ${run} without its summary`);
  const made = JSON.parse(summary.toString()) as { readonly config?: unknown };
  if (JSON.stringify(made.config) !== JSON.stringify(config)) {
    throw new ConfigError(`queue: the run that was asked for, got ${run} with other settings`);
  }
  for (const [name, content] of contents) writeFileAtomically(join(folder, name), content);
}
