/** @file Making, copying and reading world states. Nothing here changes a state. */
import { ConfigError } from "../../base/errors.ts";
import {
  EVERYWHERE,
  GONE,
  INVENTORY,
  ROOM_NAMES,
  ROOM_TEMPERATURE,
  type Phase,
  type RoomName,
  type SubstanceSpec,
  type Terminal,
  type TerminalName,
  type Thing,
  type ThingSpec,
  type ThingTemplate,
  type WorldSpec,
  type WorldState,
} from "./world.ts";

const ROOM_NAME_SET: ReadonlySet<string> = new Set(ROOM_NAMES);

/** Whether a word is the name of a room. */
export function isRoomName(word: string): word is RoomName {
  return ROOM_NAME_SET.has(word);
}

/** State of matter of a substance at a temperature. */
export function phaseAt({ melts, boils }: SubstanceSpec, temperature: number): Phase {
  if (melts === undefined || temperature < melts) return "solid";
  return boils !== undefined && temperature > boils ? "gas" : "liquid";
}

function createThing(spec: ThingSpec, openContainers: boolean): Thing {
  const { id, at, container, device, substance, temperature = ROOM_TEMPERATURE } = spec;
  const open = container !== undefined && (container.open || (container.lid && openContainers));
  const phase = substance === undefined ? spec.phase : phaseAt(substance, temperature);
  const name = substance === undefined ? spec.name : substance.names[phase];
  const on = device?.on ?? false;
  const life = spec.living && { stage: spec.living.stage, age: 0, dry: 0, bare: 0, harsh: 0 };
  return {
    spec,
    id,
    name,
    at,
    open,
    on,
    lit: false,
    charged: false,
    phase,
    temperature,
    burning: 0,
    slid: 0,
    count: 0,
    life,
    pollen: [],
  };
}

/** What a thing is made of. */
export function matterOf({ spec }: Thing): string {
  return spec.matter ?? spec.name;
}

/** Makes a new thing. Its id is the first free one of `water 1`, `water 2`, … */
export function addThing(state: WorldState, template: ThingTemplate, at: string): Thing {
  let number = 1;
  while (state.indexOf.has(`${template.name} ${number}`)) number += 1;
  const spec = { ...template, id: `${template.name} ${number}`, at };
  const thing = createThing(spec, state.spec.simplifications.openContainers);
  state.indexOf.set(thing.id, state.things.length);
  state.things.push(thing);
  return thing;
}

/** Makes a thing vanish. It keeps its id, so that what still names it finds it nowhere. */
export function removeThing(thing: Thing): void {
  thing.at = GONE;
}

/**
 * The state a world starts in.
 *
 * @throws {ConfigError} if two things share an id
 */
export function createState(spec: WorldSpec): WorldState {
  const { openDoors, openContainers } = spec.simplifications;
  const things = spec.things.map((thing) => createThing(thing, openContainers));
  const indexOf = new Map(things.map((thing, i) => [thing.id, i]));
  if (indexOf.size !== things.length) {
    throw new ConfigError(`createState: different ids, got ${things.map((thing) => thing.id).join(", ")}`);
  }
  return {
    spec,
    things,
    indexOf,
    agentRoom: spec.startRoom,
    doorsOpen: spec.floorPlan.doors.map(() => openDoors),
    focus: undefined,
    connections: new Map(),
    question: undefined,
    orderedPassed: 0,
    optionalPassed: spec.optionalGoals.map(() => false),
    goalObject: undefined,
    goalBaseline: undefined,
    deed: undefined,
    failed: false,
    moves: 0,
    turns: 0,
    looks: 0,
  };
}

/** A copy that shares only what never changes. */
export function cloneState(state: WorldState): WorldState {
  return {
    ...state,
    things: state.things.map((thing) => ({ ...thing })),
    indexOf: new Map(state.indexOf),
    doorsOpen: [...state.doorsOpen],
    connections: new Map(state.connections),
    optionalPassed: [...state.optionalPassed],
  };
}

/**
 * The thing with this id.
 *
 * @throws {ConfigError} if the world has none
 */
export function thingById(state: WorldState, id: string): Thing {
  const index = state.indexOf.get(id);
  if (index === undefined) throw new ConfigError(`thingById: a thing of this world, got ${id}`);
  return state.things[index]!;
}

/** Things directly in a room, container or the inventory, in the order of the spec. */
export function thingsAt(state: WorldState, place: string): Thing[] {
  return state.things.filter((thing) => thing.at === place);
}

/** What the agent carries. */
export function inventory(state: WorldState): Thing[] {
  return thingsAt(state, INVENTORY);
}

/** The outermost place: a room, `INVENTORY` or `EVERYWHERE`. */
export function outerPlace(state: WorldState, thing: Thing): string {
  let place = thing.at;
  for (let index = state.indexOf.get(place); index !== undefined; index = state.indexOf.get(place)) {
    place = state.things[index]!.at;
  }
  return place;
}

/** Whether a thing is in a container, however deep. */
export function isInside(state: WorldState, thing: Thing, container: string): boolean {
  let place = thing.at;
  while (place !== container) {
    const index = state.indexOf.get(place);
    if (index === undefined) return false;
    place = state.things[index]!.at;
  }
  return true;
}

/** Whether the agent can see and reach a thing: here or carried, and in no closed container. */
export function isVisible(state: WorldState, thing: Thing): boolean {
  let place = thing.at;
  for (let index = state.indexOf.get(place); index !== undefined; index = state.indexOf.get(place)) {
    const container = state.things[index]!;
    if (!container.open) return false;
    place = container.at;
  }
  return place === state.agentRoom || place === INVENTORY || place === EVERYWHERE;
}

/** Everything the agent can see and reach, carried things included; the air last. */
export function visibleThings(state: WorldState): Thing[] {
  return state.things.filter((thing) => isVisible(state, thing));
}

/** A way out of a room. */
export interface Exit {
  readonly room: RoomName;
  readonly open: boolean;
  /** Position in the floor plan's list of doors. */
  readonly door: number;
}

/** The ways out of a room, in the order of the floor plan. */
export function exitsOf(state: WorldState, from: RoomName): Exit[] {
  const exits: Exit[] = [];
  state.spec.floorPlan.doors.forEach(([a, b], door) => {
    if (a !== from && b !== from) return;
    exits.push({ room: a === from ? b : a, open: state.doorsOpen[door]!, door });
  });
  return exits;
}

/** Key of a terminal in `WorldState.connections`. */
export function terminalKey(thing: string, terminal: TerminalName): string {
  return `${thing}:${terminal}`;
}

/** The other end of a terminal's connection, or undefined while it is free. */
export function connectedTo(state: WorldState, thing: string, terminal: TerminalName): Terminal | undefined {
  return state.connections.get(terminalKey(thing, terminal));
}

const POLAR_TERMINALS = ["anode", "cathode"] as const;
const PLAIN_TERMINALS = ["1", "2"] as const;

/** The contact points of a thing; none if it is not electric. */
export function terminalsOf({ electric }: ThingSpec): readonly TerminalName[] {
  if (electric === undefined) return [];
  return electric.role === "source" || electric.role === "part" ? POLAR_TERMINALS : PLAIN_TERMINALS;
}
