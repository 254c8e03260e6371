/** @file Runs that are read where their twins are best on dev variations. */
import { describe, expect, it } from "vitest";
import { chosenOnDev, twinOf } from "../../src/experiments/dev-choice.ts";
import { EXPERIMENTS } from "../../src/experiments/plans.ts";
import { reportFiles } from "../../src/experiments/report-files.ts";
import { madeExperiment } from "./made-runs.ts";

type Points = readonly (readonly [iteration: number, meanReturn: number])[];

function stored(id: string, curves: Readonly<Record<string, Points>>) {
  const runs = Object.entries(curves).map(([arm, heldOut]) => ({
    name: `${arm}.house-0.seed-1`,
    arm,
    changes: { task: "find-plant", method: arm, house: 0, seed: 1 },
    heldOut,
  }));
  return { ...madeExperiment(id, runs), remarks: null };
}

const TEST = stored("find-plant.easy", {
  empo2: [
    [0, 10],
    [5, 80],
    [10, 40],
  ],
  grpo: [
    [0, 10],
    [5, 60],
    [10, 70],
  ],
});
const DEV = stored("find-plant.easy-dev", {
  empo2: [
    [0, 12],
    [5, 75],
    [10, 75],
  ],
});

describe("the iteration chosen on dev variations", () => {
  it("is the one where the twin is best, the earliest of equals; the run is read there on test variations", () => {
    const [entry, ...others] = chosenOnDev([TEST, DEV]);
    expect(others).toEqual([]);
    expect(entry!.experiment.id).toBe("find-plant.easy");
    expect(entry!.runs.map(({ name, end }) => [name, end?.heldOutReturn])).toEqual([["empo2.house-0.seed-1", 80]]);
  });

  it("can be the base policy's", () => {
    const early = stored("find-plant.easy-dev", {
      empo2: [
        [0, 90],
        [10, 75],
      ],
    });
    expect(chosenOnDev([TEST, early])[0]!.runs[0]!.end?.heldOutReturn).toBe(10);
  });

  it("is not read from a run of other weights", () => {
    const runs = DEV.runs.map((run) => ({ ...run, end: { ...run.end!, weightsHash: "ef".repeat(32) } }));
    expect(chosenOnDev([TEST, { ...DEV, runs }])).toEqual([]);
  });

  it("has a table of its own, and changes nothing in table 1", () => {
    const both = stored("find-plant.easy-dev", {
      empo2: [
        [5, 75],
        [10, 70],
      ],
      grpo: [
        [5, 50],
        [10, 60],
      ],
    });
    const files = reportFiles([TEST, both]);
    expect(files.get("table1-chosen.md")).toContain("EMPO² − GRPO over 1 task: +10.0 points");
    expect(files.get("table1.md")).toContain("EMPO² − GRPO over 1 task: −30.0 points");
  });
});

it("the twins of an experiment are the same runs on the dev split", () => {
  const experiment = EXPERIMENTS.find(({ id }) => id === "find-plant.easy")!;
  const { id, runs } = twinOf(experiment);
  expect(EXPERIMENTS.some((planned) => planned.id === id)).toBe(true);
  expect(new Set(runs.map(({ arm }) => arm))).toEqual(new Set(["empo2", "grpo"]));
  for (const { name, config } of runs) {
    const original = experiment.runs.find((run) => run.name === name)!;
    expect(config).toEqual({ ...original.config, evaluationSplit: "dev" });
  }
});
