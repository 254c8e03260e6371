/** @file Which runs of a sweep are to be done, and in which order, by what is in their folders. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { jobIdOf, packRun, unpackRun, type QueuedRun } from "../../src/cli/queue/queued-run.ts";
import { claimFolder } from "../../src/cli/queue/scratch.ts";
import { baseFileOf, isReady, jobsOf, openJobs, timedRuns, type Job } from "../../src/cli/sweep/jobs.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { experimentById } from "../../src/experiments/plans.ts";

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), "jobs-"));
});
afterEach(() => rmSync(out, { recursive: true }));

/** Figure 8's trials in house 6 with one seed, and what they begin with. */
function trialJobs(): Job[] {
  return jobsOf([experimentById("new-task.teaching")], { out, only: "house-6", seeds: 1 });
}

const TRAINING = "new-task-training.teaching-power-component";

function leave(experiment: string, run: string, ...names: readonly string[]): void {
  const folder = join(out, experiment, run);
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), "{}");
}

const namesOf = (jobs: readonly Job[]): string[] => jobs.map(({ experiment, run }) => `${experiment.id}/${run.name}`);

describe("the jobs of a sweep", () => {
  it("are its runs, after those whose policies they begin with", () => {
    expect(namesOf(trialJobs())).toEqual([
      `${TRAINING}/empo2.house-1.seed-1`,
      `${TRAINING}/grpo.house-1.seed-1`,
      ...["empo2", "grpo", "base"].flatMap((who) =>
        ["with", "without"].map((how) => `new-task.teaching/${who}-${how}-memory.house-6.seed-1`),
      ),
    ]);
  });

  it("are open until their result is there", () => {
    const jobs = trialJobs();
    expect(openJobs(jobs, out)).toEqual(jobs);
    leave(TRAINING, "grpo.house-1.seed-1", "checkpoint.safetensors", "summary.json");
    leave(TRAINING, "empo2.house-1.seed-1", "checkpoint.safetensors");
    leave("new-task.teaching", "base-with-memory.house-6.seed-1", "summary.json");
    expect(openJobs(jobs, out)).toHaveLength(jobs.length - 2);
    expect(namesOf(openJobs(jobs, out))[0]).toBe(`${TRAINING}/empo2.house-1.seed-1`);
  });

  it("wait for the policy they begin with, and for nothing else", () => {
    const ready = (): number => trialJobs().filter((job) => isReady(job, out)).length;
    expect(ready()).toBe(4);
    leave(TRAINING, "empo2.house-1.seed-1", "checkpoint.safetensors");
    expect(ready()).toBe(4);
    leave(TRAINING, "empo2.house-1.seed-1", "summary.json");
    expect(ready()).toBe(6);
  });

  it("make a policy again whose checkpoint was not kept, but only if a job needs it", () => {
    for (const who of ["empo2", "grpo"]) leave(TRAINING, `${who}.house-1.seed-1`, "summary.json");
    for (const how of ["with", "without"])
      leave("new-task.teaching", `grpo-${how}-memory.house-6.seed-1`, "summary.json");
    const open = namesOf(openJobs(trialJobs(), out));
    expect(open).toContain(`${TRAINING}/empo2.house-1.seed-1`);
    expect(open).not.toContain(`${TRAINING}/grpo.house-1.seed-1`);
  });

  it("are made once where two experiments plan the same run, in the first one's folder unless it is there already", () => {
    const [arms, grid] = [experimentById("teaching-arms"), experimentById("p-q.teaching")];
    const choice = { out, only: "house-1", seeds: undefined };
    const shared = (): string[] => namesOf(jobsOf([grid], { ...choice, only: "empo2-p-0.25-q-0.house-1" }));
    expect(shared()).toEqual(["teaching-arms/empo2-q0.house-1.seed-1"]);
    const [ofArms, ofGrid, ofBoth] = [[arms], [grid], [arms, grid]].map((plans) => jobsOf(plans, choice).length);
    expect(ofBoth).toBe(ofArms! + ofGrid! - 2); // q 0 and q 1
    leave("p-q.teaching", "empo2-p-0.25-q-0.house-1.seed-1", "summary.json");
    expect(shared()).toEqual(["p-q.teaching/empo2-p-0.25-q-0.house-1.seed-1"]);
  });

  it("are timed by their results", () => {
    const [training] = trialJobs();
    mkdirSync(training!.folder, { recursive: true });
    writeFileSync(join(training!.folder, "summary.json"), JSON.stringify({ seconds: 40, config: { iterations: 7 } }));
    expect(timedRuns(trialJobs())).toEqual([{ seconds: 40, config: { ...DEFAULT_CONFIG, iterations: 7 } }]);
    expect(baseFileOf(training!, out)).toBeNull();
  });
});

describe("a run on a queue", () => {
  const queued: QueuedRun = {
    experiment: "teaching",
    run: "empo2.house-1.seed-1",
    config: DEFAULT_CONFIG,
    baseFile: null,
    sendsCheckpoint: false,
  };

  it("has an id of its own, the same every time", () => {
    expect(jobIdOf(queued)).toMatch(/^[0-9a-f]{64}$/);
    expect(jobIdOf(structuredClone(queued))).toBe(jobIdOf(queued));
    for (const other of [{ run: "b" }, { config: { ...DEFAULT_CONFIG, seed: 2 } }, { baseFile: "AA" }])
      expect(jobIdOf({ ...queued, ...other })).not.toBe(jobIdOf(queued));
  });

  it("sends its files back as they are, the checkpoint if it is needed", () => {
    leave("worker", "run", "config.json", "events.jsonl", "checkpoint.safetensors");
    writeFileSync(join(out, "worker/run/summary.json"), JSON.stringify({ config: DEFAULT_CONFIG }));
    unpackRun(join(out, "a"), packRun(join(out, "worker/run"), queued), queued);
    expect(readdirSync(join(out, "a")).sort()).toEqual(["config.json", "events.jsonl", "summary.json"]);
    unpackRun(join(out, "b"), packRun(join(out, "worker/run"), { ...queued, sendsCheckpoint: true }), queued);
    expect(readdirSync(join(out, "b"))).toContain("checkpoint.safetensors");
  });

  it("is refused if it is not finished, or another one", () => {
    const sent = (summary: object) => ({ "summary.json": gzipSync(JSON.stringify(summary)).toString("base64") });
    expect(() => unpackRun(join(out, "a"), {}, queued)).toThrow(
      "queue: a finished run, got empo2.house-1.seed-1 without its summary",
    );
    const other = sent({ config: { ...DEFAULT_CONFIG, seed: 9 } });
    expect(() => unpackRun(join(out, "a"), other, queued)).toThrow("queue: the run that was asked for, got ");
    expect(readdirSync(out)).toEqual([]);
  });
});

describe("a worker's folder", () => {
  /** No process has this id: it is above what the system gives. */
  const DEAD = 2 ** 30;
  const host = hostname().replaceAll(/[^\w-]/g, "-");

  it("is taken over from a dead process, not from one that lives", () => {
    const own = `job.${host}.${process.pid}`;
    for (const pid of [DEAD, process.ppid]) {
      mkdirSync(join(out, `job.${host}.${pid}`));
      writeFileSync(join(out, `job.${host}.${pid}`, String(pid)), "");
    }
    expect(claimFolder(out, "job")).toBe(join(out, own));
    expect(readdirSync(join(out, own))).toEqual([String(DEAD)]);
    expect(readdirSync(out).sort()).toEqual([own, `job.${host}.${process.ppid}`].sort());
    expect(claimFolder(out, "job")).toBe(join(out, own));
  });

  it("of another job or another machine is left alone", () => {
    for (const name of [`other.${host}.${DEAD}`, `job.elsewhere.${DEAD}`]) mkdirSync(join(out, name));
    expect(readdirSync(claimFolder(out, "job"))).toEqual([]);
    expect(readdirSync(out)).toHaveLength(3);
  });
});
