/**
 * @file `npm test`: build, then the unit, smoke and real-browser tests. The last line says `N passed, N failed`; before it stands
 * what failed, because the end of a log is all that some machines keep.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { installRedisServer } from "./redis.mjs";
import { REPOSITORY, ensureInstalled, runHere, runNpm } from "./prepare.mjs";

/**
 * @typedef {{ passed: number, failed: number, failures: string[] }} Tally
 * @typedef {{ fullName: string, status: string, failureMessages?: string[] }} TestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: FileResult[] }} Report
 */

const LINES_OF_A_FAILURE = 12;

/**
 * One step that is not itself a test: it counts only when it fails.
 * @param {string} name
 * @param {() => void} step
 * @returns {Tally}
 */
function stepTally(name, step) {
  try {
    step();
    return { passed: 0, failed: 0, failures: [] };
  } catch (error) {
    const failure = `${name}: ${error instanceof Error ? error.message : String(error)}`;
    console.error(failure);
    return { passed: 0, failed: 1, failures: [failure] };
  }
}

/** @param {string} file */
const fileOf = (file) => path.relative(REPOSITORY, file);

/**
 * The first lines of a message, indented.
 * @param {string | undefined} message
 */
function beginOf(message = "") {
  const lines = message.split("\n").slice(0, LINES_OF_A_FAILURE);
  return lines.map((line) => `    ${line}`).join("\n");
}

/**
 * Counts the tests of a vitest JSON report; a file that failed outside its tests counts as one failure.
 * @param {Report} report
 * @returns {Tally}
 */
function tallyOf(report) {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  );
  const failures = report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages }) => `${fileOf(name)}: ${fullName}\n${beginOf(failureMessages?.join("\n"))}`),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    failures: [...failures, ...brokenFiles.map(({ name, message }) => `${fileOf(name)}\n${beginOf(message)}`)],
  };
}

/**
 * Runs vitest projects. A run that fails without a failed test (no report, unhandled error) counts as one failure.
 * @param {string[]} projects
 * @returns {Tally}
 */
function runProjects(projects) {
  const output = path.join(REPOSITORY, ".cache", `test-${projects.join("-")}.json`);
  mkdirSync(path.dirname(output), { recursive: true });
  rmSync(output, { force: true });
  const status = runHere(process.execPath, [
    path.join(REPOSITORY, "node_modules", "vitest", "vitest.mjs"),
    "run",
    ...projects.flatMap((project) => ["--project", project]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${output}`,
  ]);
  /** @type {Tally} */
  let tally = { passed: 0, failed: 0, failures: [] };
  try {
    /** @type {unknown} */
    const report = JSON.parse(readFileSync(output, "utf8"));
    tally = tallyOf(/** @type {Report} */ (report));
  } catch (error) {
    console.error(
      `vitest ${projects.join(", ")}: no report (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  if (status === 0 || tally.failed > 0) return tally;
  return { ...tally, failed: 1, failures: [`vitest ${projects.join(", ")}: an error outside the tests, see above.`] };
}

const prepared = stepTally("install", ensureInstalled);
const tallies = [prepared];
if (prepared.failed === 0) {
  const built = stepTally("build", () => {
    if (runNpm(["run", "--silent", "build"]) !== 0) throw new Error("failed, see above.");
  });
  const browser = stepTally("chromium", () => void ensureChromium());
  installRedisServer();
  tallies.push(built, browser, runProjects(["unit", "smoke"]));
  if (built.failed + browser.failed === 0) tallies.push(runProjects(["e2e"]));
}
const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
for (const failure of tallies.flatMap(({ failures }) => failures)) console.log(`\nFAILED ${failure}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
