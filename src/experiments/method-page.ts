/** @file The page that docs/algorithms links to: where each method was run as it is, and where it was changed. */
import { ALGORITHMS } from "../core/algorithms/registry.ts";
import type { Algorithm } from "../core/algorithms/algorithm.ts";
import { BREAKTHROUGH_RETURN, methodOf, type ArmResult } from "./arm-results.ts";
import { TABLE_METHODS } from "./arms.ts";
import type { ExperimentReport } from "./experiment-report.ts";
import { GENERATED_MARK, left, right } from "./page-parts.ts";
import { breakthroughsText, estimateText, percent, table } from "./report-text.ts";

/** Name of the page in docs/results. */
export const METHOD_PAGE = "by-method.md";

const INTRODUCTION = `# Results by method

Each method as it is, in every experiment that has finished runs of it: held-out return and success at the end, means over houses and
seeds with 95 % intervals; _mean return_ is the area under the held-out curve divided by the iterations. What the methods are is told in
[docs/algorithms](../algorithms). Experiments differ in task, budget and settings, so only numbers of the same experiment are to be compared.`;

/** The page, from all reports. */
export function methodPage(reports: readonly ExperimentReport[]): string {
  const sections = ALGORITHMS.map((algorithm) => methodSection(algorithm, reports));
  return `${[GENERATED_MARK, INTRODUCTION, ...sections].join("\n\n")}\n`;
}

function methodSection({ id, title }: Algorithm, reports: readonly ExperimentReport[]): string {
  const own = reports.flatMap((report) =>
    report.arms.filter(({ arm }) => isAsItIs(id, arm.id)).map((result) => ({ report, result })),
  );
  const changed = reports.filter(({ arms }) => arms.some(({ arm }) => isChanged(id, arm.id)));
  return [
    `<a id="${id}"></a>`,
    `## ${title}`,
    `[What it is](../algorithms/${id}.md).`,
    own.length === 0 ? "No run of it is recorded yet." : resultsTable(own),
    ...(changed.length === 0 ? [] : [`Changed in: ${changed.map(linkTo).join(", ")}.`]),
  ].join("\n\n");
}

/** The arms that tables compare, under a method's own name or, as GiGPO without std, a column's. */
function isAsItIs(method: string, arm: string): boolean {
  const isColumn = TABLE_METHODS.some((column) => column.arm === arm);
  return methodOf(arm) === method && (arm === method || isColumn);
}

function isChanged(method: string, arm: string): boolean {
  return methodOf(arm) === method && !isAsItIs(method, arm);
}

function resultsTable(rows: readonly { readonly report: ExperimentReport; readonly result: ArmResult }[]): string {
  const columns = [
    left("experiment"),
    left("arm"),
    right("runs"),
    right("return at the end"),
    right("success at the end"),
    right(`≥ ${BREAKTHROUGH_RETURN} points`),
    right("mean return"),
  ];
  return table(
    columns,
    rows.map(({ report, result }) => [
      linkTo(report),
      result.label,
      String(result.arm.runs.length),
      estimateText(result.heldOutReturn),
      estimateText(result.heldOutSuccess, percent),
      breakthroughsText(result.breakthroughs),
      estimateText(result.meanReturn),
    ]),
  );
}

function linkTo({ experiment: { id, title } }: ExperimentReport): string {
  return `[${title}](${id}.md)`;
}
