/** @file Our own cells of tables 1 and 2: the recorded runs of each method as it is, by task and preset. */
import { armResult } from "./arm-results.ts";
import { TABLE_METHODS } from "./arms.ts";
import { armsOf, type StoredExperiment } from "./experiment-report.ts";
import { siteEstimate } from "./site-numbers.ts";
import type { TableCell } from "./site-schema.ts";

const COLUMNS = new Set(TABLE_METHODS.map(({ arm }) => arm));

/**
 * The cells that have runs. A task with a preset has an experiment of its own, named after both: its methods have the
 * same budget. Experiments of other names change something and are no part of a table.
 */
export function tableCells(stored: readonly StoredExperiment[]): TableCell[] {
  return stored.flatMap((entry) => armsOf(entry).flatMap((arm) => cellOf(entry.experiment.id, arm)));
}

function cellOf(experiment: string, arm: ReturnType<typeof armsOf>[number]): TableCell[] {
  const { task, preset } = arm.runs[0]!.config;
  if (!COLUMNS.has(arm.id) || experiment !== `${task}.${preset}`) return [];
  const { heldOutReturn, heldOutSuccess } = armResult(arm);
  return [
    {
      ...{ task, preset, column: arm.id, experiment },
      runs: arm.runs.map(({ name }) => name),
      heldOutReturn: siteEstimate(heldOutReturn),
      heldOutSuccess: siteEstimate(heldOutSuccess),
      iterations: Math.max(...arm.runs.map(({ curve }) => curve.length)),
    },
  ];
}
