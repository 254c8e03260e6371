/** @file Lives as courses of stages: an animal's stages last so many ticks, wherever it is and whatever is done to it. */
import type { LifeStage, Thing, WorldSpec, WorldState } from "./world.ts";

/** Ticks in a stage that is not the last but one. */
const STAGE_TICKS = 20;
const ADULT_TICKS = 50;

/** Stages of each family, without the death at the end. */
const FAMILIES = {
  insect: ["egg", "caterpillar", "pupa", "adult"],
  amphibian: ["egg", "tadpole", "adult"],
  layer: ["egg", "hatchling", "juvenile", "adult"],
  mammal: ["baby", "juvenile", "adult"],
  /** Without stages that anyone told. */
  plain: ["adult"],
} as const;

const FAMILY_OF = {
  butterfly: "insect",
  moth: "insect",
  frog: "amphibian",
  toad: "amphibian",
  tortoise: "layer",
  turtle: "layer",
  crocodile: "layer",
  parrot: "layer",
  dove: "layer",
  jay: "layer",
  chameleon: "layer",
  elephant: "mammal",
  bear: "mammal",
  beaver: "mammal",
  wolf: "mammal",
  chipmunk: "mammal",
  rabbit: "mammal",
  hedgehog: "mammal",
  mouse: "mammal",
  dragonfly: "plain",
  ant: "plain",
} as const satisfies Record<string, keyof typeof FAMILIES>;

/** An animal that has a course of life. */
export type Species = keyof typeof FAMILY_OF;

/** Stages that stand after the species' name; the others stand before. */
const NOUN_STAGES: ReadonlySet<string> = new Set(["egg", "caterpillar", "pupa", "tadpole", "hatchling"]);

function animalName(species: Species, stage: string): string {
  if (FAMILY_OF[species] === "plain") return species;
  return NOUN_STAGES.has(stage) ? `${species} ${stage}` : `${stage} ${species}`;
}

/** The stages of an animal, death included if it is known to come. */
export function animalCourse(species: Species): LifeStage[] {
  const family = FAMILY_OF[species];
  if (family === "plain") return [{ stage: "adult", name: species }];
  const alive = FAMILIES[family].map((stage) => ({
    stage,
    name: animalName(species, stage),
    ticks: stage === "adult" ? ADULT_TICKS : STAGE_TICKS,
  }));
  return [...alive, { stage: "dead", name: `dead ${species}` }];
}

/** The stage of its course that a living thing is in. */
export function currentStage({ spec, life }: Thing): LifeStage | undefined {
  return spec.living?.course?.find(({ stage }) => stage === life?.stage);
}

/** Begins a stage of a living thing's course. */
export function enterStage(thing: Thing, stage: string): void {
  const next = thing.spec.living?.course?.find((candidate) => candidate.stage === stage);
  if (next === undefined) return;
  thing.life = { stage, age: 0, dry: 0, bare: 0, harsh: 0 };
  thing.name = next.name;
}

/** Begins the stage after the present one. */
export function enterNextStage(thing: Thing): void {
  const course = thing.spec.living?.course ?? [];
  const next = course[course.findIndex(({ stage }) => stage === thing.life?.stage) + 1];
  if (next !== undefined) enterStage(thing, next.stage);
}

/** Lets a tick pass for all animals of a world; undefined if none of them grows. */
export function animalProcess({ things }: WorldSpec): ((state: WorldState) => void) | undefined {
  const animals = things.flatMap(({ living }, i) =>
    living?.kind === "animal" && living.course !== undefined && living.course.length > 1 ? [i] : [],
  );
  if (animals.length === 0) return undefined;
  return (state) => {
    for (const index of animals) {
      const animal = state.things[index]!;
      const ticks = currentStage(animal)?.ticks;
      if (ticks === undefined || animal.life === undefined) continue;
      if (animal.life.age + 1 >= ticks) enterNextStage(animal);
      else animal.life = { ...animal.life, age: animal.life.age + 1 };
    }
  };
}
