/**
 * @file Actions that make sense in worlds that offer only what belongs to the task: seeds into pots, blocks onto planes,
 * wires to poles, things into boxes. Other actions are understood, but left out.
 */
import { connectedTo, exitsOf, isInside, terminalsOf, thingsAt, visibleThings } from "./state.ts";
import { INVENTORY, ROOM_NAMES, type Thing, type WorldState } from "./world.ts";

/** Ways out, as actions: through open doors, to closed ones, and to all rooms if one can teleport. */
export function goingActions(state: WorldState): string[] {
  const exits = exitsOf(state, state.agentRoom).map(({ room, open }) => (open ? `go ${room}` : `open door ${room}`));
  if (!state.spec.simplifications.teleportAction) return exits;
  return [...exits, ...ROOM_NAMES.filter((room) => room !== state.agentRoom).map((room) => `teleport ${room}`)];
}

/** Insects that are to stay in a room are a reason to close doors. */
function closingActions(state: WorldState): string[] {
  const hasInsects = state.spec.things.some(({ pollinates }) => pollinates);
  if (!hasInsects || !visibleThings(state).some(({ spec }) => spec.plot !== undefined)) return [];
  return exitsOf(state, state.agentRoom).flatMap(({ room, open }) => (open ? [`close door ${room}`] : []));
}

/** Whether a thing holds nothing and is there to hold something: a plane, an answer box. */
function isEmptyBox(state: WorldState, { id, spec }: Thing): boolean {
  const isBox = spec.container !== undefined && spec.living === undefined && spec.conductivity === undefined;
  return isBox && thingsAt(state, id).length === 0;
}

/** What grows is taken up as a seed only; soil, blocks, vessels and what is to be tested always. */
function isTakenUp(state: WorldState, thing: Thing): boolean {
  const { spec, phase, life } = thing;
  if (!spec.movable || phase !== "solid" || spec.plot !== undefined) return false;
  if (spec.electric !== undefined) return spec.electric.role === "object";
  return life === undefined ? !isEmptyBox(state, thing) : life.stage === "seed";
}

function isPlanted({ spec }: Thing): boolean {
  return spec.living?.kind === "plant" || spec.matter === "soil";
}

/** Whether a box is the place for a thing: what is to be tested, what is no vessel, nothing that grows. */
function belongsInBox(state: WorldState, thing: Thing): boolean {
  const { electric, container, tool } = thing.spec;
  if (isPlanted(thing) || tool !== undefined) return false;
  const isTested = electric !== undefined || thingsAt(state, thing.id).some(({ spec }) => spec.electric !== undefined);
  return container === undefined || isTested;
}

/** Whether it makes sense to put one thing into another. */
function belongsIn(state: WorldState, thing: Thing, container: Thing): boolean {
  const { plot, slope, faucet, living, electric, conductivity } = container.spec;
  const isVessel = thing.spec.container !== undefined;
  if (plot !== undefined) return isPlanted(thing);
  if (slope !== undefined) return !isVessel && thing.spec.device === undefined;
  if (faucet !== undefined) return isVessel && thing.spec.conductivity !== undefined && !isPlanted(thing);
  const isBox = living === undefined && electric === undefined && conductivity === undefined;
  return isBox && container.spec.container?.lid === false && belongsInBox(state, thing);
}

/** Whether a look at a thing tells more than the view of the room. */
function isWorthALook({ spec }: Thing): boolean {
  const isToWater = spec.plot?.watersItself === false;
  return isToWater || spec.stopwatch === true || (spec.slope ?? spec.genes ?? spec.flowerOf) !== undefined;
}

function isWired(state: WorldState, { id, spec }: Thing): boolean {
  return terminalsOf(spec).some((terminal) => connectedTo(state, id, terminal) !== undefined);
}

function handlingActions(state: WorldState, thing: Thing): string[] {
  const { spec, name } = thing;
  const actions: string[] = [];
  if (spec.device !== undefined) actions.push(thing.on ? `deactivate ${name}` : `activate ${name}`);
  if (spec.container?.lid === true) actions.push(thing.open ? `close ${name}` : `open ${name}`);
  if (isTakenUp(state, thing)) actions.push(thing.at === INVENTORY ? `put down ${name}` : `pick up ${name}`);
  if (isWorthALook(thing)) actions.push(`look at ${name}`);
  if (isWired(state, thing)) actions.push(`disconnect ${name}`);
  return actions;
}

function movingActions(state: WorldState, things: readonly Thing[]): string[] {
  const containers = things.filter(({ spec, open }) => spec.container !== undefined && open);
  const loose = things.filter((thing) => isTakenUp(state, thing));
  return loose.flatMap((thing) =>
    containers
      .filter((container) => container !== thing && thing.at !== container.id && belongsIn(state, thing, container))
      .filter((container) => !isInside(state, container, thing.id))
      .map((container) => `move ${thing.name} to ${container.name}`),
  );
}

/** Water from vessels into pots that do not water themselves. */
function wateringActions(state: WorldState, things: readonly Thing[]): string[] {
  const dry = things.filter(({ spec }) => spec.plot?.watersItself === false);
  const full = things.filter(
    ({ id, spec }) =>
      spec.movable && spec.plot === undefined && thingsAt(state, id).some(({ phase }) => phase === "liquid"),
  );
  return full.flatMap(({ name }) => dry.map((pot) => `pour ${name} into ${pot.name}`));
}

function diggingActions(things: readonly Thing[]): string[] {
  const shovels = things.filter(({ spec, at }) => spec.tool === "shovel" && at === INVENTORY);
  const grounds = things.filter(({ spec }) => spec.digs !== undefined);
  return shovels.flatMap(({ name }) => grounds.map((ground) => `use ${name} on ${ground.name}`));
}

/** Free poles with the free ends of wires: of one wire that is not in use yet, and of all that are at one end. */
function wiringActions(state: WorldState, things: readonly Thing[]): string[] {
  const free = ({ id, spec }: Thing) =>
    terminalsOf(spec).filter((terminal) => connectedTo(state, id, terminal) === undefined);
  const wires = things.filter(({ spec }) => spec.electric?.role === "wire");
  const fresh = wires.filter((wire) => free(wire).length === 2).slice(0, 1);
  const begun = wires.filter((wire) => free(wire).length === 1);
  const poles = things.filter(({ spec }) => spec.electric !== undefined && spec.electric.role !== "wire");
  return poles.flatMap((pole) =>
    free(pole).flatMap((terminal) =>
      [...fresh, ...begun].map((wire) => `connect ${wire.name} ${free(wire)[0]!} to ${pole.name} ${terminal}`),
    ),
  );
}

/** Actions that make sense, those of the task first; may name the same action twice. */
export function offeredActions(state: WorldState): string[] {
  const things = visibleThings(state).filter(({ phase }) => phase !== "gas");
  const relevant = things.filter(({ spec }) => spec.relevant);
  return [
    ...goingActions(state),
    ...relevant.filter(({ spec }) => spec.plot === undefined).map(({ name }) => `focus on ${name}`),
    ...relevant.flatMap((thing) => handlingActions(state, thing)),
    ...movingActions(state, relevant),
    ...wateringActions(state, relevant),
    ...diggingActions(things),
    ...closingActions(state),
    ...(state.spec.simplifications.noElectricalAction ? [] : wiringActions(state, relevant)),
  ];
}
