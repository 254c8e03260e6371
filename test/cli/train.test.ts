import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonLines, makeWorkplace, runCli, startCli, type CliResult } from "./run-cli.ts";

const PATIENCE = { timeout: 120_000 };
let workplace: ReturnType<typeof makeWorkplace>;
let whole: CliResult;

/** A run of a few short iterations with a tiny base that knows nothing. */
function trainFlags(name: string, ...more: readonly string[]): string[] {
  const settings = [
    `base=${workplace.base}`,
    "trainVariations=1",
    "tasksPerIteration=1",
    "groupSize=3",
    "maxActionTokens=4",
    "maxTipTokens=6",
    "memoryRolloutProbability=0.6",
    "minSimilarity=0",
    "entropyCoefficient=0.05",
    "evaluateEvery=2",
    "evaluationEpisodes=1",
  ].flatMap((setting) => ["--set", setting]);
  const out = ["--out", join(workplace.folder, name)];
  const flags = ["--task", "teaching-power-component", "--method", "empo2", "--seed", "3", "--iterations", "8"];
  return ["train", ...out, ...flags, ...settings, "--checkpoint-every", "1", "--json", ...more];
}

/** Stored events without what a clock tells. */
function timeless(name: string): unknown[] {
  const lines = jsonLines(readFileSync(join(workplace.folder, name, "events.jsonl"), "utf8"));
  return lines.map(({ at, summary, ...event }) => {
    expect(at).toBeGreaterThanOrEqual(0);
    return summary === undefined ? event : { ...event, summary: { ...(summary as object), times: null } };
  });
}

beforeAll(async () => {
  workplace = makeWorkplace();
  whole = await runCli(trainFlags("whole", "--record-rollouts"));
}, PATIENCE.timeout);
afterAll(() => workplace.remove());

describe("train", PATIENCE, () => {
  it("tells everything as JSON lines and ends with the result", () => {
    expect([whole.code, whole.stderr]).toEqual([0, ""]);
    const events = jsonLines(whole.stdout);
    expect(events[0]).toMatchObject({ type: "runStarted", method: "empo2", iteration: 0, backend: "wasm" });
    expect(events.filter(({ type }) => type === "iterationFinished")).toHaveLength(8);
    expect(events.at(-1)).toEqual({
      type: "runFinished",
      iteration: 8,
      weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      rolloutsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      heldOutReturn: expect.any(Number) as number,
      heldOutSuccess: 0,
    });
  });

  it("leaves a folder with configuration, events, rollouts, checkpoint and summary", () => {
    const file = (name: string) => join(workplace.folder, "whole", name);
    const summary = JSON.parse(readFileSync(file("summary.json"), "utf8")) as Record<string, unknown>;
    const config = JSON.parse(readFileSync(file("config.json"), "utf8")) as object;
    const last = jsonLines(whole.stdout).at(-1)!;
    expect(summary).toMatchObject({
      method: "empo2",
      task: "teaching-power-component",
      seed: 3,
      iterations: 8,
      backend: "wasm",
      config,
      weightsHash: last["weightsHash"],
      rolloutsHash: last["rolloutsHash"],
      heldOutReturn: last["heldOutReturn"],
      heldOutSuccess: last["heldOutSuccess"],
    });
    expect(summary["commit"]).toMatch(/^([0-9a-f]{40}(\+changes)?|unknown)$/);
    expect(config).toMatchObject({ groupSize: 3, iterations: 8, base: workplace.base });
    const rollouts = jsonLines(readFileSync(file("rollouts.jsonl"), "utf8"));
    expect(rollouts.filter(({ type }) => type === "rolloutsFinished")).toHaveLength(8);
    expect(existsSync(file("checkpoint.safetensors"))).toBe(true);
  });

  it("does not write over a finished run", async () => {
    const { code, stderr } = await runCli(trainFlags("whole"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^train: a new folder or --resume, got .* with a run in it\n$/);
  });

  it("killed at a random moment and resumed, ends with the same hashes and the same record", async () => {
    const killed = startCli(trainFlags("killed", "--record-rollouts"));
    // From then on there is a checkpoint.
    await killed.said('"iterationStarted","iteration":2');
    const delayMs = Math.round(Math.random() * 500);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    killed.child.kill("SIGKILL");
    const { code, stdout } = await killed.result;
    const told = `killed ${delayMs} ms after its first iteration, exit code ${String(code)}`;
    if (stdout.includes('"runFinished"')) return;
    const resumed = await runCli(["train", "--out", join(workplace.folder, "killed"), "--resume", "--json"]);
    expect([resumed.code, resumed.stderr], told).toEqual([0, ""]);
    expect(jsonLines(resumed.stdout).at(-1), told).toEqual(jsonLines(whole.stdout).at(-1));
    const started = jsonLines(resumed.stdout)[0]!["iteration"];
    const withoutStarts = (events: readonly unknown[]) =>
      events.filter((event) => (event as { type: string }).type !== "runStarted");
    expect(withoutStarts(timeless("killed")), `${told}, resumed at ${String(started)}`).toEqual(
      withoutStarts(timeless("whole")),
    );
  });

  it("stops after the iteration in flight when asked to, and goes on from there", async () => {
    const asked = startCli([...trainFlags("asked"), "--checkpoint-every", "100"]);
    await asked.said('"iterationStarted"');
    asked.child.kill("SIGINT");
    const { code, stdout, stderr } = await asked.result;
    expect(code).toBe(0);
    expect(stdout).not.toContain('"runFinished"');
    expect(stderr).toBe("Stopping after this iteration; --resume goes on.\n");
    const resumed = await runCli(["train", "--out", join(workplace.folder, "asked"), "--resume", "--json"]);
    expect(jsonLines(resumed.stdout).at(-1)).toEqual(jsonLines(whole.stdout).at(-1));
  });

  it("goes on after a kill that tore the last line of its records", async () => {
    const torn = startCli(trainFlags("torn", "--record-rollouts"));
    await torn.said('"iterationStarted","iteration":2');
    torn.child.kill("SIGKILL");
    await torn.result;
    for (const name of ["events.jsonl", "rollouts.jsonl"])
      appendFileSync(join(workplace.folder, "torn", name), '{"type":"iterationFinished","summary":{"iterat');
    const resumed = await runCli(["train", "--out", join(workplace.folder, "torn"), "--resume", "--json"]);
    expect([resumed.code, resumed.stderr]).toEqual([0, ""]);
    expect(jsonLines(resumed.stdout).at(-1)).toEqual(jsonLines(whole.stdout).at(-1));
    const iterationsOf = (name: string) =>
      timeless(name).filter((event) => (event as { type: string }).type === "iterationFinished");
    expect(iterationsOf("torn")).toEqual(iterationsOf("whole"));
  });

  it("takes half the learning rate when it is resumed, and refuses what needs a restart", async () => {
    const folder = join(workplace.folder, "asked");
    const changed = await runCli(["train", "--out", folder, "--resume", "--set", "learningRate=0.0001", "--json"]);
    expect(jsonLines(changed.stdout)).toContainEqual(
      expect.objectContaining({ type: "configChanged", changes: { learningRate: 0.0001 } }),
    );
    const refused = await runCli(["train", "--out", folder, "--resume", "--set", "groupSize=5"]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('got "groupSize"')]);
  });
});

describe("eval", PATIENCE, () => {
  it("of a run's folder repeats itself; with memory on there is one line a trial", async () => {
    const flags = [
      "--checkpoint",
      join(workplace.folder, "whole"),
      "--task",
      "teaching-power-component",
      "--house",
      "1",
    ];
    const off = ["eval", ...flags, "--memory", "off", "--episodes", "2", "--json"];
    const [first, second] = await Promise.all([runCli(off), runCli(off)]);
    expect(first).toEqual(second);
    expect(jsonLines(first.stdout)).toMatchObject([
      { type: "evaluated", evaluation: { memory: "off", split: "test", episodeCount: 8 } },
    ]);
    const on = await runCli(["eval", ...flags, "--memory", "on", "--episodes", "1", "--trials", "2", "--json"]);
    expect(jsonLines(on.stdout)).toMatchObject([
      { evaluation: { memory: "on", iteration: 1, episodeCount: 4 } },
      { evaluation: { memory: "on", iteration: 2, episodeCount: 4 } },
    ]);
  });
});
