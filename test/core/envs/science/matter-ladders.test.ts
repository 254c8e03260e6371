import { describe, expect, it } from "vitest";
import { createScienceEnv, scienceTaskSpecs } from "../../../../src/core/envs/science/create-env.ts";
import { subsample } from "../../../../src/core/envs/science/subsample.ts";
import { Player, PLAYERS } from "./matter-gold.ts";
import { play, ref, start } from "./play.ts";

const FILL_POT = ["move pot to sink", "activate sink", "deactivate sink", "focus on water"];
const TO_WATER = ["teleport kitchen", "open cupboard", ...FILL_POT];
const FREEZE = ["open freezer", "move pot to freezer", "wait", "wait"];
const TO_THERMOMETER = ["teleport kitchen", "pick up thermometer", "focus on thermometer"];

/** Name of the boxes of a variation: right, wrong. */
function boxes(task: string): [string, string] {
  const { condition, failsIf } = createScienceEnv(ref(task)).spec.orderedGoals[2]!;
  return [condition, failsIf].map((goal) => (goal?.type === "focused" && "ids" in goal.on ? goal.on.ids[0]! : "")) as [
    string,
    string,
  ];
}
const KNOWN = "measure-melting-point-known-substance";
const UNKNOWN = "measure-melting-point-unknown-substance";

/** The object of 2-1, variation 0: unknown b, 59 degrees, in the living room; the boxes are in the bathroom. */
const THERMOMETER_PATH = [
  ...TO_THERMOMETER,
  "teleport living",
  "pick up unknown b",
  "focus on unknown b",
  "teleport bathroom",
  "use thermometer on unknown b",
  "move unknown b to green box",
];

const LADDERS: readonly (readonly [task: string, actions: readonly string[], scores: string])[] = [
  [
    "boil",
    ["teleport kitchen", "open cupboard", "pick up pot", ...FILL_POT].concat([
      "move pot to stove",
      "activate stove",
      "wait",
      "wait",
    ]),
    "0 0 0 0 0 3 3 70 72 73 75 100",
  ],
  [
    "melt",
    [...TO_WATER, ...FREEZE, "move pot to stove", "activate stove", "wait1"],
    "0 0 0 0 3 3 37 37 37 37 70 72 73 100",
  ],
  ["freeze", [...TO_WATER, ...FREEZE], "0 0 0 0 10 10 77 77 82 87 100"],
  ["change-the-state-of-matter-of", [...TO_WATER, ...FREEZE], "0 0 0 0 3 3 69 69 71 71 100"],
  ["use-thermometer", THERMOMETER_PATH, "0 6 9 43 46 49 82 85 92 100"],
  [
    KNOWN,
    [...TO_THERMOMETER, "open fridge", "focus on chocolate", "open cupboard", "move chocolate to pot"]
      .concat(["move pot to stove", "activate stove", "wait", "deactivate stove", "look in pot", "look around"])
      .concat([`focus on ${boxes(KNOWN)[0]}`]),
    "0 5 6 39 39 73 73 74 75 76 77 77 77 77 100",
  ],
  [
    UNKNOWN,
    [...TO_THERMOMETER, "focus on unknown k", "open cupboard", "move unknown k to pot", "move pot to stove"]
      .concat(["activate stove", "use thermometer on unknown k", "look in pot", "wait", "wait", "wait"])
      .concat(["look in pot", "deactivate stove", "look in pot", "look around", `focus on ${boxes(UNKNOWN)[0]}`]),
    "0 5 6 39 73 73 74 75 76 77 77 78 78 78 78 78 78 78 100",
  ],
  [
    "chemistry-mix",
    [
      "teleport kitchen",
      "pick up recipe",
      "read recipe",
      "open cupboard",
      "move salt to pot",
      "move pot to sink",
    ].concat(["look in pot", "activate sink", "deactivate sink", "mix pot", "focus on salt water"]),
    "0 17 17 25 25 25 25 25 42 42 50 100",
  ],
  [
    "chemistry-mix-paint-secondary-color",
    [
      "teleport studio",
      "look around",
      "pour blue paint into jug",
      "pour yellow paint into jug",
      "mix jug",
      "look in jug",
    ].concat(["focus on green paint"]),
    "0 30 30 30 40 50 50 100",
  ],
  [
    "chemistry-mix-paint-tertiary-color",
    [
      "teleport studio",
      "open cupboard",
      "pour blue paint in cup into jug",
      "pour yellow paint in cup into jug",
      "mix jug",
    ].concat([
      "focus on green paint",
      "look in jug",
      "pour blue paint into jug",
      "mix jug",
      "focus on green blue paint",
    ]),
    "0 13 13 13 17 27 77 77 80 83 100",
  ],
];

describe("score ladders of short solutions in the real simulator, variation 0", () => {
  it.each(LADDERS)("%s", (task, actions, scores) => {
    const env = createScienceEnv(ref(task));
    const ladder = [env.reset().score, ...play(env, actions).map(({ score }) => score)];
    expect(ladder.join(" ")).toBe(scores);
  });
});

describe("numbers of goals", () => {
  const COUNTS: Readonly<Record<string, readonly [ordered: number, optional: number]>> = {
    boil: [3, 15],
    melt: [3, 15],
    freeze: [3, 5],
    "change-the-state-of-matter-of": [3, 18],
    "use-thermometer": [3, 8],
    [KNOWN]: [3, 25],
    [UNKNOWN]: [3, 25],
    "chemistry-mix-paint-secondary-color": [1, 5],
    "chemistry-mix-paint-tertiary-color": [2, 10],
  };

  it.each(Object.entries(COUNTS))("of %s are %j in every variation", (task, counts) => {
    const { variationCount } = scienceTaskSpecs().find((spec) => spec.task === task)!;
    for (let variation = 0; variation < variationCount; variation++) {
      const { orderedGoals, optionalGoals } = createScienceEnv(ref(task, { variation })).spec;
      expect([orderedGoals.length, optionalGoals.length]).toEqual(counts);
    }
  });

  it("of chemistry-mix are four and the number of ingredients", () => {
    const optional = Array.from({ length: 32 }, (_, variation) => {
      const { orderedGoals, optionalGoals } = createScienceEnv(ref("chemistry-mix", { variation })).spec;
      expect(orderedGoals).toHaveLength(1);
      return optionalGoals.length;
    });
    expect(optional.slice(0, 8)).toEqual([6, 6, 7, 6, 6, 6, 6, 7]);
    expect(optional.slice(24)).toEqual([6, 7, 6, 6, 6, 7, 6, 6]);
  });
});

describe("optional goals", () => {
  it("count what the agent sees: tin that lies alone in a jar, once the workshop is entered", () => {
    const env = createScienceEnv(ref("boil", { variation: 22 }));
    const [start] = [env.reset()];
    expect(env.state.agentRoom).not.toBe("workshop");
    expect(start.score).toBe(0);
    expect(env.step("teleport workshop").score).toBe(3);
  });

  it("ask for wood in the pit before it burns", () => {
    const env = start("boil");
    const fire = ["teleport kitchen", "pick up lighter", "activate lighter", "teleport outside"];
    const burn = ["use lighter on wood", "use lighter on wood"];
    // Carrying the lighter; seeing the fountain's water, which is alone in it.
    expect(play(env, [...fire, ...burn]).map(({ score }) => score)).toEqual([0, 2, 2, 5, 5, 5]);
    // Wood in the pit, and that it burns.
    expect(env.step("move wood burn to pit").text).toBe("no known action matches");
    expect(env.step("move wood to pit").score).toBe(8);
  });
});

describe("a wrong focus", () => {
  it.each(Object.keys(PLAYERS))("ends %s at −100 while the first goal is next: air, a door, a thing", (task) => {
    for (const object of ["air", "door hallway", "lighter"]) {
      const env = start(task);
      env.step("teleport kitchen");
      expect(env.step(`focus on ${object}`)).toMatchObject({ score: -100, done: true });
    }
  });

  it.each(["boil", "melt", "freeze", "change-the-state-of-matter-of"])("is only unsuccessful later in %s", (task) => {
    const env = start(task);
    const before = play(env, TO_WATER).at(-1)!.score;
    expect(env.step("focus on stove")).toMatchObject({ score: before, done: false });
  });

  it.each(["use-thermometer", KNOWN, UNKNOWN])("is one on the object before the thermometer in %s", (task) => {
    const env = start(task);
    const { condition } = env.spec.orderedGoals[1]!;
    const on = condition.type === "focused" ? condition.on : { ids: [] };
    const object = env.state.things.find(({ id, spec }) =>
      "ids" in on ? on.ids.includes(id) : spec.matter === (on as { matter: string }).matter,
    )!;
    const player = new Player(env);
    player.go(player.roomOf(object.id));
    player.uncover(object.id);
    player.act("focus on", [object.id]);
    expect(player.score).toBe(-100);
  });

  it("ends a melting point at the second goal too", () => {
    const env = start(KNOWN);
    play(env, TO_THERMOMETER);
    expect(env.step("focus on stove").score).toBe(-100);
  });

  it("ends the tertiary colour when the secondary one is focused again", () => {
    const env = start("chemistry-mix-paint-tertiary-color");
    const [, ...path] = LADDERS.at(-1)![1].slice(0, 6);
    play(env, ["teleport studio", ...path]);
    expect(env.step("focus on green paint")).toMatchObject({ score: -100, done: true });
  });

  it("ends a paint when it is another colour", () => {
    const env = start("chemistry-mix-paint-secondary-color");
    play(env, ["teleport studio", "pour blue paint into jug", "pour red paint into jug", "mix jug"]);
    expect(env.step("focus on violet paint").score).toBe(-100);
  });
});

describe("a wrong box", () => {
  it("ends use-thermometer at −100", () => {
    const env = start("use-thermometer");
    play(env, THERMOMETER_PATH.slice(0, -1));
    expect(env.step("move unknown b to red box")).toMatchObject({ score: -100, done: true, reward: -192 });
  });

  it("is judged by the temperature at that moment: what was heated belongs into the other box", () => {
    const env = start("use-thermometer");
    const [above, below] = ["red box", "green box"];
    const heating = ["teleport kitchen", "open oven", "move unknown b to oven", "activate oven", "wait1", "wait1"];
    play(env, [...THERMOMETER_PATH.slice(0, 6), ...heating, "pick up unknown b", "teleport bathroom"]);
    expect(env.step("use thermometer on unknown b").text).toMatch(/^thermometer [1-9] \d \d degrees$/);
    const cold = start("use-thermometer");
    play(cold, THERMOMETER_PATH.slice(0, -2));
    expect(cold.step(`move unknown b to ${below}`).score).toBe(100);
    expect(env.step(`move unknown b to ${above}`).score).toBe(100);
  });

  it("that is no answer box is nothing", () => {
    const env = start("use-thermometer");
    play(env, THERMOMETER_PATH.slice(0, -1));
    expect(env.step("move unknown b to sink")).toMatchObject({ score: 92, done: false });
  });

  it.each([KNOWN, UNKNOWN])("in focus ends %s at −100; what is no box is ignored there", (task) => {
    const substance = task === KNOWN ? ["open fridge", "focus on chocolate"] : ["focus on unknown k"];
    const env = start(task);
    const { score } = play(env, [...TO_THERMOMETER, ...substance]).at(-1)!;
    expect(env.step("focus on stove")).toMatchObject({ score, done: false });
    expect(env.step("focus on air")).toMatchObject({ score, done: false });
    expect(env.step(`focus on ${boxes(task)[1]}`)).toMatchObject({ score: -100, done: true });
  });

  it.each([KNOWN, UNKNOWN])("in focus before its turn ends %s as every wrong focus does", (task) => {
    const env = start(task);
    env.step("teleport kitchen");
    expect(env.step(`focus on ${boxes(task)[0]}`).score).toBe(-100);
  });
});

describe("axes", () => {
  const texts = (task: string, variations: readonly number[]) =>
    new Set(variations.map((variation) => createScienceEnv(ref(task, { variation })).spec.taskText));
  const splitOf = (task: string) => scienceTaskSpecs().find((spec) => spec.task === task)!.splits;

  it("of states of matter: substance outermost, then whether the stove works", () => {
    const text = (variation: number) => createScienceEnv(ref("boil", { variation })).spec.taskText;
    expect([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28].map(text)).toEqual(
      [
        ...["water", "water", "ice", "orange juice", "apple juice", "chocolate", "marshmallow", "ice cream", "soap"],
        ...["rubber", "lead", "tin", "mercury", "gallium", "caesium"],
      ].map((name) => `boil ${name}`),
    );
    const stove = (variation: number) => start("boil", { variation }).state.things.find(({ id }) => id === "stove")!;
    expect([0, 1, 2, 3].map((variation) => stove(variation).spec.device!.works)).toEqual([true, false, true, false]);
    const broken = start("melt", { variation: 3 });
    expect(
      play(broken, ["teleport kitchen", "activate sink", "activate stove"])
        .map((o) => o.text)
        .slice(1),
    ).toEqual(["broken", "broken"]);
  });

  it.each(["boil", "melt", "freeze", "change-the-state-of-matter-of"])(
    "test %s on substances not trained on",
    (task) => {
      const { train, test } = splitOf(task);
      const trained = texts(task, train);
      expect([...texts(task, test)].filter((text) => trained.has(text))).toEqual([]);
    },
  );

  it("of the melting points keep substances apart, but for the one on the border", () => {
    for (const task of [KNOWN, UNKNOWN]) {
      const { train, test } = splitOf(task);
      const names = (variations: readonly number[]) =>
        new Set([...texts(task, variations)].map((text) => text.split(" in ")[0]));
      const trained = names(train);
      expect([...names(test)].filter((name) => trained.has(name))).toEqual([]);
    }
    // 875 combinations: seven substances, of which the shuffled halves and quarters keep 218, 109 and 109.
    expect(Object.values(splitOf(KNOWN)).map(({ length }) => length)).toEqual([218, 109, 109]);
  });

  it("are sampled as in ScienceWorld: Java's generator with seed 5, shuffled from the end", () => {
    // Made with java.util.Random itself.
    expect(subsample(875, 0.5).slice(0, 8)).toEqual([27, 260, 3, 266, 149, 242, 138, 133]);
    expect([875, 27_000, 15_000].map((count, i) => subsample(count, [0.5, 0.02, 0.02][i]!).length)).toEqual([
      436, 540, 300,
    ]);
    expect(new Set(subsample(27_000, 0.02)).size).toBe(540);
  });

  it("of use-thermometer: fork, salt and unknown b in training, wire and wood only in the test", () => {
    const objects = (variations: readonly number[]) =>
      new Set([...texts("use-thermometer", variations)].map((text) => /^test temperature (.*?) in/.exec(text)![1]!));
    const { train, test } = splitOf("use-thermometer");
    expect([...objects(train)].toSorted()).toEqual(["fork", "salt", "unknown b"]);
    expect([...objects(test)].toSorted()).toEqual(["unknown b", "wire", "wood"]);
  });

  it("of chemistry: recipes and colours in the test that training has not", () => {
    for (const task of ["chemistry-mix", "chemistry-mix-paint-secondary-color", "chemistry-mix-paint-tertiary-color"]) {
      const { train, test } = splitOf(task);
      const trained = texts(task, train);
      expect([...texts(task, test)].filter((text) => trained.has(text))).toEqual([]);
    }
  });
});
