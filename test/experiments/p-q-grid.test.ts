/** @file The grid over p and q: each place once, its arms, and what the page's map and figure 10 take of it. */
import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import {
  armOfPlace,
  FIGURE_10,
  GRID_EXPERIMENT,
  gridPlaces,
  nearestPlace,
  P_Q_CROSS,
  P_Q_GRID,
} from "../../src/experiments/p-q-grid.ts";
import { experimentById } from "../../src/experiments/plans.ts";
import { estimatedSeconds } from "../../src/experiments/workload.ts";
import { doorPolicy } from "../core/algorithms/algorithm-fixtures.ts";
import { eventsOf, finishRun, startRun } from "../core/training/training-fixtures.ts";

const { memoryRolloutProbability: P, offPolicyProbability: Q } = DEFAULT_CONFIG;

describe("the grid", () => {
  const { runs } = experimentById(GRID_EXPERIMENT);
  const references = experimentById("teaching").runs.filter(({ arm }) => arm === "empo2" || arm === "grpo");

  it("has every place in three houses, nothing else changed, but what the teaching world's experiment has", () => {
    expect(gridPlaces()).toHaveLength(1 + 5 * 7);
    expect(new Set(gridPlaces().map(armOfPlace)).size).toBe(gridPlaces().length);
    for (const place of gridPlaces()) {
      const arm = armOfPlace(place);
      const isReference = arm === "grpo" || arm === "empo2";
      const configs = (isReference ? references : runs).filter((run) => run.arm === arm).map(({ config }) => config);
      for (const house of [1, 2, 3]) {
        const pq = { memoryRolloutProbability: arm === "grpo" ? P : place.p, offPolicyProbability: place.q };
        const method = arm === "grpo" ? "grpo" : "empo2";
        const others = { ...runs[0]!.config, ...pq, method, house, seed: 1 };
        expect(configs, `${arm} in house ${house}`).toContainEqual(others);
      }
    }
    expect(runs).toHaveLength(3 * (gridPlaces().length - 2));
  });

  it("has GRPO for p = 0, as EMPO² learns the same there, weight for weight", async () => {
    const hashes = [];
    const arms = [{ method: "grpo" }, { method: "empo2", memoryRolloutProbability: 0 }, { method: "empo2" }];
    for (const config of arms) {
      const run = await startRun({ config, policy: doorPolicy(0.5) });
      await finishRun(run);
      hashes.push(eventsOf(run, "runFinished")[0]!.weightsHash);
    }
    const [grpo, withoutTips, empo2] = hashes;
    expect(withoutTips).toBe(grpo);
    expect(empo2).not.toBe(grpo);
  });

  it("takes no longer than 25 minutes on four cores that do nothing else", () => {
    // EMPO² in the teaching world, 50 iterations: 38 to 45 s a run on such a core (docs/results/runs/teaching, seed 1).
    const timed = [{ config: references[0]!.config, seconds: 45 }];
    const seconds = estimatedSeconds(
      runs.map(({ config }) => config),
      timed,
    );
    expect(seconds! / 4).toBeLessThanOrEqual(25 * 60);
  });
});

describe("figure 10", () => {
  it("varies one of the two, with the default once on each line", () => {
    const arms = (lines: readonly { readonly arm: string }[]) => lines.map(({ arm }) => arm);
    expect(arms(FIGURE_10.p)).toEqual([
      "empo2-p-0.1-q-0.67",
      "empo2",
      "empo2-p-0.4-q-0.67",
      "empo2-p-0.7-q-0.67",
      "grpo",
    ]);
    expect(arms(FIGURE_10.q)).toEqual([
      "empo2-p-0.25-q-0.3",
      "empo2-p-0.25-q-0.5",
      "empo2",
      "empo2-p-0.25-q-0.85",
      "empo2-p-0.25-q-0.95",
    ]);
    expect(P_Q_CROSS).toHaveLength(7);
    for (const cross of P_Q_CROSS) expect(P_Q_GRID).toContain(cross);
  });
});

describe("the nearest place", () => {
  it.each([
    ["itself where there is one", { p: P, q: Q }, { p: P, q: Q }],
    ["near in both", { p: 0.3, q: 0.92 }, { p: 0.25, q: 0.95 }],
    ["at an end", { p: 0.9, q: 0.1 }, { p: 1, q: 0 }],
    ["GRPO where hardly anything is read, whatever q", { p: 0.02, q: 1 }, { p: 0, q: Q }],
  ])("is %s", (_what, setting, place) => {
    expect(nearestPlace(setting)).toEqual(place);
  });
});
