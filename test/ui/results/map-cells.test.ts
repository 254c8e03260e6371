import { expect, test } from "vitest";
import { armOfPlace } from "../../../src/experiments/p-q-grid.ts";
import type { SiteArm, SiteExperiment } from "../../../src/experiments/site-schema.ts";
import { mapRows } from "../../../src/ui/results/map-cells.ts";

function arm(id: string, mean: number, curve: SiteArm["curve"]): SiteArm {
  const estimate = { count: 2, mean, interval: null };
  const none = { minutes: 0, tokens: 0, breakthroughs: null, trials: [] };
  const about = { label: id, method: null, isReference: false };
  return { id, ...about, heldOutReturn: estimate, heldOutSuccess: estimate, curve, ...none };
}

function experiment(arms: SiteArm[]): SiteExperiment {
  const texts = { id: "p-q.teaching", title: "", question: "", planned: 102 };
  return { ...texts, headlines: [], deviations: [], referenceExperiment: null, remarks: [], arms, runs: [] };
}

test("places without runs are there too, the largest p on top, p = 0 as one cell", () => {
  const rows = mapRows(null, "end");
  expect(rows.map((cells) => [cells[0]!.place.p, cells.length])).toEqual([
    [1, 7],
    [0.7, 7],
    [0.4, 7],
    [0.25, 7],
    [0.1, 7],
    [0, 1],
  ]);
  expect(rows.flat().every(({ value, runCount }) => value === null && runCount === 0)).toBe(true);
});

test("a place has the return at the end, or the mean height of its curve", () => {
  const curve: SiteArm["curve"] = [
    [0, 40, null, null],
    [10, 40, null, null],
    [20, 100, null, null],
  ];
  const map = experiment([arm(armOfPlace({ p: 0.4, q: 1 }), 100, curve), arm("grpo", 43, [])]);
  const at = (measure: "end" | "course") =>
    mapRows(map, measure)
      .flat()
      .filter(({ runCount }) => runCount > 0);
  expect(at("end").map(({ place, value }) => [place, value])).toEqual([
    [{ p: 0.4, q: 1 }, 100],
    [{ p: 0, q: 0 }, 43],
  ]);
  expect(at("course").map(({ value }) => value)).toEqual([55, null]);
});
