import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { ActionCritic, type ActionCriticState, type CriticConfig } from "../../../src/core/critic/action-critic.ts";
import { actionFeatures, ALL_FEATURES, STATE_FEATURES, stateFeatures } from "../../../src/core/critic/features.ts";
import { transitionsOf, type Transition } from "../../../src/core/critic/transitions.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";

const CONFIG: CriticConfig = { criticExpectile: 0.5, criticDiscount: 0.5, criticStep: 0.003, criticPasses: 30 };
const task = "task find door";
const HALL = stateFeatures({ task, observation: "in hallway see red blue" });
const KITCHEN = stateFeatures({ task, observation: "in kitchen see nothing" });
const RED = actionFeatures("open red door");
const BLUE = actionFeatures("go to blue door");

function step(
  state: readonly number[],
  action: readonly number[],
  reward: number,
  next: readonly number[] | null = null,
) {
  return { state, action, reward, next } satisfies Transition;
}

function trained(transitions: readonly Transition[], changes: Partial<CriticConfig> = {}, rounds = 30): ActionCritic {
  const random = Random.fromSeed(2);
  const critic = new ActionCritic(null, random.fork("init"));
  for (let round = 0; round < rounds; round++) {
    critic.learn(transitions, { ...CONFIG, ...changes }, random.fork(round));
  }
  return critic;
}

const repeat = (count: number, ...transitions: Transition[]) => Array.from({ length: count }, () => transitions).flat();

describe("features", () => {
  it("of states and actions do not overlap, and stay within the network's input", () => {
    expect(Math.max(...HALL)).toBeLessThan(STATE_FEATURES);
    expect(Math.min(...RED)).toBeGreaterThanOrEqual(STATE_FEATURES);
    expect(Math.max(...RED)).toBeLessThan(ALL_FEATURES);
  });

  it("tell the order of an action's words, and the task from what is seen", () => {
    expect(actionFeatures("connect red to blue")).not.toEqual(actionFeatures("connect blue to red"));
    expect(stateFeatures({ task: "red", observation: "blue" })).not.toEqual(
      stateFeatures({ task: "blue", observation: "red" }),
    );
    expect(actionFeatures("open door")).toEqual(actionFeatures("open  door"));
  });
});

describe("transitions", () => {
  it("are the steps of a trajectory, rewards in units of 100 points, the last one without successor", () => {
    const turns = [
      { action: "open red door", reward: 30, observation: "in kitchen see nothing" },
      { action: "go to blue door", reward: -130, observation: "in hallway see red blue" },
    ];
    const trajectory = { firstObservation: task, turns } as unknown as Trajectory;
    const kitchen = stateFeatures({ task, observation: "in kitchen see nothing" });
    expect(transitionsOf(trajectory)).toEqual([
      { state: stateFeatures({ task, observation: task }), action: RED, reward: 0.3, next: kitchen },
      { state: kitchen, action: BLUE, reward: -1.3, next: null },
    ]);
  });
});

describe("the critic", () => {
  it("knows nothing before it has learned", () => {
    const critic = new ActionCritic(null, Random.fromSeed(1));
    expect([critic.actionValue(HALL, RED), critic.stateValue(HALL), critic.state()]).toEqual([0, 0, null]);
  });

  it("learns the rewards of actions, and the expectile over the actions taken as the value of the state", () => {
    // Q is 1 and 0, equally often: the τ-expectile v solves τ(1 − v) = (1 − τ)v, so v = τ.
    const steps = repeat(8, step(HALL, BLUE, 1), step(HALL, RED, 0));
    for (const criticExpectile of [0.5, 0.9]) {
      const critic = trained(steps, { criticExpectile });
      expect(critic.actionValue(HALL, BLUE)).toBeCloseTo(1, 1);
      expect(critic.actionValue(HALL, RED)).toBeCloseTo(0, 1);
      expect(Math.abs(critic.stateValue(HALL) - criticExpectile)).toBeLessThan(0.05);
    }
  });

  it("weighs how often an action was taken", () => {
    // Three of four are worth 0; at τ = 0.5 the expectile is the mean.
    const critic = trained(repeat(4, step(HALL, BLUE, 1), ...repeat(3, step(HALL, RED, 0))));
    expect(Math.abs(critic.stateValue(HALL) - 0.25)).toBeLessThan(0.05);
  });

  it("backs values up with the discount, and not beyond the end", () => {
    // Q(hall, red) = 0 + 0.5·V(kitchen) = 0.5·0.8; Q(kitchen, blue) = 0.8.
    const critic = trained(repeat(8, step(HALL, RED, 0, KITCHEN), step(KITCHEN, BLUE, 0.8)), {}, 60);
    expect(critic.actionValue(KITCHEN, BLUE)).toBeCloseTo(0.8, 1);
    expect(critic.actionValue(HALL, RED)).toBeCloseTo(0.4, 1);
  });

  it("takes the smaller of its two values", () => {
    const state = trained(repeat(4, step(HALL, BLUE, 1)), {}, 3).state()!;
    const shifted = (by: number) => ({ ...state.q[0], outputBias: state.q[0].outputBias.map((bias) => bias + by) });
    const values = [0, 0.5, -0.5].map((by) => {
      const critic = new ActionCritic({ ...state, q: [state.q[0], shifted(by)] }, Random.fromSeed(1));
      return critic.actionValue(HALL, BLUE);
    });
    expect(values[1]).toBeCloseTo(values[0]!, 6);
    expect(values[2]).toBeCloseTo(values[0]! - 0.5, 6);
  });

  it("goes on exactly after JSON", () => {
    const steps = repeat(5, step(HALL, BLUE, 1, KITCHEN), step(KITCHEN, RED, -1));
    const one = trained(steps, {}, 2);
    const state = JSON.parse(JSON.stringify(one.state())) as ActionCriticState;
    const again = new ActionCritic(state, Random.fromSeed(77));
    for (const critic of [one, again]) critic.learn(steps, CONFIG, Random.fromSeed(9));
    expect(again.state()).toEqual(one.state());
    expect(again.actionValue(HALL, RED)).toBe(one.actionValue(HALL, RED));
  });
});
