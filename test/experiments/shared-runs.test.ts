/** @file Runs that several experiments plan are made once; whoever plans them shows them, and tells where they are stored. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readStored } from "../../src/cli/stored-results.ts";
import { bestRuns } from "../../src/experiments/task-difficulty.ts";
import type { StoredExperiment } from "../../src/experiments/experiment-report.ts";
import { experimentById } from "../../src/experiments/plans.ts";
import { reportFiles } from "../../src/experiments/report-files.ts";
import { homeOf, withSharedRuns } from "../../src/experiments/shared-runs.ts";
import { madeExperiment, risingCurve } from "./made-runs.ts";

const RATE = { method: "grpo", learningRate: 5e-4, seed: 1, iterations: 20 };

/** An experiment with one run at a learning rate, and one with another run that plans the first too. */
function lenderAndBorrower(): { readonly lender: StoredExperiment; readonly borrower: StoredExperiment } {
  const made = { heldOut: risingCurve(83, 5), changes: RATE };
  const lender = madeExperiment("rates", [{ ...made, arm: "grpo-fast", name: "grpo-fast.house-1.seed-1" }]);
  const others = madeExperiment("tuned", [
    { ...made, arm: "grpo", name: "grpo.house-1.seed-1" },
    { ...made, arm: "grpo-slow", name: "grpo-slow.house-1.seed-1", changes: { ...RATE, learningRate: 1e-4 } },
  ]);
  const [, ...runs] = others.runs;
  return { lender: { ...lender, remarks: null }, borrower: { ...others, runs, remarks: null } };
}

const namesOf = ({ runs }: StoredExperiment): string[] => runs.map(({ name }) => name);

describe("a run that two experiments plan", () => {
  it("is lent to the one that has not made it, under its name there", () => {
    const { lender, borrower } = lenderAndBorrower();
    const [first, second] = withSharedRuns([lender, borrower]);
    expect(first).toEqual(lender);
    expect(namesOf(second!)).toEqual(["grpo-slow.house-1.seed-1", "grpo.house-1.seed-1"]);
    expect(second!.runs[1]).toEqual({
      ...lender.runs[0]!,
      name: "grpo.house-1.seed-1",
      lentBy: { experiment: "rates", run: "grpo-fast.house-1.seed-1" },
    });
  });

  it("is on both pages, with the link to where it is stored, and counted once", () => {
    const { lender, borrower } = lenderAndBorrower();
    const shared = withSharedRuns([lender, borrower]);
    const files = reportFiles(shared);
    const page = files.get("tuned.md")!;
    expect(page).toContain("[grpo.house-1.seed-1](runs/rates/grpo-fast.house-1.seed-1)");
    expect(page).toContain("2 of 2 planned runs are finished.");
    expect(page).toContain("1 of them is also planned by [rates](rates.md) and stored there.");
    expect(page).not.toContain("Not as planned");
    expect(files.get("rates.md")).not.toContain("also planned by");
    expect(files.get("results.jsonl")!.trim().split("\n")).toHaveLength(2);
    expect(bestRuns(shared.toReversed())[0]!.run).not.toBe("tuned/grpo.house-1.seed-1");
  });

  it("is not lent while it is unfinished, was changed by hand, or to an experiment that is not begun", () => {
    const { lender, borrower } = lenderAndBorrower();
    const [run] = lender.runs;
    for (const changes of [{ end: null }, { changedAt: [3] }, { failure: "no memory" }]) {
      expect(withSharedRuns([{ ...lender, runs: [{ ...run!, ...changes }] }, borrower])[1]).toEqual(borrower);
    }
    const notBegun = { ...borrower, runs: [] };
    expect(withSharedRuns([lender, notBegun])[1]).toEqual(notBegun);
  });

  it("has its home in the first experiment that plans it", () => {
    const tuned = experimentById("power-component-tuned.easy").runs.find(({ arm }) => arm === "grpo")!;
    expect(homeOf(tuned.config)).toEqual({
      experiment: "power-component-steps",
      run: `grpo-lr-5e-4.${placeIn(tuned)}`,
    });
    expect(homeOf({ ...tuned.config, learningRate: 7e-4 })).toBeNull();
  });
});

function placeIn({ name }: { readonly name: string }): string {
  return name.slice(name.indexOf("house-"));
}

it("runs that were recorded twice, of the same settings, are the same, hash for hash", () => {
  const stored = readStored(join(import.meta.dirname, "../../docs/results"));
  const hashes = new Map<string, Set<string>>();
  let twice = 0;
  for (const { config, end, lentBy } of stored.flatMap(({ runs }) => runs)) {
    if (end === null || lentBy !== undefined) continue;
    const key = JSON.stringify(config);
    const known = hashes.get(key);
    twice += Number(known !== undefined);
    hashes.set(key, (known ?? new Set()).add(end.weightsHash));
  }
  expect(twice).toBeGreaterThan(0);
  expect([...hashes].filter(([, found]) => found.size > 1)).toEqual([]);
});
