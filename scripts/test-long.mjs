/**
 * @file `npm run test:long`: the tests that come in two sizes, in full (LONG=1), and what they measured in
 * docs/results/reliability.json. `npm run test:long -- soak kills` runs only files whose names contain one of the words,
 * and leaves the other entries of the file as they are.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { REPOSITORY, ensureInstalled, runNpm } from "./prepare.mjs";

const REPORT = path.join(REPOSITORY, "docs", "results", "reliability.json");
const CACHE = path.join(REPOSITORY, ".cache");
/** What this script writes does not make the code another one. */
const OTHERS = ["--", ".", ":!docs/results/reliability.json"];
const FIGURES = path.join(CACHE, "long-figures.jsonl");

/**
 * @typedef {{ fullName: string, status: string, duration?: number }} TestResult
 * @typedef {{ testResults: { name: string, assertionResults: TestResult[] }[], success: boolean }} Report
 * @typedef {Record<string, number | string | boolean>} Figures
 * @typedef {{ date: string, commit: string, machine: Figures, seconds: number, passed: boolean, figures: Record<string, Figures>, tests: Figures }} Entry
 */

/**
 * All files below a folder.
 * @param {string} folder
 * @returns {string[]}
 */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(file) : [file];
  });
}

/** Test files that look at LONG, by themselves or through test/support. */
function longTests() {
  const isLong = /support\/(long|fuzz)\.ts|env\["LONG"\]|env\.LONG/;
  return filesIn(path.join(REPOSITORY, "test"))
    .filter((file) => file.endsWith(".test.ts") && isLong.test(readFileSync(file, "utf8")))
    .map((file) => path.relative(REPOSITORY, file))
    .sort();
}

/** The commit, with a mark if tracked files differ from it. */
function commit() {
  const git = (/** @type {string[]} */ args) => execFileSync("git", args, { cwd: REPOSITORY, encoding: "utf8" }).trim();
  try {
    return (
      git(["rev-parse", "HEAD"]) +
      (git(["status", "--porcelain", "--untracked-files=no", ...OTHERS]) === "" ? "" : "+changes")
    );
  } catch {
    return "unknown";
  }
}

/**
 * @template Value
 * @param {string} text
 * @returns {Value}
 */
function parsed(text) {
  /** @type {unknown} */
  const value = JSON.parse(text);
  return /** @type {Value} */ (value);
}

/** @returns {Figures} */
function machine() {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? "unknown",
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    loadAtStart: Number((os.loadavg()[0] ?? 0).toFixed(1)),
  };
}

/**
 * Runs one file in full and gives what is to be recorded of it.
 * @param {string} file
 * @returns {Entry}
 */
function runFull(file) {
  const output = path.join(CACHE, "test-long.json");
  mkdirSync(CACHE, { recursive: true });
  for (const old of [output, FIGURES]) rmSync(old, { force: true });
  const project = file.startsWith(path.join("test", "e2e")) ? "e2e" : file.includes("smoke") ? "smoke" : "unit";
  const start = { date: new Date().toISOString(), commit: commit(), machine: machine() };
  const began = performance.now();
  let passed = true;
  try {
    const vitest = path.join(REPOSITORY, "node_modules", "vitest", "vitest.mjs");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${output}`];
    execFileSync(process.execPath, [vitest, "run", "--project", project, file, ...reporters], {
      cwd: REPOSITORY,
      stdio: "inherit",
      env: { ...process.env, LONG: "1" },
    });
  } catch {
    passed = false;
  }
  /** @type {Report | null} */
  const report = existsSync(output) ? parsed(readFileSync(output, "utf8")) : null;
  const tests = report?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const told = existsSync(FIGURES) ? readFileSync(FIGURES, "utf8").trim().split("\n") : [];
  /** @type {{ name: string, figures: Figures }[]} */
  const figures = told.map((line) => parsed(line));
  return {
    ...start,
    seconds: Math.round((performance.now() - began) / 1000),
    passed: passed && tests.length > 0,
    figures: Object.fromEntries(figures.map(({ name, figures: measured }) => [name, measured])),
    tests: Object.fromEntries(tests.map(({ fullName, status }) => [fullName, status])),
  };
}

/** @param {Record<string, Entry>} entries */
function writeReport(entries) {
  const sorted = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = { comment: "Written by npm run test:long; never by hand.", files: sorted };
  writeFileSync(REPORT, `${JSON.stringify(text, null, 2)}\n`);
}

ensureInstalled();
ensureChromium();
const words = process.argv.slice(2);
const files = longTests().filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
if (files.length === 0) throw new Error(`test:long: words of a test file's name, got ${words.join(" ")}`);
if (files.some((file) => file.startsWith(path.join("test", "e2e"))) && runNpm(["run", "--silent", "build"]) !== 0) {
  throw new Error("test:long: a build, which failed, see above");
}
/** @type {{ files: Record<string, Entry> }} */
const before = existsSync(REPORT) ? parsed(readFileSync(REPORT, "utf8")) : { files: {} };
const known = before.files;
let failed = 0;
for (const file of files) {
  known[file] = runFull(file);
  if (!known[file].passed) failed += 1;
  writeReport(known); // after each, because all of them together take hours
}
console.log(
  `\n${files.length - failed} files passed, ${failed} failed; ${path.relative(REPOSITORY, REPORT)} is written`,
);
process.exitCode = failed === 0 ? 0 : 1;
