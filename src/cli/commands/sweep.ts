import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import type { Experiment } from "../../experiments/planned-runs.ts";
import { EXPERIMENTS, experimentById } from "../../experiments/plans.ts";
import { printProgress } from "../output.ts";
import { jobsOf, openJobs, timedRuns } from "../sweep/jobs.ts";
import { sweepHere } from "../sweep/local-sweep.ts";
import { planText, SweepProgress } from "../sweep/progress.ts";
import { wholeNumber } from "./play.ts";

/** How runs are made, here or on a queue. */
export interface SweepOptions {
  readonly jobs: string;
  readonly only?: string;
  readonly seeds?: string;
  readonly backend: string;
  readonly resume: boolean;
  readonly queue?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
}

/** `sweep`: all runs of experiments, several at a time; finished ones are not repeated, killed ones go on. */
export function sweepCommand(): Command {
  const command = new Command("sweep")
    .description("Run the experiments of src/experiments/plans.ts; finished runs are kept, interrupted ones resumed.")
    .argument("<experiment...>", "experiment ids")
    .option("--out <dir>", "folder of the results", "docs/results/runs");
  return withSweepOptions(command).action((ids: string[], options: SweepOptions & { readonly out: string }) =>
    sweep(ids.map(experimentById), options.out, options),
  );
}

/** The options of commands that make runs. */
export function withSweepOptions(command: Command): Command {
  return command
    .option("--seeds <n>", "seeds 1 to n, whatever is planned")
    .option("--only <text>", "only runs whose name contains this")
    .option("--jobs <n>", "runs at the same time", "3")
    .option("--backend <name>", "wasm, cpu or webgpu", "wasm")
    .option("--resume", "go on with interrupted runs (default)", true)
    .option("--no-resume", "begin interrupted runs anew")
    .option("--queue <url>", "let `work --queue <url>` make the runs: a Redis, e.g. redis://192.0.2.1:6379")
    .option("--plan", "only tell what is to do, and about how long it takes")
    .option("--json", "a JSON line per result on standard output: settings, seed, backend, commit, hashes");
}

/**
 * Makes the runs that are not finished.
 *
 * @param out folder of the runs
 */
export async function sweep(experiments: readonly Experiment[], out: string, options: SweepOptions): Promise<void> {
  const processes = wholeNumber("--jobs", options.jobs);
  const seeds = options.seeds === undefined ? undefined : wholeNumber("--seeds", options.seeds);
  if (processes < 1) throw new ConfigError(`--jobs: at least 1, got ${processes}`);
  if (seeds === 0) throw new ConfigError("--seeds: at least 1, got 0");
  const jobs = jobsOf(experiments, { out, only: options.only, seeds });
  const open = openJobs(jobs, out);
  const known = jobsOf(EXPERIMENTS, { out, only: undefined, seeds: undefined });
  printProgress(planText(jobs, open, timedRuns(known)));
  if (options.plan === true) {
    for (const { folder } of open) printProgress(folder);
    return;
  }
  const progress = new SweepProgress(open, options.json === true);
  const { backend, resume, queue } = options;
  if (queue === undefined) await sweepHere(open, { out, processes, backend, resume }, progress);
  else {
    const { sweepOnQueue } = await import("../queue/coordinator.ts");
    await sweepOnQueue(open, { out, url: queue }, progress);
  }
}
