/**
 * @file All files of docs/results that are made from the stored runs: a page and figures per experiment and per table or
 * figure of the paper, an index, the results by method, a line per run, the best run of each task.
 */
import { reportExperiments, type ExperimentReport, type StoredExperiment } from "./experiment-report.ts";
import { itemFigures } from "./item-figures.ts";
import { itemHeadline, itemPage } from "./item-page.ts";
import { reportItem, type ItemReport } from "./item-report.ts";
import { METHOD_PAGE, methodPage } from "./method-page.ts";
import { GENERATED_MARK } from "./page-parts.ts";
import { PAPER_ITEMS } from "./paper-items.ts";
import { figureFiles, figuresOf, type ReportFigure } from "./report-figures.ts";
import { experimentPage } from "./report-page.ts";
import { headlines } from "./report-text.ts";
import { resultLines } from "./result-lines.ts";
import { bestRuns } from "./task-difficulty.ts";

/**
 * The files by their path in docs/results. Same runs and remarks, same files.
 *
 * @param itemRemarks what was written by hand about tables and figures of the paper, by their ids
 */
export function reportFiles(
  stored: readonly StoredExperiment[],
  itemRemarks: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const reports = reportExperiments(stored);
  const items = PAPER_ITEMS.flatMap((item) => reportItem(item, stored) ?? []);
  const files = new Map([
    ["README.md", indexPage(items, reports)],
    [METHOD_PAGE, methodPage(reports)],
    ["results.jsonl", resultLines(stored)],
    ["best-runs.json", `${JSON.stringify(bestRuns(stored), null, 2)}\n`],
  ]);
  for (const [name, content] of [
    ...items.flatMap((item) => itemFiles(item, itemRemarks)),
    ...reports.flatMap(experimentFiles),
  ]) {
    files.set(name, content);
  }
  return files;
}

/** The page and the figures of one experiment, by their path in docs/results. */
export function experimentFiles(report: ExperimentReport): [name: string, content: string][] {
  const figures = figuresOf(report);
  return [[`${report.experiment.id}.md`, experimentPage(report, figures)], ...drawn(figures)];
}

/** The page and the figures of a table or figure of the paper, by their path in docs/results. */
function itemFiles(report: ItemReport, remarks: ReadonlyMap<string, string>): [name: string, content: string][] {
  const figures = "panels" in report ? itemFigures(report) : [];
  const { id } = report.item;
  return [[`${id}.md`, itemPage(report, figures, remarks.get(id) ?? null)], ...drawn(figures)];
}

function drawn(figures: readonly ReportFigure[]): [name: string, content: string][] {
  return figures.flatMap(figureFiles).map(([name, content]) => [`figures/${name}`, content]);
}

const INTRODUCTION = `# Results

These are toy worlds and a toy policy: text worlds after ScienceWorld's rules, cut down to one line per observation, and
a transformer with some 200,000 weights that was taught to be a literal and over-confident agent. They show what EMPO²
does and what it depends on. They say nothing about how a large model does on ScienceWorld, and no number here is
comparable with one of the paper.

Every number and figure is computed from the runs in [runs](runs), each of them a folder with its settings, its events
and a summary with seed, commit and hashes.`;

const REPRODUCE = `## To reproduce

\`\`\`
npm run --silent cli -- reproduce table1 --jobs 3 --resume   # its runs, then all pages; finished runs are kept
npm run --silent cli -- reproduce fig9 fig10 --plan          # what is to do, and about how long it takes
npm run --silent cli -- reproduce all --seeds 3              # everything, with three seeds
npm run --silent cli -- sweep teaching --jobs 3              # the runs of one experiment
npm run --silent cli -- reproduce                            # pages and figures from the stored runs
npm run --silent cli -- reproduce --check                    # says which of them differ from the runs; exit code 1 if any does
\`\`\`

A killed run goes on where it was. On several machines: \`redis-server\` on one, there \`reproduce table1 --queue redis://<host>\`, and
\`work --queue redis://<host> --jobs 4\` on any number of them at the same commit.

Every finished run has a line in [results.jsonl](results.jsonl): settings, seed, backend, commit, hashes, result.

How hard the tasks are without training (\`task-difficulty.json\`) is measured, and the best run of each task
(\`best-runs.json\`) is picked by:

\`\`\`
npm run --silent cli -- tasks --shipped-bases --base-episodes 5 --out docs/results/task-difficulty.json
npm run --silent cli -- reproduce
\`\`\`

What each experiment consists of is data in [src/experiments/plans.ts](../../src/experiments/plans.ts), which experiments a table
or figure shows in [src/experiments/paper-items.ts](../../src/experiments/paper-items.ts). Remarks written by hand stand in \`notes/<experiment, table or figure>.md\` and are shown on its page.

The recordings that the page plays are such runs, made once more with their rollouts (same hashes), and packed:

\`\`\`
npm run --silent cli -- train --config docs/results/runs/teaching/<run>/config.json --record-rollouts --out runs/recorded
npm run --silent cli -- record --run runs/recorded --id teaching-empo2 --title "EMPO², teaching world" --set "Teaching world"
\`\`\`

In a recording numbers are rounded to four digits, and the times of single turns are those of the rollout phase, evenly
divided. Everything else is as it happened.`;

function indexPage(items: readonly ItemReport[], reports: readonly ExperimentReport[]): string {
  const lines = reports.map(indexLine);
  const ofPaper = items.map((item) => `- [${item.item.title}](${item.item.id}.md): ${itemHeadline(item)}`).join("\n");
  const paper = ofPaper === "" ? [] : ["## The paper's tables and figures", ofPaper];
  const experiments = lines.length === 0 ? "No runs are stored yet." : lines.join("\n");
  return `${[GENERATED_MARK, INTRODUCTION, ...paper, "## Experiments", `The same [by method](${METHOD_PAGE}).`, experiments, REPRODUCE].join("\n\n")}\n`;
}

function indexLine(report: ExperimentReport): string {
  const { experiment, finishedCount, plannedCount } = report;
  const progress = finishedCount === plannedCount ? "" : ` (${finishedCount} of ${plannedCount} runs)`;
  const result = headlines(report)[0] ?? experiment.question;
  return `- [${experiment.title}](${experiment.id}.md)${progress}: ${result}`;
}
