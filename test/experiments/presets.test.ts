import { describe, expect, it } from "vitest";
import { taskSpec } from "../../src/core/envs/registry.ts";
import { parseRunConfig } from "../../src/core/training/config-parsing.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { evaluationTasks } from "../../src/core/training/task-sampler.ts";
import { CONFIG_PRESETS, presetConfig, presetOf } from "../../src/experiments/presets.ts";

describe("a preset", () => {
  it("is a configuration that a run takes", () => {
    for (const { id } of CONFIG_PRESETS) expect(parseRunConfig(presetConfig(id))).toEqual(presetConfig(id));
  });

  it("is one of those listed", () => {
    expect(() => presetConfig("webshops")).toThrow(/preset: one of playground, .*webshop.*, got "webshops"/);
  });

  it("for WebShop evaluates a hundred test goals once each", () => {
    const config = presetConfig("webshop");
    const tasks = evaluationTasks(taskSpec(config.task), config, "test");
    expect(tasks.map(({ variation }) => variation)).toEqual(Array.from({ length: 100 }, (_, goal) => goal));
    expect(config.evaluationEpisodes).toBe(1);
  });

  it("leaves the page's task as it is unless it is for one world", () => {
    const question = { method: "grpo", task: "find-plant", house: 7, seed: 5 };
    expect(presetOf({ ...DEFAULT_CONFIG, ...question })).toBe("playground");
    expect(presetOf({ ...presetConfig("fast"), ...question })).toBe("fast");
    expect(presetOf({ ...presetConfig("webshop"), method: "grpo", seed: 5 })).toBe("webshop");
    expect(presetOf({ ...presetConfig("webshop"), ...question })).toBeNull();
  });
});
