import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import type { TaskRef } from "../../../src/core/envs/env.ts";
import { evaluate, evaluateTrials, successRate, type EvaluationPlan } from "../../../src/core/training/evaluator.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import { TOKEN } from "../../../src/core/text/tokenizer.ts";
import { ScriptedEnv, scriptedTask, twoDoors } from "../../support/scripted-env.ts";
import type { TabularPolicy } from "../../support/tabular-policy.ts";
import { doorPolicy, settingsOf } from "../algorithms/algorithm-fixtures.ts";

/** In variation 3 the blue door pays 100, in variation 4 nothing but −100. */
function createEnv(task: TaskRef): ScriptedEnv {
  const script = twoDoors();
  const answer: typeof script.answer = (action, turn) => {
    const given = script.answer(action, turn);
    return task.variation === 4 && given.score !== undefined ? { ...given, score: -100 } : given;
  };
  return new ScriptedEnv({ ...script, answer }, task);
}

function planOf(policy: TabularPolicy, changes: Partial<EvaluationPlan> = {}): EvaluationPlan {
  return {
    policy,
    createEnv,
    tasks: [scriptedTask(3), scriptedTask(4)],
    split: "test",
    episodesPerVariation: 6,
    rollout: settingsOf().rollout,
    random: Random.fromSeed(2),
    iteration: 10,
    ...changes,
  };
}

describe("an evaluation with memory off", () => {
  it("averages over episodes, and by variation", async () => {
    expect(await evaluate(planOf(doorPolicy(-30)))).toEqual({
      iteration: 10,
      meanReturn: 0,
      successRate: 0.5,
      episodeCount: 12,
      perVariation: [
        { variation: 3, meanReturn: 100, successRate: 1 },
        { variation: 4, meanReturn: -100, successRate: 0 },
      ],
      memory: "off",
      split: "test",
    });
  });

  it("neither reads nor writes tips, nor learns", async () => {
    const policy = doorPolicy(0);
    const before = weightsHash((await policy.save()).weights);
    const read: number[] = [];
    const open = policy.open.bind(policy);
    policy.open = (count) => {
      const batch = open(count);
      return {
        close: () => batch.close(),
        generate: (requests) => {
          read.push(...requests.flatMap(({ append }) => append));
          return batch.generate(requests);
        },
      };
    };
    await evaluate(planOf(policy));
    expect(read).toContain(TOKEN.prompt);
    expect(read).not.toContain(TOKEN.tipStart);
    expect(read).not.toContain(TOKEN.summary);
    expect(weightsHash((await policy.save()).weights)).toBe(before);
    expect(policy.calls).toMatchObject({ update: 0, logProbs: 0, setBase: 0 });
  });

  it("is the same every time, and depends neither on other variations nor on their order", async () => {
    const policy = doorPolicy(0);
    const both = await evaluate(planOf(policy));
    expect(await evaluate(planOf(policy))).toEqual(both);
    const swapped = await evaluate(planOf(policy, { tasks: [scriptedTask(4), scriptedTask(3)] }));
    expect(swapped.perVariation).toEqual(both.perVariation.toReversed());
    const alone = await evaluate(planOf(policy, { tasks: [scriptedTask(3)] }));
    expect(alone.perVariation).toEqual(both.perVariation.slice(0, 1));
  });

  it("samples at the temperature of the plan", async () => {
    const cold = { ...settingsOf().rollout, temperature: 0 };
    const { perVariation } = await evaluate(planOf(doorPolicy(0.1), { rollout: cold }));
    expect(perVariation[0]).toMatchObject({ meanReturn: 30, successRate: 0 });
  });
});

describe("an evaluation with memory on", () => {
  it("starts from empty memory and reads in a trial what the same episode wrote in earlier ones", async () => {
    // Takes red unless told otherwise, and tells what it took; one replica in seven finds blue by chance.
    const plan = planOf(doorPolicy(2), { tasks: [scriptedTask(3)], episodesPerVariation: 40 });
    const records = await evaluateTrials(plan, { memory: "on", trials: 6 });
    expect(records.map(({ iteration, memory }) => [iteration, memory])).toEqual(
      [1, 2, 3, 4, 5, 6].map((trial) => [trial, "on"]),
    );
    const rates = records.map((record) => record.successRate);
    // Whoever has found it takes it again, so that the rate never falls; nobody learns from others.
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(rates[0]).toBeLessThan(0.4);
    expect(rates[1]).toBeLessThan(0.6);
    expect(rates[5]).toBeGreaterThan(rates[0]!);
  });

  it("reads what other variations wrote too if tips are shared, each replica by itself", async () => {
    const tasks = [5, 6, 7, 8, 9, 10].map(scriptedTask);
    const rollout = { ...settingsOf().rollout, tipScope: "task" } as const;
    const shared = await evaluateTrials(planOf(doorPolicy(2), { tasks, rollout, episodesPerVariation: 8 }), {
      memory: "on",
      trials: 5,
    });
    const apart = await evaluateTrials(planOf(doorPolicy(2), { tasks, episodesPerVariation: 8 }), {
      memory: "on",
      trials: 5,
    });
    expect(shared[0]).toEqual(apart[0]);
    // Blue is found somewhere in nearly every replica, and then all its variations know.
    expect(shared[4]!.successRate).toBeGreaterThan(apart[4]!.successRate + 0.3);
    expect(shared[4]!.successRate).toBeGreaterThan(0.9);
  });

  it("leaves the weights as they were", async () => {
    const policy = doorPolicy(0);
    const before = weightsHash((await policy.save()).weights);
    await evaluateTrials(planOf(policy), { memory: "on", trials: 3 });
    expect(weightsHash((await policy.save()).weights)).toBe(before);
    expect(policy.calls.update).toBe(0);
  });
});

describe("success", () => {
  it("is a score of 100, no less", () => {
    expect(successRate([100, 99, 100, -100])).toBe(0.5);
    expect(successRate([])).toBe(0);
  });
});
