/** @file What gardens are made of: soil, water, flowers, seeds, pots, and the course of a plant's life. */
import { substance, SOIL } from "./substances.ts";
import type { Gene, LifeStage, ThingSpec, ThingTemplate } from "./world.ts";

/** What water and soil are made of, for plants that look for them. */
export const WATER_MATTER = "water";
export const SOIL_MATTER = "soil";
/** Water in a self-watering pot. */
export const POT_WATER: ThingTemplate = substance("water");

const OPEN = { lid: false, open: true } as const;

/** A flower that nobody has visited yet. */
export const FLOWER: ThingTemplate = {
  name: "flower",
  matter: "flower",
  relevant: true,
  movable: false,
  phase: "solid",
  container: OPEN,
};

const SEED_TICKS = 10;
const SEEDLING_TICKS = 10;
const ADULT_TICKS = 5;

/** Stages of a plant; `tree` is what it is called when grown. */
export function plantCourse(species: string, tree: string): LifeStage[] {
  return [
    { stage: "seed", name: `${species} seed`, ticks: SEED_TICKS },
    { stage: "seedling", name: `${species} seedling`, ticks: SEEDLING_TICKS },
    { stage: "adult", name: `adult ${tree}`, ticks: ADULT_TICKS },
    { stage: "reproducing", name: `reproducing ${tree}` },
    { stage: "dead", name: `dead ${tree}` },
  ];
}

/** A plant as it is described to the makers below. */
export interface PlantKind {
  readonly species: string;
  /** What it is called when grown, e.g. `apple tree`. */
  readonly tree: string;
  readonly fruit: ThingTemplate;
}

/** A plant in one of its stages. */
export function plantTemplate({ species, tree, fruit }: PlantKind, stage = "seed", genes?: readonly Gene[]): ThingTemplate {
  const course = plantCourse(species, tree);
  return {
    name: course.find((candidate) => candidate.stage === stage)!.name,
    matter: species,
    relevant: true,
    movable: true,
    phase: "solid",
    container: OPEN,
    living: { kind: "plant", species, stage, course, fruit },
    ...(genes && { genes }),
  };
}

/** A tree whose fruit is good to eat. */
export function treeKind(species: string): PlantKind {
  return { species, tree: `${species} tree`, fruit: grownFruit(species) };
}

/** What a grown fruit is made of; the same word on a market stall means another thing. */
export function grownMatter(species: string): string {
  return `grown ${species}`;
}

function grownFruit(species: string): ThingTemplate {
  return {
    name: species,
    matter: grownMatter(species),
    relevant: true,
    movable: true,
    phase: "solid",
    edible: true,
  };
}

/** A numbered pot with or without soil. */
export function plot(number: number, at: string, hasSoil: boolean, watersItself: boolean): ThingSpec[] {
  const pot: ThingSpec = {
    id: `pot ${number}`,
    name: `pot ${number}`,
    at,
    relevant: true,
    movable: true,
    phase: "solid",
    container: OPEN,
    plot: { watersItself },
  };
  const soil: ThingSpec = { ...SOIL, id: `pot ${number} soil`, at: pot.id };
  const water: ThingSpec = { ...POT_WATER, id: `pot ${number} water`, at: pot.id };
  return [pot, ...(hasSoil ? [soil] : []), ...(watersItself ? [water] : [])];
}
