/**
 * @file Plants. A seed that lies with soil and water becomes a seedling, which becomes an adult, which flowers. What
 * lacks water or soil for long, or is too hot or too cold, dies.
 */
import { currentStage, enterNextStage, enterStage } from "./life-stages.ts";
import { addThing, matterOf, removeThing } from "./state.ts";
import { FLOWER, POT_WATER, SOIL_MATTER, WATER_MATTER } from "./garden.ts";
import { GONE, type Life, type Thing, type WorldSpec, type WorldState } from "./world.ts";

/** What a stage bears, in ticks, and how it drinks. */
interface Hardiness {
  /** Dies after so many ticks in a row without water. */
  readonly dryDeath: number;
  /** Does not go on growing after so many. */
  readonly dryStress: number;
  /** Water is gone in a tick; a seedling's lasts until it is grown. */
  readonly drinks: boolean;
}

const HARDINESS: Readonly<Record<string, Hardiness>> = {
  seedling: { dryDeath: 20, dryStress: 1, drinks: false },
  adult: { dryDeath: 50, dryStress: 25, drinks: true },
  reproducing: { dryDeath: 50, dryStress: 25, drinks: true },
};
/** Dies after so many ticks in a row without soil, or out of its temperatures. */
const BARE_DEATH = 5;
const HARSH_DEATH = 5;
const COLDEST = 0;
const HOTTEST = 50;
/** Ticks after which a plant that reproduces has its next flower, if it has none. */
const FLOWER_TICKS = 5;

function contentOf(state: WorldState, place: string, matter: string): Thing | undefined {
  return state.things.find((thing) => thing.at === place && matterOf(thing) === matter);
}

/** Water a plant can drink: liquid, in the container it stands in. */
function waterFor(state: WorldState, { at }: Thing): Thing | undefined {
  const water = state.indexOf.has(at) ? contentOf(state, at, WATER_MATTER) : undefined;
  return water?.phase === "liquid" ? water : undefined;
}

function hasSoil(state: WorldState, { at }: Thing): boolean {
  return state.indexOf.has(at) && contentOf(state, at, SOIL_MATTER) !== undefined;
}

/** Uses up water; a pot that waters itself is full again at once. */
function drink(state: WorldState, water: Thing): void {
  if (state.things[state.indexOf.get(water.at)!]!.spec.plot?.watersItself !== true) removeThing(water);
}

/** Makes a plant die: its flowers vanish, and what else was on it falls beside it. */
function die(state: WorldState, plant: Thing): void {
  enterStage(plant, "dead");
  for (const flower of state.things) {
    if (flower.at !== plant.id || flower.spec.flowerOf === undefined) continue;
    for (const visitor of state.things) if (visitor.at === flower.id) visitor.at = plant.at;
    removeThing(flower);
  }
  for (const thing of state.things) if (thing.at === plant.id) thing.at = plant.at;
}

function growSeed(state: WorldState, seed: Thing, life: Life, ticks: number): void {
  const water = waterFor(state, seed);
  if (water === undefined || !hasSoil(state, seed)) return;
  if (life.age + 1 < ticks) {
    seed.life = { ...life, age: life.age + 1 };
    return;
  }
  drink(state, water);
  enterNextStage(seed);
}

function bloom(state: WorldState, plant: Thing): void {
  const hasFlower = state.things.some(({ at, spec }) => at === plant.id && spec.flowerOf !== undefined);
  if (!hasFlower) addThing(state, { ...FLOWER, flowerOf: plant.id }, plant.id);
}

/** One more tick of what it has to bear. */
function endured(state: WorldState, plant: Thing, life: Life, water: Thing | undefined): Life {
  const isHarsh = plant.temperature <= COLDEST || plant.temperature >= HOTTEST;
  return {
    ...life,
    dry: water === undefined ? life.dry + 1 : 0,
    bare: hasSoil(state, plant) ? 0 : life.bare + 1,
    harsh: isHarsh ? life.harsh + 1 : 0,
  };
}

/** One tick nearer to the next stage, or to the next flower. */
function mature(state: WorldState, plant: Thing, life: Life): void {
  const age = life.age + 1;
  const ticks = currentStage(plant)?.ticks;
  if (age < (ticks ?? FLOWER_TICKS)) {
    plant.life = { ...life, age };
  } else if (ticks === undefined) {
    bloom(state, plant);
    plant.life = { ...life, age: 0 };
  } else {
    enterNextStage(plant);
  }
}

function growPlant(state: WorldState, plant: Thing, before: Life, { dryDeath, dryStress, drinks }: Hardiness): void {
  const water = waterFor(state, plant);
  const life = endured(state, plant, before, water);
  plant.life = life;
  if (life.dry >= dryDeath || life.bare >= BARE_DEATH || life.harsh >= HARSH_DEATH) die(state, plant);
  else if (life.dry < dryStress && life.bare === 0) mature(state, plant, life);
  if (water !== undefined && (drinks || plant.life.stage !== before.stage)) drink(state, water);
}

function growOne(state: WorldState, plant: Thing): void {
  const { life } = plant;
  if (life === undefined) return;
  const hardiness = HARDINESS[life.stage];
  if (hardiness !== undefined) growPlant(state, plant, life, hardiness);
  else if (life.stage === "seed") growSeed(state, plant, life, currentStage(plant)?.ticks ?? 1);
}

/** Lets a tick pass for all plants of a world; undefined if none grows. */
export function plantProcess({ things }: WorldSpec): ((state: WorldState) => void) | undefined {
  if (!things.some(({ living }) => living?.kind === "plant" && living.course !== undefined)) return undefined;
  const selfWatering = things.flatMap(({ id, plot }) => (plot?.watersItself === true ? [id] : []));
  return (state) => {
    for (const pot of selfWatering) {
      if (contentOf(state, pot, WATER_MATTER) === undefined) addThing(state, POT_WATER, pot);
    }
    // Flowers and water that appear meanwhile do not grow: the count is taken before.
    for (let i = 0, count = state.things.length; i < count; i++) {
      const thing = state.things[i]!;
      if (thing.at !== GONE && thing.spec.living?.kind === "plant" && thing.spec.living.course !== undefined) {
        growOne(state, thing);
      }
    }
  };
}
