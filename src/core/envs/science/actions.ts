/**
 * @file What actions do. Each handler changes the state and answers in words; goals, ticks and score are none of its
 * business.
 */
import { connectAction, disconnectAction } from "./electric-actions.ts";
import { disconnect } from "./electricity.ts";
import { runFaucet } from "./faucets.ts";
import { isWrongFocus, resetGoals } from "./goals.ts";
import { warm } from "./heat.ts";
import { mixContents } from "./mixing.ts";
import { contentsView, degreesView, inventoryView, referentName, roomView, taskView, thingView } from "./render.ts";
import { addThing, exitsOf, isInside, removeThing, thingById, thingsAt } from "./state.ts";
import type { Verb } from "./templates.ts";
import {
  INVENTORY,
  type ParsedAction,
  type Referent,
  type RoomName,
  type Thing,
  type Tool,
  type WorldState,
} from "./world.ts";

/** What an action answers; a function is called after the ticks, to tell how things are then. */
export type Reply = string | ((state: WorldState) => string);

type Handler = (state: WorldState, objects: readonly Referent[]) => Reply;

function thingOf(state: WorldState, referent: Referent | undefined): Thing {
  // Slots of these templates accept things only.
  return thingById(state, (referent as Referent & { type: "thing" }).thing);
}

function onThing(act: (state: WorldState, thing: Thing) => Reply): Handler {
  return (state, [object]) => act(state, thingOf(state, object));
}

function onThings(act: (state: WorldState, first: Thing, second: Thing) => Reply): Handler {
  return (state, [first, second]) => act(state, thingOf(state, first), thingOf(state, second));
}

function setDoor(state: WorldState, room: RoomName, open: boolean): Reply {
  const exit = exitsOf(state, state.agentRoom).find((candidate) => candidate.room === room)!;
  if (exit.open === open) return open ? "already open" : "already closed";
  state.doorsOpen[exit.door] = open;
  return open ? "open" : "closed";
}

function setLid(state: WorldState, thing: Thing, open: boolean): Reply {
  if (thing.spec.container?.lid !== true) return "nothing happens";
  if (thing.open === open) return open ? "already open" : "already closed";
  thing.open = open;
  return open ? contentsView(state, thing) : "closed";
}

function openOrClose(open: boolean): Handler {
  return (state, [object]) =>
    object?.type === "door" ? setDoor(state, object.room, open) : setLid(state, thingOf(state, object), open);
}

function go(state: WorldState, [object]: readonly Referent[]): Reply {
  const { room } = object as Referent & { type: "door" };
  const exit = exitsOf(state, state.agentRoom).find((candidate) => candidate.room === room)!;
  if (!exit.open) return "door closed";
  state.agentRoom = room;
  return roomView;
}

function teleport(state: WorldState, [object]: readonly Referent[]): Reply {
  state.agentRoom = (object as Referent & { type: "room" }).room;
  return roomView;
}

function lookAt(state: WorldState, [object]: readonly Referent[]): Reply {
  if (object?.type !== "door") return (after) => thingView(after, thingOf(state, object));
  const exit = exitsOf(state, state.agentRoom).find((candidate) => candidate.room === object.room)!;
  return `door ${object.room} ${exit.open ? "open" : "closed"}`;
}

function lookIn(state: WorldState, thing: Thing): Reply {
  if (thing.spec.container === undefined) return "nothing happens";
  return thing.open ? contentsView(state, thing) : `${thing.name} closed`;
}

function setDevice(thing: Thing, on: boolean): Reply {
  const { device } = thing.spec;
  if (device === undefined) return "nothing happens";
  if (!device.works) return "broken";
  if (thing.on === on) return on ? "already on" : "already off";
  thing.on = on;
  // A stopwatch starts again from nothing.
  if (on) thing.count = 0;
  return `${thing.name} ${on ? "on" : "off"}`;
}

function disconnectAll(state: WorldState, thing: Thing): void {
  for (const other of state.things) {
    if (other.spec.electric !== undefined && (other === thing || isInside(state, other, thing.id))) {
      disconnect(state, other);
    }
  }
}

/** Takes a thing elsewhere; it loses its connections, and so does what is in it. */
function relocate(state: WorldState, thing: Thing, place: string): void {
  disconnectAll(state, thing);
  thing.at = place;
  thing.slid = 0;
}

function isLoose({ spec, phase }: Thing): boolean {
  return spec.movable && phase === "solid";
}

function pickUp(state: WorldState, thing: Thing): Reply {
  if (!isLoose(thing)) return "not movable";
  if (thing.at !== INVENTORY) relocate(state, thing, INVENTORY);
  return `have ${thing.name}`;
}

function putDown(state: WorldState, thing: Thing): Reply {
  if (thing.at !== INVENTORY) return `not in inventory`;
  relocate(state, thing, state.agentRoom);
  return "moved";
}

/** Puts a thing into a container, if it can be put and the container can take it. */
function moveInto(state: WorldState, thing: Thing, container: Thing): Reply {
  if (container.spec.container === undefined || container.spec.living !== undefined) return "nothing happens";
  if (!container.open) return `${container.name} closed`;
  if (container === thing || isInside(state, container, thing.id)) return "not movable";
  relocate(state, thing, container.id);
  return "moved";
}

function move(state: WorldState, [object, place]: readonly Referent[]): Reply {
  const thing = thingOf(state, object);
  if (place?.type === "inventory") return pickUp(state, thing);
  if (!isLoose(thing)) return "not movable";
  if (place?.type !== "room") return moveInto(state, thing, thingOf(state, place));
  relocate(state, thing, state.agentRoom);
  return "moved";
}

/** What leaves a container when it is tipped: liquids, and portions of solids. */
function isPourable({ spec, phase }: Thing): boolean {
  return phase === "liquid" || (spec.matter !== undefined && spec.movable && phase === "solid");
}

function moveAll(state: WorldState, things: readonly Thing[], container: Thing): Reply {
  for (const thing of things) {
    const reply = moveInto(state, thing, container);
    if (reply !== "moved") return reply;
  }
  return "moved";
}

/** Pours what is in a container, or a liquid by name; the container is tipped, so that it must be movable. */
function pour(state: WorldState, source: Thing, container: Thing): Reply {
  const isLiquid = source.phase === "liquid";
  const poured = isLiquid ? [source] : source.open ? thingsAt(state, source.id).filter(isPourable) : [];
  if (poured.length === 0) return "nothing happens";
  const tipped = isLiquid && state.indexOf.has(source.at) ? thingById(state, source.at) : source;
  return tipped.spec.movable ? moveAll(state, poured, container) : "not movable";
}

/** Fills an open container with the liquids in another: those that are portions of something. */
function dunk(state: WorldState, vessel: Thing, source: Thing): Reply {
  if (!isLoose(vessel) || !vessel.open || !source.open || vessel === source) return "nothing happens";
  const liquids = thingsAt(state, source.id).filter(
    ({ spec, phase }) => phase === "liquid" && spec.matter !== undefined,
  );
  return liquids.length === 0 ? "nothing happens" : moveAll(state, liquids, vessel);
}

function mix(state: WorldState, container: Thing): Reply {
  if (!container.open || mixContents(state, container) === undefined) return "nothing happens";
  return contentsView(state, container);
}

function flush(state: WorldState, thing: Thing): Reply {
  if (thing.spec.faucet?.runs !== "flush") return "nothing happens";
  runFaucet(state, thing);
  return "ok";
}

function focus(state: WorldState, [object]: readonly Referent[]): Reply {
  const thing = object?.type === "door" ? undefined : thingOf(state, object);
  if (isWrongFocus(state, thing)) state.failed = true;
  state.focus = thing?.id;
  return `focus on ${thing?.name ?? referentName(state, object!)}`;
}

function eat(state: WorldState, thing: Thing): Reply {
  if (thing.spec.edible !== true) return "not edible";
  disconnectAll(state, thing);
  removeThing(thing);
  return "ok";
}

/** How hot the flame of a lighter is. */
const LIGHTER_TEMPERATURE = 2200;

const TOOLS: Readonly<Record<Tool, (state: WorldState, tool: Thing, thing: Thing) => Reply>> = {
  thermometer: (_state, tool, thing) => `${tool.name} ${degreesView(thing.temperature)}`,
  lighter: (_state, tool, thing) => {
    if (!tool.on) return `${tool.name} off`;
    warm(thing, LIGHTER_TEMPERATURE);
    return "ok";
  },
  shovel: (state, _tool, thing) => {
    if (thing.spec.digs === undefined) return "nothing happens";
    const dug = addThing(state, thing.spec.digs, state.agentRoom);
    return `dig ${dug.name}`;
  },
};

function use(state: WorldState, tool: Thing, thing: Thing): Reply {
  const kind = tool.spec.tool;
  return kind === undefined || tool === thing ? "nothing happens" : TOOLS[kind](state, tool, thing);
}

function resetTask(state: WorldState): Reply {
  resetGoals(state);
  return "done";
}

const HANDLERS: Record<Verb, Handler> = {
  open: openOrClose(true),
  close: openOrClose(false),
  go,
  teleport,
  "look around": () => roomView,
  "look at": lookAt,
  "look in": onThing(lookIn),
  activate: onThing((_state, thing) => setDevice(thing, true)),
  deactivate: onThing((_state, thing) => setDevice(thing, false)),
  eat: onThing(eat),
  move,
  pour: onThings(pour),
  dunk: onThings(dunk),
  focus,
  "reset task": resetTask,
  use: onThings(use),
  read: onThing((_state, { spec: { text } }) => text ?? "nothing happens"),
  flush: onThing(flush),
  connect: connectAction,
  disconnect: disconnectAction,
  wait: () => "nothing",
  wait1: () => "nothing",
  inventory: () => inventoryView,
  "pick up": onThing(pickUp),
  "put down": onThing(putDown),
  mix: onThing(mix),
  task: () => taskView,
};

/** Ticks that pass with an action; the real wait counter runs once more than its name says. */
const TICKS: Partial<Record<Verb, number>> = { "look around": 0, inventory: 0, task: 0, wait: 11, wait1: 2 };

/** How many ticks an action takes. */
export function ticksOf(verb: Verb): number {
  return TICKS[verb] ?? 1;
}

/** Does an action. */
export function act(state: WorldState, { verb, objects }: ParsedAction): Reply {
  return HANDLERS[verb](state, objects);
}
