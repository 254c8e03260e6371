import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { ActionCritic } from "../../../src/core/critic/action-critic.ts";
import { criticRescorer, rescored } from "../../../src/core/critic/action-rescoring.ts";
import { actionFeatures, stateFeatures } from "../../../src/core/critic/features.ts";
import type { Completion } from "../../../src/core/policy/policy.ts";
import { encode, TOKEN } from "../../../src/core/text/tokenizer.ts";

function candidate(words: string, ...logProbs: number[]): Completion {
  return { tokens: [...encode(words), TOKEN.actionEnd], logProbs, entropies: logProbs };
}

const SITUATION = { task: "task find door", observation: "in hallway see red blue", turn: 0 };
const CONFIG = { candidateActions: 2, candidateTemperature: 1, likelihoodDecay: 0.5, likelihoodFloor: 0.1 };

/** Values blue, not red. */
function critic(): ActionCritic {
  const learned = new ActionCritic(null, Random.fromSeed(1));
  const state = stateFeatures(SITUATION);
  const steps = ["red", "blue"].map((word, i) => ({ state, action: actionFeatures(word), reward: i, next: null }));
  const config = { criticExpectile: 0.7, criticDiscount: 1, criticStep: 0.01, criticPasses: 200 };
  learned.learn(steps, config, Random.fromSeed(2));
  return learned;
}

describe("rescoring", () => {
  it("equals hand values: both parts stretched to 0…1, then weighed", () => {
    // p̂ = 0, 1, ½; q̂ = 1, 0, ¼; λ = 0.6.
    const scores = rescored([0.2, 0.6, 0.4], [3, -1, 0], 0.6);
    [0.4, 0.6, 0.4].forEach((value, i) => expect(scores[i]).toBeCloseTo(value, 9));
  });

  it("leaves out a part that does not differ", () => {
    expect(rescored([0.3, 0.3], [1, 2], 0.25)).toEqual([0, 0.75]);
    expect(rescored([0.1, 0.3], [2, 2], 0.25)).toEqual([0, 0.25]);
  });
});

describe("the critic's choice", () => {
  const likelyRed = [candidate("red", -0.1, -0.1), candidate("blue", -2, -2)];

  it("goes by likelihood in the first turn, by value later: λ = max(b, dᵗ)", () => {
    const rescorer = criticRescorer(critic(), CONFIG);
    // λ = 1, then ½ (a tie, the first one), then ¼, then the floor 0.1.
    expect([0, 1, 2, 9].map((turn) => rescorer.choose({ ...SITUATION, turn }, likelyRed))).toEqual([0, 0, 1, 1]);
  });

  it("never values beyond the floor", () => {
    const rescorer = criticRescorer(critic(), { ...CONFIG, likelihoodFloor: 0.6 });
    expect(rescorer.choose({ ...SITUATION, turn: 99 }, likelyRed)).toBe(0);
  });

  it("compares likelihoods per token, so that long actions are not at a disadvantage", () => {
    const untrained = new ActionCritic(null, Random.fromSeed(1));
    const candidates = [candidate("blue", -0.5, -0.5), candidate("go to red door", -0.4, -0.4, -0.4, -0.4, -0.4)];
    expect(criticRescorer(untrained, CONFIG).choose(SITUATION, candidates)).toBe(1);
  });
});
