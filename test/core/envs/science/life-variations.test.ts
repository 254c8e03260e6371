import { describe, expect, it } from "vitest";
import { scienceTaskSpecs } from "../../../../src/core/envs/science/create-env.ts";
import { start } from "./play.ts";

const SPECS = scienceTaskSpecs();

function spec(task: string) {
  return SPECS.find((candidate) => candidate.task === task)!;
}

/** What a variation is about. */
type Aspect = (text: string) => string;

const FIRST_AFTER_TEST: Aspect = (text) => /^test (.+?)(?: workshop| kitchen| living)? conductive/.exec(text)![1]!;
const SPECIES: Aspect = (text) => text.split(" ")[1]!;
const STAGED: Aspect = (text) => / of (\w+)/.exec(text)![1]!;
const PLANT: Aspect = (text) => / of (.+) dominant/.exec(text)![1]!;

describe("the test block holds what training has not", () => {
  it.each<readonly [string, Aspect]>([
    ["test-conductivity", FIRST_AFTER_TEST],
    ["test-conductivity-of-unknown-substances", FIRST_AFTER_TEST],
    ["grow-plant", SPECIES],
    ["grow-fruit", SPECIES],
    ["identify-life-stages-1", STAGED],
    ["identify-life-stages-2", STAGED],
    ["mendelian-genetics-unknown-plant", PLANT],
  ])("%s: another object altogether", (task, aspect) => {
    const aspects = (variations: readonly number[]) =>
      new Set(variations.map((variation) => aspect(start(task, { variation }).spec.taskText)));
    const { train, test } = spec(task).splits;
    const seen = aspects(train);
    expect([...aspects(test)].some((value) => !seen.has(value))).toBe(true);
  });

  it.each(["lifespan-longest-lived", "inclined-plane-determine-angle", "inclined-plane-friction-unnamed-surfaces"])(
    "%s: other combinations",
    (task) => {
      const worlds = (variations: readonly number[]) =>
        variations.map((variation) => {
          const { things } = start(task, { variation }).state;
          const named = things.filter(({ spec: own }) => own.slope ?? own.living);
          return named
            .map(({ id }) => id)
            .sort()
            .join(" ");
        });
      const { train, test } = spec(task).splits;
      const seen = new Set(worlds(train));
      expect(worlds(test).some((value) => !seen.has(value))).toBe(true);
    },
  );
});

describe("axes in the real order", () => {
  it("3-3: the thing outermost, then its room, the part, the boxes", () => {
    const text = (variation: number) => start("test-conductivity", { variation }).spec.taskText;
    expect([0, 1, 25, 75].map(text)).toEqual([
      "test foil workshop conductive to red box nonconductive to green box",
      "test foil workshop conductive to green box nonconductive to blue box",
      "test foil kitchen conductive to red box nonconductive to green box",
      "test apricot workshop conductive to red box nonconductive to green box",
    ]);
    const part = (variation: number) =>
      start("test-conductivity", { variation }).state.things.some(({ id }) => id === "green bulb");
    expect(part(5)).toBe(true);
  });

  it("3-3 conducts by material", () => {
    const answers = Array.from({ length: 12 }, (_, i) => {
      const { things } = start("test-conductivity", { variation: i * 75 }).spec;
      const object = things.find(({ electric }) => electric?.role === "object")!;
      return [object.name, object.electric?.role === "object" && object.electric.conducts];
    });
    expect(answers.filter(([, conducts]) => conducts).map(([name]) => name)).toEqual([
      "foil",
      "metal fork",
      "metal pot",
      "clip",
      "shovel",
    ]);
  });

  it("3-4: a letter's answer is the same in all its variations, and not the same for all letters", () => {
    const conducts = (variation: number) => {
      const { things } = start("test-conductivity-of-unknown-substances", { variation, house: variation }).spec;
      const { electric } = things.find((thing) => thing.electric?.role === "object")!;
      return electric?.role === "object" && electric.conducts;
    };
    const byLetter = Array.from({ length: 24 }, (_, letter) => {
      const answers = [0, 7, 24].map((i) => conducts(letter * 25 + i));
      expect(new Set(answers).size).toBe(1);
      return answers[0];
    });
    expect(new Set(byLetter).size).toBe(2);
  });

  it("5-1: the species outermost, then the room, then where the soil is", () => {
    const text = (variation: number) => start("grow-plant", { variation }).spec.taskText;
    expect([0, 3, 18, 125].map(text)).toEqual([
      "grow apple tree from seed kitchen",
      "grow apple tree from seed bathroom",
      "grow avocado tree from seed kitchen",
      "grow peach tree from seed greenhouse",
    ]);
    const soils = [0, 1, 2].map((variation) =>
      start("grow-plant", { variation })
        .state.things.filter(({ name }) => name === "soil")
        .map(({ at }) => at),
    );
    expect(soils).toEqual([["pot 1", "pot 2", "pot 3"], ["greenhouse", "greenhouse", "greenhouse"], []]);
  });

  it("9-1: the first plane outermost, the block innermost; shallow and steep in turn", () => {
    const world = (variation: number) => {
      const { spec: own } = start("inclined-plane-determine-angle", { variation });
      const names = own.things.filter(({ relevant }) => relevant).map(({ name }) => name);
      return `${/most \w+/.exec(own.taskText)![0]} ${names.slice(0, 3).join(" ")}`;
    };
    expect([0, 1, 3, 21].map(world)).toEqual([
      "most shallow plane b plane c wood block",
      "most steep plane b plane c steel block",
      "most steep plane b plane d wood block",
      "most steep plane c plane b wood block",
    ]);
  });

  it("9-2: 23 surfaces, in pairs that differ by more than 0.05", () => {
    const surfaces = new Set<string>();
    for (let variation = 0; variation < 1386; variation += 3) {
      const planes = start("inclined-plane-friction-named-surfaces", { variation }).spec.things.filter(
        ({ slope }) => slope,
      );
      const [a, b] = planes.map(({ slope }) => slope!.friction) as [number, number];
      expect(Math.abs(a - b)).toBeGreaterThan(0.05);
      for (const { name } of planes) surfaces.add(name);
    }
    expect(surfaces.size).toBe(23);
  });

  it("10-1: trait and side outermost, then pots, then boxes", () => {
    const text = (variation: number) => start("mendelian-genetics-known-plant", { variation }).spec.taskText;
    expect([0, 1, 15, 30, 60, 90].map(text)).toEqual([
      "test tall plant of pea dominant to red box recessive to green box",
      "test tall plant of pea dominant to green box recessive to blue box",
      "test short plant of pea dominant to red box recessive to green box",
      "test round seed of pea dominant to red box recessive to green box",
      "test green seed of pea dominant to red box recessive to green box",
      "test round seed of pea dominant to red box recessive to green box",
    ]);
  });
});

describe("life spans", () => {
  it("are nowhere to be seen: the goal alone knows them", () => {
    const env = start("lifespan-longest-lived");
    env.step("teleport outside");
    const names = env.state.things.filter(({ spec: own }) => own.living).map(({ name }) => name);
    for (const name of names) expect(env.step(`look at ${name}`).text).toBe(name);
  });
});
