/** @file Trained policies that are tried with memory, as Reflexion is. */
import { describe, expect, it } from "vitest";
import { algorithmById } from "../../src/core/algorithms/registry.ts";
import { withMemoryAtTest } from "../../src/experiments/memory-plan.ts";
import { trainingRunOf } from "../../src/experiments/planned-runs.ts";
import { EXPERIMENTS } from "../../src/experiments/plans.ts";
import { reportFiles } from "../../src/experiments/report-files.ts";
import { homeOf } from "../../src/experiments/shared-runs.ts";
import { tableCells } from "../../src/experiments/table-cells.ts";
import { madeExperiment, type MadeRun } from "./made-runs.ts";

const TRAINED = EXPERIMENTS.find(({ id }) => id === "find-plant.easy")!;
const TRIED = withMemoryAtTest(TRAINED);

/** A run whose trials with memory end with these points. */
function tried(arm: string, seed: number, points: number): MadeRun & { readonly arm: string } {
  const changes = { task: "find-plant", preset: "easy", method: "reflexion", iterations: 1, house: 0, seed };
  return { name: `${arm}.house-0.seed-${seed}`, arm, changes, heldOut: [], trials: [points - 20, points] };
}

const STORED = [
  {
    ...madeExperiment(TRIED.id, [
      ...[70, 90].map((points, i) => tried("reflexion", i + 1, points)),
      ...[60, 80].map((points, i) => tried("grpo-with-memory", i + 1, points)),
      ...[85, 95].map((points, i) => tried("empo2-with-memory", i + 1, points)),
    ]),
    remarks: null,
  },
];

describe("policies tried with memory at test", () => {
  it("are those that the runs of the table end with, three seeds, and differ from Reflexion in nothing else", () => {
    expect(EXPERIMENTS).toContainEqual(TRIED);
    const policies = TRIED.runs.filter(({ arm }) => arm !== "reflexion");
    expect(policies).toHaveLength(6);
    for (const { name, arm, config } of policies) {
      const from = trainingRunOf(config.base)!;
      expect(from.experiment).toBe(TRAINED.id);
      expect(name).toBe(from.run.replace(".", "-with-memory."));
      expect(arm).toBe(`${TRAINED.runs.find((run) => run.name === from.run)!.config.method}-with-memory`);
      const reflexion = TRIED.runs.find((run) => run.arm === "reflexion" && run.config.seed === config.seed)!;
      expect({ ...config, base: reflexion.config.base }).toEqual(reflexion.config);
    }
    expect(algorithmById("reflexion").usesMemoryAtTest).toBe(true);
  });

  it("stand beside the runs of Reflexion that the table has: these are not made again", () => {
    const reflexion = TRIED.runs.filter(({ arm }) => arm === "reflexion");
    expect(reflexion.map(({ config }) => config.seed)).toEqual([1, 2, 3]);
    for (const { name, config } of reflexion) expect(homeOf(config)).toEqual({ experiment: TRAINED.id, run: name });
  });

  it("have a table of their own, in which EMPO² with memory is compared with GRPO and Reflexion with memory", () => {
    const page = reportFiles(STORED).get("table1-memory.md")!;
    expect(page).toContain("EMPO² − GRPO over 1 task: +20.0 points");
    expect(page).toContain("EMPO² is at least as good as the best other method on 1 of 1.");
    expect(page).toContain("Memory is on at test, for all");
    expect(page.replaceAll(/ +/g, " ")).toMatch(/\| find-plant \| EMPO² − best other \(Reflexion\) \| 2 \| \+10\.0/);
  });

  it("say on their page what each gains over the trials", () => {
    const page = reportFiles(STORED).get(`${TRIED.id}.md`)!;
    expect(page).toContain(
      "- Reflexion reads and writes tips with fixed weights: 60.0 points in trial 1, 80.0 in trial 2.",
    );
    expect(page).toContain(
      "- EMPO² (with memory) reads and writes tips with fixed weights: 70.0 points in trial 1, 90.0",
    );
  });

  it("are cells of table 1 under another condition", () => {
    const cells = tableCells(STORED).map(({ condition, column, heldOutReturn }) => [
      condition,
      column,
      heldOutReturn.mean,
    ]);
    expect(cells).toEqual([
      ["easy, memory at test", "reflexion", 80],
      ["easy, memory at test", "grpo", 70],
      ["easy, memory at test", "empo2", 90],
    ]);
  });
});
