/** @file Our own cells of tables 1 and 2: the recorded runs of each method as it is, by task and condition. */
import type { RunConfig } from "../core/training/run-config.ts";
import { armResult } from "./arm-results.ts";
import { TABLE_METHODS } from "./arms.ts";
import { chosenOnDev } from "./dev-choice.ts";
import { armsOf, type StoredExperiment } from "./experiment-report.ts";
import { PAPER_ITEMS } from "./paper-items.ts";
import { siteEstimate } from "./site-numbers.ts";
import type { TableCell } from "./site-schema.ts";

/** The experiments that the tables are made of. */
const ROWS = new Set(
  PAPER_ITEMS.flatMap((item) => (item.kind === "table" ? item.rows : [])).map((row) => row.experiment),
);

const COLUMNS = new Set(TABLE_METHODS.map(({ arm }) => arm));

/**
 * The cells that have runs: of the experiments that the tables name, and of those that are named after a task and another
 * preset. In each the methods have the same budget; experiments of other names change something.
 */
export function tableCells(stored: readonly StoredExperiment[]): TableCell[] {
  const cellsOf = (entries: readonly StoredExperiment[]): TableCell[] =>
    entries.flatMap((entry) => armsOf(entry).flatMap((arm) => cellOf(entry.experiment.id, arm)));
  const chosen = cellsOf(chosenOnDev(stored)).map((cell) => ({
    ...cell,
    condition: `${cell.condition}, iteration chosen on dev variations`,
  }));
  return [...cellsOf(stored), ...chosen];
}

/** The preset, and the train variations where they are not the first ones. */
function conditionOf({ preset, variationChoice, trainVariations }: RunConfig): string {
  return variationChoice === "first" ? preset : `${preset}, ${trainVariations} sampled train variations`;
}

function cellOf(experiment: string, arm: ReturnType<typeof armsOf>[number]): TableCell[] {
  const { config } = arm.runs[0]!;
  const { task, preset } = config;
  const isOfTable = ROWS.has(experiment) || experiment === `${task}.${preset}`;
  if (!isOfTable || !COLUMNS.has(arm.id)) return [];
  const { heldOutReturn, heldOutSuccess } = armResult(arm);
  return [
    {
      ...{ task, condition: conditionOf(config), column: arm.id, experiment },
      runs: arm.runs.map(({ name }) => name),
      heldOutReturn: siteEstimate(heldOutReturn),
      heldOutSuccess: siteEstimate(heldOutSuccess),
      iterations: Math.max(...arm.runs.map(({ curve }) => curve.length)),
    },
  ];
}
