/** @file One process writes a run's folder at a time, also when processes are killed while they have it. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunLock, RunLockedError, writerOf } from "../../src/cli/run-lock.ts";
import { recordFigures, sized } from "../support/long.ts";

const HOST = hostname().replaceAll(/[^\w-]/g, "-");
const PROCESSES = 4;
const TIMES = sized(25, 500);
const KILLS = sized(3, 50);

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-lock-"));
});
afterEach(async () => {
  for (const child of started.splice(0)) await killed(child);
  rmSync(folder, { recursive: true });
});

function start(...args: readonly string[]): ChildProcess {
  const script = join(import.meta.dirname, "lock-process.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  return child;
}

/** What it says, until it ends or has said a line. */
function line(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.endsWith("\n")) resolve(text.trim());
    });
    child.once("exit", () => reject(new Error(`a process that says something, got its end after "${text}"`)));
  });
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

const locks = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".lock"));

describe("the lock of a run's folder", { timeout: sized(60_000, 600_000) }, () => {
  it(`is never held by two of ${PROCESSES} processes at once`, async () => {
    const told = await Promise.all(
      Array.from({ length: PROCESSES }, () => line(start("contend", folder, String(TIMES)))),
    );
    const counts = told.map((text) => JSON.parse(text) as { held: number; refused: number; notAlone: number });
    expect(counts.map(({ held, notAlone }) => ({ held, notAlone }))).toEqual(
      counts.map(() => ({ held: TIMES, notAlone: 0 })),
    );
    expect(locks()).toEqual([]);
    const refused = counts.reduce((sum, count) => sum + count.refused, 0);
    recordFigures("runLock", { processes: PROCESSES, taken: PROCESSES * TIMES, refused, notAlone: 0 });
  });

  it("is refused while its process lives, and taken over however often that is killed", async () => {
    for (let i = 0; i < KILLS; i++) {
      const holder = start("hold", folder);
      expect(await line(holder)).toBe("held");
      const file = join(folder, locks()[0]!);
      expect(writerOf(folder)).toMatchObject({ host: HOST, pid: holder.pid, file });
      await expect(RunLock.take(folder)).rejects.toThrow(
        new RunLockedError(
          `run folder: one that no other process writes, got ${folder}, which process ${holder.pid} does (delete ${file} if not)`,
        ),
      );
      await killed(holder);
      expect(locks()).toHaveLength(1);
      expect(writerOf(folder)).toBeNull();
      const lock = await RunLock.take(folder);
      expect(writerOf(folder)).toMatchObject({ pid: process.pid });
      expect(locks()).toHaveLength(1);
      lock.release();
      expect(locks()).toEqual([]);
    }
  });

  it("is refused to the process that has it", async () => {
    const lock = await RunLock.take(folder);
    await expect(RunLock.take(folder)).rejects.toThrow(RunLockedError);
    expect(writerOf(folder)).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it.runIf(process.platform === "linux")("is not that of a dead process whose number another one has got", async () => {
    const ticks = Number(readFileSync(`/proc/${process.ppid}/stat`, "utf8").split(") ")[1]!.split(" ")[19]);
    const nameAt = (at: number): string => join(folder, `writer.${HOST}.${process.ppid}.${at}.lock`);
    writeFileSync(nameAt(ticks), "");
    await expect(RunLock.take(folder)).rejects.toThrow(RunLockedError);
    rmSync(nameAt(ticks));
    writeFileSync(nameAt(ticks - 1), "");
    (await RunLock.take(folder)).release();
    expect(locks()).toEqual([]);
  });

  it("of another machine holds as long as it is heard of", async () => {
    const file = join(folder, "writer.elsewhere.1.1.lock");
    writeFileSync(file, "");
    await expect(RunLock.take(folder)).rejects.toThrow("which process 1 on elsewhere does");
    const longAgo = Date.now() / 1000 - 16 * 60;
    utimesSync(file, longAgo, longAgo);
    (await RunLock.take(folder)).release();
    expect(locks()).toEqual([]);
  });
});
