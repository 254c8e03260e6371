import { expect, test } from "vitest";
import { CONFIG_PRESETS, presetConfig } from "../../src/experiments/presets.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { LARGE_RUN_BYTES, runBytes } from "../../src/ui/run-size.ts";

test("keys and values of every open episode, two of 512 tokens, three layers of width 64 and four bytes each", () => {
  const config = { ...DEFAULT_CONFIG, groupSize: 10, tasksPerIteration: 2, evaluationEpisodes: 1 };
  expect(runBytes(config, undefined)).toBe(20 * 512 * 3 * 64 * 2 * 4);
});

test("no preset is large, and the largest link is", () => {
  for (const { id } of CONFIG_PRESETS) expect(runBytes(presetConfig(id), undefined)).toBeLessThan(LARGE_RUN_BYTES);
  expect(runBytes({ ...DEFAULT_CONFIG, groupSize: 64, tasksPerIteration: 64 }, undefined)).toBeGreaterThan(
    LARGE_RUN_BYTES,
  );
});
