import { describe, expect, it } from "vitest";
import { gigpo } from "../../../src/core/algorithms/gigpo.ts";
import { grpo } from "../../../src/core/algorithms/grpo.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { weightsHash } from "../../../src/core/training/fingerprint.ts";
import type { Script } from "../../support/scripted-env.ts";
import { contextOf, doorPolicy, settingsOf } from "./algorithm-fixtures.ts";

/** First luck, then skill: the red door pays 60 more, but what counts is blue in the kitchen behind both, 40 points. */
const LUCK_THEN_SKILL: Script = {
  first: "task find door . in hallway see red blue",
  maxTurns: 2,
  answer: (action, turn) => {
    if (turn === 1) return { text: "in kitchen see red blue", score: action === "red" ? 60 : 0 };
    return { text: "done", score: 0, done: true };
  },
};

/** The same with the score kept: an answer knows the action and the turn only. */
function luckThenSkill(): Script {
  let first = 0;
  return {
    ...LUCK_THEN_SKILL,
    answer: (action, turn) => {
      if (turn === 1) first = action === "red" ? 60 : 0;
      const { text, done = false } = LUCK_THEN_SKILL.answer(action, turn);
      const skill = turn === 2 && action === "blue" ? 40 : 0;
      return { text: turn === 1 ? text : `done ${first === 60 ? "red" : "blue"}`, score: first + skill, done };
    },
  };
}

const SECOND_PREFIXES = ["red", "blue"].map((first) => [
  TOKEN.bos,
  ...encode(LUCK_THEN_SKILL.first),
  TOKEN.prompt,
  ...encode(first),
  TOKEN.actionEnd,
  ...encode("in kitchen see red blue"),
  TOKEN.prompt,
]);

describe("GiGPO", () => {
  it("praises the better step of an unlucky trajectory, which GRPO blames", async () => {
    const advantagesOf = async (algorithm: typeof grpo) => {
      const policy = doorPolicy(0);
      const settings = settingsOf({ groupSize: 32 });
      // Worlds are played one after the other, turn by turn together; one script each keeps their luck apart.
      const { run } = contextOf({ policy, settings, scriptOf: luckThenSkill });
      const [outcome] = await run(algorithm, 1);
      const at = outcome!.trajectories.findIndex(({ turns }) => turns.every(({ action }) => action === "blue"));
      const tokens = outcome!.trajectories[at]!.sequence.tokens.slice(0, -1).join(" ");
      const row = policy.updatedRows.find((each) => tokens.startsWith(each.tokens.join(" ")))!;
      return row.advantages;
    };
    const [luck, , skill] = await advantagesOf(gigpo);
    const [ofLuck, , ofSkill] = await advantagesOf(grpo);
    expect(ofLuck).toBe(ofSkill);
    expect(ofSkill).toBeLessThan(0);
    expect(luck).toBeLessThan(0);
    expect(skill).toBeGreaterThan(0);
  });

  it("gives all tokens of an action the same advantage", async () => {
    const policy = doorPolicy(0);
    await contextOf({ policy, scriptOf: luckThenSkill }).run(gigpo, 1);
    for (const { advantages } of policy.updatedRows) {
      expect(advantages).toHaveLength(4);
      expect([advantages[0], advantages[2]]).toEqual([advantages[1], advantages[3]]);
    }
  });

  it("learns the better step from every state", async () => {
    const policy = doorPolicy(1);
    await contextOf({ policy, scriptOf: luckThenSkill }).run(gigpo, 40);
    // The unlucky door is hardly taken any more by then, so that its kitchen teaches little.
    const [lucky, unlucky] = SECOND_PREFIXES.map((prefix) => policy.probability(prefix, "blue"));
    expect(lucky).toBeGreaterThan(0.9);
    expect(unlucky).toBeGreaterThan(Math.exp(-1) / (1 + Math.exp(-1)));
  });

  it("is GRPO when the step advantage has no weight", async () => {
    for (const advantageNormalization of ["std", "none"] as const) {
      const train = async (algorithm: typeof grpo) => {
        const policy = doorPolicy(1);
        const settings = settingsOf({ stepAdvantageWeight: 0, advantageNormalization });
        await contextOf({ policy, settings, scriptOf: luckThenSkill }).run(algorithm, 5);
        return weightsHash((await policy.save()).weights);
      };
      expect(await train(gigpo)).toBe(await train(grpo));
    }
  });

  it("without std weighs a group by how far its returns are apart", async () => {
    const settings = settingsOf({ advantageNormalization: "none", stepAdvantageWeight: 0 });
    const [outcome] = await contextOf({ policy: doorPolicy(0), settings }).run(gigpo, 1);
    const { trajectories, advantages } = outcome!;
    const scores = trajectories.map(({ score }) => score);
    const center = scores.reduce((total, score) => total + score, 0) / scores.length;
    scores.forEach((score, i) => expect(advantages![i]).toBeCloseTo((score - center) / 10, 9));
  });
});
