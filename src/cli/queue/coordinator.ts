/**
 * @file A sweep on a queue: puts the runs on it, and takes their results from it into the folders of the sweep. The
 * folders are what counts: a run that has its result is not asked for again, and a result that comes twice is not
 * taken twice. What the server forgot, it is told again.
 */
import { readFileSync } from "node:fs";
import type { Queue } from "bullmq";
import { asBaseFile } from "../../runtime/create-session.ts";
import { currentCommit } from "../run-directory.ts";
import { RunLock, RunLockedError } from "../run-lock.ts";
import { baseFileOf, checkpointFile, isFinished, isReady, type Job } from "../sweep/jobs.ts";
import type { SweepProgress } from "../sweep/progress.ts";
import { queueServer } from "./connection.ts";
import { jobIdOf, queueName, unpackRun, type QueuedRun, type SentFiles } from "./queued-run.ts";

const POLL_MS = 1000;
const ATTEMPTS = 3;
const RETRY_MS = 1000;
/** Results that nobody took are kept for a week. */
const KEEP_SECONDS = 7 * 24 * 3600;

type RunQueue = Queue<QueuedRun, SentFiles>;

/** Where the results go, and where the queue is. */
export interface QueueSweep {
  readonly out: string;
  readonly url: string;
}

/** Has the jobs done by whoever works on the queue. */
export async function sweepOnQueue(jobs: readonly Job[], sweep: QueueSweep, progress: SweepProgress): Promise<void> {
  const { bullmq, connect } = await queueServer(sweep.url);
  const connection = connect();
  const queue: RunQueue = new bullmq.Queue(queueName(currentCommit()), { connection });
  queue.on("error", () => undefined); // told by the connection
  const surroundings: Surroundings = {
    out: sweep.out,
    bases: new Set(jobs.map((job) => baseFileOf(job, sweep.out))),
    failed: new Set(),
    tickets: new Map(),
    progress,
  };
  const open = new Set(jobs);
  while (open.size > 0) {
    await Promise.all(
      [...open].map(async (job) => {
        const isOver = await follow(queue, job, surroundings);
        if (isOver) open.delete(job);
      }),
    );
    if (open.size > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await queue.close();
  connection.disconnect();
}

/** A job as the queue knows it. */
interface Ticket {
  readonly id: string;
  readonly queued: QueuedRun;
}

interface Surroundings {
  readonly out: string;
  /** Checkpoints that other jobs begin with. */
  readonly bases: ReadonlySet<string | null>;
  /** Checkpoints that failed to be made. */
  readonly failed: Set<string>;
  readonly tickets: Map<Job, Ticket>;
  readonly progress: SweepProgress;
}

/** One look at a job; tells whether it is over. */
async function follow(queue: RunQueue, job: Job, surroundings: Surroundings): Promise<boolean> {
  const { out, failed, progress } = surroundings;
  const give = (reason: string): true => {
    failed.add(checkpointFile(job.folder));
    progress.failed(job, reason);
    return true;
  };
  if (!isReady(job, out)) {
    const { base } = job;
    return failed.has(baseFileOf(job, out)!) && give(`its base ${base!.experiment}/${base!.run} failed`);
  }
  const { id, queued } = ticketOf(job, surroundings);
  const state = await queue.getJobState(id);
  if (state === "unknown") await add(queue, id, queued);
  if (state !== "completed" && state !== "failed") return false;
  const found = await queue.getJob(id);
  if (found === undefined) return false;
  const problem = state === "failed" ? found.failedReason : await take(job.folder, found.returnvalue, queued);
  if (problem === "taken") return false;
  await found.remove();
  if (problem !== null) return give(problem);
  progress.finished(job);
  return true;
}

function ticketOf(job: Job, { out, bases, tickets }: Surroundings): Ticket {
  const known = tickets.get(job);
  if (known !== undefined) return known;
  const { experiment, run, folder } = job;
  const file = baseFileOf(job, out);
  const queued: QueuedRun = {
    experiment: experiment.id,
    run: run.name,
    config: run.config,
    baseFile: file === null ? null : Buffer.from(asBaseFile(readFileSync(file))).toString("base64"),
    sendsCheckpoint: bases.has(checkpointFile(folder)),
  };
  const ticket = { id: jobIdOf(queued), queued };
  tickets.set(job, ticket);
  return ticket;
}

async function add(queue: RunQueue, jobId: string, queued: QueuedRun): Promise<void> {
  await queue.add(queued.run, queued, {
    jobId,
    attempts: ATTEMPTS,
    backoff: { type: "fixed", delay: RETRY_MS },
    removeOnComplete: { age: KEEP_SECONDS },
    removeOnFail: { age: KEEP_SECONDS },
  });
}

/** Takes a result if there is none yet; says what is wrong with it, if anything, or that another process makes the run. */
async function take(folder: string, files: SentFiles, queued: QueuedRun): Promise<string | null> {
  const isNeededAgain = queued.sendsCheckpoint;
  if (isFinished(folder) && !isNeededAgain) return null;
  try {
    const lock = await RunLock.take(folder);
    try {
      unpackRun(folder, files, queued);
    } finally {
      lock.release();
    }
    return null;
  } catch (error) {
    if (error instanceof RunLockedError) return "taken";
    return error instanceof Error ? error.message : String(error);
  }
}
