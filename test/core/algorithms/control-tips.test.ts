import { describe, expect, it } from "vitest";
import { empo2 } from "../../../src/core/algorithms/empo2.ts";
import { decode } from "../../../src/core/text/tokenizer.ts";
import { scriptedTask, twoDoors } from "../../support/scripted-env.ts";
import { contextOf, doorPolicy, settingsOf } from "./algorithm-fixtures.ts";

const TASKS = [{ ...scriptedTask(0), house: 3 }];

describe("control arms of the tips", () => {
  it("empty: what is stored and shown is the score alone", async () => {
    const settings = settingsOf({ tipSource: "empty", memoryRolloutProbability: 1 });
    const { run, memory, worlds } = contextOf({ policy: doorPolicy(0), settings, tasks: TASKS });
    const [, second] = await run(empo2, 2);
    expect(memory.list().map(({ tokens }) => decode(tokens))).toEqual(
      expect.arrayContaining(["; score 3 0", "; score 1 0 0"]),
    );
    expect(memory.size).toBe(2);
    expect(worlds.every(({ house }) => house === 3)).toBe(true);
    // What the policy itself wrote stays with the rollout, for people to see.
    for (const { writtenTip, retrieved } of second!.trajectories) {
      expect(["red", "blue"]).toContain(decode(writtenTip!));
      expect(retrieved[0]!.text).toMatch(/^; score/);
    }
  });

  it("other-world: the same policy writes them about as many plain episodes in another house", async () => {
    const settings = settingsOf({ tipSource: "other-world" });
    // Nothing can be scored in the other house, so that its tips are recognised by their score.
    const script = { ...twoDoors(), answer: twoDoors().answer };
    const { run, memory, worlds } = contextOf({ policy: doorPolicy(0), settings, tasks: TASKS, script });
    const [outcome] = await run(empo2, 1);
    expect(worlds.map(({ house }) => house)).toEqual([
      ...new Array<number>(8).fill(3),
      ...new Array<number>(8).fill(5003),
    ]);
    expect(outcome!.trajectories).toHaveLength(8);
    for (const { bucket } of memory.list()) expect(bucket).toBe(outcome!.trajectories[0]!.bucket);
    expect(outcome!.trajectories.every(({ task }) => task.house === 3)).toBe(true);
  });

  it("other-world: scores told and scores learned from are not mixed up", async () => {
    const settings = settingsOf({ tipSource: "other-world", memoryRolloutProbability: 0 });
    const { run, memory, worlds } = contextOf({
      policy: doorPolicy(0),
      settings,
      tasks: TASKS,
      // The first eight episodes are the run's own; what comes after is foreign and pays 7.
      script: {
        ...twoDoors(),
        answer: (action, turn) =>
          worlds.length > 8 ? { text: "done", score: 7, done: true } : twoDoors().answer(action, turn),
      },
    });
    const [outcome] = await run(empo2, 1);
    expect(outcome!.trajectories.map(({ score }) => score).every((score) => score === 30 || score === 100)).toBe(true);
    expect(memory.list().map(({ score }) => score)).toEqual(memory.list().map(() => 7));
    expect(memory.list().every(({ tokens }) => decode(tokens).endsWith("; score 7"))).toBe(true);
  });
});
