/** @file The files from which the page shows the recorded runs. */
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { unplannedExperiment, type StoredExperiment } from "../../src/experiments/experiment-report.ts";
import { siteFiles } from "../../src/experiments/site-files.ts";
import {
  EXPERIMENT_SCHEMA,
  FIGURE_SCHEMA,
  RESULTS_INDEX_SCHEMA,
  type SiteRemarks,
} from "../../src/experiments/site-schema.ts";
import { madeExperiment, madeRun, risingCurve } from "./made-runs.ts";

const POWER = { task: "power-component", preset: "easy" };
const HASH = "ab".repeat(32);

function stored(...[id, runs]: Parameters<typeof madeExperiment>): StoredExperiment {
  return { ...madeExperiment(id, runs), remarks: null };
}

function run(arm: string, seed: number, level: number, changes: Record<string, string | number> = {}) {
  const method = arm.split("-")[0]!;
  return {
    name: `${arm}.house-0.seed-${seed}`,
    arm,
    changes: { ...POWER, house: 0, method, seed, ...changes },
    heldOut: risingCurve(level, 10),
  };
}

const ID = "power-component.easy";
const COMPARISON = stored(ID, [run("empo2", 1, 100), run("empo2", 2, 90), run("grpo", 1, 60)]);

function filesOf(
  entries: readonly StoredExperiment[],
  recordings: ReadonlyMap<string, string> = new Map(),
  remarks: ReadonlyMap<string, string> = new Map(),
) {
  const files = siteFiles(entries, recordings, remarks);
  const read = <Schema extends v.GenericSchema>(name: string, schema: Schema): v.InferOutput<Schema> =>
    v.parse(schema, JSON.parse(files.get(name)!));
  return {
    names: [...files.keys()],
    index: read("index.json", RESULTS_INDEX_SCHEMA),
    figure: (id: string) => read(`${id}.json`, FIGURE_SCHEMA),
    experiment: (id: string) => read(`${id}.json`, EXPERIMENT_SCHEMA),
  };
}

describe("the index", () => {
  it("lists experiments with and without runs", () => {
    const { index, names } = filesOf([
      COMPARISON,
      { ...COMPARISON, runs: [], experiment: { ...COMPARISON.experiment, id: "later" } },
    ]);
    expect(names).toEqual(expect.arrayContaining(["index.json", `${ID}.json`, "later.json"]));
    expect(index.experiments).toMatchObject([
      { id: ID, planned: 3, finished: 3 },
      { id: "later", planned: 3, finished: 0, headline: null },
    ]);
    expect(index.experiments[0]!.headline).toMatch(/^EMPO² ends/);
  });

  it("has a cell for every method as it is, with mean, interval, budget and the names of its runs", () => {
    const { cells } = filesOf([COMPARISON]).index;
    expect(cells.map(({ column, runs }) => [column, runs.length])).toEqual([
      ["empo2", 2],
      ["grpo", 1],
    ]);
    const end = (level: number): number => risingCurve(level, 10).at(-1)![1];
    expect(cells[0]).toMatchObject({ task: POWER.task, condition: "easy", experiment: ID, iterations: 50 });
    expect(cells[0]!.heldOutReturn.mean).toBeCloseTo((end(100) + end(90)) / 2, 3);
    expect(cells[0]!.heldOutReturn.interval).toHaveLength(2);
    expect(cells[1]!.heldOutReturn.interval).toBeNull();
  });

  it("leaves variants and unfinished runs out of the cells", () => {
    const variant = { ...run("empo2-q0", 1, 100), changes: { ...POWER, method: "empo2", offPolicyProbability: 0 } };
    const { cells } = filesOf([stored(ID, [variant, { ...run("grpo", 1, 50), isFinished: false }])]).index;
    expect(cells).toEqual([]);
  });

  it("has no cell of an experiment that is not named after its task and preset: it may be tuned", () => {
    expect(filesOf([stored("power-component-tuned.easy", [run("empo2", 1, 100)])]).index.cells).toEqual([]);
  });

  it("tells runs on sampled variations from those on the first ones, and shows no second table for them", () => {
    const sampled = { task: "find-plant", preset: "easy", variationChoice: "sampled", trainVariations: 50 };
    const { cells, tables } = filesOf([
      stored("find-plant.easy", [run("empo2", 1, 70, { task: "find-plant" })]),
      stored("find-plant-sampled-50", [run("empo2", 1, 80, sampled)]),
    ]).index;
    expect(cells.map(({ condition, column }) => [condition, column])).toEqual([
      ["easy", "empo2"],
      ["easy, 50 sampled train variations", "empo2"],
    ]);
    expect(tables.map(({ id }) => id)).toEqual(["table1", "table2"]);
  });

  it("has what is different in each condition of a table, and what was written about it", () => {
    const { index, figure, experiment } = filesOf(
      [{ ...COMPARISON, remarks: "Of the experiment." }],
      new Map(),
      new Map([
        ["table1-chosen", "Of the table."],
        ["fig1", "Of the figure."],
      ]),
    );
    const [table1, table2] = index.tables;
    expect(table1!.conditions.map(({ condition, remarks }) => [condition, remarks.length])).toEqual([
      ["easy", 0],
      ["easy, iteration chosen on dev variations", 1],
      ["easy, memory at test", 0],
      ["easy, 5 sampled train variations", 0],
      ["easy, 50 sampled train variations", 0],
    ]);
    expect(table1!.conditions[1]!.here).toMatch(/^The same runs as in table 1/);
    expect(table2!.conditions.map(({ condition }) => condition)).toEqual(["text_rich"]);
    const textOf = (remarks: SiteRemarks): string | undefined => remarks[0]?.lines[0]?.[0]?.text;
    expect(textOf(experiment(ID).remarks)).toBe("Of the experiment.");
    expect(textOf(figure("fig1").remarks)).toBe("Of the figure.");
  });

  it("tells GiGPO with std from GiGPO without", () => {
    const shop = { task: "webshop", preset: "text_rich" };
    const { cells } = filesOf([
      stored("webshop.text_rich", [
        run("gigpo", 1, 70, shop),
        run("gigpo-without-std", 1, 80, { ...shop, advantageNormalization: "none" }),
      ]),
    ]).index;
    expect(cells.map(({ column, task }) => [column, task])).toEqual([
      ["gigpo", "webshop"],
      ["gigpo-without-std", "webshop"],
    ]);
  });

  it("has the paper's tables with its numbers, by the ids of our columns", () => {
    const [science, shop] = filesOf([COMPARISON]).index.tables;
    expect(science!.rows.find(({ task }) => task === "power-component")!.published).toMatchObject({
      grpo: [15.1],
      empo2: [94.3],
    });
    expect(shop!.rows[0]!.published["gigpo-without-std"]).toEqual([86.2, 75.2]);
    expect(shop!.columns.map(({ id }) => id)).toContain("gigpo-without-std");
  });

  it("lists the paper's figures, with and without runs", () => {
    const { figures } = filesOf([COMPARISON]).index;
    expect(figures.find(({ id }) => id === "fig1")).toMatchObject({ finished: 2, planned: 4 });
    expect(figures.find(({ id }) => id === "fig8")).toMatchObject({ finished: 0 });
  });
});

describe("a figure's file", () => {
  it("has a plot for each task and measure that has runs, its lines with bands and their experiments", () => {
    const { panels, missing } = filesOf([COMPARISON]).figure("fig13");
    expect(panels.map(({ id, plots }) => [id, plots.map(({ axis }) => axis)])).toEqual([
      ["power-component", ["minutes", "tokens"]],
    ]);
    const [grpo, empo2] = panels[0]!.plots[1]!.lines;
    expect([grpo!.label, empo2!.label]).toEqual(["GRPO", "EMPO²"]);
    expect(empo2).toMatchObject({ experiment: ID, arm: "empo2", method: "empo2", runCount: 1 });
    expect(empo2!.points.at(-1)!.slice(0, 2)).toEqual([50 * 8000, expect.closeTo(risingCurve(100, 10).at(-1)![1], 3)]);
    expect(missing.map(({ experiment }) => experiment)).toEqual(["teaching", "teaching"]);
  });

  it("has the times by phase where that is what it shows", () => {
    const [panel] = filesOf([COMPARISON]).figure("fig12").panels;
    expect(panel!.plots[0]!.lines[0]).toMatchObject({ points: [], phases: { rollout: 1000, update: 890 } });
  });

  it("is not there without runs", () => {
    expect(filesOf([COMPARISON]).names).not.toContain("fig8.json");
  });
});

describe("an experiment's file", () => {
  it("has curves with bands by arm, and for every run what is needed to repeat it", () => {
    const { arms, runs } = filesOf([COMPARISON]).experiment(ID);
    expect(arms.map(({ id, label, method }) => [id, label, method])).toEqual([
      ["empo2", "EMPO²", "empo2"],
      ["grpo", "GRPO", "grpo"],
    ]);
    const [iteration, mean, low, high] = arms[0]!.curve.at(-1)!;
    expect(iteration).toBe(50);
    expect(low! < mean && mean < high!).toBe(true);
    expect(arms[1]!.curve[0]!.slice(2)).toEqual([null, null]);
    expect(runs[1]).toMatchObject({
      name: "empo2.house-0.seed-2",
      arm: "empo2",
      isCounted: true,
      backend: "wasm",
      weightsHash: HASH,
      config: { task: POWER.task, house: 0, seed: 2 },
      recording: null,
    });
    expect(runs[1]!.training).toHaveLength(50);
    expect(runs[1]!.evaluations[0]![1]).toBeCloseTo(risingCurve(90, 10)[0]![1], 3);
  });

  it("names the recording that the same weights belong to", () => {
    const { runs } = filesOf([COMPARISON], new Map([[HASH, "teaching-empo2"]])).experiment(ID);
    expect(runs.map(({ recording }) => recording)).toEqual(["teaching-empo2", "teaching-empo2", "teaching-empo2"]);
  });

  it("is there for unfinished runs, which do not count", () => {
    const { arms, runs } = filesOf([stored(ID, [{ ...run("grpo", 1, 50), isFinished: false }])]).experiment(ID);
    expect(arms).toEqual([]);
    expect(runs).toMatchObject([{ isCounted: false, heldOutReturn: null, commit: null }]);
  });
});

it("a folder of runs that no plan names is an experiment of its own, its arms named by the runs", () => {
  const runs = [run("empo2-new", 1, 100), run("grpo", 1, 50)].map(madeRun);
  const experiment = unplannedExperiment("surprise", runs);
  expect(experiment.runs.map(({ arm }) => arm)).toEqual(["empo2-new", "grpo"]);
  const site = filesOf([{ experiment, runs, remarks: null }]);
  expect(site.index.experiments).toMatchObject([{ id: "surprise", planned: 2, finished: 2 }]);
  expect(site.experiment("surprise").arms.map(({ id }) => id)).toEqual(["empo2-new", "grpo"]);
});
