/** @file docs/results on disk: the stored runs, and which pages and figures are not what the runs give. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { unplannedExperiment, type StoredExperiment } from "../experiments/experiment-report.ts";
import { PAPER_ITEMS } from "../experiments/paper-items.ts";
import { EXPERIMENTS, experimentById } from "../experiments/plans.ts";
import { parseRun, type RecordedRun } from "../experiments/recorded-runs.ts";
import { GENERATED_MARK } from "../experiments/page-parts.ts";
import type { Experiment } from "../experiments/planned-runs.ts";
import { withSharedRuns } from "../experiments/shared-runs.ts";
import { FIGURE_MARK } from "../experiments/svg.ts";

/** What is in a folder of pages and not what it should be. */
export interface Differences {
  /** Missing, or other than computed. */
  readonly differing: readonly string[];
  /** Generated at some time, but of no stored run. */
  readonly outdated: readonly string[];
}

/** Compares computed files with those in the folder. */
export function compareFiles(out: string, files: ReadonlyMap<string, string>): Differences {
  return {
    differing: [...files].filter(([name, content]) => readIfThere(join(out, name)) !== content).map(([name]) => name),
    outdated: generatedFiles(out).filter((name) => !files.has(name)),
  };
}

/**
 * The stored runs in the order of the plan's experiments.
 *
 * @throws {ConfigError} if a folder is no experiment, or holds no run
 */
export function readStored(out: string): StoredExperiment[] {
  const ids = foldersIn(join(out, "runs")).map((id) => experimentById(id).id);
  const wanted = EXPERIMENTS.filter(({ id }) => ids.includes(id));
  return withSharedRuns(wanted.map((experiment) => storedExperiment(out, experiment)));
}

/** All planned experiments, also those without runs, and then the folders of runs that no plan names. */
export function readAllStored(out: string): StoredExperiment[] {
  const isPlanned = (id: string): boolean => EXPERIMENTS.some((experiment) => experiment.id === id);
  const planned = EXPERIMENTS.map((experiment) => storedExperiment(out, experiment));
  const others = foldersIn(join(out, "runs")).filter((id) => !isPlanned(id));
  const unplanned = others.map((id) => storedExperiment(out, unplannedExperiment(id, readRuns(out, id))));
  return withSharedRuns([...planned, ...unplanned]);
}

/** What was written by hand about tables and figures of the paper, by their ids. */
export function readItemRemarks(out: string): Map<string, string> {
  return new Map(
    PAPER_ITEMS.flatMap(({ id }) => {
      const remarks = readIfThere(join(out, "notes", `${id}.md`));
      return remarks === null ? [] : [[id, remarks] as const];
    }),
  );
}

function storedExperiment(out: string, experiment: Experiment): StoredExperiment {
  const remarks = readIfThere(join(out, "notes", `${experiment.id}.md`));
  return { experiment, runs: readRuns(out, experiment.id), remarks };
}

function readRuns(out: string, id: string): RecordedRun[] {
  const folder = join(out, "runs", id);
  return foldersIn(folder).flatMap((name) => readRun(join(folder, name)) ?? []);
}

/** The run of a folder; null if it has not begun. */
export function readRun(folder: string): RecordedRun | null {
  const events = readIfThere(join(folder, "events.jsonl"));
  if (events === null || events === "") return null;
  return parseRun({ name: basename(folder), events, summary: readIfThere(join(folder, "summary.json")) });
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
