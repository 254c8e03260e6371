/**
 * @file One process writes a run's folder at a time. Each that wants it leaves a file with its name there and then looks
 * for others, so that of two at once at least one sees the other; what dead processes left is no obstacle. Own code,
 * because proper-lockfile's heartbeat is a timer, and an iteration on wasm or cpu never leaves its task: a run that
 * computes for long would look dead.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../core/base/errors.ts";

/** How a command ends that found the folder taken; distinct from a failure, because trying later may help. */
export const LOCKED_EXIT_CODE = 75;

/** Another process writes the folder. */
export class RunLockedError extends ConfigError {}

/** Whoever writes a folder. */
export interface RunWriter {
  readonly host: string;
  readonly pid: number;
  /** Its file in the folder. */
  readonly file: string;
}

const HOST = hostname().replaceAll(/[^\w-]/g, "-");
const NAME = /^writer\.([\w-]+)\.(\d+)\.(\d+)\.lock$/;
/** Of a process on another machine nothing is known but when it last wrote; an iteration takes minutes at most. */
const SILENT_MS = 15 * 60_000;
const BEAT_MS = 10_000;
/** Two that met step back and try again, each after a time of its own. */
const ATTEMPTS = 5;
const MOST_WAIT_MS = 100;

/** The right to write a folder, until it is released or the process ends. */
export class RunLock {
  readonly #file: string;
  #beatAt = performance.now();
  readonly #release = (): void => this.release();

  private constructor(file: string) {
    this.#file = file;
    process.once("exit", this.#release);
  }

  /**
   * Takes the folder, which is made if it is not there.
   *
   * @throws {RunLockedError} if a living process has it
   */
  static async take(folder: string): Promise<RunLock> {
    mkdirSync(folder, { recursive: true });
    const own = `writer.${HOST}.${process.pid}.${startOf(process.pid)}.lock`;
    for (let attempt = 1; ; attempt++) {
      const writer = enter(folder, own);
      if (writer === null) return new RunLock(join(folder, own));
      if (attempt === ATTEMPTS) throw lockedBy(folder, writer);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MOST_WAIT_MS));
    }
  }

  /** Shows processes on other machines that this one lives. */
  beat(): void {
    if (performance.now() - this.#beatAt < BEAT_MS) return;
    this.#beatAt = performance.now();
    const now = new Date();
    utimesSync(this.#file, now, now);
  }

  release(): void {
    process.removeListener("exit", this.#release);
    rmSync(this.#file, { force: true });
  }
}

/** The living process that writes the folder; null if there is none. */
export function writerOf(folder: string): RunWriter | null {
  return writersOf(folder).find(isAlive) ?? null;
}

/** Leaves the own name and looks around: null if no living process is there, and what dead ones left is gone then. */
function enter(folder: string, own: string): RunWriter | null {
  try {
    writeFileSync(join(folder, own), "", { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { host: HOST, pid: process.pid, file: join(folder, own) }; // this process has it already
  }
  const others = writersOf(folder).filter(({ file }) => file !== join(folder, own));
  const writer = others.find(isAlive) ?? null;
  if (writer === null) for (const { file } of others) rmSync(file, { force: true });
  else rmSync(join(folder, own), { force: true });
  return writer;
}

interface NamedWriter extends RunWriter {
  /** When it was started, in ticks; 0 if the system does not tell. */
  readonly start: number;
}

function writersOf(folder: string): NamedWriter[] {
  return namesIn(folder).flatMap((name) => {
    const [, host, pid, start] = NAME.exec(name) ?? [];
    return host === undefined ? [] : [{ host, pid: Number(pid), start: Number(start), file: join(folder, name) }];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not made yet
  }
}

function isAlive({ host, pid, start, file }: NamedWriter): boolean {
  if (host !== HOST) return Date.now() - changedAt(file) < SILENT_MS;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startOf(pid);
  return start === 0 || now === 0 || now === start; // otherwise the number was given to another process
}

/** Milliseconds since 1970; 0 if the file is gone. */
function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When a process was started, ticks since the machine was; 0 where the system does not tell (Linux does). */
function startOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 22; the second one is a name in brackets that may contain anything.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  } catch {
    return 0;
  }
}

function lockedBy(folder: string, { host, pid, file }: RunWriter): RunLockedError {
  const who = `process ${pid}${host === HOST ? "" : ` on ${host}`}`;
  return new RunLockedError(
    `run folder: one that no other process writes, got ${folder}, which ${who} does (delete ${file} if not)`,
  );
}
