/** @file What the agent is told, in as few vocabulary words as carry the science. */
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

/** A thing as listed in a view, after what is in it: `peach tree in pot 3`. */
function listed(state: WorldState, thing: Thing): string {
  const own = withState(thing);
  if (!thing.open) return own;
  const contents = thingsAt(state, thing.id);
  return contents.length === 0 ? own : `${listAll(state, contents)} in ${own}`;
}

function listAll(state: WorldState, things: readonly Thing[]): string {
  return things.length === 0 ? "nothing" : things.map((thing) => listed(state, thing)).join(" ");
}

/** Whole degrees, digit by digit: `1 0 5 degrees`, `minus 3 degrees`. */
export function degreesView(temperature: number): string {
  const degrees = Math.round(temperature);
  // A space at each place between two digits.
  return `${degrees < 0 ? "minus " : ""}${String(Math.abs(degrees)).replaceAll(/\B/g, " ")} degrees`;
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
  const entries = thingsAt(state, state.agentRoom).map((thing) => ({
    text: listed(state, thing),
    relevant: isRelevant(state, thing),
  }));
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

/** A thing looked at: its state, its contents, and where its terminals lead. */
export function thingView(state: WorldState, thing: Thing): string {
  if (thing.spec.container !== undefined && thing.open) return contentsView(state, thing);
  const wires = terminalsOf(thing.spec).flatMap((name) => {
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
