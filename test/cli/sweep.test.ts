/** @file `sweep` as a process: what it did is not done again, and a kill costs an iteration. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LOCKED_EXIT_CODE, writerOf } from "../../src/cli/run-lock.ts";
import { jsonLines, makeWorkplace, runCli, startCli } from "./run-cli.ts";

const PATIENCE = { timeout: 120_000 };
/** The smallest planned run: nothing is learned. */
const PLANNED = "naive.house-1.seed-1";
/** Any other planned run: it is begun here with other settings, which a sweep that goes on with it keeps. */
const BEGUN = "naive.house-2.seed-1";
const SHARED = "naive.house-3.seed-1";
const ITERATIONS = 120;
let workplace: ReturnType<typeof makeWorkplace>;

beforeAll(() => {
  workplace = makeWorkplace();
});
afterAll(() => workplace.remove());

function fileOf(run: string, name: string): string {
  return join(workplace.folder, "teaching", run, name);
}

function sweepFlags(only: string): string[] {
  return ["sweep", "teaching", "--jobs", "1", "--out", workplace.folder, "--only", only];
}

/** A run of many short iterations with a tiny base that knows nothing. */
function trainFlags(out: string): string[] {
  const settings = ["trainVariations=1", "tasksPerIteration=1", "groupSize=3", "maxActionTokens=4", "maxTipTokens=6"];
  const rare = ["evaluateEvery=0", "evaluationEpisodes=1", `base=${workplace.base}`];
  const flags = ["--task", "teaching-power-component", "--seed", "3", "--iterations", String(ITERATIONS)];
  return ["train", "--out", out, ...flags, ...[...settings, ...rare].flatMap((setting) => ["--set", setting])];
}

/** Events of a begun run so far; the last line may be torn. */
function storedEvents(run: string): Record<string, unknown>[] {
  const text = existsSync(fileOf(run, "events.jsonl")) ? readFileSync(fileOf(run, "events.jsonl"), "utf8") : "";
  return jsonLines(text.slice(0, text.lastIndexOf("\n") + 1));
}

function finishedIterations(run: string): number {
  return storedEvents(run).filter(({ type }) => type === "iterationFinished").length;
}

function weightsHash(file: string): unknown {
  return (JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>)["weightsHash"];
}

describe("sweep", PATIENCE, () => {
  it("does the runs of a plan, and does not do finished ones again", async () => {
    const first = await runCli(sweepFlags(PLANNED));
    expect([first.code, first.stdout]).toEqual([0, ""]);
    expect(first.stderr).toMatch(/^1 runs planned, 1 to do\n.*naive\.house-1\.seed-1 finished; 1 done/);
    const summary = JSON.parse(readFileSync(fileOf(PLANNED, "summary.json"), "utf8")) as Record<string, unknown>;
    expect(summary).toMatchObject({ method: "naive", task: "teaching-power-component", seed: 1, iterations: 1 });
    const writtenAt = statSync(fileOf(PLANNED, "summary.json")).mtimeMs;

    const second = await runCli(sweepFlags(PLANNED));
    expect([second.code, second.stderr]).toEqual([0, "1 runs planned, 0 to do\n"]);
    expect(statSync(fileOf(PLANNED, "summary.json")).mtimeMs).toBe(writtenAt);
  });

  it("refuses an experiment that is not planned", async () => {
    const { code, stderr } = await runCli(["sweep", "nothing", "--out", workplace.folder]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^experiment: one of teaching, .* got "nothing"\n$/);
  });

  it("beside another one in the same folder leaves its runs alone, and goes on with them when it is killed", async () => {
    const whole = runCli(trainFlags(join(workplace.folder, "whole-shared")));
    const folder = join(workplace.folder, "teaching", SHARED);
    const begun = startCli([...trainFlags(folder), "--checkpoint-every", "1"]);
    await vi.waitFor(() => expect(existsSync(fileOf(SHARED, "checkpoint.safetensors"))).toBe(true), 60_000);
    begun.child.kill("SIGKILL");
    await begun.result;

    const first = startCli(sweepFlags(SHARED));
    await vi.waitFor(() => expect(writerOf(folder)).not.toBeNull(), { timeout: 60_000, interval: 5 });
    const writer = writerOf(folder)!;
    // A living process that is not fast enough to end its run before the other commands have started.
    process.kill(writer.pid, "SIGSTOP");
    const refused = await runCli([...trainFlags(folder), "--if-begun", "replace"]);
    expect([refused.code, refused.stderr]).toEqual([
      LOCKED_EXIT_CODE,
      `run folder: one that no other process writes, got ${folder}, which process ${writer.pid} does (delete ${writer.file} if not)\n`,
    ]);
    const second = startCli(sweepFlags(SHARED));
    await second.warned("is being made by another process");
    expect(writerOf(folder)).toEqual(writer);
    expect(finishedIterations(SHARED)).toBeLessThan(ITERATIONS);
    first.child.kill("SIGKILL");
    process.kill(writer.pid, "SIGCONT");

    const { code, stderr } = await second.result;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/teaching.* finished; 1 done/)]);
    expect(finishedIterations(SHARED)).toBe(ITERATIONS);
    expect((await whole).code).toBe(0);
    const wholeSummary = join(workplace.folder, "whole-shared", "summary.json");
    expect(weightsHash(fileOf(SHARED, "summary.json"))).toBe(weightsHash(wholeSummary));
    expect(readdirSync(folder).filter((name) => name.endsWith(".lock") || name.endsWith(".tmp"))).toEqual([]);
  });

  it("killed in the middle of a run, ends it, loses at most its iteration in flight, and goes on the next time", async () => {
    const whole = runCli(trainFlags(join(workplace.folder, "whole")));
    const begun = startCli([...trainFlags(join(workplace.folder, "teaching", BEGUN)), "--checkpoint-every", "1"]);
    await vi.waitFor(() => expect(existsSync(fileOf(BEGUN, "checkpoint.safetensors"))).toBe(true), 60_000);
    begun.child.kill("SIGKILL");
    await begun.result;

    const killed = startCli(sweepFlags(BEGUN));
    const startedWith = finishedIterations(BEGUN);
    await vi.waitFor(() => expect(finishedIterations(BEGUN)).toBeGreaterThan(startedWith + 5), {
      timeout: 60_000,
      interval: 5,
    });
    killed.child.kill("SIGKILL");
    await killed.result;
    const done = await stillAfter(2000);
    expect(done).toBeLessThan(ITERATIONS);
    expect(existsSync(fileOf(BEGUN, "summary.json"))).toBe(false);

    const { code, stderr } = await runCli(sweepFlags(BEGUN));
    expect([code, stderr]).toEqual([0, expect.stringContaining("1 runs planned, 1 to do")]);
    const starts = storedEvents(BEGUN).filter(({ type }) => type === "runStarted");
    expect(starts.at(-1)!["iteration"]).toBeGreaterThanOrEqual(done - 1);
    expect(finishedIterations(BEGUN)).toBe(ITERATIONS);
    expect((await whole).code).toBe(0);
    const wholeSummary = join(workplace.folder, "whole", "summary.json");
    expect(weightsHash(fileOf(BEGUN, "summary.json"))).toBe(weightsHash(wholeSummary));
  });
});

/** How many iterations the begun run has finished, which nobody goes on with any more. */
async function stillAfter(ms: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, ms / 2));
  const before = finishedIterations(BEGUN);
  await new Promise((resolve) => setTimeout(resolve, ms / 2));
  expect(finishedIterations(BEGUN)).toBe(before);
  return before;
}
