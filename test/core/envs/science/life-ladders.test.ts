import { describe, expect, it } from "vitest";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";
import type { TaskRef } from "../../../../src/core/envs/env.ts";
import { play, ref, start } from "./play.ts";

function focusIds(task: string): readonly string[] {
  return start(task).spec.orderedGoals.flatMap(({ condition }) =>
    condition.type === "focused" && "ids" in condition.on ? condition.on.ids : [],
  );
}

function nameOf(task: string, id: string): string {
  return start(task).state.things.find((thing) => thing.id === id)!.name;
}

function circuit(task: string, object: string, box: string): string[] {
  const wires = start(task)
    .state.things.filter(({ spec }) => spec.electric?.role === "wire")
    .map(({ name }) => name);
  const [a, b, c] = wires as [string, string, string];
  return [
    "teleport workshop",
    `focus on ${object}`,
    `connect battery cathode to ${a} 1`,
    `connect battery anode to ${b} 1`,
    `connect ${a} 2 to red bulb anode`,
    `connect ${c} 1 to red bulb cathode`,
    `connect ${b} 2 to ${object} 1`,
    `connect ${c} 2 to ${object} 2`,
    "wait1",
    "look around",
    `move ${object} to ${box}`,
  ];
}

/** A block down two planes, with so many looks at each; the target last. */
function slides(task: string, firstLooks: number, secondLooks: number): string[] {
  const { things } = start(task).state;
  const [first, second] = things.filter(({ spec }) => spec.slope).map(({ name }) => name) as [string, string];
  const measured = (plane: string, looks: number) => [
    `move wood block to ${plane}`,
    "activate stopwatch",
    ...Array.from({ length: looks }, () => `look at ${plane}`),
    "deactivate stopwatch",
    "examine stopwatch",
  ];
  return [
    "teleport workshop",
    "look around",
    ...measured(first, firstLooks),
    ...measured(second, secondLooks),
    `focus on ${focusIds(task)[0]!}`,
  ];
}

const SEED_INTO_POT = (number: number, prompted: number) => [`move apple seed to pot ${number}`, String(prompted)];
const FETCH_SEEDS = ["teleport kitchen", "pick up seed jar", "teleport greenhouse"];
const WAIT_20 = ["wait", "wait1", "wait1", "wait1", "wait1"];
const LONGEST = "lifespan-longest-lived";
const SHORTEST = "lifespan-shortest-lived";
const BOTH = "lifespan-longest-lived-then-shortest-lived";

function animalNames(task: string): string[] {
  return focusIds(task).map((id) => `focus on ${nameOf(task, id)}`);
}

function conducts(task: string): string {
  const { condition } = start(task).spec.orderedGoals[1]!;
  return condition.type === "focusIn" ? condition.container : "";
}

const LADDERS: readonly (readonly [id: string, task: string, actions: readonly string[], scores: string])[] = [
  ["3-3", "test-conductivity", circuit("test-conductivity", "foil", "red box"), "0 10 60 60 60 64 64 74 83 83 83 100"],
  [
    "3-4",
    "test-conductivity-of-unknown-substances",
    circuit(
      "test-conductivity-of-unknown-substances",
      "unknown b",
      conducts("test-conductivity-of-unknown-substances"),
    ),
    "0 10 60 60 60 64 64 74 83 83 83 100",
  ],
  [
    "5-1",
    "grow-plant",
    [...FETCH_SEEDS, ...SEED_INTO_POT(1, 0), "focus on apple seed in pot 1", "wait", "wait", "wait"],
    "0 2 4 14 14 15 40 65 90 100",
  ],
  ["7-1", LONGEST, ["teleport outside", "look around", ...animalNames(LONGEST)], "0 50 50 100"],
  ["7-2", SHORTEST, ["teleport outside", "look around", ...animalNames(SHORTEST)], "0 50 50 100"],
  ["7-3", BOTH, ["teleport outside", "look around", ...animalNames(BOTH)], "0 33 33 83 100"],
  [
    "8-1",
    "identify-life-stages-1",
    ["teleport outside", "wait1", "focus on turtle egg", ...WAIT_20, "focus on turtle hatchling"].concat([
      ...WAIT_20,
      "focus on juvenile turtle",
      ...WAIT_20,
      "focus on adult turtle",
    ]),
    "0 8 8 33 45 45 45 45 45 70 70 70 70 70 70 95 95 95 95 95 95 100",
  ],
  [
    "8-2",
    "identify-life-stages-2",
    ["teleport outside", "look around", "focus on apple seed", "focus on apple seedling"].concat([
      "wait1",
      "wait1",
      "wait1",
      "wait1",
      // The seedling has grown up meanwhile.
      "focus on adult apple",
      "focus on reproducing apple",
      "0",
    ]),
    "0 8 8 33 58 62 62 66 66 91 91 100",
  ],
  [
    "9-1",
    "inclined-plane-determine-angle",
    slides("inclined-plane-determine-angle", 3, 2),
    "0 10 10 15 20 20 20 20 25 30 35 40 40 40 45 50 100",
  ],
  [
    "9-2",
    "inclined-plane-friction-named-surfaces",
    slides("inclined-plane-friction-named-surfaces", 2, 2),
    "0 10 10 15 20 20 20 25 30 35 40 40 40 45 50 100",
  ],
  [
    "9-3",
    "inclined-plane-friction-unnamed-surfaces",
    slides("inclined-plane-friction-unnamed-surfaces", 2, 2),
    "0 10 10 15 20 20 20 25 30 35 40 40 40 45 50 100",
  ],
];

describe("score ladders of short solutions in the real simulator", () => {
  it.each(LADDERS)("%s %s", (_id, task, actions, scores) => {
    const env = createScienceEnv(ref(task));
    const ladder = [env.reset().score, ...play(env, actions).map(({ score }) => score)];
    expect(ladder.join(" ")).toBe(scores);
  });

  it("5-2 grow-fruit, up to the time that bees need", () => {
    const env = createScienceEnv(ref("grow-fruit"));
    const actions = [
      ...FETCH_SEEDS,
      ...SEED_INTO_POT(1, 0),
      // The seed in the pot is one of the seeds one may mean.
      ...SEED_INTO_POT(2, 1),
      ...SEED_INTO_POT(3, 2),
      "close door hallway",
      "close door outside",
      "wait",
      "wait",
      "look around",
      "open hive",
    ];
    const ladder = [env.reset().score, ...play(env, actions).map(({ score }) => score)];
    expect(ladder.join(" ")).toBe("0 9 11 27 27 29 29 30 30 32 32 32 36 45 45 46");
    const grown = () => env.state.things.find(({ spec }) => spec.matter === "grown apple");
    for (let i = 0; i < 30 && grown() === undefined; i++) expect(env.step("wait1").score).toBe(46);
    expect(grown()?.name).toBe("apple");
    let { score } = env.step("focus on apple");
    // There may be two by now.
    if (env.state.question !== undefined) ({ score } = env.step("0"));
    expect(score).toBe(100);
  });
});

/** The last score of an episode. */
function lastScore(reference: TaskRef, actions: readonly string[]): { score: number; done: boolean } {
  const env = createScienceEnv(reference);
  env.reset();
  const { score, done } = play(env, actions).at(-1)!;
  return { score, done };
}

const FAILED = { score: -100, done: true };

describe("what ends an episode at −100", () => {
  it("3-3: a wrong focus, and the thing in the wrong box, guessed or not", () => {
    const task = ref("test-conductivity");
    expect(lastScore(task, ["teleport workshop", "focus on red bulb"])).toEqual(FAILED);
    expect(lastScore(task, ["teleport workshop", "focus on foil", "move foil to green box"])).toEqual(FAILED);
    expect(lastScore(task, ["teleport workshop", "focus on foil", "move foil to red box"]).score).toBe(100);
    // A box is not wrong as long as the thing is not in focus.
    expect(lastScore(task, ["teleport workshop", "move foil to green box"]).score).toBe(10);
    expect(lastScore(task, ["teleport workshop", "move foil to green box", "focus on foil"])).toEqual(FAILED);
  });

  it("5-1: nothing, whatever is in focus", () => {
    const path = ["teleport greenhouse", "focus on hive", "focus on pot 1", "focus on air", "focus on door hallway"];
    expect(lastScore(ref("grow-plant"), path)).toEqual({ score: 11, done: false });
  });

  it("5-2: any other focus, even on a fruit that was not grown here", () => {
    expect(lastScore(ref("grow-fruit"), ["teleport kitchen", "focus on apple"])).toEqual(FAILED);
  });

  it("7-3: the same animal twice", () => {
    const [longest] = animalNames(BOTH) as [string];
    expect(lastScore(ref(BOTH), ["teleport outside", longest, longest])).toEqual(FAILED);
  });

  it("8-1: a stage that has not come yet, a stage that is focused twice, another animal", () => {
    const task = ref("identify-life-stages-1");
    const egg = "focus on turtle egg";
    expect(lastScore(task, ["teleport outside", egg, egg])).toEqual(FAILED);
    expect(lastScore(task, ["teleport outside", "focus on parrot egg"])).toEqual(FAILED);
    expect(lastScore(task, ["teleport outside", ...WAIT_20, "wait1", "focus on turtle hatchling"])).toEqual(FAILED);
  });

  it("9-1: the other plane, the block, the stopwatch", () => {
    const task = "inclined-plane-determine-angle";
    for (const name of ["plane b", "plane c", "wood block", "stopwatch", "air"]) {
      const isRight = focusIds(task).includes(name);
      expect(lastScore(ref(task), ["teleport workshop", `focus on ${name}`]).score).toBe(isRight ? 100 : -100);
    }
  });

  it("10-1: any focus but the right box", () => {
    const task = "mendelian-genetics-known-plant";
    expect(lastScore(ref(task), ["teleport greenhouse", "focus on red box"]).score).toBe(100);
    for (const name of ["green box", "hive", "air"]) {
      expect(lastScore(ref(task), ["teleport greenhouse", `focus on ${name}`])).toEqual(FAILED);
    }
  });
});

describe("8-1", () => {
  it("cannot be won any more once a stage is over, and costs nothing for it", () => {
    const env = start("identify-life-stages-1");
    play(env, ["teleport outside", "wait", "wait"]);
    expect(env.step("focus on turtle egg")).toMatchObject({ text: "no known action matches", done: false });
    expect(env.step("look around").text).toContain("turtle hatchling");
  });
});
