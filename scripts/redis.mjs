/** @file Finds, or on a root Linux installs, the Redis that the tests of sweeps on a queue start. Node built-ins only. */
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { runHere } from "./prepare.mjs";

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The path of a Redis server: that of REDIS_SERVER, or one that is installed, or undefined.
 * @returns {string | undefined}
 */
export function findRedisServer() {
  const named = process.env["REDIS_SERVER"];
  if (named) return isExecutable(named) ? named : undefined;
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, "redis-server")).find(isExecutable);
}

/** Installs a Redis server where that is possible; without one its tests are skipped. */
export function installRedisServer() {
  if (findRedisServer() !== undefined || process.getuid?.() !== 0 || !isExecutable("/usr/bin/apt-get")) return;
  console.log("Installing Redis…");
  runHere("apt-get", ["-q", "update"]);
  runHere("apt-get", ["-q", "install", "-y", "--no-install-recommends", "redis-server"]);
}
