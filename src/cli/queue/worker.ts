/** @file A worker: makes the runs of a queue, each in a process of its own, and sends their files back. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import type { Job as BullJob } from "bullmq";
import { printProgress } from "../output.ts";
import { currentCommit } from "../run-directory.ts";
import { isFinished } from "../sweep/jobs.ts";
import { trainInProcess } from "../sweep/train-process.ts";
import { queueServer } from "./connection.ts";
import { packRun, queueName, type QueuedRun, type SentFiles } from "./queued-run.ts";
import { claimFolder } from "./scratch.ts";

/** How a worker works. */
export interface WorkOptions {
  readonly url: string;
  /** Runs at the same time. */
  readonly processes: number;
  readonly backend: string;
  /** Seconds after which a run whose worker is silent is given to another. */
  readonly leaseSeconds: number;
  /** Folder of unfinished runs. */
  readonly scratch: string;
}

/** A dead worker is not the run's fault: it may be given to others without end. */
const MAX_STALLED = Number.MAX_SAFE_INTEGER;

/** Works until it is interrupted; what is in flight then is left to be gone on with. */
export async function workOnQueue(options: WorkOptions): Promise<void> {
  const { bullmq, connect } = await queueServer(options.url);
  const name = queueName(currentCommit());
  const runs = new RunningRuns(options);
  const connection = connect();
  const worker = new bullmq.Worker<QueuedRun, SentFiles>(name, (job) => runs.perform(job), {
    connection,
    concurrency: options.processes,
    lockDuration: 1000 * options.leaseSeconds,
    stalledInterval: 1000 * options.leaseSeconds,
    maxStalledCount: MAX_STALLED,
  });
  worker.on("error", () => undefined); // told by the connection
  worker.on("completed", (job) => {
    printProgress(`${job.data.experiment}/${job.data.run} finished`);
    runs.forget(job.id!);
  });
  worker.on("failed", (job, error) => printProgress(`${job?.data.run ?? "a run"} failed: ${error.message}`));
  printProgress(`working on ${name} at ${options.url}, ${options.processes} at a time`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  runs.stop();
  await worker.close(true);
  connection.disconnect();
}

/** The runs of this process. A run that is given to it twice, after a lost lease, is made once. */
class RunningRuns {
  readonly #options: WorkOptions;
  readonly #running = new Map<string, Promise<SentFiles>>();
  readonly #children = new Set<ChildProcess>();

  constructor(options: WorkOptions) {
    this.#options = options;
  }

  perform({ id, data }: BullJob<QueuedRun, SentFiles>): Promise<SentFiles> {
    const running = this.#running.get(id!);
    if (running !== undefined) return running;
    const result = this.#make(id!, data).finally(() => this.#running.delete(id!));
    this.#running.set(id!, result);
    return result;
  }

  /** Its result is in the queue. */
  forget(id: string): void {
    rmSync(claimFolder(this.#options.scratch, id), { recursive: true, force: true });
  }

  stop(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }

  async #make(id: string, queued: QueuedRun): Promise<SentFiles> {
    const { scratch, backend } = this.#options;
    const folder = claimFolder(scratch, id);
    if (!isFinished(folder)) {
      const baseFile = queued.baseFile === null ? null : join(folder, "base.safetensors");
      if (baseFile !== null) writeFileSync(baseFile, Buffer.from(queued.baseFile!, "base64"));
      const { child, end } = trainInProcess({ folder, config: queued.config, baseFile, backend, resume: true });
      this.#children.add(child);
      const { code, message } = await end.finally(() => this.#children.delete(child));
      if (!isFinished(folder)) throw new Error(`exit code ${code}. ${message.trim().split("\n").at(-1) ?? ""}`);
    }
    return packRun(folder, queued);
  }
}
