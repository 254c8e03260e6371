import { expect, test } from "vitest";
import { ALGORITHMS } from "../../src/core/algorithms/registry.ts";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { toRunSettings } from "../../src/core/training/settings.ts";
import { methodTitle, runTitle } from "../../src/ui/actions/run-title.ts";
import { runStyle } from "../../src/ui/panels/run-styles.ts";
import { usesMemory } from "../../src/ui/store/modes.ts";

test("every method has its own title on the page", () => {
  for (const { id, title } of ALGORITHMS) expect(methodTitle(id)).toBe(title);
});

test("a run's title tells that it is evaluated on dev variations, however much else is changed", () => {
  const changed = { ...DEFAULT_CONFIG, groupSize: 4, iterations: 7, learningRate: 1e-4 };
  expect(runTitle(changed)).not.toContain("dev");
  expect(runTitle({ ...changed, evaluationSplit: "dev" })).toMatch(/^EMPO², seed 1, on dev variations, .*, 1 more$/);
});

test("every method has a colour and a dash of its own", () => {
  const styles = ALGORITHMS.map(({ id }) => runStyle({ method: id, source: "live" }, 0));
  expect(new Set(styles.map(({ color }) => color)).size).toBe(ALGORITHMS.length);
  expect(new Set(styles.map(({ dash }) => dash.join(" "))).size).toBe(ALGORITHMS.length);
});

test("the page shows a memory where a method reads tips", () => {
  const settings = toRunSettings({ ...DEFAULT_CONFIG, memoryRolloutProbability: 0.5 });
  for (const { id, expectedModes } of ALGORITHMS) {
    expect(usesMemory(id), id).toBe(expectedModes(settings, 8)["on-policy"] < 8);
  }
});
