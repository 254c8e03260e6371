/** @file What the agent is told, in as few vocabulary words as carry the science. */
import { traitsSeen } from "./genetics.ts";
import { percentDown } from "./planes.ts";
import { connectedTo, exitsOf, inventory, terminalsOf, thingById, thingsAt } from "./state.ts";
import { INVENTORY, type Referent, type Terminal, type Thing, type WorldState } from "./world.ts";

/** Object words in a room view; what belongs to the task is listed even beyond. */
const MAX_OBJECT_WORDS = 14;

/** A device's name and state words. Switches and generators tell only that they are on. */
function withDeviceState({ name, on, open, spec }: Thing): string {
  const state = on ? `${name} on` : spec.electric === undefined ? `${name} off` : name;
  // What is to be heated goes in first.
  return spec.heater !== undefined && spec.container?.lid === true && !open ? `${state} closed` : state;
}

/** A thing's name and state words. Parts tell only that they are on. */
function withState(thing: Thing): string {
  const { name, lit, open, burning, spec } = thing;
  if (burning > 0) return `${name} burn`;
  if (lit) return `${name} on`;
  if (spec.device !== undefined) return withDeviceState(thing);
  return spec.container?.lid === true && !open ? `${name} closed` : name;
}

/** What a view tells of what is in an open container: in a pot, what lives; on a plant, fruit, but no flowers. */
function contentsListed(state: WorldState, { id, spec }: Thing): Thing[] {
  const contents = thingsAt(state, id);
  if (spec.plot !== undefined) return contents.filter((content) => content.spec.living !== undefined);
  if (spec.living !== undefined) return contents.filter((content) => content.spec.flowerOf === undefined);
  return contents;
}

/** A thing as listed in a view, after what is in it: `peach tree in pot 3`. */
function listed(state: WorldState, thing: Thing): string {
  const own = withState(thing);
  if (!thing.open) return own;
  const contents = contentsListed(state, thing);
  return contents.length === 0 ? own : `${listAll(state, contents)} in ${own}`;
}

function listAll(state: WorldState, things: readonly Thing[]): string {
  return things.length === 0 ? "nothing" : things.map((thing) => listed(state, thing)).join(" ");
}

/** A number, digit by digit. */
function digits(count: number): string {
  // A space at each place between two digits.
  return String(count).replaceAll(/\B/g, " ");
}

/** Whole degrees, digit by digit: `1 0 5 degrees`, `minus 3 degrees`. */
export function degreesView(temperature: number): string {
  const degrees = Math.round(temperature);
  return `${degrees < 0 ? "minus " : ""}${digits(Math.abs(degrees))} degrees`;
}

function wordCount(text: string): number {
  let count = 1;
  for (const character of text) if (character === " ") count += 1;
  return count;
}

function isRelevant(state: WorldState, thing: Thing): boolean {
  return thing.spec.relevant || (thing.open && thingsAt(state, thing.id).some((content) => content.spec.relevant));
}

/**
 * The room the agent is in: `see cup stove off fridge closed ; exit hallway closed ; in kitchen`. The name comes last,
 * next to the action that leaves the room, so that a tiny policy learns soon who goes where (docs/lab-log.md).
 */
export function roomView(state: WorldState): string {
  let afterPot = false;
  const entries = thingsAt(state, state.agentRoom).map((thing) => {
    const isEmptyPot = thing.spec.plot !== undefined && contentsListed(state, thing).length === 0;
    // Empty pots in a row share a name: `pot 1 2 3`.
    const text = isEmptyPot && afterPot ? thing.name.slice(thing.name.lastIndexOf(" ") + 1) : listed(state, thing);
    afterPot = isEmptyPot;
    return { text, relevant: isRelevant(state, thing) };
  });
  let space = MAX_OBJECT_WORDS;
  for (const { text, relevant } of entries) if (relevant) space -= wordCount(text);
  let seen = "";
  for (const { text, relevant } of entries) {
    if (!relevant) {
      const words = wordCount(text);
      if (words > space) continue;
      space -= words;
    }
    seen += ` ${text}`;
  }
  let exits = "";
  for (const { room, open } of exitsOf(state, state.agentRoom)) exits += open ? ` ${room}` : ` ${room} closed`;
  return `see${seen === "" ? " nothing" : seen} ; exit${exits} ; in ${state.agentRoom}`;
}

/** What the agent carries: `have orange red bulb`. */
export function inventoryView(state: WorldState): string {
  return `have ${listAll(state, inventory(state))}`;
}

/** The task as told: at the start, and for `task`. */
export function taskView({ spec }: WorldState): string {
  return `task ${spec.taskText}${spec.simplifications.teleportAction ? " easy" : ""}`;
}

/** What is in an open container: `red box : dove egg`. */
export function contentsView(state: WorldState, thing: Thing): string {
  return `${thing.name} : ${listAll(state, thingsAt(state, thing.id))}`;
}

function terminalName(state: WorldState, { thing, name }: Terminal): string {
  return `${thingById(state, thing).name} ${name}`;
}

/** Something that lives or flowers: what one sees of its genes, and what is on it. */
function livingView(state: WorldState, thing: Thing): string {
  const contents = thingsAt(state, thing.id);
  const parts = [traitsSeen(state, thing), ...(contents.length > 0 ? [listAll(state, contents)] : [])];
  const told = parts.filter((part) => part !== "").join(" ; ");
  return told === "" ? thing.name : `${thing.name} : ${told}`;
}

/** A plane with how many of a hundred parts of it each thing has slid down. */
function planeView(state: WorldState, plane: Thing): string {
  const slides = thingsAt(state, plane.id).map((thing) => `${thing.name} ${digits(percentDown(thing))} of 1 0 0`);
  return slides.length === 0 ? contentsView(state, plane) : `${plane.name} : ${slides.join(" ; ")}`;
}

/** A thing looked at: its state, its contents, and where its terminals lead. */
export function thingView(state: WorldState, thing: Thing): string {
  const { spec } = thing;
  if (spec.slope !== undefined) return planeView(state, thing);
  if (spec.stopwatch === true) return `${withState(thing)} ${digits(thing.count)}`;
  if (thing.open && (spec.living !== undefined || spec.flowerOf !== undefined)) return livingView(state, thing);
  if (spec.container !== undefined && thing.open) return contentsView(state, thing);
  const wires = terminalsOf(spec).flatMap((name) => {
    const other = connectedTo(state, thing.id, name);
    return other === undefined ? [] : [`${name} to ${terminalName(state, other)}`];
  });
  return wires.length === 0 ? withState(thing) : `${withState(thing)} : ${wires.join(" ; ")}`;
}

/** An object as a question names it, with the container it is in. */
export function referentName(state: WorldState, referent: Referent): string {
  switch (referent.type) {
    case "thing": {
      const { name, at } = thingById(state, referent.thing);
      if (at === INVENTORY) return `${name} in inventory`;
      return state.indexOf.has(at) ? `${name} in ${thingById(state, at).name}` : name;
    }
    case "terminal":
      return terminalName(state, { thing: referent.thing, name: referent.terminal });
    case "door":
      return `door ${referent.room}`;
    case "room":
      return referent.room;
    case "inventory":
      return "inventory";
  }
}
