/** @file A sweep on a real Redis: whoever dies in the middle, every run is made and counted once. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findRedisServer } from "../../scripts/redis.mjs";
import { sweepOnQueue } from "../../src/cli/queue/coordinator.ts";
import { jobsOf, type Job } from "../../src/cli/sweep/jobs.ts";
import { SweepProgress } from "../../src/cli/sweep/progress.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { Experiment } from "../../src/experiments/planned-runs.ts";
import { makeWorkplace, runCli, startCli, type CliProcess } from "./run-cli.ts";

const REDIS = findRedisServer();
const PATIENCE = { timeout: 240_000 };
const LEASE_SECONDS = "2";
const ITERATIONS_TWICE = 40;
let workplace: ReturnType<typeof makeWorkplace>;
let server: ChildProcess | null = null;
let url = "";
const workers: CliProcess[] = [];
let told = "";

beforeAll(() => {
  workplace = makeWorkplace();
});
afterAll(() => workplace.remove());

afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  for (const { child } of workers) {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  }
  await Promise.all(workers.splice(0).map(({ result }) => result));
  await stopServer();
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** A server that forgets everything when it dies. */
async function startServer(port: number): Promise<void> {
  const own = join(workplace.folder, "redis");
  mkdirSync(own, { recursive: true });
  const flags = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", own];
  const child = spawn(REDIS!, flags, { stdio: ["ignore", "pipe", "ignore"] });
  server = child;
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => {
      if (text.toString().includes("Ready to accept connections")) resolve();
    });
    child.once("exit", () => reject(new Error("redis-server ended")));
  });
  url = `redis://127.0.0.1:${port}`;
}

async function stopServer(): Promise<void> {
  const child = server;
  server = null;
  if (child === null || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

function startWorker(scratch = "scratch"): CliProcess {
  const flags = ["--queue", url, "--lease", LEASE_SECONDS, "--scratch", join(workplace.folder, scratch)];
  const worker = startCli(["work", ...flags]);
  workers.push(worker);
  return worker;
}

/** Short iterations with a tiny base that knows nothing. */
function tinyExperiment(id: string, seeds: number, iterations: number): Experiment {
  const config = {
    ...DEFAULT_CONFIG,
    base: workplace.base,
    iterations,
    trainVariations: 1,
    tasksPerIteration: 1,
    groupSize: 3,
    maxActionTokens: 4,
    maxTipTokens: 6,
    evaluateEvery: 0,
    evaluationEpisodes: 1,
  };
  const runs = Array.from({ length: seeds }, (_, i) => ({
    name: `empo2.house-1.seed-${i + 1}`,
    arm: "empo2",
    config: { ...config, seed: i + 1 },
  }));
  return { id, title: id, question: "Is it made?", runs };
}

function tinyJobs(id: string, seeds: number, iterations: number): Job[] {
  const out = join(workplace.folder, "out");
  return jobsOf([tinyExperiment(id, seeds, iterations)], { out, only: undefined, seeds: undefined });
}

/** Starts the sweep in this process and keeps what it tells. */
function startSweep(jobs: readonly Job[]): Promise<void> {
  told = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    told += String(text);
    return true;
  });
  return sweepOnQueue(jobs, { out: join(workplace.folder, "out"), url }, new SweepProgress(jobs, false));
}

function finishedLines(): string[] {
  return told.split("\n").filter((line) => line.includes(" finished; "));
}

/** Iterations done by now of all runs in a worker's scratch folder. */
function iterationsIn(scratch = "scratch"): number {
  const folder = join(workplace.folder, scratch);
  if (!existsSync(folder)) return 0;
  const texts = readdirSync(folder).map((name) => {
    const file = join(folder, name, "events.jsonl");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  });
  return texts.join("").split('"iterationFinished"').length - 1;
}

function summaryOf({ folder }: Job): Record<string, unknown> {
  return JSON.parse(readFileSync(join(folder, "summary.json"), "utf8")) as Record<string, unknown>;
}

async function untilUnderWay(least: number, scratch?: string): Promise<void> {
  await vi.waitFor(() => expect(iterationsIn(scratch)).toBeGreaterThan(least), { timeout: 60_000, interval: 20 });
}

/** The same run without a queue. */
async function hashesWithoutQueue(job: Job): Promise<unknown[]> {
  const folder = join(workplace.folder, `alone-${job.experiment.id}-${job.run.name}`);
  const config = join(job.folder, "config.json");
  expect((await runCli(["train", "--config", config, "--out", folder])).code).toBe(0);
  const { weightsHash, rolloutsHash } = summaryOf({ ...job, folder });
  return [weightsHash, rolloutsHash];
}

describe.skipIf(REDIS === undefined)("a sweep on a queue", PATIENCE, () => {
  it("makes every run once although a worker and then the server die in the middle", async () => {
    await startServer(await freePort());
    const jobs = tinyJobs("deaths", 4, 40);
    const sweep = startSweep(jobs);
    const first = startWorker();
    startWorker();
    await untilUnderWay(10);
    first.child.kill("SIGKILL");
    await first.result;
    startWorker();
    const before = iterationsIn();
    await untilUnderWay(before + 10);
    const port = Number(new URL(url).port);
    await stopServer();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await startServer(port);
    await sweep;
    expect(finishedLines()).toHaveLength(jobs.length);
    expect(told).not.toContain("FAILED");
    for (const job of jobs) {
      const { weightsHash, rolloutsHash, config } = summaryOf(job);
      expect(config).toEqual(job.run.config);
      expect([weightsHash, rolloutsHash]).toEqual(await hashesWithoutQueue(job));
    }
  });

  it("goes on with a run however often its worker dies, from where it was", async () => {
    await startServer(await freePort());
    const [job] = tinyJobs("often", 1, 150);
    const sweep = startSweep([job!]);
    for (let death = 0; death < 3; death++) {
      const worker = startWorker("often");
      await untilUnderWay(iterationsIn("often") + 3, "often");
      worker.child.kill("SIGKILL");
      await worker.result;
    }
    expect(iterationsIn("often")).toBeLessThan(150);
    startWorker("often");
    await sweep;
    expect(told).not.toContain("FAILED");
    expect(finishedLines()).toHaveLength(1);
    const events = readFileSync(join(job!.folder, "events.jsonl"), "utf8");
    expect(events.match(/"runStarted"/g)!.length).toBeGreaterThan(1);
    const { weightsHash, rolloutsHash } = summaryOf(job!);
    expect([weightsHash, rolloutsHash]).toEqual(await hashesWithoutQueue(job!));
  });

  it("tells of a run that cannot be made, and leaves no result", async () => {
    await startServer(await freePort());
    const [job] = tinyJobs("impossible", 1, 1);
    const run = { ...job!.run, config: { ...job!.run.config, base: "nowhere" } };
    const sweep = startSweep([{ ...job!, run }]);
    startWorker("impossible");
    await sweep;
    expect(told).toContain(
      'FAILED: exit code 1. base: a name in public/base, docs/results/bases or runs, got "nowhere"',
    );
    expect(process.exitCode).toBe(1);
    expect(existsSync(join(job!.folder, "summary.json"))).toBe(false);
  });

  it("counts a run once that two workers made, the first of them silent for longer than its lease", async () => {
    await startServer(await freePort());
    const [job] = tinyJobs("twice", 1, ITERATIONS_TWICE);
    const sweep = startSweep([job!]);
    const silent = startWorker("silent");
    await untilUnderWay(2, "silent");
    silent.child.kill("SIGSTOP");
    const other = startWorker("other");
    await sweep;
    const made = summaryOf(job!);
    silent.child.kill("SIGCONT");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(iterationsIn("silent")).toBe(ITERATIONS_TWICE);
    expect(finishedLines()).toHaveLength(1);
    expect(summaryOf(job!)).toEqual(made);
    other.child.kill("SIGTERM");
    expect((await other.result).stderr).toContain("empo2.house-1.seed-1 finished");
  });

  it("goes on when the sweep itself was killed, and asks for no finished run again", async () => {
    await startServer(await freePort());
    const flags = ["sweep", "teaching", "--only", "naive.house-", "--seeds", "1", "--queue", url];
    const out = ["--out", join(workplace.folder, "killed")];
    const killed = startCli([...flags, ...out]);
    const worker = startWorker("killed-scratch");
    const folder = join(workplace.folder, "killed", "teaching");
    const finished = (): string[] =>
      (existsSync(folder) ? readdirSync(folder) : []).filter((name) => existsSync(join(folder, name, "summary.json")));
    await vi.waitFor(() => expect(finished().length).toBeGreaterThan(0), { timeout: 60_000, interval: 20 });
    killed.child.kill("SIGKILL");
    await killed.result;
    const done = finished().length;
    const { code, stderr } = await runCli([...flags, ...out]);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^5 runs planned, ${5 - done} to do`));
    expect(stderr.match(/ finished; /g) ?? []).toHaveLength(5 - done);
    expect(finished()).toHaveLength(5);
    expect(worker.child.exitCode).toBeNull();
  });
});

describe("--queue", () => {
  it("is refused if it is no Redis address", async () => {
    const { code, stderr } = await runCli(["work", "--queue", "localhost"]);
    expect([code, stderr]).toEqual([1, '--queue: an address redis://host:port, got "localhost"\n']);
  });
});
