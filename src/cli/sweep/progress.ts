/** @file What a sweep tells while it goes on: each result, what is done, and about how long the rest takes. */
import { DEFAULT_CONFIG } from "../../core/training/run-config.ts";
import { resultLine } from "../../experiments/result-lines.ts";
import { estimatedSeconds, workload, type TimedRun } from "../../experiments/workload.ts";
import { printJson, printProgress } from "../output.ts";
import { readRun } from "../stored-results.ts";
import type { Job } from "./jobs.ts";

/** Tells what happens to the jobs of a sweep. */
export class SweepProgress {
  readonly #json: boolean;
  readonly #start = performance.now();
  #doneWork = 0;
  #leftWork: number;
  #done = 0;
  readonly #elsewhere = new Set<Job>();

  constructor(open: readonly Job[], json: boolean) {
    this.#json = json;
    this.#leftWork = open.reduce((total, { run }) => total + workload(run.config), 0);
  }

  /** A job has its result. */
  finished(job: Job): void {
    this.#count(job, "finished");
    if (!this.#json) return;
    const run = readRun(job.folder);
    const line = run === null ? null : resultLine(job.experiment, run);
    if (line !== null) printJson(line);
  }

  /** A job ended without a result. */
  failed(job: Job, reason: string): void {
    this.#count(job, `FAILED: ${reason}`);
    process.exitCode = 1;
  }

  /** Another process makes the run; told once. */
  elsewhere(job: Job): void {
    if (this.#elsewhere.has(job)) return;
    this.#elsewhere.add(job);
    printProgress(`${job.folder} is being made by another process; waiting for it`);
  }

  #count({ folder, run }: Job, what: string): void {
    const work = workload(run.config);
    this.#done += 1;
    this.#doneWork += work;
    this.#leftWork -= work;
    const minutes = (performance.now() - this.#start) / 60_000;
    const left = (minutes / this.#doneWork) * this.#leftWork;
    printProgress(
      `${folder} ${what}; ${this.#done} done in ${minutes.toFixed(1)} min, about ${left.toFixed(0)} min left`,
    );
  }
}

/** What is planned and what is to do, in a sentence; with an estimate where runs have been timed. */
export function planText(all: readonly Job[], open: readonly Job[], timed: readonly TimedRun[]): string {
  const seconds = estimatedSeconds(
    open.map(({ run }) => ({ ...DEFAULT_CONFIG, ...run.config })),
    timed,
  );
  const text = `${all.length} runs planned, ${open.length} to do`;
  if (seconds === null || open.length === 0) return text;
  return `${text}, about ${Math.max(1, Math.round(seconds / 60))} core-minutes`;
}
