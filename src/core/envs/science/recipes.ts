/** @file What mixes with what: ScienceWorld's table. */
import { paint, solid, substance } from "./substances.ts";
import type { MixingSpec, Recipe, ThingTemplate } from "./world.ts";

const SECONDARY = [
  ["red", "blue", "violet"],
  ["blue", "yellow", "green"],
  ["yellow", "red", "orange"],
] as const;
const TERTIARY = [
  ["yellow", "orange", "yellow orange"],
  ["orange", "red", "red orange"],
  ["red", "violet", "violet red"],
  ["violet", "blue", "blue violet"],
  ["blue", "green", "green blue"],
  ["green", "yellow", "yellow green"],
] as const;
const PAPER_COLOURS = ["red", "green", "blue", "orange", "yellow", "violet"];

function recipe(ingredients: Recipe["ingredients"], product: ThingTemplate): Recipe {
  return { ingredients, product: { ...product, relevant: true } };
}

function foods(ingredients: readonly string[], product: string): Recipe {
  return recipe(
    ingredients.map((matter) => ({ matter })),
    solid(product, { edible: true }),
  );
}

const WATER = { matter: "water", phase: "liquid" } as const;

const RECIPES: readonly Recipe[] = [
  recipe([{ matter: "salt", phase: "solid" }, WATER], substance("salt water")),
  recipe([{ matter: "soap" }, WATER], substance("soap water")),
  recipe([{ matter: "sugar" }, WATER], substance("sugar water")),
  recipe([{ matter: "flour" }, WATER], solid("dough", { edible: true, burnsAt: 380 })),
  recipe([{ matter: "iron" }, WATER], solid("rust")),
  recipe([{ matter: "soda" }, { matter: "vinegar" }], solid("acetate")),
  foods(["chocolate", "marshmallow"], "smores"),
  foods(["bread", "peanut"], "peanut sandwich"),
  foods(["bread", "jam"], "jam sandwich"),
  foods(["bread", "banana"], "banana sandwich"),
  foods(["bread", "peanut", "jam"], "peanut jam sandwich"),
  foods(["bread", "peanut", "banana"], "peanut banana sandwich"),
  foods(["peanut", "almond", "cashew"], "nuts"),
  foods(["apple", "orange", "banana"], "fruit salad"),
  ...PAPER_COLOURS.map((colour) =>
    recipe(
      [{ matter: "paper" }, { matter: `${colour} paint`, phase: "liquid" }],
      solid(`${colour} paper`, { burnsAt: 210 }),
    ),
  ),
  ...[...SECONDARY, ...TERTIARY].map(([first, second, product]) =>
    recipe(
      [
        { matter: `${first} paint`, phase: "liquid" },
        { matter: `${second} paint`, phase: "liquid" },
      ],
      paint(product),
    ),
  ),
];

/** Everything that mixes; two to four paints that no recipe names make brown. */
export const MIXING: MixingSpec = { recipes: RECIPES, blends: [{ family: "paint", product: paint("brown") }] };

/** What a substance is mixed from. */
export function ingredientsOf(product: string): string[] {
  const found = RECIPES.find((candidate) => candidate.product.name === product)!;
  return found.ingredients.map(({ matter }) => matter);
}
