import { describe, expect, it } from "vitest";
import { play, ref, start, wiresOf } from "./play.ts";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";

/** Scores before any action and after each. */
function ladder(task: string, actions: readonly string[]): number[] {
  const env = createScienceEnv(ref(task));
  return [env.reset().score, ...play(env, actions).map(({ score }) => score)];
}

/** The first thing of a kind in a room of variation 0. */
function firstLiving(task: string, kind: "animal" | "plant"): { name: string; at: string } {
  const { name, at } = start(task).state.things.find(({ spec }) => spec.living?.kind === kind)!;
  return { name, at };
}

describe("score ladders of short solutions in the real simulator", () => {
  it("3-1 power-component: 0 13 63 63 63 77 83 100", () => {
    const [a, b] = wiresOf(start("power-component"));
    const actions = [
      "teleport workshop",
      "focus on red bulb",
      `connect battery cathode to ${a} 1`,
      `connect battery anode to ${b} 1`,
      `connect ${a} 2 to red bulb anode`,
      `connect ${b} 2 to red bulb cathode`,
      "wait1",
    ];
    expect(ladder("power-component", actions)).toEqual([0, 13, 63, 63, 63, 77, 83, 100]);
  });

  it("3-2 power-component-renewable: everything carried outside, 10 43 … 53 58 100", () => {
    const task = "power-component-renewable-vs-nonrenewable-energy";
    const [a, b] = wiresOf(start(task));
    const actions = [
      "teleport workshop",
      "focus on red bulb",
      ...["red bulb", a, b, "solar"].map((name) => `pick up ${name}`),
      "teleport outside",
      ...["solar", "red bulb", a].map((name) => `put down ${name}`),
      `connect solar cathode to ${a} 1`,
      `connect solar anode to ${b} 1`,
      `connect ${a} 2 to red bulb anode`,
      `connect ${b} 2 to red bulb cathode`,
      "wait1",
    ];
    expect(ladder(task, actions)).toEqual([0, 10, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 43, 53, 58, 100]);
  });

  it.each([
    ["4-1", "find-living-thing"],
    ["4-4", "find-animal"],
  ])("%s %s: 8 17 17 67 75 83 100", (_id, task) => {
    const { name } = firstLiving(task, "animal");
    const actions = [
      "teleport outside",
      "look around",
      `focus on ${name}`,
      `pick up ${name}`,
      "teleport kitchen",
      `move ${name} to red box`,
    ];
    expect(ladder(task, actions)).toEqual([8, 17, 17, 67, 75, 83, 100]);
  });

  it("4-2 find-non-living-thing: 8 25 75 100", () => {
    const task = "find-non-living-thing";
    const env = start(task);
    const { name } = env.state.things.find(({ at, spec }) => at === "kitchen" && spec.movable && !spec.container)!;
    const actions = ["teleport kitchen", `focus on ${name}`, `move ${name} to red box`];
    expect(ladder(task, actions)).toEqual([8, 25, 75, 100]);
  });

  it("4-3 find-plant: the pot is carried, 8 17 17 67 75 83 100", () => {
    const { name, at: pot } = firstLiving("find-plant", "plant");
    const actions = [
      "teleport greenhouse",
      "look around",
      `focus on ${name}`,
      `pick up ${pot}`,
      "teleport kitchen",
      `move ${pot} to red box`,
    ];
    expect(ladder("find-plant", actions)).toEqual([8, 17, 17, 67, 75, 83, 100]);
  });
});

describe("focus", () => {
  it("may come late: focusing a thing that is in the box already passes both goals, 25 → 100", () => {
    const { name } = firstLiving("find-animal", "animal");
    const actions = [
      "teleport outside",
      `pick up ${name}`,
      "teleport kitchen",
      `move ${name} to red box`,
      `focus on ${name}`,
    ];
    expect(ladder("find-animal", actions)).toEqual([8, 17, 17, 25, 25, 100]);
  });

  it("binds the later goals to the same thing: boxing another animal gives nothing", () => {
    const env = start("find-animal");
    const [first, second] = env.state.things.filter(({ spec }) => spec.living?.kind === "animal");
    const observations = play(env, [
      "teleport outside",
      `focus on ${first!.name}`,
      `pick up ${second!.name}`,
      "teleport kitchen",
      `move ${second!.name} to red box`,
    ]);
    expect(observations.map(({ score }) => score)).toEqual([17, 67, 67, 75, 75]);
  });

  it("on a wrong thing ends the episode at −100, and the reward takes back what was gained", () => {
    const env = start("power-component");
    env.step("teleport workshop");
    const { score, reward, done, text } = env.step("focus on battery");
    expect({ score, reward, done, text }).toEqual({
      score: -100,
      reward: -113,
      done: true,
      text: "focus on battery ; bad",
    });
    expect(env.step("look around")).toMatchObject({ text: "done", reward: 0, done: true });
  });

  it("on a door or on air fails too", () => {
    for (const object of ["door hallway", "air"]) {
      const env = start("power-component");
      env.step("teleport workshop");
      expect(env.step(`focus on ${object}`).score).toBe(-100);
    }
  });

  it("on a wrong thing is only unsuccessful once the focus goal has passed", () => {
    const env = start("power-component");
    play(env, ["teleport workshop", "focus on red bulb"]);
    expect(env.step("focus on battery")).toMatchObject({ score: 63, done: false, text: "focus on battery" });
  });

  it("on an unmovable thing neither scores nor fails when a nonliving thing is wanted", () => {
    const env = start("find-non-living-thing");
    const fixture = env.state.things.find(({ spec }) => !spec.movable && spec.phase === "solid")!;
    env.step(`teleport ${fixture.at}`);
    const before = env.step("look around").score;
    expect(env.step(`focus on ${fixture.name}`)).toMatchObject({ score: before, done: false });
  });

  it("on air counts as a nonliving thing that cannot be boxed", () => {
    const env = start("find-non-living-thing");
    env.step("teleport kitchen");
    expect(env.step("focus on air").score).toBe(75);
    expect(env.step("move air to red box")).toMatchObject({ score: 75, text: "not movable" });
  });

  it("on something alive fails when a nonliving thing is wanted", () => {
    const env = start("find-non-living-thing");
    env.step("teleport outside");
    const animal = env.state.things.find(({ spec }) => spec.living?.kind === "animal")!;
    expect(env.step(`focus on ${animal.name}`).score).toBe(-100);
  });

  it("on the pot instead of its plant fails", () => {
    const env = start("find-plant");
    env.step("teleport greenhouse");
    expect(env.step(`focus on ${firstLiving("find-plant", "plant").at}`).score).toBe(-100);
  });
});
