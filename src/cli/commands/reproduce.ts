import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { ConfigError } from "../../core/base/errors.ts";
import { PAPER_ITEMS, paperItems, runsOfItems } from "../../experiments/paper-items.ts";
import { reportFiles } from "../../experiments/report-files.ts";
import { writeFileAtomically } from "../file-store.ts";
import { printLine, printProgress } from "../output.ts";
import { compareFiles, readItemRemarks, readStored } from "../stored-results.ts";
import { sweep, withSweepOptions, type SweepOptions } from "./sweep.ts";

interface ReproduceOptions extends SweepOptions {
  readonly out: string;
  readonly check?: boolean;
}

/** `reproduce`: the paper's tables and figures from runs, or whether what is stored is what the runs give. */
export function reproduceCommand(): Command {
  const command = new Command("reproduce")
    .description(
      "Make the runs of the paper's tables and figures that are not there yet, then write all pages and figures from the stored runs. Without a table or figure only the pages.",
    )
    .argument("[item...]", `${PAPER_ITEMS.map(({ id }) => id).join(", ")}, all`)
    .option("--check", "make and write nothing; list the files that differ from the runs, exit code 1 if any does")
    .option("--out <dir>", "folder of the pages, with the runs in runs/", "docs/results");
  return withSweepOptions(command).action((ids: string[], options: ReproduceOptions) => reproduce(ids, options));
}

async function reproduce(ids: readonly string[], options: ReproduceOptions): Promise<void> {
  const items = paperItems(ids);
  if (options.check === true) {
    if (items.length > 0)
      throw new ConfigError(`reproduce --check: no table or figure, it checks all, got ${ids.join(", ")}`);
    checkFiles(options.out);
    return;
  }
  for (const item of items) {
    if (runsOfItems([item]).length === 0) printProgress(`${item.id}: no base policy can play its tasks yet`);
  }
  if (items.length > 0) await sweep(runsOfItems(items), join(options.out, "runs"), options);
  if (options.plan !== true) writeFiles(options.out, options.json === true);
}

function computedFiles(out: string): Map<string, string> {
  return reportFiles(readStored(out), readItemRemarks(out));
}

/** Lists what is not what the runs give. */
function checkFiles(out: string): void {
  const files = computedFiles(out);
  const { differing, outdated } = compareFiles(out, files);
  for (const name of differing) printLine(`${join(out, name)} differs from the runs`);
  for (const name of outdated) printLine(`${join(out, name)} has no runs`);
  if (differing.length + outdated.length > 0) process.exitCode = 1;
  else printLine(`${files.size} files are what the runs give`);
}

function writeFiles(out: string, quiet: boolean): void {
  const files = computedFiles(out);
  const { differing, outdated } = compareFiles(out, files);
  for (const name of differing) writeFileAtomically(join(out, name), files.get(name)!);
  for (const name of outdated) rmSync(join(out, name));
  if (!quiet) printLine(`${files.size} files, ${differing.length} written, ${outdated.length} removed`);
}
