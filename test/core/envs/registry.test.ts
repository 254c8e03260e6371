import { describe, expect, it } from "vitest";
import type { TaskRef } from "../../../src/core/envs/env.ts";
import { createEnv, taskSpec, taskSpecs } from "../../../src/core/envs/registry.ts";

const REF: TaskRef = { world: "scienceworld", task: "find-plant", variation: 0, preset: "easy", house: 0 };

describe("the registry of worlds", () => {
  it("makes every task it lists", () => {
    for (const { world, task } of taskSpecs()) {
      const env = createEnv({ ...REF, world, task });
      expect(env.reset().done).toBe(false);
      expect(env.task.task).toBe(task);
    }
  });

  it("has splits that cover all variations once, for tasks with four and more", () => {
    for (const { splits, variationCount } of taskSpecs()) {
      const all = [...splits.train, ...splits.dev, ...splits.test].toSorted((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: variationCount }, (_, i) => i));
    }
  });

  it.each<[Partial<Record<keyof TaskRef, unknown>>, RegExp]>([
    [{ world: "mars" }, /^worlds: scienceworld.*, got mars$/],
    [{ task: "fly" }, /^worlds: a task of power-component, .*, got fly$/],
    [{ variation: 300 }, /^worlds: a variation of 0…299 for find-plant, got 300$/],
    [{ variation: 1.5 }, /^worlds: a variation .* got 1.5$/],
    [{ preset: "cosy" }, /^worlds: a preset of none, easy, teleportAction, .*, got cosy$/],
    [{ task: "power-component", preset: "noElectricalAction" }, /^worlds: a preset .* got noElectricalAction$/],
    [{ house: -1 }, /^worlds: a house number of 0, 1, 2, …, got -1$/],
  ])("says what there is when asked for %o", (wrong, message) => {
    expect(() => createEnv({ ...REF, ...wrong } as TaskRef)).toThrow(message);
  });

  it("knows tasks by name", () => {
    expect(taskSpec("find-plant").id).toBe("4-3");
    expect(() => taskSpec("fly")).toThrow(/got fly$/);
  });
});
