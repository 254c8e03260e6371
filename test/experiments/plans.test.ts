/** @file The plans: every run of every table and figure can be begun, in small. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createEnv, taskSpec, taskSpecs } from "../../src/core/envs/registry.ts";
import { parseRunConfig } from "../../src/core/training/config-parsing.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { sampleTasks } from "../../src/core/training/task-sampler.ts";
import { Random } from "../../src/core/base/random.ts";
import { armsOfItem, PAPER_ITEMS, paperItems, runsOfItems } from "../../src/experiments/paper-items.ts";
import {
  gridRuns,
  plannedRun,
  trainedPolicy,
  trainingRunOf,
  withSeeds,
  type Experiment,
} from "../../src/experiments/planned-runs.ts";
import { EXPERIMENTS } from "../../src/experiments/plans.ts";
import { shippedBaseFor } from "../../src/core/training/config-defaults.ts";
import { estimatedSeconds, workload } from "../../src/experiments/workload.ts";

interface Shipped {
  readonly name: string;
  readonly tasks: readonly string[] | "all";
}

describe("plans", () => {
  it.each(EXPERIMENTS.map((plan) => [plan.id, plan] as const))("%s has runs that can be begun", (_id, { runs }) => {
    expect(new Set(runs.map(({ name }) => name)).size).toBe(runs.length);
    const places = new Set<string>();
    for (const { name, config } of runs) {
      expect(name).toMatch(/^[\w.-]+\.seed-\d+$/);
      expect(parseRunConfig(config)).toEqual(config);
      const place = `${config.task} ${config.preset} ${config.house}`;
      if (places.has(place)) continue;
      places.add(place);
      const [task] = sampleTasks(taskSpec(config.task), config, Random.fromSeed(1));
      expect(createEnv(task!).reset().done).toBe(false);
    }
  });

  it("have one id each", () => {
    expect(new Set(EXPERIMENTS.map(({ id }) => id)).size).toBe(EXPERIMENTS.length);
  });

  it("start from shipped base policies that know their tasks: the ones that the page starts them from", () => {
    const index = JSON.parse(readFileSync("public/base/index.json", "utf8")) as Shipped[];
    const knowing = (task: string) => index.filter(({ tasks }) => tasks === "all" || tasks.includes(task));
    for (const { task } of taskSpecs()) expect(shippedBaseFor(task), task).toBe(knowing(task)[0]?.name);
    for (const { id, runs } of EXPERIMENTS) {
      for (const { config } of runs) {
        if (!index.some(({ name }) => name === config.base)) continue;
        expect(
          knowing(config.task).map(({ name }) => name),
          id,
        ).toContain(config.base);
      }
    }
  });

  it("begin with policies that are planned, trained on the same seed", () => {
    const trials = EXPERIMENTS.flatMap(({ runs }) => runs).filter(({ config }) => trainingRunOf(config.base) !== null);
    expect(trials.length).toBeGreaterThan(0);
    for (const { config } of trials) {
      const place = trainingRunOf(config.base)!;
      const training = EXPERIMENTS.find(({ id }) => id === place.experiment)!;
      expect(plannedRun(training, place.run)?.config.seed).toBe(config.seed);
    }
  });
});

describe("the policies of figure 8", () => {
  it("are trained alike but for the method: small steps, rehearsal, and an end once the task is learned", () => {
    const training = EXPERIMENTS.filter(({ id }) => id.startsWith("new-task-training."));
    expect(training.length).toBeGreaterThan(2);
    for (const { runs } of training) {
      const settings = { rehearsalCoefficient: 0.5, stopReturn: 95, stopDelay: 5, learningRate: 1e-4 };
      for (const { config } of runs) {
        expect(config).toMatchObject(settings);
        expect({ ...config, method: "grpo", seed: 1 }).toEqual({ ...runs[0]!.config, method: "grpo", seed: 1 });
      }
    }
  });
});

describe("seeds", () => {
  const runs = gridRuns({
    arms: [{ arm: "a", changes: {} }],
    houses: [1, 2],
    seeds: [1, 2],
    common: { base: trainedPolicy({ experiment: "training", run: "a.house-1.seed-1" }) },
  });
  const experiment: Experiment = { id: "e", title: "E", question: "?", runs };

  it("can be fewer or more than planned, each run as if it had been", () => {
    expect(withSeeds(experiment, 1).runs.map(({ name }) => name)).toEqual(["a.house-1.seed-1", "a.house-2.seed-1"]);
    const more = withSeeds(experiment, 3).runs;
    expect(more).toHaveLength(6);
    expect(more.at(-1)).toMatchObject({
      name: "a.house-2.seed-3",
      arm: "a",
      config: { seed: 3, house: 2, base: "training,a.house-1.seed-3" },
    });
    expect(plannedRun(experiment, "a.house-2.seed-3")).toEqual(more.at(-1));
    expect(plannedRun(experiment, "b.house-2.seed-3")).toBeNull();
    expect(plannedRun(experiment, "a.house-2")).toBeNull();
  });
});

describe("the paper's items", () => {
  it("are made of arms that are planned", () => {
    for (const item of PAPER_ITEMS) {
      for (const { experiment, arm } of armsOfItem(item)) {
        const plan = EXPERIMENTS.find(({ id }) => id === experiment);
        expect(
          plan?.runs.some((run) => run.arm === arm),
          `${item.id}: ${experiment}/${arm}`,
        ).toBe(true);
      }
    }
  });

  it("are those that the issue names and table 1 under other conditions, and all of them is all", () => {
    const ids =
      "table1 table1-chosen table1-memory table1-sampled-5 table1-sampled-50 table2 fig1 fig6 fig7 fig8 fig9 fig10 fig11 fig12 fig13".split(
        " ",
      );
    expect(PAPER_ITEMS.map(({ id }) => id)).toEqual(ids);
    expect(paperItems(["all"])).toEqual(PAPER_ITEMS);
    expect(paperItems(["fig9", "table1", "fig9"]).map(({ id }) => id)).toEqual(["table1", "fig9"]);
    expect(() => paperItems(["fig2"])).toThrow("reproduce: one of table1, table1-chosen, ");
    expect(() => paperItems(["fig2"])).toThrow('got "fig2"');
  });

  it("share runs, none of which is planned twice", () => {
    const [of1, of13, both] = [["fig1"], ["fig13"], ["fig1", "fig13"]].map((ids) => runsOfItems(paperItems(ids)));
    expect(of13).toEqual(of1);
    expect(both).toEqual(of1);
    expect(of1!.map(({ id }) => id)).toEqual(["teaching", "power-component.easy"]);
    const arms = of1!.flatMap(({ runs }) => runs.map(({ arm }) => arm));
    expect(new Set(arms)).toEqual(new Set(["empo2", "grpo"]));
  });
});

describe("the work of a run", () => {
  const small = { ...DEFAULT_CONFIG, iterations: 10, tasksPerIteration: 2, groupSize: 4, evaluationEpisodes: 5 };

  it("is its learned episodes and half of the evaluated ones", () => {
    // 80 learned; the teaching world has four test variations: 20 episodes before the first iteration and after the last.
    expect(workload({ ...small, evaluateEvery: 10 })).toBe(80 + 0.5 * 2 * 20);
    expect(workload({ ...small, evaluateEvery: 5 })).toBe(80 + 0.5 * 3 * 20);
    expect(workload({ ...small, evaluateEvery: 0 })).toBe(80 + 0.5 * 20);
    expect(workload({ ...small, method: "reflexion", evaluateEvery: 0 })).toBe(80 + 0.5 * 10 * 20);
    expect(workload({ ...small, evaluateEvery: 0, rehearsalCoefficient: 0.5 })).toBe(80 + 320 + 0.5 * 20);
  });

  it("takes as long as timed runs of the same task, else as all", () => {
    const timed = [
      { config: { ...small, evaluateEvery: 0 }, seconds: 90 },
      { config: { ...small, evaluateEvery: 0, task: "power-component" }, seconds: 300 },
    ];
    expect(estimatedSeconds([{ ...small, evaluateEvery: 0, iterations: 20 }], timed)).toBeCloseTo(170, 9);
    expect(estimatedSeconds([], timed)).toBe(0);
    expect(estimatedSeconds([small], [])).toBeNull();
  });
});
