/** @file Finds, or on a root Linux installs, the Chromium that the browser tests drive. Node built-ins only. */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runHere } from "./prepare.mjs";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const FIXED_PATHS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const HOW_TO_GET_ONE =
  "The browser tests need Chromium. Install it (Debian: apt-get install chromium; anywhere: npx playwright-core install chromium), " +
  "or set CHROME to the path of a Chrome or Chromium.";

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Browsers that `npx playwright-core install chromium` has put into its cache, newest first. */
function playwrightCandidates() {
  const cache = process.env["PLAYWRIGHT_BROWSERS_PATH"] ?? path.join(os.homedir(), ".cache", "ms-playwright");
  if (!existsSync(cache)) return [];
  const versions = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  return versions
    .sort()
    .reverse()
    .flatMap((name) => ["chrome-linux64", "chrome-linux"].map((folder) => path.join(cache, name, folder, "chrome")));
}

/**
 * The path of a Chromium: that of CHROME, or one that is installed, or undefined.
 * @returns {string | undefined}
 */
export function findChromium() {
  const named = process.env["CHROME"];
  if (named) return isExecutable(named) ? named : undefined;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  const inPath = COMMANDS.flatMap((command) => folders.map((folder) => path.join(folder, command)));
  return [...inPath, ...FIXED_PATHS, ...playwrightCandidates()].find(isExecutable);
}

/**
 * The path of a Chromium, installed now if need be and possible. Throws with advice where it is not.
 * @returns {string}
 */
export function ensureChromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  const named = process.env["CHROME"];
  if (named) throw new Error(`CHROME is ${named}, which cannot be run. ${HOW_TO_GET_ONE}`);
  if (process.getuid?.() === 0 && isExecutable("/usr/bin/apt-get")) {
    console.log("Installing Chromium…");
    runHere("apt-get", ["-q", "update"]);
    runHere("apt-get", ["-q", "install", "-y", "--no-install-recommends", "chromium"]);
  }
  const installed = findChromium();
  if (installed === undefined) throw new Error(HOW_TO_GET_ONE);
  return installed;
}
