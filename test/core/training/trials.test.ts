import { expect, it } from "vitest";
import type { RunConfig } from "../../../src/core/training/run-config.ts";
import { runTrials, type TrialsParts } from "../../../src/core/training/trials.ts";
import { SCRIPTED_SPEC, ScriptedEnv, twoDoors } from "../../support/scripted-env.ts";
import { doorPolicy } from "../algorithms/algorithm-fixtures.ts";
import { SMALL } from "./training-fixtures.ts";

/** Takes the red door; one in seven episodes finds the blue one, which pays 100, by chance. */
function partsOf(changes: Partial<TrialsParts> = {}, config: Partial<RunConfig> = {}): TrialsParts {
  return {
    policy: doorPolicy(2),
    config: { ...SMALL, evaluationEpisodes: 20, ...config },
    memory: "on",
    trials: 5,
    critic: null,
    createEnv: (task) => new ScriptedEnv(twoDoors(), task),
    taskSpec: () => SCRIPTED_SPEC,
    ...changes,
  };
}

it("with memory on the return grows from trial to trial, with memory off it does not", async () => {
  const config = { evaluationTemperature: 1 };
  const on = (await runTrials(partsOf({}, config))).map(({ meanReturn }) => meanReturn);
  const off = (await runTrials(partsOf({ memory: "off" }, config))).map(({ meanReturn }) => meanReturn);
  expect(on).toEqual(on.toSorted((a, b) => a - b));
  expect(on.at(-1)! - on[0]!).toBeGreaterThan(15);
  expect(Math.max(...off) - Math.min(...off)).toBeLessThan(15);
});

it("the first trial is the same with memory and without: nothing has been written, and the draws are the same", async () => {
  const [on] = await runTrials(partsOf({ trials: 1 }));
  const [off] = await runTrials(partsOf({ trials: 1, memory: "off" }));
  expect(on).toEqual({ ...off, memory: "on" });
});

it("uses the test variations of the task, and the seed decides every draw", async () => {
  const config = { evaluationTemperature: 1 };
  const first = await runTrials(partsOf({}, config));
  expect(first[0]!.perVariation.map(({ variation }) => variation)).toEqual(SCRIPTED_SPEC.splits.test);
  expect(await runTrials(partsOf({}, config))).toEqual(first);
  expect(await runTrials(partsOf({}, { ...config, seed: 2 }))).not.toEqual(first);
});

it("tells every trial and ends when it is told to", async () => {
  const told: number[] = [];
  const records = await runTrials(partsOf({ onTrial: ({ iteration }) => told.push(iteration) < 2 }));
  expect(told).toEqual([1, 2]);
  expect(records).toHaveLength(2);
});
