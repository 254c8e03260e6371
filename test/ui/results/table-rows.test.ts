import { describe, expect, test } from "vitest";
import type { SiteTable, TableCell } from "../../../src/experiments/site-schema.ts";
import { averages, comparedRows, conditionsOf } from "../../../src/ui/results/table-rows.ts";

const TABLE: SiteTable = {
  id: "table1",
  title: "A table",
  paper: "made up",
  conditions: [{ condition: "easy", here: "", remarks: [] }],
  columns: [
    { id: "naive", title: "Naive" },
    { id: "retrospex", title: "Retrospex" },
    { id: "empo2", title: "EMPO²" },
  ],
  rows: [
    { task: "find-plant", published: { naive: [-1], empo2: [-3] } },
    { task: "boil", published: { naive: [1, 4], retrospex: [2, 5], empo2: [3, 6] } },
  ],
};

function cell(task: string, column: string, mean: number, changes: Partial<TableCell> = {}): TableCell {
  const estimate = { count: 1, mean, interval: null };
  const measured = { heldOutReturn: estimate, heldOutSuccess: estimate, iterations: 30 };
  return { task, column, condition: "easy", experiment: "e", runs: ["r"], ...measured, ...changes };
}

test("conditions are those of the table's tasks, the one with most cells first", () => {
  const open = { condition: "openDoors" };
  const cells = [cell("boil", "naive", 1), cell("boil", "naive", 1, open), cell("boil", "empo2", 1, open)];
  expect(conditionsOf(TABLE, [...cells, cell("webshop", "naive", 1, { condition: "text" })])).toEqual([
    "openDoors",
    "easy",
  ]);
});

describe("a row", () => {
  const [plant, boil] = comparedRows(
    TABLE,
    [cell("boil", "empo2", 90), cell("boil", "naive", 7, { condition: "x" })],
    "easy",
  );

  test("has our cell of that task, method and condition beside the paper's, or none", () => {
    expect(boil!.cells.map(({ ours }) => ours?.heldOutReturn.mean ?? null)).toEqual([null, null, 90]);
    expect(boil!.cells.map(({ paperReturn, paperSuccessPercent }) => [paperReturn, paperSuccessPercent])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(
      plant!.cells.map(({ ours, paperReturn, paperSuccessPercent }) => [ours, paperReturn, paperSuccessPercent]),
    ).toEqual([
      [null, -1, null],
      [null, null, null],
      [null, -3, null],
    ]);
  });

  test("has under another condition than the table's own the methods that were run", () => {
    const other = [
      cell("boil", "empo2", 90, { condition: "memory" }),
      cell("find-plant", "naive", 7, { condition: "memory" }),
    ];
    const columnsOf = (condition: string | null) =>
      comparedRows(TABLE, other, condition)[0]!.cells.map(({ column }) => column);
    expect(columnsOf("memory")).toEqual(["naive", "empo2"]);
    expect(columnsOf("easy")).toEqual(["naive", "retrospex", "empo2"]);
    expect(columnsOf(null)).toEqual(["naive", "retrospex", "empo2"]);
  });

  test("says where methods that learn had different budgets; one iteration is enough for others", () => {
    const rows = (iterations: number) =>
      comparedRows(
        TABLE,
        [
          cell("boil", "naive", 1, { iterations: 1 }),
          cell("boil", "retrospex", 1),
          cell("boil", "empo2", 1, { iterations }),
        ],
        "easy",
      );
    expect(rows(30)[1]!.hasUnequalBudgets).toBe(false);
    expect(rows(40)[1]!.hasUnequalBudgets).toBe(true);
  });
});

test("a column without any number, ours or the paper's, is left out", () => {
  const columns = [...TABLE.columns, { id: "gigpo", title: "GiGPO" }];
  const columnsOf = (cells: TableCell[]) =>
    comparedRows({ ...TABLE, columns }, cells, "easy")[0]!.cells.map(({ column }) => column);
  expect(columnsOf([])).toEqual(["naive", "retrospex", "empo2"]);
  expect(columnsOf([cell("boil", "gigpo", 5)])).toEqual(["naive", "retrospex", "empo2", "gigpo"]);
});

test("averages are over the tasks that all methods with any run were run on, ours and the paper's", () => {
  const cells = [cell("boil", "naive", 10), cell("boil", "empo2", 90), cell("find-plant", "empo2", 0)];
  expect(averages(comparedRows(TABLE, cells, "easy"))).toEqual({
    taskCount: 1,
    ours: [10, null, 90],
    paper: [1, 2, 3],
  });
  const all = [...cells, cell("find-plant", "naive", 20)];
  expect(averages(comparedRows(TABLE, all, "easy"))).toEqual({
    taskCount: 2,
    ours: [15, null, 45],
    paper: [0, null, 0],
  });
  expect(averages(comparedRows(TABLE, [], "easy"))).toMatchObject({ taskCount: 0, ours: [null, null, null] });
});
