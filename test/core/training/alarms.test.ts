import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AlarmWatch, alarmsOf, type WatchedIteration } from "../../../src/core/training/alarms.ts";

const CALM = {
  ...{ loss: 0, meanRatio: 1, clipFraction: 0, maskedFraction: 0, entropy: 0.4, klToBase: null },
  ...{ gradNorm: 1, tokenCount: 10 },
};
type Update = NonNullable<WatchedIteration["update"]>;

/** Iterations with these numbers. */
function curve(updates: readonly (Partial<Update> | null)[], successRate = 0): WatchedIteration[] {
  return updates.map((update, i) => ({
    iteration: i + 1,
    successRate,
    update: update === null ? null : { ...CALM, ...update },
  }));
}

describe("entropy", () => {
  it("that falls under a tenth of its start while the task is unsolved raises one alarm, which explains itself", () => {
    const alarms = alarmsOf(curve([{ entropy: 0.4 }, { entropy: 0.041 }, { entropy: 0.039 }, { entropy: 0.01 }]));
    expect(alarms).toEqual([{ iteration: 3, kind: "entropyCollapse", text: expect.any(String) as string }]);
    expect(alarms[0]!.text).toMatch(/^Entropy collapse: 0\.039 nats per token are left of 0\.4, while 0 % /);
    expect(alarms[0]!.text).toMatch(/temperature|entropy bonus/);
  });

  it("that falls because the task is solved raises none", () => {
    expect(alarmsOf(curve([{ entropy: 0.4 }, { entropy: 0.001 }], 0.5))).toEqual([]);
  });

  it("that recovers and falls again raises another", () => {
    const alarms = alarmsOf(curve([0.4, 0.01, 0.3, 0.01].map((entropy) => ({ entropy }))));
    expect(alarms.map(({ iteration }) => iteration)).toEqual([2, 4]);
  });
});

describe("KL to the base", () => {
  it("that jumps over ten nats and five times its last measurement raises an alarm", () => {
    const alarms = alarmsOf(curve([{ klToBase: 0.5 }, {}, { klToBase: 24 }, { klToBase: 30 }]));
    expect(alarms).toMatchObject([
      { iteration: 3, kind: "klSpike", text: expect.stringContaining("after 0.5") as string },
    ]);
  });

  it("that grows slowly raises none, nor does what was not measured", () => {
    expect(alarmsOf(curve([3, 9, 20, 45, 90].map((klToBase) => ({ klToBase }))))).toEqual([]);
    expect(alarmsOf(curve([{ klToBase: null }, null, { klToBase: null }]))).toEqual([]);
  });
});

describe("importance ratios", () => {
  it.each([{ meanRatio: 2.5 }, { clipFraction: 0.4 }])("far from one raise an alarm: %j", (update) => {
    const alarms = alarmsOf(curve([{}, update, update]));
    expect(alarms).toMatchObject([{ iteration: 2, kind: "ratioExplosion" }]);
    expect(alarms[0]!.text).toMatch(/Fewer minibatches or a smaller learning rate/);
  });
});

it("several troubles of one iteration raise an alarm each", () => {
  const alarms = alarmsOf(curve([{}, { entropy: 0, klToBase: 50, meanRatio: 9 }]));
  expect(alarms.map(({ kind }) => kind)).toEqual(["entropyCollapse", "klSpike", "ratioExplosion"]);
});

it("a watch tells the same as the whole curve, and nothing of iterations without an update", () => {
  const iterations = curve([{}, null, { entropy: 0.01 }, null, { meanRatio: 3 }]);
  const watch = new AlarmWatch();
  expect(iterations.flatMap((iteration) => watch.next(iteration))).toEqual(alarmsOf(iterations));
});

it("recorded runs hardly ever raised the alarms of entropy and ratios", () => {
  const root = path.join(import.meta.dirname, "../../../docs/results/runs");
  const raised: string[] = [];
  let runs = 0;
  for (const experiment of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const run of readdirSync(path.join(root, experiment.name))) {
      const file = path.join(root, experiment.name, run, "events.jsonl");
      if (!existsSync(file)) continue;
      runs++;
      const lines = readFileSync(file, "utf8").split("\n");
      const iterations = lines
        .filter((line) => line.includes('"iterationFinished"'))
        .map((line) => (JSON.parse(line) as { summary: WatchedIteration }).summary);
      for (const { kind } of alarmsOf(iterations))
        if (kind !== "klSpike") raised.push(`${experiment.name}/${run}: ${kind}`);
    }
  }
  expect(runs).toBeGreaterThan(100);
  expect(raised.length, raised.join(", ")).toBeLessThan(runs / 100);
});
