/** @file `npm test`: build, then the unit, smoke and real-browser tests. The last line says `N passed, N failed`. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { installRedisServer } from "./redis.mjs";
import { REPOSITORY, ensureInstalled, runHere, runNpm } from "./prepare.mjs";

/**
 * @typedef {{ passed: number, failed: number }} Tally
 * @typedef {{ status: string, assertionResults: { status: string }[] }} FileResult
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: FileResult[] }} Report
 */

/**
 * One step that is not itself a test: it counts only when it fails.
 * @param {string} name
 * @param {() => void} step
 * @returns {Tally}
 */
function stepTally(name, step) {
  try {
    step();
    return { passed: 0, failed: 0 };
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
  }
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
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
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
  let tally = { passed: 0, failed: 0 };
  try {
    /** @type {unknown} */
    const report = JSON.parse(readFileSync(output, "utf8"));
    tally = tallyOf(/** @type {Report} */ (report));
  } catch (error) {
    console.error(
      `vitest ${projects.join(", ")}: no report (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  return status !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
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
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
