import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import { mean } from "../../../../src/core/base/stats.ts";
import { GOAL_COUNT } from "../../../../src/core/envs/webshop/goals.ts";
import { successRate } from "../../../../src/core/training/evaluator.ts";
import { unknownWords, wordsIn } from "../../../../src/core/text/tokenizer.ts";
import { goldActions, hastyActions, play, playRandomly, shopCarefully, start, thoroughSearchActions } from "./play.ts";

const GOALS = Array.from({ length: GOAL_COUNT }, (_, goal) => goal);
const PRESETS = ["text_rich", "text", "text_rich,attributes"];

const PATIENCE = { timeout: 60_000 };

describe("every goal of the default catalogue", PATIENCE, () => {
  it("can be met exactly, in a fraction of the turns", () => {
    const lengths = GOALS.map((goal) => {
      const env = start(goal);
      const actions = goldActions(env);
      const last = play(env, actions).at(-1)!;
      expect([goal, last.score, last.reward, last.done, last.text]).toEqual([goal, 100, 100, true, "done score 1 0 0"]);
      return actions.length;
    });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6);
    expect(mean(lengths)).toBeLessThan(5);
  });

  it.each(PRESETS)("is told in words that the policy can read, %s", (preset) => {
    const unknown = new Set<string>();
    let longestLater = 0;
    let longestFirst = 0;
    const tell = (text: string) => {
      for (const word of unknownWords(text)) unknown.add(word);
      longestLater = Math.max(longestLater, wordsIn(text).length);
    };
    for (const goal of GOALS) {
      const random = Random.fromSeed(goal);
      const env = start(goal, { preset });
      const first = env.reset().text;
      longestFirst = Math.max(longestFirst, wordsIn(first).length);
      for (const word of unknownWords(first)) unknown.add(word);
      for (const action of env.validActions()) for (const word of unknownWords(action)) unknown.add(word);
      playRandomly(env, random, ({ text, done }) => {
        tell(text);
        if (!done) for (const action of env.validActions()) for (const word of unknownWords(action)) unknown.add(word);
      });
      env.reset();
      for (const { text } of play(env, goldActions(env))) tell(text);
    }
    expect([...unknown]).toEqual([]);
    // Instruction of 16, a full stop, one word.
    expect(longestFirst).toBe(18);
    expect(longestLater).toBeLessThanOrEqual(preset === "text" ? 27 : 30);
  });
});

describe("what little skill earns", PATIENCE, () => {
  it("is almost no success for random valid actions", () => {
    const scores = GOALS.map((goal) => playRandomly(start(goal), Random.fromSeed(goal), () => undefined).score);
    expect(successRate(scores)).toBeLessThan(0.05);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0);
  });

  it("is part of the reward, but seldom success, for buying the first result", () => {
    const scores = GOALS.map((goal) => {
      const env = start(goal);
      return play(env, hastyActions(env)).at(-1)!.score;
    });
    expect(mean(scores)).toBeGreaterThan(40);
    expect(mean(scores)).toBeLessThan(75);
    expect(successRate(scores)).toBeLessThan(0.2);
  });

  it("leaves room for looking at pages, even for a good search and all options", () => {
    const blind = GOALS.map((goal) => {
      const env = start(goal);
      return play(env, thoroughSearchActions(env)).at(-1)!.score;
    });
    const careful = GOALS.map((goal) => {
      const last = shopCarefully(start(goal));
      expect(last.done).toBe(true);
      return last.score;
    });
    expect(successRate(blind)).toBeLessThan(0.72);
    expect(successRate(careful)).toBeGreaterThan(successRate(blind) + 0.1);
    expect(mean(careful)).toBeGreaterThan(mean(blind));
  });
});

it("another catalogue has other goals and the same rules", () => {
  const texts = [0, 1, 5001].map((house) => start(7, { house }).reset().text);
  expect(new Set(texts).size).toBe(3);
  for (const house of [1, 5001]) {
    const env = start(7, { house });
    expect(play(env, goldActions(env)).at(-1)!.score).toBe(100);
  }
});
