import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEnv, taskSpecs } from "../../src/core/envs/registry.ts";
import { jsonLines, makeWorkplace, runCli } from "./run-cli.ts";

const PATIENCE = { timeout: 120_000 };
let workplace: ReturnType<typeof makeWorkplace>;

beforeAll(() => {
  workplace = makeWorkplace();
});
afterAll(() => workplace.remove());

describe("worlds", PATIENCE, () => {
  it("lists every task as a JSON line, with variations and splits", async () => {
    const { code, stdout, stderr } = await runCli(["worlds", "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = jsonLines(stdout);
    expect(lines.map(({ task }) => task)).toEqual(taskSpecs().map(({ task }) => task));
    expect(lines.find(({ task }) => task === "power-component")).toMatchObject({
      world: "scienceworld",
      id: "3-1",
      variationCount: 20,
      splits: {
        train: { count: 10, first: 0, last: 9 },
        dev: { count: 5, first: 10, last: 14 },
        test: { count: 5, first: 15, last: 19 },
      },
    });
  });
});

describe("play", PATIENCE, () => {
  it("answers every action with a JSON line, as the world itself does", async () => {
    const actions = ["look around", "jump over the moon", "focus on orange"];
    const task = { world: "scienceworld", task: "find-plant", variation: 3, preset: "easy", house: 0 } as const;
    const flags = ["--task", task.task, "--variation", "3", "--preset", "easy", "--actions", "-"];
    const { code, stdout, stderr } = await runCli(["play", "--world", "scienceworld", ...flags], actions.join("\n"));
    expect([code, stderr]).toEqual([0, ""]);
    const env = createEnv(task);
    const expected = [null, ...actions].map((action) => {
      const { text, ...rest } = action === null ? env.reset() : env.step(action);
      return { action, observation: text, ...rest };
    });
    expect(jsonLines(stdout)).toEqual(expected.slice(0, expected.findIndex(({ done }) => done) + 1 || undefined));
  });
});

describe("bad input", PATIENCE, () => {
  const commands = (): [string, string[], string][] => {
    const broken = join(workplace.folder, "broken.json");
    writeFileSync(broken, '{\n  "seed": 1,\n  oops\n}\n');
    const out = ["--out", join(workplace.folder, "bad")];
    const base = ["--set", `base=${workplace.base}`];
    const play = ["play", "--actions", "/dev/null", "--task"];
    return [
      ["an unknown command", ["frobnicate"], "error: unknown command 'frobnicate'"],
      ["an unknown flag", ["worlds", "--nope"], "error: unknown option '--nope'"],
      ["an unknown task", [...play, "nope"], "worlds: a task of power-component"],
      ["a number that is none", [...play, "find-plant", "--house", "x"], '--house: a whole number from 0, got "x"'],
      ["a file that is not there", ["play", "--task", "find-plant", "--actions", "/nonexistent"], "ENOENT"],
      ["a setting out of range", ["train", ...out, "--set", "groupSize=1"], "config: groupSize must be an integer"],
      ["a setting that is no number", ["train", ...out, "--set", "clipLow=low"], 'from 0 to 1, got "low"'],
      ["a setting without value", ["train", ...out, "--set", "seed"], '--set: key=value, got "seed"'],
      ["a broken file of settings", ["train", ...out, "--config", broken], "--config: a JSON file, got"],
      [
        "an unknown base",
        ["train", ...out, "--set", "base=no-such"],
        "base: a name in public/base, docs/results/bases or runs",
      ],
      ["an unknown task to train", ["train", ...out, ...base, "--task", "x"], "worlds: a task of power-component"],
      ["checkpoints at odd times", ["train", ...out, "--checkpoint-every", "x"], "--checkpoint-every: a whole number"],
      ["an unknown answer", ["train", ...out, ...base, "--if-begun", "x"], "--if-begun: refuse, finish or replace"],
      ["a base file that is none", ["train", ...out, "--base-file", "x"], "--base-file: a file, got x"],
      ["nothing to resume", ["train", ...out, "--resume"], "--resume: a folder with checkpoint.safetensors"],
      ["an unknown checkpoint", ["eval", "--checkpoint", "x", "--task", "find-plant"], "base: a name in public/base"],
    ];
  };

  it("ends with an exit code and exactly one clear line, and prints no result", async () => {
    const all = commands();
    // Four at a time: as many as the machine has cores.
    for (let i = 0; i < all.length; i += 4) {
      await Promise.all(
        all.slice(i, i + 4).map(async ([what, args, message]) => {
          const { code, stdout, stderr } = await runCli(args);
          expect(code, what).not.toBe(0);
          expect(stdout, what).toBe("");
          expect(stderr, what).toContain(message);
          expect(stderr.trimEnd().split("\n"), what).toHaveLength(1);
          expect(stderr, what).not.toMatch(/\n\s+at /);
        }),
      );
    }
    expect(existsSync(join(workplace.folder, "bad")), "a wrong flag makes no folder").toBe(false);
  });
});

describe("tasks", PATIENCE, () => {
  it("prints how hard a task is for a random agent and for a base policy, the same for the same seed", async () => {
    const flags = ["tasks", "--task", "find-plant", "--preset", "easy", "--random", "2"];
    const withBase = [...flags, "--base", workplace.base, "--base-episodes", "1"];
    const [first, again] = await Promise.all([runCli(withBase), runCli(withBase)]);
    expect(first.code).toBe(0);
    expect(again.stdout).toBe(first.stdout);
    const [report] = jsonLines(first.stdout);
    expect(report).toMatchObject({
      seed: 1,
      tasks: [
        {
          task: "find-plant",
          preset: "easy",
          house: 0,
          random: { episodes: 40 },
          base: { episodes: 20 },
          baseName: workplace.base,
        },
      ],
    });
    const bad = await runCli([...flags, "--preset", "nope"]);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining("got nope")]);
  });
});
