/**
 * @file Pollination. Insects fly about by chance, take up pollen in flowers and leave it in others. A flower with pollen
 * of another plant of its species wilts and becomes a fruit.
 */
import { Random } from "../../base/random.ts";
import { fruitTemplate } from "./garden.ts";
import { cross } from "./genetics.ts";
import { addThing, exitsOf, isRoomName, outerPlace, removeThing, thingById } from "./state.ts";
import { GONE, type Thing, type WorldSpec, type WorldState } from "./world.ts";

/** Pollen that an insect carries at most. */
const MAX_POLLEN = 6;
/** Ticks from pollination to fruit. */
const WILTING_TICKS = 5;

function without(pollen: readonly string[], plant: string): string[] {
  const at = pollen.indexOf(plant);
  return pollen.filter((_, i) => i !== at);
}

function placeOf(state: WorldState, { at }: Thing): Thing | undefined {
  const index = state.indexOf.get(at);
  return index === undefined ? undefined : state.things[index];
}

/** Whether nothing closed is between a thing and its room. */
function isInTheOpen(state: WorldState, thing: Thing): boolean {
  for (let place = placeOf(state, thing); place !== undefined; place = placeOf(state, place)) {
    if (!place.open) return false;
  }
  return true;
}

/** Out of a flower or hive into the room; from room to room through an open door. */
function flyOn(state: WorldState, insect: Thing, random: Random): void {
  if (!isRoomName(insect.at)) {
    insect.at = outerPlace(state, insect);
    return;
  }
  const exits = exitsOf(state, insect.at).filter(({ open }) => open);
  if (exits.length > 0) insect.at = random.pick(exits).room;
}

function flyToFlower(state: WorldState, insect: Thing, random: Random): void {
  const room = outerPlace(state, insect);
  const flowers = state.things.filter(
    (thing) => thing.spec.flowerOf !== undefined && outerPlace(state, thing) === room && isInTheOpen(state, thing),
  );
  if (flowers.length > 0) insect.at = random.pick(flowers).id;
}

function takePollen(insect: Thing, flower: Thing, random: Random): void {
  if (flower.count > 0 || flower.pollen.length === 0 || insect.pollen.length >= MAX_POLLEN) return;
  const plant = random.pick(flower.pollen);
  flower.pollen = without(flower.pollen, plant);
  insect.pollen = [...insect.pollen, plant];
}

function moveInsect(state: WorldState, insect: Thing, random: Random): void {
  const place = placeOf(state, insect);
  if (!isInTheOpen(state, insect)) return;
  const isFirst = random.chance(0.5);
  if (place?.spec.flowerOf !== undefined) {
    if (isFirst) takePollen(insect, place, random);
    else flyOn(state, insect, random);
  } else if (isFirst) flyToFlower(state, insect, random);
  else flyOn(state, insect, random);
}

/** Whether pollen of one plant can make another's flower a fruit. */
function fits(state: WorldState, father: string, mother: string): boolean {
  const species = (id: string) => thingById(state, id).spec.living?.species;
  return father !== mother && species(father) === species(mother);
}

/** Pollinates a flower with what visitors carry; it keeps in mind whose pollen that was. */
function receive(state: WorldState, flower: Thing, mother: string): void {
  if (!flower.pollen.includes(mother)) flower.pollen = [...flower.pollen, mother];
  for (const visitor of state.things) {
    if (visitor.at !== flower.id) continue;
    const father = visitor.pollen.find((plant) => fits(state, plant, mother));
    if (father === undefined) continue;
    visitor.pollen = without(visitor.pollen, father);
    flower.pollen = [father];
    flower.count = 1;
    return;
  }
}

function bearFruit(state: WorldState, flower: Thing, mother: string, random: Random): void {
  const plant = thingById(state, mother);
  const { living, genes } = plant.spec;
  if (living?.fruit !== undefined) {
    const father = thingById(state, flower.pollen[0]!).spec.genes;
    const inherited = genes && cross(random, genes, father ?? genes);
    addThing(state, fruitTemplate(plant.spec, living.fruit, inherited), plant.id);
  }
  for (const visitor of state.things) if (visitor.at === flower.id) visitor.at = plant.id;
  removeThing(flower);
}

function tickFlower(state: WorldState, flower: Thing, random: Random): void {
  const mother = flower.spec.flowerOf!;
  if (flower.count === 0) receive(state, flower, mother);
  else if (flower.count < WILTING_TICKS) flower.count += 1;
  else bearFruit(state, flower, mother, random);
}

/** Lets a tick pass for all insects and flowers of a world; undefined if it has no insects. */
export function pollinationProcess({ things, chance }: WorldSpec): ((state: WorldState) => void) | undefined {
  const insects = things.flatMap(({ pollinates }, i) => (pollinates === true ? [i] : []));
  if (insects.length === 0 || chance === undefined) return undefined;
  const stream = Random.fromState({ key: chance, drawn: 0 });
  return (state) => {
    // A stream of its own for each tick: a state needs no generator to be gone on with.
    const random = stream.fork(state.moves);
    for (const index of insects) moveInsect(state, state.things[index]!, random);
    for (let i = 0, count = state.things.length; i < count; i++) {
      const thing = state.things[i]!;
      if (thing.spec.flowerOf !== undefined && thing.at !== GONE) tickFlower(state, thing, random);
    }
  };
}
