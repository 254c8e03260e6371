/** @file What gardens are made of: soil, water, flowers, seeds, pots, and the course of a plant's life. */
import { substance, SOIL } from "./substances.ts";
import type { FruitSpec, Gene, LifeStage, ThingSpec, ThingTemplate } from "./world.ts";

/** What water and soil are made of, for plants that look for them. */
export const WATER_MATTER = "water";
export const SOIL_MATTER = "soil";
/** Water in a self-watering pot. */
export const POT_WATER: ThingTemplate = substance("water");

/** Id of the hive, and what bees are made of. */
export const HIVE = "hive";
export const BEE = "bee";

/** How well plants pass heat on. */
const PLANT_CONDUCTIVITY = 0.5;
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

/** Stages of a plant. */
function plantCourse(species: string): LifeStage[] {
  return [
    { stage: "seed", name: `${species} seed`, ticks: SEED_TICKS },
    { stage: "seedling", name: `${species} seedling`, ticks: SEEDLING_TICKS },
    { stage: "adult", name: `adult ${species}`, ticks: ADULT_TICKS },
    { stage: "reproducing", name: `reproducing ${species}` },
    { stage: "dead", name: `dead ${species}` },
  ];
}

/** A kind of plant as it is described to the makers below. */
export interface PlantKind {
  readonly species: string;
  readonly fruit: FruitSpec;
}

/** What a grown fruit is made of; one that was not grown here is made of its species' name. */
export function grownMatter(species: string): string {
  return `grown ${species}`;
}

/** A tree whose fruit is good to eat. */
export function treeKind(species: string): PlantKind {
  const fruit = { name: species, matter: grownMatter(species), isSeed: false };
  return { species, fruit };
}

/** A plant whose fruit is its seed. */
export function peaKind(species: string): PlantKind {
  return { species, fruit: { name: species, matter: grownMatter(species), isSeed: true } };
}

/** A plant in one of its stages. */
export function plantTemplate({ species, fruit }: PlantKind, stage = "seed", genes?: readonly Gene[]): ThingTemplate {
  const course = plantCourse(species);
  return {
    name: course.find((candidate) => candidate.stage === stage)!.name,
    matter: `${species} plant`,
    relevant: true,
    movable: true,
    phase: "solid",
    container: OPEN,
    conductivity: PLANT_CONDUCTIVITY,
    living: { kind: "plant", species, stage, course, fruit },
    ...(genes && { genes }),
  };
}

/** The fruit that grows on a plant. */
export function fruitTemplate(
  plant: ThingTemplate,
  { name, matter, isSeed }: FruitSpec,
  genes: readonly Gene[] | undefined,
): ThingTemplate {
  const conductivity = PLANT_CONDUCTIVITY;
  const common = { name, matter, relevant: true, movable: true, phase: "solid", conductivity } as const;
  if (!isSeed || plant.living === undefined) return { ...common, edible: true };
  return { ...common, container: OPEN, living: { ...plant.living, stage: "seed" }, ...(genes && { genes }) };
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
  const soil: ThingSpec = { ...SOIL, relevant: false, id: `pot ${number} soil`, at: pot.id };
  const water: ThingSpec = { ...POT_WATER, id: `pot ${number} water`, at: pot.id };
  return [pot, ...(hasSoil ? [soil] : []), ...(watersItself ? [water] : [])];
}

/** How many bees live in a hive. */
const BEE_COUNT = 5;

/** A closed hive with its bees. */
export function beeHive(at: string, relevant: boolean): ThingSpec[] {
  const plain = { relevant: false, movable: false, phase: "solid" } as const;
  const hive: ThingSpec = { ...plain, id: HIVE, name: HIVE, at, relevant, container: { lid: true, open: false } };
  const bees = Array.from({ length: BEE_COUNT }, (_, i): ThingSpec => {
    const living = { kind: "animal", species: BEE, stage: "adult" } as const;
    return { ...plain, id: `${BEE} ${i + 1}`, name: BEE, matter: BEE, at: HIVE, living, pollinates: true };
  });
  return [hive, ...bees];
}
