import { describe, expect, it } from "vitest";
import { createScienceEnv } from "../../../../src/core/envs/science/create-env.ts";
import { place } from "../../../../src/core/envs/science/household.ts";
import { MIXING } from "../../../../src/core/envs/science/recipes.ts";
import { ScienceWorldEnv } from "../../../../src/core/envs/science/science-world-env.ts";
import { paint, solid, substance, type SubstanceName } from "../../../../src/core/envs/science/substances.ts";
import type { ThingTemplate } from "../../../../src/core/envs/science/world.ts";
import { ref } from "./play.ts";

const SUBSTANCES: readonly SubstanceName[] = [
  ...(["water", "salt", "soap", "sugar", "iron", "vinegar", "chocolate", "marshmallow"] as const),
];

function template(name: string): ThingTemplate {
  if (name.endsWith(" paint")) return paint(name.slice(0, -" paint".length));
  return (SUBSTANCES as readonly string[]).includes(name) ? substance(name as SubstanceName) : solid(name);
}

/** What mixing the pot with these in it answers. */
function mixed(...names: string[]): string {
  const { spec } = createScienceEnv(ref("chemistry-mix"));
  const contents = names.map((name, i) => place(template(name), "pot", { id: `content ${i}` }));
  const env = new ScienceWorldEnv(ref("chemistry-mix"), {
    ...spec,
    startRoom: "kitchen",
    things: [...spec.things, ...contents],
  });
  env.reset();
  env.step("open cupboard");
  return env.step("mix pot").text;
}

/** ScienceWorld's table. */
const TABLE = `salt + water = salt water
soap + water = soap water
sugar + water = sugar water
flour + water = dough
iron + water = rust
soda + vinegar = acetate
chocolate + marshmallow = smores
bread + peanut = peanut sandwich
bread + jam = jam sandwich
bread + banana = banana sandwich
bread + peanut + jam = peanut jam sandwich
bread + peanut + banana = peanut banana sandwich
peanut + almond + cashew = nuts
apple + orange + banana = fruit salad
paper + red paint = red paper
paper + green paint = green paper
paper + blue paint = blue paper
paper + orange paint = orange paper
paper + yellow paint = yellow paper
paper + violet paint = violet paper
red paint + blue paint = violet paint
blue paint + yellow paint = green paint
yellow paint + red paint = orange paint
yellow paint + orange paint = yellow orange paint
orange paint + red paint = red orange paint
red paint + violet paint = violet red paint
violet paint + blue paint = blue violet paint
blue paint + green paint = green blue paint
green paint + yellow paint = yellow green paint`
  .split("\n")
  .map((line) => line.split(" = ") as [string, string]);

describe("mixing", () => {
  it.each(TABLE)("%s gives %s, in any order", (ingredients, product) => {
    const names = ingredients.split(" + ");
    expect(mixed(...names)).toBe(`pot : ${product}`);
    expect(mixed(...names.toReversed())).toBe(`pot : ${product}`);
  });

  it("knows nothing else", () => {
    expect(MIXING.recipes.map(({ product }) => product.name).toSorted()).toEqual(
      TABLE.map(([, product]) => product).toSorted(),
    );
  });

  it.each([
    ["red paint", "green paint"],
    ["violet paint", "yellow paint"],
    ["red paint", "blue paint", "yellow paint"],
    ["red paint", "blue paint", "yellow paint", "green paint"],
    ["brown paint", "blue paint"],
  ])("of paints that no recipe names gives brown: %s, %s …", (...names) => {
    expect(mixed(...names)).toBe("pot : brown paint");
  });

  it.each([
    [["salt"]],
    [[]],
    [["salt", "soap"]],
    [["salt", "water", "sugar"]],
    [["salt", "water", "water"]],
    [["red paint", "red paint"]],
    [["red paint", "water"]],
    [["red paint", "blue paint", "yellow paint", "green paint", "violet paint"]],
  ])("%j gives nothing new", (names) => {
    expect(mixed(...names)).toBe("nothing happens");
  });

  it("needs water, not ice", () => {
    const { spec } = createScienceEnv(ref("chemistry-mix"));
    const env = new ScienceWorldEnv(ref("chemistry-mix"), {
      ...spec,
      startRoom: "kitchen",
      things: [
        ...spec.things,
        place(substance("water", { temperature: -40 }), "pot", { id: "ice" }),
        place(solid("flour"), "pot", { id: "flour" }),
      ],
    });
    env.reset();
    env.step("open cupboard");
    expect(env.step("mix pot").text).toBe("nothing happens");
  });
});
