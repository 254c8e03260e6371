import { describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../../src/core/algorithms/registry.ts";
import { ConfigError, NotFiniteError } from "../../../src/core/base/errors.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { SUCCESS_SCORE } from "../../../src/core/training/evaluator.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import type { RunConfig } from "../../../src/core/training/run-config.ts";
import type { SessionCheckpoint, SessionDependencies } from "../../../src/core/training/session.ts";
import { tipOf } from "../rollout/rollout-fixtures.ts";
import { doorPolicy } from "../algorithms/algorithm-fixtures.ts";
import { doorsOf, eventsOf, finishRun, SMALL, startRun, type RunParts } from "./training-fixtures.ts";

const METHODS = ALGORITHMS.map(({ id }) => id);

/** As a file or a database would give it back. */
function stored(checkpoint: SessionCheckpoint): SessionCheckpoint {
  return structuredClone(checkpoint);
}

async function resultOf(parts: RunParts) {
  const run = await startRun(parts);
  await finishRun(run);
  return eventsOf(run, "runFinished")[0]!;
}

describe("a run", () => {
  it("tells what happens in this order", async () => {
    const run = await startRun({ config: { iterations: 2 } });
    await finishRun(run);
    const types = run.events.map((event) => {
      if (event.type === "phaseStarted") return event.phase;
      return event.type;
    });
    const order = types.filter((type, i) => type !== "turnTaken" || types[i - 1] !== "turnTaken");
    expect(order.filter((type) => type !== "tipsRetrieved")).toEqual([
      "runStarted",
      ...["evaluation", "evaluated"],
      ...["iterationStarted", "rollout", "turnTaken", "update", "policyUpdated", "rolloutsFinished"],
      "iterationFinished",
      ...["iterationStarted", "rollout", "turnTaken", "update", "policyUpdated", "rolloutsFinished"],
      ...["evaluation", "evaluated"],
      "iterationFinished",
      "runFinished",
    ]);
  });

  it("says at its start what it is", async () => {
    const { events } = await startRun({ config: { seed: 5 } });
    expect(events).toEqual([
      { type: "runStarted", method: "empo2", iteration: 0, backend: "table", config: { ...SMALL, seed: 5 } },
    ]);
  });

  it("numbers iterations from 1, and rollouts by iteration, group and place", async () => {
    const run = await startRun();
    await run.session.runIteration();
    const [finished] = eventsOf(run, "rolloutsFinished");
    expect(run.session.iteration).toBe(1);
    expect(finished!.rollouts.map(({ rolloutId }) => rolloutId)).toEqual(
      [0, 1].flatMap((group) => [0, 1, 2, 3].map((i) => `1.group-${group}.${i}`)),
    );
    expect(finished!.rollouts.every(({ advantage }) => typeof advantage === "number")).toBe(true);
    expect(run.session.rollout("1.group-1.3")).toBe(finished!.rollouts[7]);
    expect(run.session.rollout("2.group-0.0")).toBeUndefined();
  });

  it("tells the turns of its first group only", async () => {
    const run = await startRun();
    await run.session.runIteration();
    const told = new Set(eventsOf(run, "turnTaken").map(({ rolloutId }) => rolloutId));
    expect([...told]).toEqual(["1.group-0.0", "1.group-0.1", "1.group-0.2", "1.group-0.3"]);
  });

  it("adds up its tokens", async () => {
    const run = await startRun();
    await finishRun(run);
    let total = 0;
    for (const { summary } of eventsOf(run, "iterationFinished")) {
      total += summary.tokenCount;
      expect(summary.totalTokenCount).toBe(total);
      expect(summary.episodeCount).toBe(8);
    }
    expect(total).toBeGreaterThan(0);
  });

  it("stops with the policy's error and does not count the iteration", async () => {
    const policy = doorPolicy(1);
    const failing = Object.assign(policy, {
      update: () => Promise.reject(new NotFiniteError("update: a finite loss")),
    });
    const { session } = await startRun({ policy: failing });
    await expect(session.runIteration()).rejects.toThrow(NotFiniteError);
    expect(session.iteration).toBe(0);
  });

  it("cannot be of a method or a field that does not exist", async () => {
    await expect(startRun({ config: { method: "ppo" } })).rejects.toThrow(
      /^config: method must be one of empo2, .*, got "ppo"$/,
    );
    await expect(startRun({ config: { groupSize: 1 } })).rejects.toThrow(ConfigError);
  });
});

describe("evaluations of a run", () => {
  it("happen before the first iteration, at every n-th, and at the end", async () => {
    const run = await startRun({ config: { iterations: 5, evaluateEvery: 2 } });
    await finishRun(run);
    expect(eventsOf(run, "evaluated").map(({ evaluation }) => evaluation.iteration)).toEqual([0, 2, 4, 5]);
  });

  it("happen at the end only if asked for never", async () => {
    const run = await startRun({ config: { evaluateEvery: 0 } });
    await finishRun(run);
    expect(eventsOf(run, "evaluated").map(({ evaluation }) => evaluation.iteration)).toEqual([4]);
  });

  it("are made up for by finishing early, once", async () => {
    const run = await startRun({ config: { evaluateEvery: 0 } });
    await run.session.runIteration();
    await run.session.finish();
    await run.session.finish();
    expect(eventsOf(run, "evaluated").map(({ evaluation }) => evaluation.iteration)).toEqual([1]);
  });

  it("are on the dev split where settings are chosen, and the run is the same", async () => {
    const [dev, test] = [
      await startRun({ config: { iterations: 2, evaluationSplit: "dev" } }),
      await startRun({ config: { iterations: 2 } }),
    ];
    await Promise.all([finishRun(dev), finishRun(test)]);
    const splits = eventsOf(dev, "evaluated").map(({ evaluation }) => evaluation.split);
    expect(splits).toEqual(["dev", "dev"]);
    const hashesOf = (run: typeof dev) =>
      eventsOf(run, "runFinished").map((end) => [end.weightsHash, end.rolloutsHash]);
    expect(hashesOf(dev)).toEqual(hashesOf(test));
  });

  it("are on the test split, and the last one is the run's result", async () => {
    const run = await startRun({ policy: doorPolicy(-30), config: { iterations: 1 } });
    await finishRun(run);
    const last = eventsOf(run, "evaluated").at(-1)!.evaluation;
    // Always the blue door: 60 in the test split, so never a success.
    expect(last).toMatchObject({ split: "test", memory: "off", meanReturn: 60, successRate: 0, episodeCount: 4 });
    expect(eventsOf(run, "runFinished")[0]).toMatchObject({ heldOutReturn: 60, heldOutSuccess: 0, iteration: 1 });
    expect(eventsOf(run, "iterationFinished")[0]!.summary).toMatchObject({ meanReturn: 100, successRate: 1 });
    expect(SUCCESS_SCORE).toBe(100);
  });

  it("do not change what is learned", async () => {
    const often = await resultOf({ config: { evaluateEvery: 1, evaluationEpisodes: 3 } });
    const never = await resultOf({ config: { evaluateEvery: 0 } });
    expect(often.weightsHash).toBe(never.weightsHash);
    expect(often.rolloutsHash).toBe(never.rolloutsHash);
  });

  it("of Reflexion end with ten trials that start from empty memory", async () => {
    const run = await startRun({ config: { method: "reflexion", iterations: 2 } });
    await finishRun(run);
    const evaluations = eventsOf(run, "evaluated").map(({ evaluation }) => evaluation);
    expect(evaluations.map(({ memory }) => memory)).toEqual(["off", ...new Array<string>(10).fill("on")]);
    expect(evaluations.slice(1).map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(eventsOf(run, "runFinished")[0]!.heldOutReturn).toBe(evaluations.at(-1)!.meanReturn);
  });
});

describe("the same seed", () => {
  it("gives the same run, whatever the method", async () => {
    for (const method of METHODS) {
      const [first, second] = [await resultOf({ config: { method } }), await resultOf({ config: { method } })];
      expect(second).toEqual(first);
    }
  });

  it("and no other one gives the same rollouts", async () => {
    const hashes = await Promise.all(
      [1, 2, 3].map(async (seed) => (await resultOf({ config: { seed } })).rolloutsHash),
    );
    expect(new Set(hashes).size).toBe(3);
  });
});

describe("a run that is stored and restored", () => {
  const configs: readonly Partial<RunConfig>[] = [
    ...METHODS.map((method) => ({ method })),
    { method: "empo2", intrinsicReward: "count" },
    { method: "empo2", intrinsicReward: "rnd" },
  ];
  for (const config of configs) {
    it(`goes on draw for draw from every iteration (${Object.values(config).join(", ")})`, async () => {
      const whole = await startRun({ config });
      await finishRun(whole);
      for (let at = 0; at <= SMALL.iterations; at++) {
        const before = await startRun({ config });
        while (before.session.iteration < at) await before.session.runIteration();
        const checkpoint = stored(await before.session.checkpoint());
        const after = await startRun({ checkpoint, config: { seed: 999 } });
        expect(after.events[0]).toMatchObject({ type: "runStarted", iteration: at });
        await finishRun(after);
        const told = before.events.length;
        expect(after.events.slice(1)).toEqual(whole.events.slice(told));
        expect(after.session.memory.state()).toEqual(whole.session.memory.state());
      }
    });
  }

  it("measures KL against the base, not against the weights it was stored with", async () => {
    const run = await startRun();
    await run.session.runIteration();
    await run.session.runIteration();
    const after = await startRun({ checkpoint: stored(await run.session.checkpoint()) });
    await run.session.runIteration();
    await after.session.runIteration();
    const last = (events: typeof run) => eventsOf(events, "policyUpdated").at(-1)!.stats.klToBase;
    expect(last(run)).toBeGreaterThan(1e-5);
    expect(last(after)).toBe(last(run));
  });

  it("is not touched by what the run does afterwards", async () => {
    const run = await startRun();
    await run.session.runIteration();
    const checkpoint = await run.session.checkpoint();
    const copy = stored(checkpoint);
    await finishRun(run);
    expect(checkpoint).toEqual(copy);
  });

  it("keeps what a person changed in the memory", async () => {
    const run = await startRun();
    await run.session.runIteration();
    run.session.memory.add(tipOf("blue", "find door", { author: "person" }), 10);
    run.session.memory.setPinned(1, true);
    const after = await startRun({ checkpoint: stored(await run.session.checkpoint()) });
    await finishRun(run);
    await finishRun(after);
    expect(after.session.memory.state()).toEqual(run.session.memory.state());
    expect(after.session.memory.list().some(({ author }) => author === "person")).toBe(true);
    expect(eventsOf(after, "runFinished")).toEqual(eventsOf(run, "runFinished"));
  });
});

describe("a person's change", () => {
  it("of the memory is seen by the next rollout", async () => {
    const run = await startRun({ policy: doorPolicy(30), config: { memoryRolloutProbability: 1 } });
    const task = "scripted/none/house-0/variation-0";
    run.session.memory.add(tipOf("blue ; score 1 0 0", "task find door", { bucket: task, score: 100 }), 10);
    await run.session.runIteration();
    const rollouts = eventsOf(run, "rolloutsFinished")[0]!.rollouts.filter(
      ({ task: { variation } }) => variation === 0,
    );
    expect(rollouts).toHaveLength(4);
    for (const { retrieved, score } of rollouts) {
      expect(retrieved.map(({ text }) => text)).toEqual(["blue ; score 1 0 0"]);
      expect(score).toBe(100);
    }
    expect(run.session.memory.list()[0]).toMatchObject({ tokens: encode("blue ; score 1 0 0"), retrievedCount: 4 });
  });

  it("of a hot setting holds from the next draw on and is told", async () => {
    const run = await startRun({ config: { memoryRolloutProbability: 0 } });
    await run.session.runIteration();
    run.session.updateConfig({ memoryRolloutProbability: 1, offPolicyProbability: 1 });
    expect(run.events.at(-1)).toEqual({
      type: "configChanged",
      iteration: 1,
      changes: { memoryRolloutProbability: 1, offPolicyProbability: 1 },
    });
    await run.session.runIteration();
    const counts = eventsOf(run, "iterationFinished").map(({ summary }) => summary.modeCounts);
    expect(counts).toEqual([
      { "on-policy": 8, "on-policy-with-tips": 0, "off-policy": 0 },
      { "on-policy": 0, "on-policy-with-tips": 0, "off-policy": 8 },
    ]);
    const expected = eventsOf(run, "iterationFinished").map(({ summary }) => summary.expectedModeCounts["off-policy"]);
    expect(expected).toEqual([0, 8]);
  });

  it("of p in the middle of an iteration leaves its modes and their expected counts as they were drawn", async () => {
    let change = (): void => {};
    const createEnv: typeof doorsOf = (task) => {
      change();
      return doorsOf(task);
    };
    const run = await startRun({ config: { memoryRolloutProbability: 0, evaluateEvery: 0 }, createEnv });
    change = () => {
      change = () => {};
      run.session.updateConfig({ memoryRolloutProbability: 1, offPolicyProbability: 1 });
    };
    await run.session.runIteration();
    await run.session.runIteration();
    const summaries = eventsOf(run, "iterationFinished").map(({ summary }) => summary);
    const [none, all] = [
      { "on-policy": 8, "on-policy-with-tips": 0, "off-policy": 0 },
      { "on-policy": 0, "on-policy-with-tips": 0, "off-policy": 8 },
    ];
    expect(summaries.map(({ modeCounts }) => modeCounts)).toEqual([none, all]);
    expect(summaries.map(({ expectedModeCounts }) => expectedModeCounts)).toEqual([none, all]);
  });

  it("of a learning rate changes the weights, not the draws of the iteration after", async () => {
    const runAt = async (learningRate: number) => {
      const run = await startRun({ config: { learningRate: 1e-6, evaluateEvery: 0 } });
      run.session.updateConfig({ learningRate });
      await run.session.runIteration();
      return { hash: weightsHash((await run.policy.save()).weights), events: eventsOf(run, "rolloutsFinished") };
    };
    const [slow, fast] = [await runAt(1e-6), await runAt(1e-2)];
    expect(slow.hash).not.toBe(fast.hash);
    expect(slow.events).toEqual(fast.events);
  });

  it("of the number of iterations ends the run earlier or later", async () => {
    const run = await startRun();
    await run.session.runIteration();
    run.session.updateConfig({ iterations: 1 });
    expect(run.session.isFinished).toBe(true);
    run.session.updateConfig({ iterations: 2 });
    expect(run.session.isFinished).toBe(false);
  });

  it("of a cold setting, of one out of range or of an unknown one is refused as a whole", async () => {
    const run = await startRun();
    const told = run.events.length;
    const before = run.session.config;
    const refused: [Parameters<typeof run.session.updateConfig>[0], string][] = [
      [{ learningRate: 1e-3, groupSize: 8 }, 'setConfig: a setting that may change in a run, got "groupSize"'],
      [{ learningRate: 1e-3, clipLow: 7 }, "config: clipLow must be a number from 0 to 1, got 7"],
      [{ clipLow: NaN }, "config: clipLow must be a number from 0 to 1, got NaN"],
      [{ learningRate: 1e-3, speed: 1 } as object, 'config: a known field, "speed" is none'],
    ];
    for (const [changes, message] of refused) expect(() => run.session.updateConfig(changes)).toThrow(message);
    expect(run.session.config).toBe(before);
    expect(run.events).toHaveLength(told);
  });

  it("to the value that a cold setting has already is none", async () => {
    const run = await startRun();
    run.session.updateConfig({ groupSize: SMALL.groupSize, clipLow: 0.1 });
    expect(run.session.config).toEqual({ ...SMALL, clipLow: 0.1 });
  });
});

describe("times", () => {
  it("are told per phase, none counted twice", async () => {
    let now = 0;
    const run = await startRun({ clock: { now: () => now++ }, config: { memoryRolloutProbability: 1 } });
    await finishRun(run);
    for (const { summary } of eventsOf(run, "iterationFinished")) {
      const { rollout, tipWriting, retrieval, update, evaluation } = summary.times;
      // Old log-probs are scored, if only none; then comes the update, if there is one.
      expect(update).toBe(summary.update === null ? 1 : 2);
      expect(evaluation > 0).toBe(summary.iteration % 2 === 0);
      // One reading of this clock is one millisecond: eight retrievals and one writing, read twice each, inside one rollout;
      // the tips are stored after it.
      expect(retrieval).toBe(8);
      expect(tipWriting).toBe(1 + 1);
      expect(rollout + retrieval + tipWriting).toBe(2 * 9 + 1 + 1);
    }
  });
});

describe("rehearsal", () => {
  /** The corpus says: the first word is "blue". */
  const tokens = [TOKEN.bos, ...encode("blue")];
  const rows = [{ tokens, weights: [0, 1] }];

  it("takes a step on the corpus after every update, and moves the policy towards it", async () => {
    const asked: [stream: number, base: string, maxTokens: number][] = [];
    const rehearsalRows: SessionDependencies["rehearsalRows"] = (random, base, maxTokens) => {
      asked.push([random.key[0], base, maxTokens]);
      return rows;
    };
    const run = await startRun({ config: { rehearsalCoefficient: 0.5 }, rehearsalRows });
    const before = run.policy.probability([TOKEN.bos], "blue");
    await finishRun(run);
    const updates = eventsOf(run, "policyUpdated").length;
    expect(updates).toBeGreaterThan(0);
    expect(run.policy.calls.languageModelStep).toBe(updates);
    expect(new Set(asked.map(([stream]) => stream)).size).toBe(updates);
    expect(asked[0]!.slice(1)).toEqual([SMALL.base, run.policy.config.contextLength]);
    expect(run.policy.probability([TOKEN.bos], "blue")).toBeGreaterThan(before);
  });

  it("is off by default", async () => {
    const run = await startRun();
    await finishRun(run);
    expect(run.policy.calls.languageModelStep).toBe(0);
  });
});

describe("the policy's base", () => {
  it("is set once when the run begins", async () => {
    const run = await startRun();
    await finishRun(run);
    expect(run.policy.calls.setBase).toBe(1);
  });

  it("is measured as often as asked for", async () => {
    const run = await startRun({ config: { measureKlEvery: 2 } });
    await finishRun(run);
    const measured = eventsOf(run, "policyUpdated").map(({ stats }) => stats.klToBase !== null);
    expect(measured).toEqual([false, true, false, true]);
    const never = await startRun({ config: { measureKlEvery: 0 } });
    await finishRun(never);
    expect(eventsOf(never, "policyUpdated").every(({ stats }) => stats.klToBase === null)).toBe(true);
  });
});

describe("the record of an update", () => {
  it("holds every loss token of every row, whatever the minibatches", async () => {
    const run = await startRun({ config: { minibatches: 3, klCoefficient: 0.01 } });
    await run.session.runIteration();
    const [{ tokens, stats }] = eventsOf(run, "policyUpdated") as [
      ReturnType<typeof eventsOf<"policyUpdated">>[number],
    ];
    expect(run.policy.calls.update).toBe(3);
    const rollouts = eventsOf(run, "rolloutsFinished")[0]!.rollouts;
    expect(tokens.map(({ rolloutId }) => rolloutId).toSorted()).toEqual(rollouts.map(({ rolloutId }) => rolloutId));
    for (const { rolloutId, ratios, masked } of tokens) {
      const { turns } = rollouts.find((rollout) => rollout.rolloutId === rolloutId)!;
      const count = turns.flatMap(({ logProbs }) => logProbs).length;
      expect([ratios.length, masked.length]).toEqual([count, count]);
    }
    expect(stats.tokenCount).toBe(tokens.flatMap(({ ratios }) => ratios).length);
  });
});
