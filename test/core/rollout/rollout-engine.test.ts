import { describe, expect, it } from "vitest";
import { bucketOf, tipBucketOf } from "../../../src/core/envs/buckets.ts";
import { NoveltyTable } from "../../../src/core/memory/novelty.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";
import { countModes, rollOut } from "../../../src/core/rollout/rollout-engine.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";
import { embed } from "../../../src/core/text/embedder.ts";
import { positionsOf, SequenceBuilder } from "../../../src/core/text/sequence.ts";
import { decode, encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { scriptedTask } from "../../support/scripted-env.ts";
import { TabularPolicy } from "../../support/tabular-policy.ts";
import { BUCKET, dependenciesOf, memoryOf, request, ROLLOUT, tipOf, WALK } from "./rollout-fixtures.ts";

function policy(options: { readonly contextLength?: number } = {}): TabularPolicy {
  return new TabularPolicy({ words: "red blue green", ...options });
}

async function rollOutOne(changes: Parameters<typeof request>[1], config = ROLLOUT, memory = memoryOf()) {
  const dependencies = dependenciesOf(policy(), { memory });
  const [trajectory] = await rollOut([request(1, changes)], config, dependencies);
  return { trajectory: trajectory!, dependencies };
}

/** The sequence that the records of a trajectory tell of, put together again. */
function rebuilt({ firstObservation, turns, retrieved, writtenTip, sequence }: Trajectory, memory = memoryOf()) {
  const builder = new SequenceBuilder();
  builder.append("observation", [TOKEN.bos, ...encode(firstObservation)]);
  turns.forEach(({ action, observation, logProbs }, turn) => {
    const tips = retrieved.filter((record) => record.turn === turn);
    const tokens = tips.map(({ tipId }) => memory.list().find(({ id }) => id === tipId)!.tokens);
    builder.append(
      "tip",
      tokens.flatMap((tip) => [TOKEN.tipStart, ...tip, TOKEN.tipEnd]),
    );
    builder.append("prompt", [TOKEN.prompt]);
    const written = encode(action);
    builder.append("action", logProbs.length > written.length ? [...written, TOKEN.actionEnd] : written);
    builder.append("observation", encode(observation));
  });
  if (writtenTip !== null) {
    builder.append("prompt", [TOKEN.summary]);
    // The token it stopped at, if any, is in the sequence only.
    const asked = builder.tokens.length;
    builder.append("writtenTip", sequence.tokens.slice(asked));
    expect(sequence.tokens.slice(asked, asked + writtenTip.length)).toEqual(writtenTip);
  }
  return builder.build();
}

describe("a rollout", () => {
  it("is one sequence of what was read and written, each stretch named", async () => {
    const memory = memoryOf(tipOf("red ; score 5 0", WALK.first));
    const { trajectory } = await rollOutOne({ mode: "on-policy-with-tips" }, ROLLOUT, memory);
    expect(trajectory.turns).toHaveLength(4);
    expect(trajectory.retrieved).toHaveLength(1);
    expect(trajectory.sequence).toEqual(rebuilt(trajectory, memory));
    expect(decode(trajectory.sequence.tokens)).toContain("see red blue <tip> red ; score 5 0 </tip> >");
  });

  it("keeps the log-probs of every action token as they were sampled", async () => {
    const table = policy();
    const memory = memoryOf(tipOf("red", WALK.first));
    const [trajectory] = await rollOut(
      [request(1, { mode: "off-policy" })],
      ROLLOUT,
      dependenciesOf(table, { memory }),
    );
    const { sequence, actionLogProbs, turns } = trajectory!;
    const [scored] = await table.logProbs([{ tokens: sequence.tokens, positions: positionsOf(sequence, "action") }], 1);
    expect(actionLogProbs).toHaveLength(scored!.length);
    actionLogProbs.forEach((logProb, i) => {
      expect(logProb).toBeCloseTo(scored![i]!, 6);
    });
    expect(turns.flatMap(({ logProbs }) => logProbs)).toEqual(actionLogProbs);
  });

  it("adds up the rewards to the score and ends when the world does", async () => {
    const { trajectory } = await rollOutOne({});
    expect(trajectory.turns.map(({ reward }) => reward)).toEqual([10, 10, 10, 10]);
    expect(trajectory.score).toBe(40);
  });

  it("has as its final state the words read and written, without tips", async () => {
    const memory = memoryOf(tipOf("gold silver".replace("silver", "brown"), WALK.first));
    const { trajectory } = await rollOutOne({ mode: "on-policy-with-tips" }, ROLLOUT, memory);
    const { sequence } = trajectory;
    const read = positionsOf(sequence, "observation", "action").map((i) => sequence.tokens[i]!);
    expect(trajectory.retrieved).toHaveLength(1);
    expect(trajectory.finalState).toEqual(embed(read));
    expect(trajectory.finalState).not.toContain(encode("gold")[0]);
  });

  it("of a world that is over at once has no turns", async () => {
    const dependencies = dependenciesOf(policy());
    const createEnv = dependencies.createEnv;
    const [trajectory] = await rollOut([request(1)], ROLLOUT, {
      ...dependencies,
      createEnv: (task) => {
        const env = createEnv(task);
        return Object.assign(env, { reset: () => ({ text: "done", score: 7, reward: 7, done: true, moves: 0 }) });
      },
    });
    expect(trajectory).toMatchObject({ turns: [], score: 7, actionLogProbs: [] });
    expect(decode(trajectory!.sequence.tokens)).toMatch(/^<bos> done <sum>/);
  });
});

describe("samples", () => {
  const memory = () => memoryOf(...["red", "blue", "green"].map((word) => tipOf(word, WALK.first)));
  const requests = Array.from({ length: 10 }, (_, i) =>
    request(i, { mode: i % 3 === 0 ? "on-policy" : "on-policy-with-tips" }),
  );
  const config = { ...ROLLOUT, tipsPerTurn: 1 };

  it("depend neither on the order of the batch nor on its size", async () => {
    const together = await rollOut(requests, config, dependenciesOf(policy(), { memory: memory() }));
    const reversed = await rollOut(requests.toReversed(), config, dependenciesOf(policy(), { memory: memory() }));
    expect(reversed.toReversed()).toEqual(together);
    for (const [i, alone] of requests.entries()) {
      expect(await rollOut([alone], config, dependenciesOf(policy(), { memory: memory() }))).toEqual([together[i]]);
    }
  });

  it("differ between episodes, and between the turns of one", async () => {
    const { length } = requests;
    const plain = requests.map((each) => ({ ...each, mode: "on-policy" as const }));
    const trajectories = await rollOut(plain, config, dependenciesOf(policy()));
    const texts = trajectories.map(({ turns }) => turns.map(({ action }) => action).join("|"));
    expect(new Set(texts).size).toBe(length);
    expect(texts.some((text) => new Set(text.split("|")).size > 1)).toBe(true);
  });

  it("are the same when more episodes are asked for than are decoded together", async () => {
    const many = Array.from({ length: 70 }, (_, i) => request(i));
    const all = await rollOut(many, ROLLOUT, dependenciesOf(policy()));
    expect(all.map(({ rolloutId }) => rolloutId)).toEqual(many.map(({ rolloutId }) => rolloutId));
    expect(await rollOut(many.slice(66), ROLLOUT, dependenciesOf(policy()))).toEqual(all.slice(66));
  });
});

describe("tips in a rollout", () => {
  const memory = () =>
    memoryOf(
      tipOf("red", WALK.first, { score: 10 }),
      tipOf("blue", WALK.first, { score: 30 }),
      tipOf("green", WALK.first, { score: 20 }),
      tipOf("gold", "task find door", { score: 15 }),
    );
  const tipped = { mode: "on-policy-with-tips" as const };

  it("are shown best first, as many as allowed at the start, per turn and in all, none twice", async () => {
    const config = { ...ROLLOUT, tipsAtStart: 1, tipsPerTurn: 2, tipsPerEpisode: 4 };
    const { trajectory } = await rollOutOne(tipped, config, memory());
    expect(trajectory.retrieved.map(({ turn, text }) => [turn, text])).toEqual([
      [0, "blue"],
      [1, "green"],
      [1, "gold"],
      [2, "red"],
    ]);
    const three = await rollOutOne(tipped, { ...config, tipsPerEpisode: 2 }, memory());
    expect(three.trajectory.retrieved.map(({ text }) => text)).toEqual(["blue", "green"]);
  });

  it("are recorded with score and with the similarity of their key to the text so far", async () => {
    const { trajectory } = await rollOutOne(tipped, ROLLOUT, memory());
    // Nine of the ten words that were read stand in the key; <bos> does not.
    expect(trajectory.retrieved).toEqual([
      { turn: 0, tipId: 2, similarity: 9 / Math.sqrt(90), text: "blue", score: 30 },
    ]);
  });

  it("are counted as retrieved", async () => {
    const own = memory();
    await rollOutOne(tipped, { ...ROLLOUT, tipsAtStart: 2 }, own);
    expect(own.list().map(({ retrievedCount }) => retrievedCount)).toEqual([0, 1, 1, 0]);
  });

  it("are not found by the words of other tips", async () => {
    const own = memoryOf(tipOf("gold purple", WALK.first), tipOf("brown", "gold purple"));
    const { trajectory } = await rollOutOne(tipped, { ...ROLLOUT, tipsPerTurn: 3, minSimilarity: 0 }, own);
    expect(trajectory.retrieved.map(({ text }) => text)).toEqual(["gold purple"]);
  });

  it("come from the episode's bucket", async () => {
    const own = memoryOf(tipOf("red", WALK.first), tipOf("blue", WALK.first, { bucket: "other" }));
    const { trajectory } = await rollOutOne({ ...tipped, bucket: "other" }, ROLLOUT, own);
    expect(trajectory.retrieved.map(({ text }) => text)).toEqual(["blue"]);
    expect(trajectory.bucket).toBe("other");
    expect((await rollOutOne(tipped, ROLLOUT, own)).trajectory.bucket).toBe(BUCKET);
  });

  it("are read and written by all variations of the task if they are shared, while states stay apart", async () => {
    const shared = { bucket: tipBucketOf(scriptedTask(), "task") };
    const own = memoryOf(tipOf("red", WALK.first), tipOf("blue", WALK.first, shared));
    const novelty = new NoveltyTable();
    novelty.record(bucketOf(scriptedTask(3)), [embed(encode("nothing happens"))], 0.95);
    const config = { ...ROLLOUT, tipScope: "task" } as const;
    const script = { ...WALK, answer: () => ({ text: "nothing happens" }) };
    const dependencies = dependenciesOf(policy(), { memory: own, novelty, script });
    const asked = [0, 3].map((variation) => request(variation, { ...tipped, task: scriptedTask(variation) }));
    const trajectories = await rollOut(asked, config, dependencies);
    expect(trajectories.map(({ retrieved }) => retrieved.map(({ text }) => text))).toEqual([["blue"], ["blue"]]);
    expect(trajectories.map(({ bucket }) => bucket)).toEqual([shared.bucket, shared.bucket]);
    expect(trajectories.map(({ stateBucket }) => stateBucket)).toEqual([BUCKET, bucketOf(scriptedTask(3))]);
    // Variation 3 has been in this state before, variation 0 has not.
    expect(trajectories.map(({ turns }) => turns[0]!.intrinsicReward)).toEqual([1, 1 / 2]);
  });

  it("are for memory rollouts only", async () => {
    const own = memory();
    const { trajectory } = await rollOutOne({ mode: "on-policy" }, { ...ROLLOUT, tipsPerTurn: 2 }, own);
    expect(trajectory.retrieved).toEqual([]);
    expect(trajectory.sequence.segments.map(({ kind }) => kind)).not.toContain("tip");
    expect(own.list().map(({ retrievedCount }) => retrievedCount)).toEqual([0, 0, 0, 0]);
  });
});

describe("the tip of a rollout", () => {
  /** Writes `blue red` and then stops with the given word. */
  function writing(stop: string): TabularPolicy {
    return new TabularPolicy({
      words: "red blue score",
      prior: (prefix): Record<string, number> => {
        const asked = prefix.lastIndexOf(TOKEN.summary);
        if (asked < 0) return {};
        return { [["blue", "red", stop][prefix.length - 1 - asked]!]: 50 };
      },
    });
  }

  it("ends at the word after which the true score will stand, or at the end token", async () => {
    for (const stop of ["score", "</tip>"]) {
      const [trajectory] = await rollOut([request(1)], ROLLOUT, dependenciesOf(writing(stop)));
      expect(decode(trajectory!.writtenTip!)).toBe("blue red");
      expect(decode(trajectory!.sequence.tokens.slice(-4))).toBe(`<sum> blue red ${stop}`);
      expect(trajectory!.sequence.segments.at(-1)).toMatchObject({ kind: "writtenTip" });
    }
  });

  it("is cut when it gets too long", async () => {
    const config = { ...ROLLOUT, maxTipTokens: 1 };
    const [trajectory] = await rollOut([request(1)], config, dependenciesOf(writing("score")));
    expect(decode(trajectory!.writtenTip!)).toBe("blue");
  });

  it("is not asked for unless wanted; the sequence then ends with the last observation", async () => {
    const { trajectory } = await rollOutOne({}, { ...ROLLOUT, writeTips: false });
    expect(trajectory.writtenTip).toBeNull();
    expect(trajectory.sequence.tokens).not.toContain(TOKEN.summary);
    expect(trajectory.sequence.segments.at(-1)!.kind).toBe("observation");
    expect(trajectory.sequence).toEqual(rebuilt(trajectory));
  });

  it("does not change what the episode did", async () => {
    const { trajectory } = await rollOutOne({});
    const { trajectory: silent } = await rollOutOne({}, { ...ROLLOUT, writeTips: false });
    expect(silent.turns).toEqual(trajectory.turns);
  });
});

describe("the intrinsic reward of a rollout", () => {
  /** Always the same answer but for the third. */
  const script = {
    ...WALK,
    answer: (_action: string, turn: number) => ({ text: turn === 3 ? "in kitchen see gold" : "nothing happens" }),
  };

  it("is 1/n of the observations reached, from their text only", async () => {
    const novelty = new NoveltyTable();
    novelty.record(BUCKET, [embed(encode("nothing happens"))], 0.95);
    const dependencies = dependenciesOf(policy(), { script, novelty });
    const [trajectory] = await rollOut([request(1, { mode: "off-policy" })], ROLLOUT, dependencies);
    expect(trajectory!.turns.map(({ intrinsicReward }) => intrinsicReward)).toEqual([1 / 2, 1 / 3, 1, 1 / 4]);
    expect(trajectory!.intrinsicReturn).toBeCloseTo(1 / 2 + 1 / 3 + 1 + 1 / 4, 12);
  });

  it("is for memory rollouts only, but all rollouts tell the states they reached", async () => {
    const [trajectory] = await rollOut([request(1)], ROLLOUT, dependenciesOf(policy(), { script }));
    expect(trajectory!.intrinsicReturn).toBe(0);
    const [nothing, gold] = ["nothing happens", "in kitchen see gold"].map((text) => embed(encode(text)));
    expect(trajectory!.states).toEqual([nothing, nothing, gold, nothing]);
  });
});

describe("a watched rollout", () => {
  it("tells each turn, and before it the tips that were found; others are silent", async () => {
    const memory = memoryOf(tipOf("red", WALK.first));
    const dependencies = dependenciesOf(policy(), { memory });
    const watched = request(1, { mode: "on-policy-with-tips", watched: true });
    const trajectories = await rollOut([request(2), watched], ROLLOUT, dependencies);
    const { events } = dependencies;
    expect(events.map(({ type }) => type)).toEqual(["tipsRetrieved", ...new Array<string>(4).fill("turnTaken")]);
    expect(events[0]).toMatchObject({ rolloutId: "r1", retrieved: trajectories[1]!.retrieved });
    const told = events.flatMap((event) => (event.type === "turnTaken" ? [event.turn] : []));
    expect(told).toEqual(trajectories[1]!.turns);
  });
});

describe("the context limit", () => {
  const endless = { ...WALK, maxTurns: 1000 };

  it("ends an episode while there is still room for its tip", async () => {
    for (const contextLength of [80, 81, 90, 120, 200]) {
      const dependencies = dependenciesOf(policy({ contextLength }), { script: endless });
      const trajectories = await rollOut(
        [1, 2, 3].map((i) => request(i)),
        ROLLOUT,
        dependencies,
      );
      for (const { turns, sequence, writtenTip } of trajectories) {
        expect(turns.length).toBeGreaterThan(0);
        expect(sequence.tokens.length).toBeLessThanOrEqual(contextLength);
        expect(writtenTip).not.toBeNull();
      }
    }
  });

  it("leaves out tips for which there is no room", async () => {
    const long = (word: string) => tipOf(new Array<string>(30).fill(word).join(" "), WALK.first);
    const memory = memoryOf(long("red"), long("blue"), long("green"));
    const dependencies = dependenciesOf(policy({ contextLength: 140 }), { memory, script: endless });
    const config = { ...ROLLOUT, tipsAtStart: 3, tipsPerTurn: 1 };
    const [trajectory] = await rollOut([request(1, { mode: "off-policy" })], config, dependencies);
    expect(trajectory!.retrieved).toHaveLength(2);
    expect(trajectory!.turns.length).toBeGreaterThan(0);
    expect(trajectory!.writtenTip).not.toBeNull();
  });

  it("costs an episode its tip, not the run its life, when an answer is longer than any should be", async () => {
    const talkative = {
      ...endless,
      answer: (_action: string, turn: number) => ({
        text: new Array<string>(turn === 3 ? 100 : 3).fill("red").join(" "),
      }),
    };
    const dependencies = dependenciesOf(policy({ contextLength: 100 }), { script: talkative });
    const [trajectory] = await rollOut([request(1)], ROLLOUT, dependencies);
    expect(trajectory!.turns).toHaveLength(3);
    expect(trajectory!.writtenTip).toBeNull();
  });
});

describe("the decoding batch", () => {
  it("is closed, also when the policy fails", async () => {
    let closed = 0;
    const failing = Object.assign(policy(), {
      open: (): ReturnType<Policy["open"]> => ({
        generate: () => Promise.reject(new Error("lost")),
        close: () => (closed += 1),
      }),
    });
    await expect(rollOut([request(1)], ROLLOUT, dependenciesOf(failing))).rejects.toThrow("lost");
    expect(closed).toBe(1);
  });
});

describe("countModes", () => {
  it("counts each of the three modes, also those that did not occur", () => {
    const modes = ["off-policy", "on-policy", "off-policy"].map((mode) => ({ mode }) as Trajectory);
    expect(countModes(modes)).toEqual({ "on-policy": 1, "on-policy-with-tips": 0, "off-policy": 2 });
  });
});
