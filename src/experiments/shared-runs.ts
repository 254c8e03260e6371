/**
 * @file Runs that several experiments plan with the same settings. They are the same run, hash for hash, so it is made
 * once, for the first of them, and the others are lent it.
 */
import type { RunConfig } from "../core/training/run-config.ts";
import type { StoredExperiment } from "./experiment-report.ts";
import type { RunPlace } from "./planned-runs.ts";
import { EXPERIMENTS } from "./plans.ts";
import type { RecordedRun } from "./recorded-runs.ts";

/** Settings as a key: equal where all are. */
function keyOf(config: RunConfig): string {
  return JSON.stringify(Object.entries(config).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where runs of these settings are made: the first experiment that plans them. */
const HOMES: ReadonlyMap<string, RunPlace> = new Map(
  EXPERIMENTS.toReversed().flatMap(({ id, runs }) =>
    runs.map(({ name, config }) => [keyOf(config), { experiment: id, run: name }] as const),
  ),
);

/** The first experiment that plans a run of these settings, and its name there; null if none does. */
export function homeOf(config: RunConfig): RunPlace | null {
  return HOMES.get(keyOf(config)) ?? null;
}

/**
 * The experiments with the finished runs of others that they plan too and have not made themselves. One that has none of
 * its own is not begun, and is lent nothing.
 */
export function withSharedRuns(stored: readonly StoredExperiment[]): StoredExperiment[] {
  const finished = new Map(
    stored.flatMap(({ experiment, runs }) =>
      runs.filter(isWhole).map((run) => [keyOf(run.config), { experiment: experiment.id, run }] as const),
    ),
  );
  return stored.map((entry) => {
    if (entry.runs.length === 0) return entry;
    const own = new Set(entry.runs.map(({ name }) => name));
    const lent = entry.experiment.runs.flatMap(({ name, config }): RecordedRun[] => {
      const found = own.has(name) ? undefined : finished.get(keyOf(config));
      if (found === undefined) return [];
      return [{ ...found.run, name, lentBy: { experiment: found.experiment, run: found.run.name } }];
    });
    return lent.length === 0 ? entry : { ...entry, runs: [...entry.runs, ...lent] };
  });
}

/** With its result, and with one setting from beginning to end. */
function isWhole({ end, failure, changedAt }: RecordedRun): boolean {
  return end !== null && failure === null && changedAt.length === 0;
}
