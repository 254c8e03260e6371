import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import { createScienceEnv, scienceTaskSpecs } from "../../../../src/core/envs/science/create-env.ts";
import type { SavedState } from "../../../../src/core/envs/science/saved-state.ts";
import type { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { WORDS, wordId } from "../../../../src/core/text/vocabulary.ts";
import { LIFE_PLAYERS } from "./life-gold.ts";
import { PLAYERS } from "./matter-gold.ts";
import { ref } from "./play.ts";

const TASKS = scienceTaskSpecs();
const MATTER_TASKS = TASKS.filter(({ task }) => task in PLAYERS || task in LIFE_PLAYERS);
const SIGNS = [
  "",
  " ",
  "\n",
  "é",
  "{}",
  "\u0000",
  "focus on",
  "teleport",
  "__proto__",
  "constructor",
  "-1",
  "99999999999",
];

/** Anything: words of the vocabulary, signs, halves of actions, and sometimes an action that makes sense. */
function anything(random: Random, env: ScienceWorldEnv): string {
  if (random.chance(0.4)) {
    const valid = env.validActions().filter((action) => !action.startsWith("focus"));
    if (valid.length > 0) return random.pick(valid);
  }
  return Array.from({ length: random.integer(7) }, () => random.pick(random.chance(0.9) ? WORDS : SIGNS)).join(" ");
}

function shown(env: ScienceWorldEnv, action: string): string {
  return JSON.stringify([env.step(action), env.validActions(), env.view()]);
}

describe.each(MATTER_TASKS.map(({ task, variationCount }) => ({ task, variationCount })))(
  "$task",
  ({ task, variationCount }) => {
    it("takes any 200 texts: nothing thrown, scores in range, words of the vocabulary", () => {
      for (let run = 0; run < 5; run++) {
        const random = Random.fromSeed(run).fork(task);
        const env = createScienceEnv(
          ref(task, { variation: random.integer(variationCount), preset: run % 2 === 0 ? "easy" : "none" }),
        );
        env.reset();
        for (let i = 0; i < 200; i++) {
          const { text, score, done } = env.step(anything(random, env));
          expect(score === -100 || (score >= 0 && score <= 100)).toBe(true);
          expect(text.split(" ").filter((word) => wordId(word) === undefined)).toEqual([]);
          if (done) env.reset();
        }
      }
    });

    it("goes on the same from JSON at any moment, and is the same when played again", () => {
      for (let run = 0; run < 4; run++) {
        const random = Random.fromSeed(run).fork(task).fork("json");
        const reference = ref(task, { variation: random.integer(variationCount), house: run });
        const env = createScienceEnv(reference);
        const again = createScienceEnv(reference);
        env.reset();
        again.reset();
        for (let i = 0; i < 25; i++) {
          const copy = createScienceEnv(reference);
          copy.load(JSON.parse(JSON.stringify(env.save())) as SavedState);
          const action = anything(random, env);
          const original = shown(env, action);
          expect(shown(copy, action)).toBe(original);
          expect(shown(again, action)).toBe(original);
        }
      }
    });

    it("offers 10 to 60 actions, nearly always fewer than 50, that the world understands", () => {
      const counts: number[] = [];
      const random = Random.fromSeed(9).fork(task);
      for (let run = 0; run < 6; run++) {
        const env = createScienceEnv(ref(task, { variation: random.integer(variationCount) }));
        for (let done = env.reset().done; !done;) {
          const actions = env.validActions();
          counts.push(actions.length);
          if (env.state.question === undefined) {
            expect(actions.length).toBeGreaterThanOrEqual(10);
            expect(actions.length).toBeLessThanOrEqual(60);
          }
          const { text, done: isDone } = env.step(random.pick(actions.filter((action) => !action.startsWith("focus"))));
          expect(text).not.toBe("no known action matches");
          done = isDone;
        }
      }
      const sorted = counts.toSorted((a, b) => a - b);
      expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThan(50);
      expect(sorted[Math.floor(sorted.length * 0.5)]).toBeLessThan(40);
    });
  },
);

describe("a saved state", () => {
  it("of an electric world keeps its connections", () => {
    const reference = ref("power-component");
    const env = createScienceEnv(reference);
    env.reset();
    env.step("teleport workshop");
    const connection = env.validActions().find((action) => action.startsWith("connect"))!;
    env.step(connection);
    const copy = createScienceEnv(reference);
    copy.load(JSON.parse(JSON.stringify(env.save())) as SavedState);
    expect(copy.state.connections.size).toBe(2);
    expect(shown(copy, "look around")).toBe(shown(env, "look around"));
  });
});
