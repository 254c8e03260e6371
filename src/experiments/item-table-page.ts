/** @file Tables 1 and 2 as pages: ours beside the paper's, and EMPO² against GRPO and the best other method. */
import { mean } from "../core/base/stats.ts";
import { armLabel, type ArmResult } from "./arm-results.ts";
import { overTasks, type RowReport, type TableReport } from "./item-report.ts";
import { left, list, right } from "./page-parts.ts";
import type { TableRow } from "./paper-items.ts";
import { differenceText, estimateText, MISSING, percent, points, table } from "./report-text.ts";
import type { Estimate } from "./statistics.ts";

/** The page's own part. */
export function tableSections(report: TableReport): string[] {
  return [
    list(tableHeadlines(report)),
    "## Ours and the paper's",
    returnsTable(report),
    legend(report),
    "## Intervals",
    intervalsTable(report),
    "Means over runs with their 95 % intervals (percentile bootstrap, 2,000 resamples). _Mean return_ is the area under the held-out curve divided by its iterations.",
    ...differenceSections(report),
  ];
}

function legend({ item }: TableReport): string {
  const memory =
    item.hasMemoryAtTest === true
      ? "Memory is on at test, for all; a number is that of the last of ten trials."
      : "Memory is off at test; Reflexion's number is its last of ten trials with memory.";
  return `Held-out return in points ± standard deviation over runs, success rate (score 100), and in brackets the paper's return. ${memory}`;
}

/** What came out, over the tasks that were run. */
export function tableHeadlines({ rows }: TableReport): string[] {
  const overGrpo = rows.flatMap(({ overGrpo: difference }) => (difference === null ? [] : [difference]));
  const best = rows.flatMap((row) => (row.best === null ? [] : [row.best.difference.heldOutReturn.mean]));
  const difference = overTasks(
    overGrpo.map(({ heldOutReturn }) => heldOutReturn.mean),
    "EMPO² minus GRPO",
  );
  if (difference === null) return [];
  const success = mean(overGrpo.map(({ heldOutSuccess }) => heldOutSuccess.mean));
  const tasks = overGrpo.length === 1 ? "1 task" : `${overGrpo.length} tasks`;
  const published = publishedDifference(rows.map(({ row }) => row));
  const thePapers = published === null ? "" : `; the paper's on these: ${differenceText(pointEstimate(published))}`;
  const atLeast = best.filter((value) => value >= 0).length;
  return [
    `EMPO² − GRPO over ${tasks}: ${differenceText(difference)} points, success ${percentPoints(success)}${thePapers}.`,
    `EMPO² is at least as good as the best other method on ${atLeast} of ${best.length}.`,
  ];
}

function pointEstimate(value: number): Estimate {
  return { count: 1, mean: value, deviation: null, interval: null };
}

/** A difference of shares, in percentage points. */
function percentPoints(share: number): string {
  return `${differenceText(pointEstimate(100 * share))} percentage points`;
}

function publishedDifference(rows: readonly TableRow[]): number | null {
  const differences = rows.flatMap(({ published: { empo2, grpo } }) =>
    empo2 === undefined || grpo === undefined ? [] : [empo2[0] - grpo[0]],
  );
  return differences.length === 0 ? null : mean(differences);
}

function returnsTable({ item, rows }: TableReport): string {
  const columns = [left("task"), ...item.arms.map((arm) => right(armLabel(arm)))];
  const lines = item.rows.map((row) => {
    const results = rows.find((other) => other.row === row)?.results;
    return [row.task, ...item.arms.map((arm) => cellText(results?.get(arm), row.published[arm]?.[0]))];
  });
  return table(columns, [...lines, averageRow({ item, rows })]);
}

function cellText(result: ArmResult | undefined, published: number | undefined): string {
  const paper = published === undefined ? "" : ` (${points(published)})`;
  if (result === undefined) return `${MISSING}${paper}`;
  const { heldOutReturn, heldOutSuccess } = result;
  const spread = heldOutReturn.deviation === null ? "" : ` ± ${heldOutReturn.deviation.toFixed(1)}`;
  return `${points(heldOutReturn.mean)}${spread}, ${percent(heldOutSuccess.mean)}${paper}`;
}

/** Over the tasks that an arm was run on; the paper's over the same. */
function averageRow({ item, rows }: Pick<TableReport, "item" | "rows">): string[] {
  const cells = item.arms.map((arm) => {
    const run = rows.filter(({ results }) => results.has(arm));
    if (run.length === 0) return MISSING;
    const results = run.map((row) => row.results.get(arm)!);
    const published = run.flatMap(({ row }) => row.published[arm]?.[0] ?? []);
    const paper = published.length === 0 ? "" : ` (${points(mean(published))})`;
    const success = percent(mean(results.map(({ heldOutSuccess }) => heldOutSuccess.mean)));
    const over = run.length < rows.length ? `, over ${run.length}` : "";
    return `${points(mean(results.map(({ heldOutReturn }) => heldOutReturn.mean)))}, ${success}${paper}${over}`;
  });
  return [`average of the tasks run (${rows.length})`, ...cells];
}

function intervalsTable({ item, rows }: TableReport): string {
  const columns = [
    left("task"),
    left("method"),
    right("runs"),
    right("return"),
    right("success"),
    right("mean return"),
  ];
  const lines = rows.flatMap(({ row, results }) =>
    item.arms.flatMap((arm) => {
      const result = results.get(arm);
      if (result === undefined) return [];
      const { heldOutReturn, heldOutSuccess, meanReturn, label } = result;
      const success = estimateText(heldOutSuccess, percent);
      return [
        [row.task, label, String(heldOutReturn.count), estimateText(heldOutReturn), success, estimateText(meanReturn)],
      ];
    }),
  );
  return table(columns, lines);
}

function differenceSections({ rows }: TableReport): string[] {
  const lines = rows.flatMap(differenceRows);
  if (lines.length === 0) return [];
  const columns = [
    left("task"),
    left("difference"),
    right("pairs"),
    right("return"),
    right("success, percentage points"),
    right("mean return"),
  ];
  return ["## Differences between runs of the same house and seed", table(columns, lines)];
}

function differenceRows({ row, overGrpo, best }: RowReport): string[][] {
  const compared = [
    { name: "EMPO² − GRPO", difference: overGrpo },
    { name: `EMPO² − best other (${best?.arm.label ?? ""})`, difference: best?.difference ?? null },
  ];
  return compared.flatMap(({ name, difference }) => {
    if (difference === null) return [];
    const { heldOutReturn, heldOutSuccess, meanReturn } = difference;
    const success = differenceText(inPercent(heldOutSuccess));
    return [
      [row.task, name, String(heldOutReturn.count), differenceText(heldOutReturn), success, differenceText(meanReturn)],
    ];
  });
}

/** An estimate of a share as one of percentage points. */
export function inPercent({ count, mean: share, deviation, interval }: Estimate): Estimate {
  return {
    count,
    mean: 100 * share,
    deviation: deviation === null ? null : 100 * deviation,
    interval: interval === null ? null : [100 * interval[0], 100 * interval[1]],
  };
}
