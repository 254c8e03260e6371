import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { reportFiles } from "../../experiments/report-files.ts";
import { writeFileAtomically } from "../file-store.ts";
import { printLine } from "../output.ts";
import { compareFiles, readStored } from "../stored-results.ts";

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
  const { differing, outdated } = compareFiles(out, files);
  if (check === true) {
    for (const name of differing) printLine(`${join(out, name)} differs from the runs`);
    for (const name of outdated) printLine(`${join(out, name)} has no runs`);
    if (differing.length + outdated.length > 0) process.exitCode = 1;
    else printLine(`${files.size} files are what the runs give`);
    return;
  }
  for (const name of differing) writeFileAtomically(join(out, name), files.get(name)!);
  for (const name of outdated) rmSync(join(out, name));
  printLine(`${files.size} files, ${differing.length} written, ${outdated.length} removed`);
}
