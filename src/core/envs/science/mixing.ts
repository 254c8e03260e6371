/** @file Mixing: what is in a container becomes something new, if it is exactly what a recipe asks for. */
import { addThing, matterOf, removeThing } from "./state.ts";
import type { MixingSpec, Recipe, Thing, ThingTemplate, WorldState } from "./world.ts";

const FEWEST = 2;
const MOST_BLENDED = 4;

function fits({ ingredients }: Recipe, contents: readonly Thing[]): boolean {
  return (
    ingredients.length === contents.length &&
    ingredients.every(({ matter, phase }) =>
      contents.some((thing) => matterOf(thing) === matter && (phase === undefined || phase === thing.phase)),
    )
  );
}

function isBlend(family: string, contents: readonly Thing[]): boolean {
  return (
    contents.length <= MOST_BLENDED &&
    contents.every(({ spec, phase }) => spec.family === family && phase === "liquid") &&
    new Set(contents.map(matterOf)).size === contents.length
  );
}

/** What the contents of a container make together, or undefined. */
function productOf({ recipes, blends }: MixingSpec, contents: readonly Thing[]): ThingTemplate | undefined {
  if (contents.length < FEWEST) return undefined;
  const recipe = recipes.find((candidate) => fits(candidate, contents));
  return recipe?.product ?? blends.find(({ family }) => isBlend(family, contents))?.product;
}

/** Mixes what is in a container; undefined if that makes nothing new. */
export function mixContents(state: WorldState, container: Thing): Thing | undefined {
  const { mixing } = state.spec;
  if (mixing === undefined) return undefined;
  const contents = state.things.filter((thing) => thing.at === container.id);
  const product = productOf(mixing, contents);
  if (product === undefined) return undefined;
  for (const thing of contents) removeThing(thing);
  return addThing(state, product, container.id);
}
