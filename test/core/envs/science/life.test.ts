import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import { buildWorld } from "../../../../src/core/envs/science/create-env.ts";
import { beeHive, peaKind, plantTemplate, plot, treeKind } from "../../../../src/core/envs/science/garden.ts";
import { cross, phenotype } from "../../../../src/core/envs/science/genetics.ts";
import { animalCourse, type Species } from "../../../../src/core/envs/science/life-stages.ts";
import { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { thingById } from "../../../../src/core/envs/science/state.ts";
import { inclinedPlane, livingThing, stopwatch, thing } from "../../../../src/core/envs/science/things.ts";
import type { Gene, ThingSpec, WorldSpec } from "../../../../src/core/envs/science/world.ts";
import { play, ref } from "./play.ts";

/** Only these things, in a greenhouse with closed doors, and goals that nothing meets. */
function world(things: readonly ThingSpec[], more: Partial<WorldSpec> = {}): ScienceWorldEnv {
  const never = [{ text: "never", condition: { type: "never" } }] as const;
  const env = new ScienceWorldEnv(ref("test"), {
    ...buildWorld(ref("grow-fruit", { preset: "none" })),
    startRoom: "greenhouse",
    orderedGoals: never,
    optionalGoals: never,
    maxTurns: 10_000,
    maxMoves: 10_000,
    things,
    ...more,
  });
  env.reset();
  return env;
}

/** Lets so many ticks pass: `look at` costs one. */
function pass(env: ScienceWorldEnv, ticks: number): void {
  for (let i = 0; i < ticks; i++) env.step("close door hallway");
}

function percentOf(text: string): number {
  return Number(/((?:\d )+)of/.exec(text)![1]!.replaceAll(" ", ""));
}

describe("an inclined plane", () => {
  const plane = (angle: number, friction: number) => inclinedPlane({ name: "plane b", angle, friction }, "greenhouse");
  const brick = thing("brick", "greenhouse");

  it.each([
    [90, 0],
    [45, 0.2],
    [30, 0.5],
    [80, 0.98],
  ])(
    "of %i° and friction %f lets a block slide 0.1 · sin(angle) · (1 − friction) of its length a tick",
    (angle, friction) => {
      const env = world([plane(angle, friction), brick]);
      env.step("move brick to plane b");
      pass(env, 4);
      const slid = 5 * 0.1 * Math.sin((angle * Math.PI) / 180) * (1 - friction);
      expect(thingById(env.state, "brick").slid).toBeCloseTo(slid, 12);
      const seen = percentOf(env.step("look at plane b").text);
      expect(seen).toBe(Math.round((100 * slid * 6) / 5));
    },
  );

  it("has a bottom, and a block that is moved starts again at the top", () => {
    const env = world([plane(90, 0), brick]);
    play(env, ["move brick to plane b", "wait"]);
    expect(env.step("look at plane b").text).toBe("plane b : brick 1 0 0 of 1 0 0");
    play(env, ["pick up brick", "move brick to plane b"]);
    expect(env.step("look at plane b").text).toBe("plane b : brick 2 0 of 1 0 0");
    play(env, ["wait", "move brick to plane b"]);
    expect(env.step("look at plane b").text).toBe("plane b : brick 2 0 of 1 0 0");
  });

  it("is understood by its longer real name", () => {
    const env = world([plane(45, 0.5), brick]);
    expect(env.step("move the brick to inclined plane b").text).toBe("moved");
  });

  it("tells that there is nothing on it", () => {
    expect(world([plane(45, 0.5)]).step("look at plane b").text).toBe("plane b : nothing");
  });
});

describe("a stopwatch", () => {
  it("counts ticks while it is on, and starts again from nothing", () => {
    const env = world([stopwatch("greenhouse")]);
    pass(env, 3);
    expect(env.step("look at stopwatch").text).toBe("stopwatch off 0");
    play(env, ["activate stopwatch", "wait", "deactivate stopwatch"]);
    pass(env, 5);
    expect(env.step("examine stopwatch").text).toBe("stopwatch off 1 2");
    env.step("activate stopwatch");
    expect(env.step("look at stopwatch").text).toBe("stopwatch on 2");
  });
});

describe("an animal", () => {
  const young = (species: Species) => {
    const course = animalCourse(species);
    const { stage, name } = course[0]!;
    return { ...livingThing(name, "greenhouse", { kind: "animal", species, stage, course }), id: "animal" };
  };

  it.each<readonly [Species, readonly string[]]>([
    ["moth", ["moth egg", "moth caterpillar", "moth pupa", "adult moth", "dead moth"]],
    ["toad", ["toad egg", "toad tadpole", "adult toad", "dead toad"]],
    ["dove", ["dove egg", "dove hatchling", "juvenile dove", "adult dove", "dead dove"]],
    ["wolf", ["baby wolf", "juvenile wolf", "adult wolf", "dead wolf"]],
  ])("%s has 20 ticks for each stage, 50 for the last", (species, names) => {
    const env = world([young(species)]);
    const nameNow = () => thingById(env.state, "animal").name;
    names.forEach((name, i) => {
      const isLast = i === names.length - 1;
      const ticks = isLast ? 100 : name.startsWith("adult") ? 50 : 20;
      pass(env, ticks - 1);
      expect(nameNow()).toBe(name);
      pass(env, 1);
      if (!isLast) expect(nameNow()).toBe(names[i + 1]);
    });
  });
});

const APPLE = treeKind("apple");

function seedIn(pot: string, more: Partial<ThingSpec> = {}, stage = "seed"): ThingSpec {
  return { ...plantTemplate(APPLE, stage), id: "plant", at: pot, ...more };
}

/** A plant in a pot with soil and self-watering as told. */
function planted({ soil = true, water = true, stage = "seed", more = {} as Partial<ThingSpec> }): ScienceWorldEnv {
  return world([...plot(1, "greenhouse", soil, water), seedIn("pot 1", more, stage)]);
}

function stageOf(env: ScienceWorldEnv): string | undefined {
  return thingById(env.state, "plant").life?.stage;
}

describe("a plant", () => {
  it("is a seedling after 10 ticks with soil and water, adult after 10 more, reproducing after 5 more", () => {
    const env = planted({});
    const stages = Array.from({ length: 26 }, () => {
      const stage = stageOf(env);
      pass(env, 1);
      return stage;
    });
    const expected = [10, 10, 5, 1].flatMap((ticks, i) =>
      Array.from({ length: ticks }, () => ["seed", "seedling", "adult", "reproducing"][i]),
    );
    expect(stages).toEqual(expected);
  });

  it("has one flower, which comes after 5 ticks", () => {
    const env = planted({ stage: "reproducing" });
    const flowers = () => env.state.things.filter(({ spec }) => spec.flowerOf === "plant").length;
    pass(env, 4);
    expect(flowers()).toBe(0);
    pass(env, 1);
    expect(flowers()).toBe(1);
    pass(env, 30);
    expect(flowers()).toBe(1);
    expect(env.step("look at reproducing apple").text).toBe("reproducing apple : flower");
  });

  it.each([
    ["without water a seed stays a seed", { water: false }, "seed", 200],
    ["without soil a seed stays a seed", { soil: false }, "seed", 200],
    ["a seedling lives 19 ticks without water", { water: false, stage: "seedling" }, "seedling", 19],
    ["a seedling dies after 20 ticks without water", { water: false, stage: "seedling" }, "dead", 20],
    ["an adult goes on growing without water for a while", { water: false, stage: "adult" }, "reproducing", 5],
    ["what flowers lives 49 ticks without water", { water: false, stage: "reproducing" }, "reproducing", 49],
    ["what flowers dies after 50 ticks without water", { water: false, stage: "reproducing" }, "dead", 50],
    ["a seedling lives 4 ticks without soil", { soil: false, stage: "seedling" }, "seedling", 4],
    ["an adult dies after 5 ticks without soil", { soil: false, stage: "adult" }, "dead", 5],
    ["a seedling dies after 5 ticks at 60 degrees", { stage: "seedling", more: { temperature: 60 } }, "dead", 5],
    ["a seedling dies after 5 ticks below 0", { stage: "seedling", more: { temperature: -5 } }, "dead", 5],
    ["a seedling lives at 49 degrees", { stage: "seedling", more: { temperature: 49 } }, "seedling", 9],
  ])("%s", (_name, how, stage, ticks) => {
    const env = planted(how);
    pass(env, ticks);
    expect(stageOf(env)).toBe(stage);
  });

  it("uses up the water of a pot that does not water itself", () => {
    const water: ThingSpec = { ...thing("water", "pot 1"), id: "pot 1 water", matter: "water", phase: "liquid" };
    const env = world([...plot(1, "greenhouse", true, false), water, seedIn("pot 1")]);
    pass(env, 9);
    expect(env.step("look in pot 1").text).toContain("water");
    expect(env.step("look in pot 1").text).not.toContain("water");
    expect(stageOf(env)).toBe("seedling");
  });

  it("loses its flower when it dies, and lets fall what was on it", () => {
    const fruit: ThingSpec = { ...thing("apple", "plant"), id: "fruit" };
    const env = world([...plot(1, "greenhouse", true, true), seedIn("pot 1", {}, "reproducing"), fruit]);
    pass(env, 5);
    env.step("move soil in pot 1 to greenhouse");
    pass(env, 6);
    expect(stageOf(env)).toBe("dead");
    expect(thingById(env.state, "fruit").at).toBe("pot 1");
    expect(env.state.things.some(({ spec, at }) => spec.flowerOf === "plant" && at !== "gone")).toBe(false);
  });

  it("takes nothing into itself that is put there, and holds no water", () => {
    const env = world([...plot(1, "greenhouse", true, true), seedIn("pot 1"), thing("brick", "greenhouse")]);
    expect(env.step("move brick to apple seed").text).toBe("nothing happens");
  });
});

/** Two flowering plants and a hive; the doors are closed. */
function orchard(kinds: readonly ["apple" | "pear", "apple" | "pear" | undefined], open: boolean): ScienceWorldEnv {
  const plants = kinds.flatMap((species, i) => {
    if (species === undefined) return [];
    const template = plantTemplate(treeKind(species), "reproducing");
    return [...plot(i + 1, "greenhouse", true, true), { ...template, id: `plant ${i}`, at: `pot ${i + 1}` }];
  });
  const env = world([...plants, ...beeHive("greenhouse", true)]);
  if (open) env.step("open hive");
  return env;
}

function fruits(env: ScienceWorldEnv): string[] {
  return env.state.things.filter(({ spec }) => spec.matter?.startsWith("grown")).map(({ name }) => name);
}

describe("bees", () => {
  it("carry pollen from plant to plant, so that fruit grows", () => {
    const env = orchard(["apple", "apple"], true);
    pass(env, 60);
    expect(fruits(env)).toContain("apple");
    expect(env.step("look around").text).toContain("apple in reproducing apple in pot");
  });

  it("do not while the hive is closed", () => {
    const env = orchard(["apple", "apple"], false);
    pass(env, 100);
    expect(fruits(env)).toEqual([]);
  });

  it("make no fruit of one plant, nor of two of different species", () => {
    for (const kinds of [
      ["apple", undefined],
      ["apple", "pear"],
    ] as const) {
      const env = orchard(kinds, true);
      pass(env, 100);
      expect(fruits(env)).toEqual([]);
    }
  });

  it("leave through open doors", () => {
    const env = orchard(["apple", undefined], true);
    env.step("open door outside");
    for (let i = 0; i < 40; i++) env.step("wait1");
    const rooms = new Set(env.state.things.filter(({ spec }) => spec.pollinates).map(({ at }) => at));
    expect([...rooms].some((room) => room === "outside")).toBe(true);
  });

  it("need five ticks from pollination to fruit", () => {
    const env = orchard(["apple", "apple"], true);
    const wilting = () => env.state.things.find(({ spec, count, at }) => spec.flowerOf && count > 0 && at !== "gone");
    for (let i = 0; i < 80 && wilting() === undefined; i++) pass(env, 1);
    const { id } = wilting()!;
    pass(env, 4);
    expect(thingById(env.state, id).at).not.toBe("gone");
    pass(env, 1);
    expect(thingById(env.state, id).at).toBe("gone");
  });
});

const HEIGHT = { part: "plant", dominant: "tall", recessive: "short" } as const;

function gene(...alleles: readonly [boolean, boolean]): Gene {
  return { ...HEIGHT, alleles };
}

describe("genes", () => {
  it("show the recessive value only if no allele is dominant", () => {
    expect([gene(true, true), gene(true, false), gene(false, true), gene(false, false)].map(phenotype)).toEqual([
      "tall",
      "tall",
      "tall",
      "short",
    ]);
  });

  it("of purebred parents give children with one allele of each", () => {
    const random = Random.fromSeed(1);
    for (let i = 0; i < 50; i++) {
      const [child] = cross(random, [gene(true, true)], [gene(false, false)]);
      expect(child!.alleles).toEqual([true, false]);
    }
  });

  it("of mixed parents fill the four Punnett cells evenly", () => {
    const random = Random.fromSeed(2);
    const cells = new Map<string, number>();
    const crosses = 4000;
    for (let i = 0; i < crosses; i++) {
      const [child] = cross(random, [gene(true, false)], [gene(true, false)]);
      const cell = String(child!.alleles);
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    // Three standard deviations of a binomial count with p = 1/4.
    const tolerance = 3 * Math.sqrt((crosses * 3) / 16);
    expect(cells.size).toBe(4);
    for (const count of cells.values()) expect(Math.abs(count - crosses / 4)).toBeLessThan(tolerance);
  });

  it("are inherited by the seed that grows on a plant, which shows them when it is looked at", () => {
    const genes = (isDominant: boolean): Gene[] => [
      gene(isDominant, isDominant),
      { part: "seed", dominant: "round", recessive: "wrinkly", alleles: [isDominant, isDominant] },
      { part: "flower", dominant: "red", recessive: "blue", alleles: [isDominant, isDominant] },
    ];
    const parents = [true, false].flatMap((isDominant, i) => [
      ...plot(i + 1, "greenhouse", true, true),
      { ...plantTemplate(peaKind("pea"), "reproducing", genes(isDominant)), id: `plant ${i}`, at: `pot ${i + 1}` },
    ]);
    const env = world([...parents, ...plot(3, "greenhouse", true, true), ...beeHive("greenhouse", true)]);
    pass(env, 5);
    expect(env.state.things.filter(({ spec }) => spec.flowerOf)).toHaveLength(2);
    play(env, ["look at reproducing pea", "1"]);
    play(env, ["look at flower", "1"]);
    env.step("open hive");
    const child = () => env.state.things.find(({ spec }) => spec.matter === "grown pea");
    for (let i = 0; i < 100 && child() === undefined; i++) pass(env, 1);
    expect(env.step("look at pea").text.split(" ; ")[0]).toBe("pea : round");
    env.step("move pea to pot 3");
    pass(env, 10);
    expect(env.step("look at pea seedling").text).toBe("pea seedling : tall");
    expect(child()!.spec.genes!.map(({ alleles }) => alleles)).toEqual([
      [expect.any(Boolean), expect.any(Boolean)],
      [expect.any(Boolean), expect.any(Boolean)],
      [expect.any(Boolean), expect.any(Boolean)],
    ]);
    for (const { alleles } of child()!.spec.genes!) expect(alleles[0]).not.toBe(alleles[1]);
  });

  it("show on flowers", () => {
    const flowering = { ...gene(false, false), part: "flower", dominant: "red", recessive: "blue" } as const;
    const parent = { ...plantTemplate(peaKind("pea"), "reproducing", [flowering]), id: "plant", at: "pot 1" };
    const env = world([...plot(1, "greenhouse", true, true), parent]);
    pass(env, 5);
    expect(env.step("look at flower").text).toBe("flower : blue");
  });
});
