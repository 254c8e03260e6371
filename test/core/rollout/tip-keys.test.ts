import { describe, expect, it } from "vitest";
import { createScienceEnv } from "../../../src/core/envs/science/create-env.ts";
import { doorDistances, neighboursOf } from "../../../src/core/envs/science/floor-plan.ts";
import type { ScienceWorldEnv } from "../../../src/core/envs/science/science-world-env.ts";
import type { RoomName } from "../../../src/core/envs/science/world.ts";
import { cosineSimilarity, embed } from "../../../src/core/text/embedder.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";

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

describe("the key of a tip", () => {
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
