/** @file One run in a process of its own, which ends with this one; at most the iteration in flight is lost then. */
import { fork, type ChildProcess } from "node:child_process";
import type { RunConfig } from "../../core/training/run-config.ts";

/** A run to be made. */
export interface TrainWork {
  readonly folder: string;
  readonly config: RunConfig;
  /** File of the policy it begins with; null if the configuration's name is enough. */
  readonly baseFile: string | null;
  readonly backend: string;
  /** Whether a run that was interrupted goes on; else it begins anew. */
  readonly resume: boolean;
}

/** How a process ended. */
export interface TrainEnd {
  readonly code: number;
  /** What it said last on standard error. */
  readonly message: string;
}

const LAST_WORDS = 2000;

/** Makes the run, or goes on with it. What is there already is judged by the process that then has the folder. */
export function trainInProcess(work: TrainWork): { readonly child: ChildProcess; readonly end: Promise<TrainEnd> } {
  const { folder, config, baseFile, backend, resume } = work;
  const base = baseFile === null ? [] : ["--base-file", baseFile];
  const how = ["--config", "-", "--if-begun", resume ? "finish" : "replace"];
  const flags = ["--out", folder, "--backend", backend, "--checkpoint-every", "1"];
  const main = new URL("../main.ts", import.meta.url);
  const child = fork(main, ["train", ...how, ...base, ...flags], { silent: true });
  // One that goes on with a run, or finds it taken, does not read it.
  child.stdin!.on("error", () => undefined).end(JSON.stringify(config));
  let message = "";
  child.stderr!.on("data", (text: Buffer) => {
    message = (message + text.toString()).slice(-LAST_WORDS);
    if (process.env["SWEEP_VERBOSE"] === "1") process.stderr.write(text);
  });
  const end = new Promise<TrainEnd>((resolve) => child.on("exit", (code) => resolve({ code: code ?? 1, message })));
  return { child, end };
}
