/** @file What `npm start` and `npm test` need first: installed packages and a built page. Node built-ins only. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const DIST = path.join(REPOSITORY, "dist");

const PAGE_SOURCES = [
  "src",
  "workers",
  "public",
  "index.html",
  "vite.config.ts",
  "package-lock.json",
  "scripts/csp.mjs",
  "docs/results/best-runs.json",
  "docs/results/task-difficulty.json",
];

/**
 * Milliseconds since 1970, or 0 when there is no such file.
 * @param {string} file
 */
function modifiedAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

/**
 * The newest modification in a file or folder.
 * @param {string} file
 * @returns {number}
 */
function newestIn(file) {
  if (!existsSync(file) || !statSync(file).isDirectory()) return modifiedAt(file);
  const entries = readdirSync(file).map((name) => newestIn(path.join(file, name)));
  return Math.max(modifiedAt(file), ...entries);
}

/**
 * Runs a command in the repository with this terminal.
 * @param {string} command
 * @param {string[]} args
 * @returns {number} its exit status
 */
export function runHere(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: REPOSITORY, stdio: "inherit" });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/**
 * Runs npm, also where it is a .cmd file.
 * @param {string[]} args
 * @returns {number} its exit status
 */
export function runNpm(args) {
  const script = process.env["npm_execpath"];
  if (script?.endsWith(".js")) return runHere(process.execPath, [script, ...args]);
  return process.platform === "win32" ? runHere("cmd", ["/c", "npm", ...args]) : runHere("npm", args);
}

/**
 * Installs the locked packages unless they are already here. Throws when npm fails.
 */
export function ensureInstalled() {
  const installedAt = modifiedAt(path.join(REPOSITORY, "node_modules", ".package-lock.json"));
  if (installedAt > 0 && installedAt >= modifiedAt(path.join(REPOSITORY, "package-lock.json"))) return;
  console.log("Installing packages…");
  if (runNpm(["ci", "--include=dev", "--no-audit", "--no-fund"]) !== 0) throw new Error("npm ci failed, see above.");
}

/**
 * Builds the page unless dist is newer than everything it is made from. Throws when the build fails.
 */
export function ensureBuilt() {
  const newestSource = Math.max(...PAGE_SOURCES.map((source) => newestIn(path.join(REPOSITORY, source))));
  if (modifiedAt(path.join(DIST, "index.html")) > newestSource) return;
  console.log("Building the page…");
  const vite = path.join(REPOSITORY, "node_modules", "vite", "bin", "vite.js");
  if (runHere(process.execPath, [vite, "build", "--logLevel", "warn"]) !== 0) throw new Error("vite build failed.");
}
