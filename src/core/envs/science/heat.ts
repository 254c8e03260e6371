/**
 * @file Heat. Each tick a heater brings what lies directly in it a tenth of the way to its own temperature, and a
 * movable container and what it holds come closer to each other. What burns heats itself.
 */
import { addThing, matterOf, phaseAt, removeThing } from "./state.ts";
import { ASH } from "./substances.ts";
import { GONE, type Thing, type WorldSpec, type WorldState } from "./world.ts";

/** Share of a difference in temperature that passes in a tick. */
const TRANSFER = 0.1;
/** How much hotter a fire is than the temperature it starts at. */
const FIRE_EXCESS = 200;
/** How much colder a thing is after its fire was put out. */
const QUENCHED = 10;

/** Sets a temperature; a substance melts, boils, freezes with it, and is called so. */
function setTemperature(thing: Thing, temperature: number): void {
  thing.temperature = temperature;
  const { substance } = thing.spec;
  if (substance === undefined) return;
  const phase = phaseAt(substance, temperature);
  if (phase === thing.phase) return;
  thing.phase = phase;
  thing.name = substance.names[phase];
}

/** Warms a thing by one tick next to something hotter. */
export function warm(thing: Thing, max: number): void {
  if (thing.temperature < max) setTemperature(thing, thing.temperature + TRANSFER * (max - thing.temperature));
}

function cool(thing: Thing, min: number): void {
  if (thing.temperature > min) setTemperature(thing, thing.temperature + TRANSFER * (min - thing.temperature));
}

function hasFire(state: WorldState, place: string): boolean {
  for (const thing of state.things) if (thing.burning > 0 && thing.at === place) return true;
  return false;
}

function exchange(container: Thing, content: Thing): void {
  if (container.temperature === content.temperature) return;
  const share = TRANSFER * Math.min(container.spec.conductivity ?? 1, content.spec.conductivity ?? 1);
  setTemperature(container, container.temperature + share * (content.temperature - container.temperature));
  setTemperature(content, content.temperature + share * (container.temperature - content.temperature));
}

/** What a container does to a thing in it. */
function conduct(state: WorldState, container: Thing, thing: Thing): void {
  const { heater, cooler, movable } = container.spec;
  if (heater !== undefined && (heater.needs === "device" ? container.on : hasFire(state, container.id))) {
    warm(thing, heater.max);
  }
  if (cooler !== undefined) cool(thing, cooler.min);
  // Furniture keeps its temperature: it is too large to warm up.
  if (movable) exchange(container, thing);
}

/** Whether anything in a world heats, cools, or is warmer or colder than the rest. */
export function hasHeat({ things }: WorldSpec): boolean {
  return things.some(({ heater, cooler, temperature }) => (heater ?? cooler ?? temperature) !== undefined);
}

/** Lets a tick pass for all temperatures of a world; undefined if nothing in it heats or cools. */
export function heatProcess(spec: WorldSpec): ((state: WorldState) => void) | undefined {
  if (!hasHeat(spec)) return undefined;
  return (state) => {
    for (const thing of state.things) {
      const index = state.indexOf.get(thing.at);
      if (index !== undefined) conduct(state, state.things[index]!, thing);
    }
  };
}

function isWater(thing: Thing): boolean {
  return thing.phase === "liquid" && matterOf(thing) === "water";
}

/** Liquid water in a burning thing, or next to it in the same container. */
function waterAt(state: WorldState, { id, at }: Thing): Thing | undefined {
  return state.things.find(
    (other) => isWater(other) && (other.at === id || (other.at === at && state.indexOf.has(at))),
  );
}

function burnOut(state: WorldState, thing: Thing): void {
  const ash = addThing(state, ASH, thing.at);
  ash.temperature = thing.temperature;
  for (const other of state.things) if (other.at === thing.id) other.at = thing.at;
  removeThing(thing);
}

function burn(state: WorldState, thing: Thing, at: number): void {
  if (thing.temperature < at + FIRE_EXCESS) setTemperature(thing, at + FIRE_EXCESS);
  thing.burning -= 1;
  const water = waterAt(state, thing);
  if (thing.burning === 0) {
    burnOut(state, thing);
  } else if (water !== undefined) {
    setTemperature(water, thing.temperature);
    setTemperature(thing, at - QUENCHED);
    thing.burning = 0;
  }
}

/** Lets a tick pass for all fires. */
export function fireProcess({ things }: WorldSpec): ((state: WorldState) => void) | undefined {
  if (!things.some(({ burns }) => burns)) return undefined;
  return (state) => {
    for (let i = 0, count = state.things.length; i < count; i++) {
      const thing = state.things[i]!;
      const { burns } = thing.spec;
      if (burns === undefined || thing.temperature < burns.at || thing.at === GONE) continue;
      if (thing.burning === 0) thing.burning = burns.ticks;
      burn(state, thing, burns.at);
    }
  };
}
