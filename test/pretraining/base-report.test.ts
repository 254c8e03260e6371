import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import { taskSpecs } from "../../src/core/envs/registry.ts";
import { encode, TOKEN } from "../../src/core/text/tokenizer.ts";
import type { Trajectory } from "../../src/core/rollout/trajectory.ts";
import { reportOnBase, trueTip } from "../../src/pretraining/base-report.ts";
import { generateEpisode } from "../../src/pretraining/corpus.ts";
import { randomMissionWorld } from "../../src/pretraining/random-world.ts";
import { BASE_CORPUS, recipeNamed } from "../../src/pretraining/recipe.ts";
import { TabularPolicy } from "../support/tabular-policy.ts";

/** Looks around whatever it reads, and has nothing to tell. */
function idlePolicy(): TabularPolicy {
  const script = [...encode("look around"), TOKEN.actionEnd];
  return new TabularPolicy({
    words: "look around anode cathode",
    keyOf: (prefix) => String(prefix.length),
    prior: (prefix): Record<string, number> => {
      const written = prefix.length - 1 - prefix.lastIndexOf(TOKEN.prompt);
      if (prefix.lastIndexOf(TOKEN.summary) > prefix.lastIndexOf(TOKEN.prompt)) return { "</tip>": 40 };
      return { [["look", "around", "<end>"][written % script.length]!]: 40, cathode: 1 };
    },
  });
}

function testCount(task: string): number {
  return taskSpecs().find((spec) => spec.task === task)!.splits.test.length;
}

describe("the report on a base policy", () => {
  it("finds nothing in a policy that does nothing", async () => {
    const report = await reportOnBase(idlePolicy(), recipeNamed("general"), 1, 0.02);
    expect(report.randomWorlds).toMatchObject({
      worlds: 1,
      understoodActions: 1,
      successWithoutTips: 0,
      successWithGoodTip: 0,
      successWithForeignTip: 0,
      exactTips: 0,
      roomOverlap: 0,
    });
    expect(report.randomWorlds.entropy).toBeCloseTo(0, 6);
    for (const { task, meanReturn, successes, failures, episodes } of report.returns) {
      // Five variations, or all of a block that has fewer.
      expect([task, episodes]).toEqual([task, Math.min(5, testCount(task))]);
      expect([successes, failures]).toEqual([0, 0]);
      expect(meanReturn).toBeLessThan(40);
    }
    expect(report.placebo.map(({ house }) => house)).toEqual([1, 2, 3]);
    expect(report.polarity.meanCrossed).toBeLessThan(1e-9);
  });

  it("holds written tips against what a replay of the actions shows", () => {
    for (let i = 0; i < 40; i++) {
      const random = Random.fromSeed(i).fork("true tip");
      const world = randomMissionWorld(random, BASE_CORPUS.mix);
      const style = (["plain", "wander", "oracle"] as const)[i % 3]!;
      const { tip, actions } = generateEpisode(world, style, [], {
        config: BASE_CORPUS,
        random: random.fork("episode"),
      });
      const task = { world: "scienceworld", task: "corpus", variation: 0, preset: "none", house: 0 };
      const trajectory = { task, turns: actions.map((action) => ({ action })) } as unknown as Trajectory;
      expect(trueTip(trajectory, world)).toBe(tip.join(" "));
    }
  });

  it("takes a circuit for dark only when a tick has passed without light", () => {
    const random = Random.fromSeed(2).fork("dark");
    const { spec, mission } = randomMissionWorld(random, { wiring: 1, carry: 0, find: 0, haul: 0 });
    const oracle = generateEpisode({ spec, mission }, "oracle", [], { config: BASE_CORPUS, random });
    const wired = oracle.actions.slice(0, oracle.actions.findLastIndex((action) => action.startsWith("connect")) + 1);
    const tipAfter = (crossedPolarity: boolean, ...more: string[]) => {
      const world = { spec: { ...spec, rules: { ...spec.rules, crossedPolarity } }, mission };
      const task = { world: "scienceworld", task: "corpus", variation: 0, preset: "none", house: 0 };
      const turns = [...wired, ...more].map((action) => ({ action }));
      return trueTip({ task, turns } as unknown as Trajectory, world)
        .split(" ")
        .at(-1);
    };
    const right = spec.rules.crossedPolarity;
    const terminals = /^(anode|cathode)$/;
    expect(tipAfter(right)).toMatch(terminals);
    // Looking around takes no tick: the light may still come.
    expect(tipAfter(right, "look around")).toMatch(terminals);
    expect(tipAfter(right, "look around", "wait1")).toBe("on");
    expect(tipAfter(!right, "look around")).toMatch(terminals);
    expect(tipAfter(!right, "look around", "wait1")).toBe("dark");
  });
});
