/**
 * @file All files of docs/results that are made from the stored runs: a page and figures per experiment, an index, the
 * best run of each task.
 */
import { reportExperiments, type ExperimentReport, type StoredExperiment } from "./experiment-report.ts";
import { figureFiles, figuresOf } from "./report-figures.ts";
import { experimentPage, GENERATED_MARK } from "./report-page.ts";
import { headlines } from "./report-text.ts";
import { bestRuns } from "./task-difficulty.ts";

/** The files by their path in docs/results. Same runs, same files. */
export function reportFiles(stored: readonly StoredExperiment[]): Map<string, string> {
  const reports = reportExperiments(stored);
  const files = new Map([
    ["README.md", indexPage(reports)],
    ["best-runs.json", `${JSON.stringify(bestRuns(stored), null, 2)}\n`],
  ]);
  for (const [name, content] of reports.flatMap(experimentFiles)) files.set(name, content);
  return files;
}

/** The page and the figures of one experiment, by their path in docs/results. */
export function experimentFiles(report: ExperimentReport): [name: string, content: string][] {
  const figures = figuresOf(report);
  return [
    [`${report.experiment.id}.md`, experimentPage(report, figures)],
    ...figures.flatMap(figureFiles).map(([name, content]): [string, string] => [`figures/${name}`, content]),
  ];
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
npm run --silent cli -- sweep teaching --jobs 3   # the runs of an experiment; finished ones are kept, interrupted ones go on
npm run --silent cli -- results                   # pages and figures from the stored runs
npm run --silent cli -- results --check           # says which of them differ from the runs; exit code 1 if any does
\`\`\`

How hard the tasks are without training (\`task-difficulty.json\`) is measured, and the best run of each task
(\`best-runs.json\`) is picked by:

\`\`\`
npm run --silent cli -- tasks --base base --base-episodes 5 --out docs/results/task-difficulty.json
npm run --silent cli -- results
\`\`\`

What each experiment consists of is data in [src/experiments/plans.ts](../../src/experiments/plans.ts). Remarks written by
hand stand in \`notes/<experiment>.md\` and are shown on its page.

The recordings that the page plays are such runs, made once more with their rollouts (same hashes), and packed:

\`\`\`
npm run --silent cli -- train --config docs/results/runs/teaching/<run>/config.json --record-rollouts --out runs/recorded
npm run --silent cli -- record --run runs/recorded --id teaching-empo2 --title "Teaching world, EMPO²"
\`\`\`

In a recording numbers are rounded to four digits, and the times of single turns are those of the rollout phase, evenly
divided. Everything else is as it happened.`;

function indexPage(reports: readonly ExperimentReport[]): string {
  const lines = reports.map(indexLine);
  const experiments = lines.length === 0 ? "No runs are stored yet." : lines.join("\n");
  return `${[GENERATED_MARK, INTRODUCTION, "## Experiments", experiments, REPRODUCE].join("\n\n")}\n`;
}

function indexLine(report: ExperimentReport): string {
  const { experiment, finishedCount } = report;
  const progress =
    finishedCount === experiment.runs.length ? "" : ` (${finishedCount} of ${experiment.runs.length} runs)`;
  const result = headlines(report)[0] ?? experiment.question;
  return `- [${experiment.title}](${experiment.id}.md)${progress}: ${result}`;
}
