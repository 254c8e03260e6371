/** @file Our cells beside the paper's, row by row. */
import type { SiteTable, TableCell } from "../../experiments/site-schema.ts";
import { mean } from "../../core/base/stats.ts";

/** One method on one task: ours if it was run, and the paper's. */
export interface ComparedCell {
  readonly column: string;
  readonly title: string;
  readonly ours: TableCell | null;
  /** Null where the paper has no number. */
  readonly paperReturn: number | null;
  readonly paperSuccessPercent: number | null;
}

/** One task. */
export interface ComparedRow {
  readonly task: string;
  readonly cells: readonly ComparedCell[];
  /** Whether methods that learn did so for different numbers of iterations. */
  readonly hasUnequalBudgets: boolean;
}

/** The conditions in which a task of the table was run, the one with most cells first. */
export function conditionsOf({ rows }: SiteTable, cells: readonly TableCell[]): string[] {
  const tasks = new Set(rows.map(({ task }) => task));
  const counts = new Map<string, number>();
  for (const { task, condition } of cells) if (tasks.has(task)) counts.set(condition, (counts.get(condition) ?? 0) + 1);
  return [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)!);
}

/**
 * The rows of a table with our runs in one condition. Columns without any number, ours or the paper's, are left out; under
 * other conditions than the table's own those that were not run, as most are not meant to be.
 */
export function comparedRows(table: SiteTable, cells: readonly TableCell[], condition: string | null): ComparedRow[] {
  const rows = table.rows.map((row) => ({
    task: row.task,
    cells: table.columns.map((column) => comparedCell(row, column, { cells, condition })),
  }));
  const isOwn = condition === null || condition === table.conditions[0]?.condition;
  const hasNumber = (column: string): boolean =>
    rows.some((row) =>
      row.cells.some((cell) => cell.column === column && (cell.ours !== null || (isOwn && cell.paperReturn !== null))),
    );
  return rows.map((row) => {
    const shown = row.cells.filter(({ column }) => hasNumber(column));
    return { task: row.task, cells: shown, hasUnequalBudgets: hasUnequalBudgets(shown) };
  });
}

function comparedCell(
  { task, published }: SiteTable["rows"][number],
  { id, title }: SiteTable["columns"][number],
  { cells, condition }: { readonly cells: readonly TableCell[]; readonly condition: string | null },
): ComparedCell {
  const ours = cells.find((cell) => cell.task === task && cell.condition === condition && cell.column === id) ?? null;
  const [paperReturn = null, paperSuccessPercent = null] = published[id] ?? [];
  return { column: id, title, ours, paperReturn, paperSuccessPercent };
}

/** A single iteration is enough for methods that do not learn. */
function hasUnequalBudgets(cells: readonly ComparedCell[]): boolean {
  const budgets = cells.flatMap(({ ours }) => (ours === null || ours.iterations <= 1 ? [] : [ours.iterations]));
  return new Set(budgets).size > 1;
}

/** Means over the tasks that every method with any run was run on, by column. */
export interface Averages {
  readonly taskCount: number;
  /** Null where a method was not run. */
  readonly ours: readonly (number | null)[];
  /** Of the paper over the same tasks; null where it has no numbers. */
  readonly paper: readonly (number | null)[];
}

/** The averages, ours and the paper's. */
export function averages(rows: readonly ComparedRow[]): Averages {
  const columns = rows[0]?.cells.map((_, i) => i) ?? [];
  const wasRun = columns.filter((i) => rows.some(({ cells }) => cells[i]!.ours !== null));
  const common = rows.filter(({ cells }) => wasRun.length > 0 && wasRun.every((i) => cells[i]!.ours !== null));
  const meanOf = (of: (cell: ComparedCell) => number | null) =>
    columns.map((i) => {
      const values = common.flatMap(({ cells }) => of(cells[i]!) ?? []);
      return values.length === 0 || values.length < common.length ? null : mean(values);
    });
  return {
    taskCount: common.length,
    ours: meanOf(({ ours }) => ours?.heldOutReturn.mean ?? null),
    paper: meanOf(({ paperReturn }) => paperReturn),
  };
}
