/**
 * @file Folders in which a worker makes runs. Each belongs to one process, by name; what a dead process left is taken
 * over by a rename, which only one of several can do.
 */
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

const HOST = hostname().replaceAll(/[^\w-]/g, "-");

/** The own folder for a job, with what a dead process of this machine left of it. */
export function claimFolder(scratch: string, jobId: string): string {
  mkdirSync(scratch, { recursive: true });
  const own = join(scratch, `${jobId}.${HOST}.${process.pid}`);
  if (existsSync(own)) return own;
  const left = readdirSync(scratch).filter((name) => name.startsWith(`${jobId}.${HOST}.`));
  for (const name of left) if (!isAlive(Number(name.split(".").at(-1))) && takeOver(join(scratch, name), own)) break;
  mkdirSync(own, { recursive: true });
  return own;
}

function takeOver(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false; // another process was first
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
