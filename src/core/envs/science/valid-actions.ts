/** @file Actions that do something here, for hand play and statistics. */
import { goingActions, offeredActions } from "./offered-actions.ts";
import { connectedTo, isInside, terminalsOf, visibleThings } from "./state.ts";
import { INVENTORY, type TerminalName, type Thing, type WorldState } from "./world.ts";

const MAX_ACTIONS = 60;
const ALWAYS = ["look around", "inventory", "wait1", "wait"];

function isListed({ phase }: Thing): boolean {
  return phase !== "gas";
}

function handling(state: WorldState, thing: Thing): string[] {
  const { spec, name } = thing;
  const actions: string[] = [];
  if (spec.device !== undefined) actions.push(thing.on ? `deactivate ${name}` : `activate ${name}`);
  if (spec.container?.lid === true) actions.push(thing.open ? `close ${name}` : `open ${name}`);
  if (spec.movable && thing.phase === "solid") {
    actions.push(thing.at === INVENTORY ? `put down ${name}` : `pick up ${name}`);
  }
  if (spec.text !== undefined) actions.push(`read ${name}`);
  if (terminalsOf(spec).some((terminal) => connectedTo(state, thing.id, terminal))) actions.push(`disconnect ${name}`);
  return actions;
}

/** Dunking into what cannot be tipped, pouring out of what can. */
function movingLiquids(things: readonly Thing[], vessels: readonly Thing[]): string[] {
  const liquids = things.filter(({ phase }) => phase === "liquid");
  const pools = things.filter(({ id, spec }) => !spec.movable && liquids.some(({ at }) => at === id));
  const isPooled = ({ at }: Thing) => pools.some(({ id }) => id === at);
  const targets = vessels.filter(({ spec }) => spec.relevant);
  return [
    ...pools.flatMap((pool) => vessels.map((vessel) => `dunk ${vessel.name} in ${pool.name}`)),
    ...liquids
      .filter((liquid) => !isPooled(liquid))
      .flatMap(({ name, at }) =>
        targets.filter(({ id }) => id !== at).map((vessel) => `pour ${name} into ${vessel.name}`),
      ),
  ];
}

/** What one can do with liquids, mixtures and tools. */
function workingWithMatter(things: readonly Thing[]): string[] {
  const vessels = things.filter(isVessel);
  const mixed = vessels.filter(({ id }) => things.filter(({ at }) => at === id).length > 1);
  const tools = things.filter(
    ({ spec, at, on }) => spec.tool !== undefined && at === INVENTORY && (on || !spec.device),
  );
  const targets = (tool: Thing) => things.filter((thing) => isTarget(tool, thing));
  return [
    ...movingLiquids(things, vessels),
    ...mixed.map(({ name }) => `mix ${name}`),
    ...tools.flatMap((tool) => targets(tool).map(({ name }) => `use ${tool.name} on ${name}`)),
  ];
}

function isTarget({ spec: { tool } }: Thing, { spec }: Thing): boolean {
  if (tool === "shovel") return spec.digs !== undefined;
  if (tool === "lighter") return spec.burns !== undefined;
  return spec.matter !== undefined && spec.relevant;
}

/** What one puts somewhere: no tools, no recipes, no answer boxes. */
function isForContainers(thing: Thing): boolean {
  const { tool, text, container } = thing.spec;
  return isLoose(thing) && tool === undefined && text === undefined && (container === undefined || isVessel(thing));
}

/** Whether one pours into it and heats it; answer boxes are for neither. */
function isVessel({ spec, open }: Thing): boolean {
  return spec.movable && open && spec.conductivity !== undefined;
}

/** Actions of a world with substances: what belongs to the task is moved and focused, the rest only handled. */
function matterActions(state: WorldState, exits: readonly string[]): string[] {
  const things = visibleThings(state).filter(isListed);
  const relevant = things.filter(({ spec }) => spec.relevant);
  const actions = [
    ...exits,
    ...relevant.map(({ name }) => `focus on ${name}`),
    ...workingWithMatter(things),
    // What does not belong to the task is offered where it stands, not out of other things.
    ...things
      .filter(({ spec, at }) => spec.relevant || !state.indexOf.has(at))
      .flatMap((thing) => handling(state, thing)),
    ...boxing(state, relevant, relevant.filter(isForContainers)),
  ];
  return [...new Set(actions)].slice(0, MAX_ACTIONS - ALWAYS.length);
}

function isLoose({ spec, phase }: Thing): boolean {
  return spec.movable && phase === "solid";
}

function boxing(state: WorldState, things: readonly Thing[], loose = things.filter(isLoose)): string[] {
  const boxes = things.filter(({ spec, open }) => spec.relevant && spec.container !== undefined && open);
  return boxes.flatMap((box) =>
    loose
      .filter((thing) => thing !== box && thing.at !== box.id && !isInside(state, box, thing.id))
      .map((thing) => `move ${thing.name} to ${box.name}`),
  );
}

/** Poles of sources and parts with the next free end of each wire or switch. */
function wiring(state: WorldState, things: readonly Thing[]): string[] {
  const free = (thing: Thing) =>
    terminalsOf(thing.spec).filter((terminal) => connectedTo(state, thing.id, terminal) === undefined);
  const isJoint = ({ spec: { electric } }: Thing) => electric?.role === "wire" || electric?.role === "switch";
  const wires = things.filter(isJoint).flatMap((wire): [Thing, TerminalName][] => {
    const terminal = free(wire)[0];
    return terminal === undefined ? [] : [[wire, terminal]];
  });
  const poles = things.filter((thing) => thing.spec.electric !== undefined && !isJoint(thing));
  return poles.flatMap((pole) =>
    free(pole).flatMap((terminal) =>
      wires.map(([wire, end]) =>
        pole.spec.electric?.role === "source"
          ? `connect ${pole.name} ${terminal} to ${wire.name} ${end}`
          : `connect ${wire.name} ${end} to ${pole.name} ${terminal}`,
      ),
    ),
  );
}

function joining(things: readonly Thing[]): string[] {
  const parts = things.filter(({ spec }) => spec.electric?.role === "part");
  const sources = things.filter(({ spec }) => spec.electric?.role === "source");
  return parts.flatMap((part) => sources.map((source) => `connect ${part.name} to ${source.name}`));
}

/** Up to 60 actions that change something or tell something, without those that only refuse. */
export function validActions(state: WorldState): string[] {
  if (state.question !== undefined) return state.question.choices.map((_, i) => String(i));
  if (state.spec.offersTaskOnly === true) {
    const offered = [...new Set(offeredActions(state))].slice(0, MAX_ACTIONS - ALWAYS.length);
    return [...new Set([...offered, ...ALWAYS])];
  }
  if (state.spec.mixing !== undefined) return [...new Set([...matterActions(state, goingActions(state)), ...ALWAYS])];
  const { simplifications, rules } = state.spec;
  const things = visibleThings(state).filter(isListed);
  const relevantFirst = [...things.filter(({ spec }) => spec.relevant), ...things.filter(({ spec }) => !spec.relevant)];
  const connections = simplifications.noElectricalAction
    ? []
    : rules.directConnection
      ? joining(relevantFirst)
      : wiring(
          state,
          relevantFirst.filter(({ spec }) => spec.relevant),
        );
  const actions = [
    ...goingActions(state),
    ...relevantFirst.map(({ name }) => `focus on ${name}`),
    ...relevantFirst.flatMap((thing) => handling(state, thing)),
    ...boxing(state, relevantFirst),
  ];
  const space = MAX_ACTIONS - ALWAYS.length;
  const unique = [...new Set(actions)];
  const wires = connections.slice(0, Math.max(space - unique.length, space >> 1));
  return [...new Set([...unique.slice(0, space - wires.length), ...wires, ...ALWAYS])];
}
