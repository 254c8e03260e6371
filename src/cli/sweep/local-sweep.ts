/** @file A sweep on this machine: a process per run, so many at a time. */
import { baseFileOf, isFinished, isReady, type Job } from "./jobs.ts";
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

/** Does the jobs, in order as far as their bases are there. What waits for a base that failed is told and left. */
export async function sweepHere(jobs: readonly Job[], sweep: LocalSweep, progress: SweepProgress): Promise<void> {
  const waiting = [...jobs];
  const running = new Set<Promise<void>>();
  for (;;) {
    const next = running.size < sweep.processes ? waiting.findIndex((job) => isReady(job, sweep.out)) : -1;
    if (next >= 0) {
      const work = perform(waiting.splice(next, 1)[0]!, sweep, progress).finally(() => running.delete(work));
      running.add(work);
    } else if (running.size > 0) await Promise.race(running);
    else break;
  }
  for (const job of waiting) progress.failed(job, `its base ${job.base!.experiment}/${job.base!.run} failed`);
}

async function perform(job: Job, { out, backend, resume }: LocalSweep, progress: SweepProgress): Promise<void> {
  const { folder, run } = job;
  const work = { folder, config: run.config, baseFile: baseFileOf(job, out), backend, resume };
  const { code, message } = await trainInProcess(work).end;
  if (code === 0 && isFinished(folder)) progress.finished(job);
  else progress.failed(job, `exit code ${code}. ${message.trim().split("\n").at(-1) ?? ""}`);
}
