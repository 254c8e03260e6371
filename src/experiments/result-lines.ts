/** @file A line of JSON per finished run: what it was, what it was made with, what came out. */
import type { StoredExperiment } from "./experiment-report.ts";
import { plannedRun, type Experiment } from "./planned-runs.ts";
import type { RecordedRun, RunEnd } from "./recorded-runs.ts";

/** The result of a run. */
export interface ResultLine extends RunEnd {
  readonly experiment: string;
  readonly run: string;
  /** What it is compared as; null if it is not planned. */
  readonly arm: string | null;
  readonly seed: number;
  readonly backend: string;
  readonly iterations: number;
  readonly config: RecordedRun["config"];
}

/** The line of a run that is finished; null if it is not. */
export function resultLine(experiment: Experiment, run: RecordedRun): ResultLine | null {
  const { name, end, config, backend, curve } = run;
  if (end === null) return null;
  const arm = plannedRun(experiment, name)?.arm ?? null;
  return {
    experiment: experiment.id,
    run: name,
    arm,
    seed: config.seed,
    backend,
    iterations: curve.length,
    ...end,
    config,
  };
}

/** All finished runs, in the order of the plans, each where it is stored. */
export function resultLines(stored: readonly StoredExperiment[]): string {
  return stored
    .flatMap(({ experiment, runs }) =>
      runs.flatMap((run) => (run.lentBy === undefined ? (resultLine(experiment, run) ?? []) : [])),
    )
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}
