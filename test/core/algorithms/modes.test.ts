import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALGORITHMS, algorithmById } from "../../../src/core/algorithms/registry.ts";
import { drawGroups, drawMode, expectedModeCounts } from "../../../src/core/algorithms/empo2.ts";
import { CONFIG_FIELDS } from "../../../src/core/training/run-config.ts";
import { Random } from "../../../src/core/base/random.ts";
import type { LearningMode } from "../../../src/core/events/training-event.ts";
import { scriptedTask } from "../../support/scripted-env.ts";
import { settingsOf } from "./algorithm-fixtures.ts";

const MODES: readonly LearningMode[] = ["on-policy", "on-policy-with-tips", "off-policy"];
const TASKS = Array.from({ length: 5 }, (_, i) => scriptedTask(i));

/** Frequencies within four standard deviations of 1 − p, p(1 − q), pq. */
function expectFrequencies(modes: readonly LearningMode[], p: number, q: number): void {
  const expected = [1 - p, p * (1 - q), p * q];
  MODES.forEach((mode, i) => {
    const share = modes.filter((other) => other === mode).length / modes.length;
    const deviation = Math.sqrt((expected[i]! * (1 - expected[i]!)) / modes.length);
    expect(Math.abs(share - expected[i]!)).toBeLessThanOrEqual(4 * deviation);
  });
}

function iterations(count: number, changes: Parameters<typeof settingsOf>[0]) {
  const settings = settingsOf(changes);
  return Array.from({ length: count }, (_, i) => drawGroups(TASKS, settings, Random.fromSeed(3).fork(`modes ${i}`)));
}

describe("the three modes", () => {
  it("occur as often as p and q say", () => {
    for (const [p, q] of [
      [0.25, 2 / 3],
      [0.7, 0.3],
      [0.1, 0.95],
    ] as const) {
      const settings = settingsOf({ memoryRolloutProbability: p, offPolicyProbability: q });
      const random = Random.fromSeed(1).fork(`${p} ${q}`);
      expectFrequencies(
        Array.from({ length: 20_000 }, () => drawMode(settings, random)),
        p,
        q,
      );
    }
  });

  it("are certain at the ends of p and q", () => {
    const modesAt = (p: number, q: number) => {
      const groups = iterations(40, { memoryRolloutProbability: p, offPolicyProbability: q }).flat();
      return [...new Set(groups.flatMap(({ modes }) => modes))];
    };
    expect(modesAt(0, 1)).toEqual(["on-policy"]);
    expect(modesAt(1, 0)).toEqual(["on-policy-with-tips"]);
    expect(modesAt(1, 1)).toEqual(["off-policy"]);
  });

  it("drawn per rollout are mixed within a group", () => {
    const groups = iterations(300, { modeDraw: "rollout", memoryRolloutProbability: 0.5 }).flat();
    const modes = groups.flatMap((group) => group.modes);
    expectFrequencies(modes, 0.5, 2 / 3);
    const uniform = groups.filter((group) => new Set(group.modes).size === 1).length;
    // All eight alike: 0.5⁸ + (1/6)⁸ + (1/3)⁸ ≈ 0.4 %.
    expect(uniform / groups.length).toBeLessThan(0.02);
    // Neighbours are independent: both plain a quarter of the time.
    const pairs = groups.map(({ modes: [a, b] }) => Number(a === "on-policy" && b === "on-policy"));
    const both = pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / pairs.length));
  });

  it("drawn per group are the same within it, not between groups", () => {
    const drawn = iterations(600, { modeDraw: "group" });
    for (const { modes } of drawn.flat()) expect(new Set(modes).size).toBe(1);
    expectFrequencies(
      drawn.flat().map(({ modes }) => modes[0]!),
      0.25,
      2 / 3,
    );
    expect(drawn.some((groups) => new Set(groups.map(({ modes }) => modes[0])).size > 1)).toBe(true);
  });

  it("drawn per iteration are the same in all groups", () => {
    const drawn = iterations(3000, { modeDraw: "iteration" });
    for (const groups of drawn.slice(0, 100)) expect(new Set(groups.flatMap(({ modes }) => modes)).size).toBe(1);
    expectFrequencies(
      drawn.map(([group]) => group!.modes[0]!),
      0.25,
      2 / 3,
    );
  });

  it("are drawn for the whole group of every task, in order", () => {
    const [groups] = iterations(1, { groupSize: 6 });
    expect(groups!.map(({ task }) => task)).toEqual(TASKS);
    expect(groups!.map(({ modes }) => modes.length)).toEqual([6, 6, 6, 6, 6]);
    expect(new Set(groups!.map(({ groupId }) => groupId)).size).toBe(5);
  });
});

describe("the expected mode counts", () => {
  it("equal hand values at the paper's p and q", () => {
    // 0.75, 0.0833 and 0.1667: the reference code's 0.75, 0.08 and 0.17.
    const counts = expectedModeCounts(settingsOf(), 48);
    expect(counts["on-policy"]).toBeCloseTo(36, 9);
    expect(counts["on-policy-with-tips"]).toBeCloseTo(4, 9);
    expect(counts["off-policy"]).toBeCloseTo(8, 9);
  });

  it("add up to the number of rollouts for every method", () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(probability, probability, fc.nat(500), (p, q, rollouts) => {
        const settings = settingsOf({ memoryRolloutProbability: p, offPolicyProbability: q });
        for (const { expectedModes } of ALGORITHMS) {
          const counts = expectedModes(settings, rollouts);
          expect(MODES.reduce((sum, mode) => sum + counts[mode], 0)).toBeCloseTo(rollouts, 6);
        }
      }),
    );
  });

  it("are all plain for Naive and GRPO, and all with tips for Reflexion", () => {
    const plain = { "on-policy": 8, "on-policy-with-tips": 0, "off-policy": 0 };
    expect(algorithmById("naive").expectedModes(settingsOf(), 8)).toEqual(plain);
    expect(algorithmById("grpo").expectedModes(settingsOf(), 8)).toEqual(plain);
    expect(algorithmById("reflexion").expectedModes(settingsOf(), 8)).toEqual({
      "on-policy": 0,
      "on-policy-with-tips": 8,
      "off-policy": 0,
    });
  });
});

describe("the registry of methods", () => {
  it("knows those of the paper in the order of its tables, then those beyond it", () => {
    expect(ALGORITHMS.map(({ id }) => id)).toEqual([
      "naive",
      "reflexion",
      "retrospex",
      "grpo",
      "gigpo",
      "empo2",
      "context-distillation",
      "tip-credit",
    ]);
    expect(ALGORITHMS.map(({ title }) => title)).toEqual([
      "Naive",
      "Reflexion",
      "Retrospex",
      "GRPO",
      "GiGPO",
      "EMPO²",
      "Context distillation",
      "EMPO² with tip credit",
    ]);
  });

  it("is what a run's configuration offers", () => {
    const field = CONFIG_FIELDS.find(({ key }) => key === "method");
    const offered = field?.kind === "choice" ? field.choices : [];
    expect([...offered].sort()).toEqual(ALGORITHMS.map(({ id }) => id).sort());
  });

  it("uses memory at test for Reflexion only", () => {
    expect(ALGORITHMS.filter(({ usesMemoryAtTest }) => usesMemoryAtTest).map(({ id }) => id)).toEqual(["reflexion"]);
  });

  it("lists what it knows when asked for something else", () => {
    const ids = ALGORITHMS.map(({ id }) => id).join(", ");
    expect(() => algorithmById("ppo")).toThrow(`method: one of ${ids}, got "ppo"`);
  });
});
