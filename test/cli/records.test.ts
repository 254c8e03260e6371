/** @file `reproduce --check`, `record` and `pretrain` as processes: what they leave behind, and that it is reproducible. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePolicyState } from "../../src/model/checkpoint.ts";
import { jsonLines, makeWorkplace, runCli } from "./run-cli.ts";

const PATIENCE = { timeout: 120_000 };
const FIXTURES = join(import.meta.dirname, "../experiments/fixtures");
let workplace: ReturnType<typeof makeWorkplace>;

beforeAll(() => {
  workplace = makeWorkplace();
});
afterAll(() => workplace.remove());

function inFolder(...names: readonly string[]): string {
  return join(workplace.folder, ...names);
}

describe("reproduce", PATIENCE, () => {
  it("finds that the committed pages are what the recorded runs give", async () => {
    const { code, stdout, stderr } = await runCli(["reproduce", "--check"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\d+ files are what the runs give\n$/);
  });

  it("with --check names the page that differs, ends with an exit code and writes nothing", async () => {
    const out = inFolder("results");
    cpSync(join(FIXTURES, "runs"), join(out, "runs"), { recursive: true });
    expect((await runCli(["reproduce", "--out", out])).code).toBe(0);
    const page = join(out, "teaching.md");
    const altered = readFileSync(page, "utf8").replace(/\d+\.\d/, "100.0");
    writeFileSync(page, altered);
    const { code, stdout } = await runCli(["reproduce", "--out", out, "--check"]);
    expect([code, stdout]).toEqual([1, `${page} differs from the runs\n`]);
    expect(readFileSync(page, "utf8")).toBe(altered);
  });
});

describe("record", PATIENCE, () => {
  it("packs a run that was made with its rollouts, whole, in the order of the run", async () => {
    const settings = ["trainVariations=1", "tasksPerIteration=1", "groupSize=2", "maxActionTokens=4", "maxTipTokens=6"];
    const rare = ["evaluateEvery=0", "evaluationEpisodes=1", `base=${workplace.base}`];
    const set = [...settings, ...rare].flatMap((setting) => ["--set", setting]);
    const run = inFolder("run");
    const trained = await runCli(["train", "--out", run, "--iterations", "2", "--record-rollouts", ...set]);
    expect(trained.code).toBe(0);
    mkdirSync(inFolder("recorded"));
    const flags = [
      "--run",
      run,
      "--out",
      inFolder("recorded"),
      "--id",
      "two",
      "--title",
      "Two iterations",
      "--set",
      "Two",
    ];
    const { code, stdout, stderr } = await runCli(["record", ...flags]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("2 iterations; rollouts of all groups in 2");
    const index = JSON.parse(readFileSync(inFolder("recorded", "index.json"), "utf8")) as unknown;
    expect(JSON.stringify(index)).toContain("Two iterations");
    const events = jsonLines(gunzipSync(readFileSync(inFolder("recorded", "two.jsonl.gz"))).toString());
    const told = (type: string) => events.filter((event) => event["type"] === type);
    expect(events[0]).toMatchObject({ type: "runStarted", iteration: 0 });
    expect(told("rolloutsFinished").map(({ iteration }) => iteration)).toEqual([1, 2]);
    expect(told("iterationFinished")).toHaveLength(2);
    const summary = JSON.parse(readFileSync(join(run, "summary.json"), "utf8")) as Record<string, unknown>;
    expect(told("runFinished")).toMatchObject([{ weightsHash: summary["weightsHash"] }]);
    const times = events.map(({ at }) => Number(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("refuses a run without rollouts", async () => {
    const run = join(FIXTURES, "runs/teaching/empo2.house-1.seed-1");
    const flags = ["--run", run, "--out", inFolder("recorded"), "--id", "none", "--title", "None", "--set", "None"];
    const { code, stderr } = await runCli(["record", ...flags]);
    expect(code).toBe(1);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("pretrain", PATIENCE, () => {
  const hashOf = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

  async function pretrain(name: string, ...flags: readonly string[]): Promise<string> {
    const shape = ["--width", "16", "--layers", "1", "--heads", "2", "--tokens", "8000"];
    const { code, stderr } = await runCli(["pretrain", ...shape, "--out", inFolder(name), ...flags]);
    expect([code, stderr]).toEqual([0, ""]);
    return hashOf(inFolder(name));
  }

  it("gives the same weights from the same seed, whatever the number of processes, and others from another", async () => {
    const one = await pretrain("one.safetensors", "--jobs", "1");
    expect(await pretrain("two.safetensors", "--jobs", "2")).toBe(one);
    expect(await pretrain("other.safetensors", "--jobs", "2", "--seed", "2")).not.toBe(one);
    const { config, weights } = decodePolicyState(new Uint8Array(readFileSync(inFolder("one.safetensors"))));
    expect(config).toMatchObject({ width: 16, layers: 1, heads: 2 });
    const numbers = [...weights.values()].flatMap(({ data }) => [...data]);
    expect(numbers.every(Number.isFinite)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(numbers.length / 2);
  });
});
