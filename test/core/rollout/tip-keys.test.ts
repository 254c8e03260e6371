import { describe, expect, it } from "vitest";
import { mean } from "../../../src/core/base/stats.ts";
import { taskSpec } from "../../../src/core/envs/registry.ts";
import { createScienceEnv } from "../../../src/core/envs/science/create-env.ts";
import { doorDistances, neighboursOf } from "../../../src/core/envs/science/floor-plan.ts";
import type { ScienceWorldEnv } from "../../../src/core/envs/science/science-world-env.ts";
import type { RoomName } from "../../../src/core/envs/science/world.ts";
import { cosineSimilarity, embed } from "../../../src/core/text/embedder.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import { start as shopStart, thoroughSearchActions } from "../envs/webshop/play.ts";

function teachingWorld(house: number): ScienceWorldEnv {
  const task = {
    world: "scienceworld",
    task: "teaching-power-component",
    variation: 0,
    preset: "easy",
    house,
  } as const;
  return createScienceEnv(task);
}

/** Actions that lead from the start to the working source and connect the part to it. */
function solution({ spec }: ScienceWorldEnv): string[] {
  const part = spec.taskText.replace("power ", "");
  const source = spec.things.find(({ electric }) => electric?.role === "source" && electric.works)!;
  const distances = doorDistances(spec.floorPlan, source.at as RoomName);
  const actions = [`focus on ${part}`, `pick up ${part}`];
  for (let room = spec.startRoom; room !== source.at;) {
    room = neighboursOf(spec.floorPlan, room).find((next) => distances.get(next)! < distances.get(room)!)!;
    actions.push(`go ${room}`);
  }
  return [...actions, `connect ${part} to ${source.name}`];
}

/** Similarities of the starts of shopping goals to the keys of episodes for the same goal, its type, other types. */
function shopSimilarities(goals: readonly number[]) {
  const similarities = { same: [] as number[], type: [] as number[], other: [] as number[] };
  const visits = goals.map((goal) => {
    const env = shopStart(goal);
    const first = [TOKEN.bos, ...encode(env.reset().text)];
    const words = [...first];
    for (const action of thoroughSearchActions(env)) {
      words.push(...encode(action), TOKEN.actionEnd, ...encode(env.step(action).text));
    }
    return { goal, noun: env.visit.goal.query, query: embed(first), key: embed(words) };
  });
  for (const { goal, noun, query } of visits) {
    for (const tip of visits) {
      const kind = tip.goal === goal ? "same" : tip.noun === noun ? "type" : "other";
      similarities[kind].push(cosineSimilarity(query, tip.key));
    }
  }
  return similarities;
}

describe("the key of a tip", () => {
  it("lets a shopper who reads all goals' tips find those of its own goal, some of its type, few of other types", () => {
    const { splits } = taskSpec("webshop");
    const { same, type, other } = shopSimilarities(splits.train.slice(0, 200));
    const found = (similarities: readonly number[]) =>
      mean(similarities.map((similarity) => Number(similarity > DEFAULT_CONFIG.minSimilarity)));
    // docs/adr/0011: all, 44 % and 4 %.
    expect(found(same)).toBe(1);
    expect(found(type)).toBeGreaterThan(0.3);
    expect(found(type)).toBeLessThan(0.6);
    expect(found(other)).toBeLessThan(0.08);
  });

  it("is similar enough to the first observation for the tip of a solved episode to be found at the next start", () => {
    for (let house = 1; house <= 30; house++) {
      const env = teachingWorld(house);
      let observation = env.reset();
      const words = [TOKEN.bos, ...encode(observation.text)];
      const query = embed(words);
      for (const action of solution(env)) {
        observation = env.step(action);
        words.push(...encode(action), TOKEN.actionEnd, ...encode(observation.text));
      }
      expect(observation.score).toBe(100);
      expect(cosineSimilarity(query, embed(words)), `house ${house}`).toBeGreaterThan(DEFAULT_CONFIG.minSimilarity);
    }
  });
});
