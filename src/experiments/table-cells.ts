/** @file Our own cells of tables 1 and 2: the recorded runs of each method as it is, by task and condition. */
import type { RunConfig } from "../core/training/run-config.ts";
import { armResult } from "./arm-results.ts";
import { TABLE_METHODS } from "./arms.ts";
import { chosenOnDev } from "./dev-choice.ts";
import { armsOf, type StoredExperiment } from "./experiment-report.ts";
import { WITH_MEMORY } from "./memory-plan.ts";
import { PAPER_TABLES, type PaperTable } from "./paper-items.ts";
import { experimentById } from "./plans.ts";
import { siteEstimate } from "./site-numbers.ts";
import type { TableCell } from "./site-schema.ts";

const MEMORY = ", memory at test";
const CHOSEN = ", iteration chosen on dev variations";

/** The experiments that the tables are made of, and those of them with memory at test. */
const ROWS = new Set(PAPER_TABLES.flatMap(({ rows }) => rows.map(({ experiment }) => experiment)));
const MEMORY_ROWS = new Set(
  PAPER_TABLES.flatMap(({ rows, hasMemoryAtTest }) => (hasMemoryAtTest === true ? rows : [])).map(
    (row) => row.experiment,
  ),
);

/** The columns that arms are shown in. */
const COLUMNS = new Map([
  ...TABLE_METHODS.map(({ arm }) => [arm, arm] as const),
  ...[...WITH_MEMORY].map(([method, arm]) => [arm, method] as const),
]);

/**
 * The cells that have runs: of the experiments that the tables name, and of those that are named after a task and another
 * preset. In each the methods have the same budget; experiments of other names change something.
 */
export function tableCells(stored: readonly StoredExperiment[]): TableCell[] {
  const cellsOf = (entries: readonly StoredExperiment[]): TableCell[] =>
    entries.flatMap((entry) => armsOf(entry).flatMap((arm) => cellOf(entry.experiment.id, arm)));
  const chosen = cellsOf(chosenOnDev(stored)).map((cell) => ({
    ...cell,
    condition: `${cell.condition}${CHOSEN}`,
  }));
  return [...cellsOf(stored), ...chosen];
}

/** What the runs of a table differ in from those of the paper's table besides task and method. */
export function conditionOfTable({ rows, hasMemoryAtTest, isChosenOnDev }: PaperTable): string {
  const { config } = experimentById(rows[0]!.experiment).runs[0]!;
  const memory = hasMemoryAtTest === true ? MEMORY : "";
  return `${conditionOf(config)}${memory}${isChosenOnDev === true ? CHOSEN : ""}`;
}

/** The preset, and the train variations where they are not the first ones. */
function conditionOf({ preset, variationChoice, trainVariations }: RunConfig): string {
  return variationChoice === "first" ? preset : `${preset}, ${trainVariations} sampled train variations`;
}

function cellOf(experiment: string, arm: ReturnType<typeof armsOf>[number]): TableCell[] {
  const { config } = arm.runs[0]!;
  const { task, preset } = config;
  const isOfTable = ROWS.has(experiment) || experiment === `${task}.${preset}`;
  const column = COLUMNS.get(arm.id);
  if (!isOfTable || column === undefined) return [];
  const memory = MEMORY_ROWS.has(experiment) ? MEMORY : "";
  const { heldOutReturn, heldOutSuccess } = armResult(arm);
  return [
    {
      ...{ task, condition: `${conditionOf(config)}${memory}`, column, experiment },
      runs: arm.runs.map(({ name }) => name),
      heldOutReturn: siteEstimate(heldOutReturn),
      heldOutSuccess: siteEstimate(heldOutSuccess),
      iterations: Math.max(...arm.runs.map(({ curve }) => curve.length)),
    },
  ];
}
