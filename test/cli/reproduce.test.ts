/** @file `reproduce` and `trials` as processes: what they refuse, plan, make and tell. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonLines, makeWorkplace, runCli } from "./run-cli.ts";

const PATIENCE = { timeout: 180_000 };
let workplace: ReturnType<typeof makeWorkplace>;

beforeAll(() => {
  workplace = makeWorkplace();
});
afterAll(() => workplace.remove());

function inFolder(...names: readonly string[]): string {
  return join(workplace.folder, ...names);
}

describe("reproduce", PATIENCE, () => {
  it("makes the missing runs of a table, a JSON line each, then its page; and none of them again", async () => {
    const flags = ["table1", "--seeds", "1", "--only", "naive.house-1", "--jobs", "1", "--out", inFolder("results")];
    const first = await runCli(["reproduce", ...flags, "--json"]);
    expect([first.code, first.stderr]).toEqual([0, expect.stringMatching(/^1 runs planned, 1 to do\n/)]);
    expect(jsonLines(first.stdout)).toMatchObject([
      {
        experiment: "power-component.easy",
        run: "naive.house-1.seed-1",
        arm: "naive",
        seed: 1,
        backend: "wasm",
        iterations: 1,
        config: { task: "power-component", house: 1 },
      },
    ]);
    const [line] = jsonLines(first.stdout);
    for (const hash of ["weightsHash", "rolloutsHash", "baseHash"]) expect(line![hash]).toMatch(/^[0-9a-f]{64}$/);
    // Nothing is learned: the policy is the base.
    expect(line!["baseHash"]).toBe(line!["weightsHash"]);
    const page = readFileSync(inFolder("results/table1.md"), "utf8");
    expect(page).toMatch(/\| power-component +\| +-?−?\d+\.\d, \d+ % \(−90\.0\)/);
    expect(readFileSync(inFolder("results/results.jsonl"), "utf8")).toBe(first.stdout);
    const again = await runCli(["reproduce", ...flags, "--json"]);
    expect([again.code, again.stdout]).toEqual([0, ""]);
    expect(again.stderr).toBe("1 runs planned, 0 to do\n");
    const check = await runCli(["reproduce", "--check", "--out", inFolder("results")]);
    expect([check.code, check.stdout]).toEqual([0, expect.stringMatching(/^\d+ files are what the runs give\n$/)]);
  });

  it("with --plan tells what is to do and does nothing", async () => {
    const { code, stdout, stderr } = await runCli(["reproduce", "fig1", "--plan", "--out", inFolder("planned")]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr.split("\n")[0]).toBe("38 runs planned, 38 to do");
    expect(stderr).toContain(join("runs", "power-component.easy", "grpo.house-2.seed-3"));
    expect(existsSync(inFolder("planned"))).toBe(false);
  });

  it.each([
    [["fig2"], 'reproduce: one of table1, table1-chosen, .*, table2, fig1, .*, all, got "fig2"'],
    [["fig1", "--check"], "reproduce --check: no table or figure, it checks all, got fig1"],
    [["fig1", "--seeds", "0"], "--seeds: at least 1, got 0"],
    [["fig1", "--jobs", "0"], "--jobs: at least 1, got 0"],
  ])("refuses %j", async (flags, message) => {
    const { code, stderr } = await runCli(["reproduce", ...flags]);
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^${message}\n$`));
  });
});

describe("trials", PATIENCE, () => {
  const small = ["--task", "teaching-power-component", "--episodes", "1"];

  async function trained(): Promise<string> {
    const out = inFolder("trained", "grpo.house-1.seed-1");
    const settings = ["trainVariations=1", "tasksPerIteration=1", "groupSize=3", "maxActionTokens=4"];
    const rare = ["evaluateEvery=0", "evaluationEpisodes=1", `base=${workplace.base}`, "entropyCoefficient=0.05"];
    const set = [...settings, ...rare].flatMap((setting) => ["--set", setting]);
    expect((await runCli(["train", "--method", "grpo", "--iterations", "2", "--out", out, ...set])).code).toBe(0);
    return out;
  }

  it("tries a run's policy in several houses, ten trials each, with the run's weights as they were", async () => {
    const checkpoint = await trained();
    const flags = ["--checkpoint", checkpoint, ...small, "--house", "6", "7", "--out", inFolder("tried")];
    const { code, stdout, stderr } = await runCli(["trials", ...flags, "--json"]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = jsonLines(stdout);
    expect(lines.map(({ house }) => house)).toEqual([
      ...new Array<number>(10).fill(6),
      ...new Array<number>(10).fill(7),
    ]);
    const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const policy = read(join(checkpoint, "summary.json"))["weightsHash"];
    for (const house of [6, 7]) {
      const summary = read(inFolder("tried", `house-${house}`, "summary.json"));
      expect(summary).toMatchObject({ method: "reflexion", baseHash: policy, weightsHash: policy });
      expect(summary["config"]).toMatchObject({ base: "trained,grpo.house-1.seed-1", house });
    }
    const again = await runCli(["trials", ...flags, "--json"]);
    expect(again.stdout).toBe(stdout);
  });

  it("without memory evaluates once", async () => {
    const flags = ["--checkpoint", workplace.base, ...small, "--memory", "off", "--out", inFolder("off")];
    const { code, stdout } = await runCli(["trials", ...flags]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^house 0 {2}return -?\d.* \(4 episodes\)\n$/)]);
  });

  it("refuses what is neither on nor off, and a policy that is not there", async () => {
    const out = ["--out", inFolder("refused")];
    const memory = await runCli(["trials", "--checkpoint", "base", ...small, "--memory", "maybe", ...out]);
    expect([memory.code, memory.stderr]).toEqual([1, '--memory: on or off, got "maybe"\n']);
    const policy = await runCli(["trials", "--checkpoint", "nowhere", ...small, ...out]);
    expect([policy.code, policy.stderr]).toEqual([1, expect.stringContaining('got "nowhere"')]);
  });
});
