/** @file The Markdown page of a table or figure of the paper, computed from the stored runs alone. */
import { figureHeadlines, figureSections } from "./item-figure-page.ts";
import type { ItemReport } from "./item-report.ts";
import { tableHeadlines, tableSections } from "./item-table-page.ts";
import { GENERATED_MARK, list } from "./page-parts.ts";
import { armsOfItem, type ArmRef } from "./paper-items.ts";
import { EXPERIMENTS } from "./plans.ts";
import type { ReportFigure } from "./report-figures.ts";

/** The page of an item, with what was written by hand about it. */
export function itemPage(report: ItemReport, figures: readonly ReportFigure[], remarks: string | null): string {
  const { title, paper, here } = report.item;
  const sections = [
    GENERATED_MARK,
    `# ${title}`,
    `The paper: ${paper}`,
    here,
    "These are toy worlds and a toy policy: the paper's numbers stand beside ours, they are not to be compared.",
    ...("rows" in report ? tableSections(report) : figureSections(report, figures)),
    ...(remarks === null ? [] : ["## Remarks", remarks.trim()]),
    "## Runs",
    sourcesText(report),
    ...(report.failures.length === 0 ? [] : ["Failed:", list(report.failures)]),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** The first thing to say about an item. */
export function itemHeadline(report: ItemReport): string {
  const [first] = "rows" in report ? tableHeadlines(report) : figureHeadlines(report);
  return first ?? "what is to be compared is not run yet.";
}

/** Pages of the experiments that have the runs, and what was not run. */
function sourcesText({ item, missing }: ItemReport): string {
  const isMissing = new Set(missing);
  const shown = armsOfItem(item).filter(
    (ref) => !missing.some((other) => other.experiment === ref.experiment && other.arm === ref.arm),
  );
  const isPlanned = (id: string): boolean => EXPERIMENTS.some((experiment) => experiment.id === id);
  const open = [...isMissing].filter(({ experiment }) => isPlanned(experiment));
  const off = unique([...isMissing].map(({ experiment }) => experiment)).filter((id) => !isPlanned(id));
  return [
    `The runs, with settings, seeds, commits and hashes, are those of ${unique(
      shown.map(({ experiment }) => experiment),
    )
      .map((id) => `[${id}](${id}.md)`)
      .join(", ")}.`,
    ...(open.length === 0 ? [] : ["Not run yet:", list(armsByExperiment(open))]),
    ...(off.length === 0
      ? []
      : [`Planned, but off, as no base policy can play them yet: ${off.map((id) => `\`${id}\``).join(", ")}.`]),
  ].join("\n\n");
}

/** “experiment: arm, arm”, a line each. */
function armsByExperiment(refs: readonly ArmRef[]): string[] {
  return unique(refs.map(({ experiment }) => experiment)).map((id) => {
    const arms = unique(refs.flatMap(({ experiment, arm }) => (experiment === id ? [`\`${arm}\``] : [])));
    return `\`${id}\`: ${arms.join(", ")}`;
  });
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
