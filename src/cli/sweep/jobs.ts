/** @file Planned runs as jobs: where each is stored, what it needs before it can begin, and which are still to be done. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../core/base/errors.ts";
import { DEFAULT_CONFIG, type RunConfig } from "../../core/training/run-config.ts";
import {
  plannedRun,
  trainingRunOf,
  withSeeds,
  type Experiment,
  type PlannedRun,
  type RunPlace,
} from "../../experiments/planned-runs.ts";
import { experimentById } from "../../experiments/plans.ts";
import { homeOf } from "../../experiments/shared-runs.ts";
import type { TimedRun } from "../../experiments/workload.ts";

/** A run that is to be made in a folder. */
export interface Job {
  readonly experiment: Experiment;
  readonly run: PlannedRun;
  readonly folder: string;
  /** The run whose policy it begins with; null if a file has it. */
  readonly base: RunPlace | null;
}

/** Which runs are wanted. */
export interface JobChoice {
  /** Folder of the runs. */
  readonly out: string;
  /** Text that the names of the runs have; all if undefined. */
  readonly only: string | undefined;
  /** Seeds 1 to this; as planned if undefined. */
  readonly seeds: number | undefined;
}

/** The jobs of experiments, and of the runs whose policies they begin with. */
export function jobsOf(experiments: readonly Experiment[], { out, only, seeds }: JobChoice): Job[] {
  const wanted = experiments
    .map((experiment) => (seeds === undefined ? experiment : withSeeds(experiment, seeds)))
    .flatMap((experiment) =>
      experiment.runs
        .filter(({ name }) => only === undefined || name.includes(only))
        .map((run) => sharedJob(experiment, run, out)),
    );
  const bases = wanted.flatMap(({ base }) => (base === null ? [] : [plannedJob(base, out)]));
  return [...new Map([...bases, ...wanted].map((job) => [job.folder, job])).values()];
}

/** A run that another experiment plans with the same settings is made there, unless it was made here already. */
function sharedJob(experiment: Experiment, run: PlannedRun, out: string): Job {
  const own = jobOf(experiment, run, out);
  const home = isFinished(own.folder) ? null : homeOf(run.config);
  return home === null ? own : plannedJob(home, out);
}

function jobOf(experiment: Experiment, run: PlannedRun, out: string): Job {
  return { experiment, run, folder: join(out, experiment.id, run.name), base: trainingRunOf(run.config.base) };
}

function plannedJob(place: RunPlace, out: string): Job {
  const experiment = experimentById(place.experiment);
  const run = plannedRun(experiment, place.run);
  if (run === null) throw new ConfigError(`sweep: a run that is planned, got ${place.experiment}/${place.run}`);
  return jobOf(experiment, run, out);
}

/** The checkpoint that a run leaves in its folder. */
export function checkpointFile(folder: string): string {
  return join(folder, "checkpoint.safetensors");
}

/** Whether the run of a folder has its result. */
export function isFinished(folder: string): boolean {
  return existsSync(join(folder, "summary.json"));
}

/** The policy that a job begins with, in the folders of its sweep; null if it is a file of its own. */
export function baseFileOf({ base }: Job, out: string): string | null {
  return base === null ? null : checkpointFile(join(out, base.experiment, base.run));
}

/**
 * Jobs that are to be done. A finished run is not repeated, unless its policy is needed and only its results were kept
 * (checkpoints are not in the repository): the same settings give the same policy again.
 */
export function openJobs(jobs: readonly Job[], out: string): Job[] {
  const unfinished = jobs.filter(({ folder }) => !isFinished(folder));
  const needed = new Set(unfinished.map((job) => baseFileOf(job, out)));
  return jobs.filter(
    ({ folder }) => !isFinished(folder) || (needed.has(checkpointFile(folder)) && !existsSync(checkpointFile(folder))),
  );
}

/** Whether the policy that a job begins with is there and ready. */
export function isReady(job: Job, out: string): boolean {
  const { base } = job;
  if (base === null) return true;
  const folder = join(out, base.experiment, base.run);
  return isFinished(folder) && existsSync(checkpointFile(folder));
}

/** Times of the finished runs among jobs. */
export function timedRuns(jobs: readonly Job[]): TimedRun[] {
  return jobs.flatMap(({ folder }) => {
    if (!isFinished(folder)) return [];
    const { config, seconds } = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")) as {
      readonly config?: Partial<RunConfig>;
      readonly seconds?: number;
    };
    return typeof seconds === "number" ? [{ config: { ...DEFAULT_CONFIG, ...config }, seconds }] : [];
  });
}
