import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { StoredExperiment } from "../../experiments/experiment-report.ts";
import { EXPERIMENTS, experimentById } from "../../experiments/plans.ts";
import { parseRun, type RecordedRun } from "../../experiments/recorded-runs.ts";
import { reportFiles } from "../../experiments/report-files.ts";
import { GENERATED_MARK } from "../../experiments/report-page.ts";
import { FIGURE_MARK } from "../../experiments/svg.ts";
import { writeFileAtomically } from "../file-store.ts";
import { printLine } from "../output.ts";

interface ResultsOptions {
  readonly out: string;
  readonly check?: boolean;
}

/** `results`: pages and figures from the stored runs, or whether they are what the runs give. */
export function resultsCommand(): Command {
  return new Command("results")
    .description("Write the pages and figures of all experiments with stored runs (sweep makes them).")
    .option("--out <dir>", "folder of the pages, with the runs in runs/", "docs/results")
    .option("--check", "write nothing; list the files that differ, exit code 1 if any does")
    .action((options: ResultsOptions) => results(options));
}

function results({ out, check }: ResultsOptions): void {
  const files = reportFiles(readStored(out));
  const differing = [...files].filter(([name, content]) => readIfThere(join(out, name)) !== content);
  const outdated = generatedFiles(out).filter((name) => !files.has(name));
  if (check === true) {
    for (const [name] of differing) printLine(`${join(out, name)} differs from the runs`);
    for (const name of outdated) printLine(`${join(out, name)} has no runs`);
    if (differing.length + outdated.length > 0) process.exitCode = 1;
    else printLine(`${files.size} files are what the runs give`);
    return;
  }
  for (const [name, content] of differing) writeFileAtomically(join(out, name), content);
  for (const name of outdated) rmSync(join(out, name));
  printLine(`${files.size} files, ${differing.length} written, ${outdated.length} removed`);
}

/** The stored runs in the order of the plan's experiments. */
function readStored(out: string): StoredExperiment[] {
  const ids = foldersIn(join(out, "runs")).map((id) => experimentById(id).id);
  return EXPERIMENTS.filter(({ id }) => ids.includes(id)).map((experiment) => {
    const folder = join(out, "runs", experiment.id);
    return {
      experiment,
      runs: foldersIn(folder).flatMap((name) => readRun(folder, name)),
      remarks: readIfThere(join(out, "notes", `${experiment.id}.md`)),
    };
  });
}

/** The run of a folder; none if it has not begun. */
function readRun(folder: string, name: string): RecordedRun[] {
  const events = readIfThere(join(folder, name, "events.jsonl"));
  if (events === null || events === "") return [];
  return [parseRun({ name, events, summary: readIfThere(join(folder, name, "summary.json")) })];
}

/** Pages and figures with the mark: what this command wrote at some time. */
function generatedFiles(out: string): string[] {
  const pages = filesIn(out).filter((name) => name.endsWith(".md"));
  const figures = filesIn(join(out, "figures")).filter((name) => name.endsWith(".svg"));
  return [...pages, ...figures.map((name) => `figures/${name}`)].filter((name) => {
    const content = readFileSync(join(out, name), "utf8");
    return content.startsWith(GENERATED_MARK) || content.includes(FIGURE_MARK);
  });
}

function foldersIn(folder: string): string[] {
  return namesIn(folder, true);
}

function filesIn(folder: string): string[] {
  return namesIn(folder, false);
}

function namesIn(folder: string, directories: boolean): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() === directories)
    .map(({ name }) => name)
    .sort();
}

function readIfThere(file: string): string | null {
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}
