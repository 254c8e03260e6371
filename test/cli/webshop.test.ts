import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnv } from "../../src/core/envs/registry.ts";
import type { TaskRef } from "../../src/core/envs/env.ts";
import type { RolloutRecord } from "../../src/core/events/training-event.ts";
import { goldActions, ref, start } from "../core/envs/webshop/play.ts";
import { jsonLines, makeWorkplace, runCli } from "./run-cli.ts";

const PATIENCE = { timeout: 120_000 };

describe("play in the shop", PATIENCE, () => {
  const actions = goldActions(start(12));

  /** What the world itself tells in one mode. */
  function told(preset: string): string[] {
    const task: TaskRef = { ...ref(12), preset };
    const env = createEnv(task);
    return [env.reset(), ...actions.map((action) => env.step(action))].map(({ text }) => text);
  }

  it("prints both observation modes, the reward from 0 to 1, and the end", async () => {
    const flags = ["--world", "webshop", "--goal", "12", "--actions", "-"];
    const { code, stdout, stderr } = await runCli(["play", ...flags], actions.join("\n"));
    expect([code, stderr]).toEqual([0, ""]);
    const lines = jsonLines(stdout);
    expect(lines.map(({ text }) => text)).toEqual(told("text"));
    expect(lines.map(({ text_rich: rich }) => rich)).toEqual(told("text_rich"));
    expect(lines.map(({ action }) => action)).toEqual([null, ...actions]);
    expect(lines.map(({ reward }) => reward)).toEqual([...actions.map(() => 0), 1]);
    expect(lines.map(({ score }) => score)).toEqual([...actions.map(() => 0), 100]);
    expect(lines.at(-1)).toMatchObject({ done: true, moves: actions.length });
  });

  it("prints one mode if one is asked for", async () => {
    const flags = ["--world", "webshop", "--variation", "12", "--mode", "text", "--actions", "-"];
    const { stdout } = await runCli(["play", ...flags], actions.join("\n"));
    const lines = jsonLines(stdout);
    expect(lines.map(({ observation }) => observation)).toEqual(told("text"));
    expect(lines.every((line) => !("text_rich" in line))).toBe(true);
  });
});

describe("webshop-reward", PATIENCE, () => {
  const goal = {
    name: "acme mug",
    query: "mug",
    product_category: "Home › Kitchen › Mugs",
    attributes: ["heavy duty"],
    goal_options: ["navy blue"],
    price_upper: 40,
  };
  const product = {
    Title: "acme mug",
    name: "acme mug",
    BulletPoints: ["heavy duty"],
    Description: "",
    Attributes: ["DUMMY_ATTR"],
    query: "mug",
    product_category: "Home › Kitchen › Mugs",
  };
  const purchase = { goal, product, options: { color: "blue" }, price: 25, nouns: ["acme", "mug"] };

  it("judges every line, and loses none to a bad one", async () => {
    const input = [
      JSON.stringify(purchase),
      JSON.stringify({ ...purchase, options: [] }),
      "{oops",
      JSON.stringify({ ...purchase, goal: { ...goal, price_upper: 0 } }),
      JSON.stringify({ ...purchase, goal: { ...goal, attributes: [] } }),
      JSON.stringify({ ...purchase, price: "25" }),
      JSON.stringify({ ...purchase, goal: undefined }),
      JSON.stringify({ ...purchase, nouns: ["lamp"] }),
      JSON.stringify({
        goal: { attributes: ["steel"], price_upper: 40, name: "mug" },
        product: { Title: "Steel mug" },
        price: 50,
      }),
    ];
    const { code, stdout, stderr } = await runCli(["webshop-reward", "--input", "-"], input.join("\n"));
    expect([code, stderr]).toEqual([0, ""]);
    expect(jsonLines(stdout)).toEqual([
      { reward: 1, r_type: 1, n_att: 1, n_opt: 1, price_ok: true },
      { reward: 2 / 3, r_type: 1, n_att: 1, n_opt: 0, price_ok: true },
      { error: "webshop-reward: a JSON line, got {oops" },
      { error: "purchaseReward: a price bound above 0, got 0" },
      { error: "purchaseReward: a goal with attributes, got none" },
      { error: 'webshop-reward: price: a number, got "25"' },
      { error: "webshop-reward: goal: a value, got nothing" },
      // No nouns in the goal's name: a title score of 0.2, which query and category make up for.
      { reward: 1, r_type: 1, n_att: 1, n_opt: 1, price_ok: true },
      { reward: 0.5, r_type: 1, n_att: 1, n_opt: 0, price_ok: false },
    ]);
  });
});

describe("what cannot be played", PATIENCE, () => {
  it.each([
    [["--world", "mars"], 'play: --world scienceworld or webshop, got "mars"'],
    [["--world", "webshop", "--mode", "html"], 'play: --mode text, text_rich or both, got "html"'],
    [["--task", "find-plant", "--mode", "text"], 'play: --mode in a shop only, got "text" in scienceworld'],
    [["--world", "webshop", "--goal", "1", "--variation", "2"], "play: --variation or --goal, got both"],
    [["--world", "webshop", "--goal", "5000"], "worlds: a variation of 0…999 for webshop, got 5000"],
    [["--world", "webshop", "--task", "find-plant"], "worlds: a task of webshop, got find-plant"],
    [["--world", "scienceworld"], "worlds: a task of power-component, "],
  ])("is refused in one line: %j", async (flags, message) => {
    const { code, stdout, stderr } = await runCli(["play", "--actions", "/dev/null", ...flags]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("bench of a world", PATIENCE, () => {
  it("tells steps a second and memory", async () => {
    const { code, stdout } = await runCli(["bench", "--task", "webshop", "--json"]);
    expect(code).toBe(0);
    const [line] = jsonLines(stdout);
    expect(line).toMatchObject({ type: "worldBenchmark", task: "webshop", preset: "text_rich" });
    expect(line!["stepsPerSecond"]).toBeGreaterThan(1000);
    expect(line!["sharedBytes"]).toBeGreaterThan(0);
  });
});

describe("training in the shop", PATIENCE, () => {
  let workplace: ReturnType<typeof makeWorkplace>;
  beforeAll(() => {
    workplace = makeWorkplace();
  });
  afterAll(() => workplace.remove());

  it("runs with memory, intrinsic reward, tips of another catalogue and evaluation", async () => {
    for (const source of ["memory", "other-world"]) {
      const out = join(workplace.folder, source);
      const settings = [
        `base=${workplace.base}`,
        `tipSource=${source}`,
        "trainVariations=3",
        "tasksPerIteration=2",
        "groupSize=3",
        "memoryRolloutProbability=0.6",
        "minSimilarity=0",
        "evaluationEpisodes=1",
      ].flatMap((setting) => ["--set", setting]);
      const flags = ["--task", "webshop", "--method", "empo2", "--iterations", "2", "--out", out, "--record-rollouts"];
      const { code, stderr } = await runCli(["train", ...flags, ...settings]);
      expect(code, stderr).toBe(0);
      const lines = jsonLines(readFileSync(join(out, "rollouts.jsonl"), "utf8"));
      const rollouts = lines.flatMap((line) => (line["rollouts"] ?? []) as RolloutRecord[]);
      expect(rollouts).toHaveLength(12);
      for (const { task, firstObservation, score } of rollouts) {
        expect(task).toMatchObject({ world: "webshop", preset: "easy", house: 1 });
        expect([400, 401, 402]).toContain(task.variation);
        expect(firstObservation).toBe(start(task.variation, { house: 1 }).reset().text);
        expect(score >= 0 && score <= 100).toBe(true);
      }
    }
  });
});
