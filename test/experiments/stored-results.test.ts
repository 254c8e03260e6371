/** @file The committed pages and figures are what the committed runs give: `reproduce --check` as a test. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareFiles, readItemRemarks, readStored } from "../../src/cli/stored-results.ts";
import { reportExperiments, type ExperimentReport } from "../../src/experiments/experiment-report.ts";
import { experimentFiles, reportFiles } from "../../src/experiments/report-files.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const RESULTS = join(REPOSITORY, "docs/results");

/** Why an experiment is not compared yet: someone is writing its runs. Null if it is to be compared. */
function reasonToSkip(out: string, id: string): string | null {
  const runs = join(out, "runs", id);
  const open = readdirSync(runs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isOver(join(runs, entry.name)))
    .map(({ name }) => name);
  if (open.length > 0) return `being written: ${open.join(", ")}`;
  return isCommitted(runs) ? null : "its runs are not committed yet";
}

/** Why a page is not looked at yet: nobody committed one. A changed one is. */
function reasonToWaitFor(page: string): string | null {
  return existsSync(page) && UNCOMMITTED.get(page) !== "??" ? null : `${basename(page)} is not committed yet`;
}

/** A run that has its summary, or that failed. */
function isOver(folder: string): boolean {
  const names = readdirSync(folder);
  const hasFailed = (): boolean => readFileSync(join(folder, "events.jsonl"), "utf8").includes('"type":"runFailed"');
  return names.includes("summary.json") || (names.includes("events.jsonl") && hasFailed());
}

/** What is not committed of docs/results, by file, asked once; nothing outside a repository. */
const UNCOMMITTED = uncommittedFiles();

function uncommittedFiles(): ReadonlyMap<string, string> {
  const flags = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"];
  try {
    const answer = execFileSync("git", [...flags, "--", RESULTS], {
      cwd: REPOSITORY,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const entries = answer.split("\0").filter((entry) => entry !== "");
    return new Map(entries.map((entry) => [join(REPOSITORY, entry.slice(3)), entry.slice(0, 2)]));
  } catch {
    return new Map();
  }
}

function isCommitted(folder: string): boolean {
  return [...UNCOMMITTED.keys()].every((file) => !file.startsWith(folder + sep));
}

/** An experiment's page also shows the arms it is compared with, and runs that it shares. */
function skipReasonOf(out: string, { experiment, referenceExperiment, arms }: ExperimentReport): string | null {
  const lenders = arms.flatMap(({ arm }) => arm.runs.flatMap(({ lentBy }) => lentBy?.experiment ?? []));
  const ids = [experiment.id, ...(referenceExperiment === null ? [] : [referenceExperiment.id]), ...new Set(lenders)];
  const reasons = ids.map((id) => reasonToSkip(out, id));
  return [reasonToWaitFor(join(out, `${experiment.id}.md`)), ...reasons].find((reason) => reason !== null) ?? null;
}

describe("docs/results", () => {
  const stored = readStored(RESULTS);
  const reports = reportExperiments(stored);

  for (const report of reports) {
    it(`has the page and the figures that the runs of ${report.experiment.id} give`, (context) => {
      const reason = skipReasonOf(RESULTS, report);
      if (reason !== null) context.skip(reason);
      expect(compareFiles(RESULTS, new Map(experimentFiles(report))).differing).toEqual([]);
    });
  }

  it("has the index, and no page without runs", { timeout: 120_000 }, (context) => {
    const reasons = stored.map(({ experiment }) => reasonToSkip(RESULTS, experiment.id));
    const reason = [reasonToWaitFor(join(RESULTS, "README.md")), ...reasons].find((why) => why !== null);
    if (reason !== undefined) context.skip(reason);
    expect(compareFiles(RESULTS, reportFiles(stored, readItemRemarks(RESULTS)))).toEqual({
      differing: [],
      outdated: [],
    });
  });
});

describe("the comparison", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "stored-results-"));
    cpSync(join(import.meta.dirname, "fixtures/runs"), join(folder, "runs"), { recursive: true });
    for (const [name, content] of reportFiles(readStored(folder))) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("finds a number that was changed by hand", () => {
    const page = join(folder, "teaching.md");
    writeFileSync(page, readFileSync(page, "utf8").replace("43.0", "44.0"));
    const [report] = reportExperiments(readStored(folder));
    expect(skipReasonOf(folder, report!)).toBeNull();
    expect(compareFiles(folder, new Map(experimentFiles(report!))).differing).toEqual(["teaching.md"]);
  });

  it("waits for runs that are still being written, but not for those that failed", () => {
    const run = join(folder, "runs/teaching/empo2.house-2.seed-1");
    mkdirSync(run);
    expect(reasonToSkip(folder, "teaching")).toBe("being written: empo2.house-2.seed-1");
    writeFileSync(join(run, "events.jsonl"), '{"type":"runStarted","at":0}\n');
    expect(reasonToSkip(folder, "teaching")).toBe("being written: empo2.house-2.seed-1");
    writeFileSync(join(run, "events.jsonl"), '{"type":"runFailed","iteration":1,"message":"no memory","at":0}\n');
    expect(reasonToSkip(folder, "teaching")).toBeNull();
  });
});
