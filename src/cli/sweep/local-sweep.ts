/**
 * @file A sweep on this machine: a process per run, so many at a time. What another process makes meanwhile, another sweep
 * into the same folder for one, is waited for and taken over if it dies.
 */
import { LOCKED_EXIT_CODE, writerOf } from "../run-lock.ts";
import { baseFileOf, isFinished, isReady, openJobs, type Job } from "./jobs.ts";
import type { SweepProgress } from "./progress.ts";
import { trainInProcess } from "./train-process.ts";

/** How a sweep is done. */
export interface LocalSweep {
  readonly out: string;
  readonly processes: number;
  readonly backend: string;
  /** Whether runs that were interrupted go on; else they begin anew. */
  readonly resume: boolean;
}

/** Time between two looks at what others make. */
const LOOK_MS = 1000;

/** Does the jobs, in order as far as their bases are there. What waits for a base that failed is told and left. */
export async function sweepHere(jobs: readonly Job[], sweep: LocalSweep, progress: SweepProgress): Promise<void> {
  const waiting = new Set(jobs);
  const running = new Set<Promise<void>>();
  const begin = (job: Job): void => {
    waiting.delete(job);
    const work = perform(job, sweep, progress).then((isTaken) => {
      running.delete(work);
      if (isTaken) waiting.add(job);
    });
    running.add(work);
  };
  for (;;) {
    for (const job of madeMeanwhile(waiting, sweep.out)) {
      waiting.delete(job);
      progress.finished(job);
    }
    const isFree = running.size < sweep.processes;
    const others = [...waiting].filter(({ folder }) => writerOf(folder) !== null);
    for (const job of others) progress.elsewhere(job);
    const next = [...waiting].find((job) => !others.includes(job) && isReady(job, sweep.out));
    if (isFree && next !== undefined) begin(next);
    else if (others.length > 0)
      await Promise.race([...running, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
    else if (running.size > 0) await Promise.race(running);
    else break;
  }
  for (const job of waiting) progress.failed(job, `its base ${job.base!.experiment}/${job.base!.run} failed`);
}

/** Jobs that were open and are not any more, though nobody did them here. */
function madeMeanwhile(waiting: ReadonlySet<Job>, out: string): Job[] {
  const open = new Set(openJobs([...waiting], out));
  return [...waiting].filter((job) => !open.has(job));
}

/** Does a job; returns whether another process had it first. */
async function perform(job: Job, { out, backend, resume }: LocalSweep, progress: SweepProgress): Promise<boolean> {
  const { folder, run } = job;
  const work = { folder, config: run.config, baseFile: baseFileOf(job, out), backend, resume };
  const { code, message } = await trainInProcess(work).end;
  if (code === LOCKED_EXIT_CODE) return true;
  if (code === 0 && isFinished(folder)) progress.finished(job);
  else progress.failed(job, `exit code ${code}. ${message.trim().split("\n").at(-1) ?? ""}`);
  return false;
}
