/** @file Wiring a part to a source, where they are or after everything has been carried to another room. */
import { connectedTo, isVisible, outerPlace, thingById } from "../core/envs/science/state.ts";
import { INVENTORY, ROOM_NAMES, type Thing, type WorldState } from "../core/envs/science/world.ts";
import type { HaulMission, WiringMission } from "./mission.ts";
import { ELSEWHERE, type Situation, type WiringPlan } from "./situation.ts";
import { goTo, nextHop, reachableRooms } from "./travel.ts";

const OPPOSITE = { anode: "cathode", cathode: "anode" } as const;

/** The next connection of the two-wire circuit; null when all four are made or blocked. */
export function wireAction(
  { state, memory, random }: Situation,
  mission: WiringMission | HaulMission,
  crossed: boolean,
): string | null {
  const part = thingById(state, mission.part);
  const source = thingById(state, mission.source);
  memory.firstTerminal ??= random.chance(0.8) ? "anode" : "cathode";
  for (const end of [memory.firstTerminal, OPPOSITE[memory.firstTerminal]]) {
    const wireEnd = connectedTo(state, source.id, end);
    if (wireEnd === undefined) {
      const free = mission.wires.map((id) => thingById(state, id)).find((wire) => isUnused(state, wire));
      return free === undefined ? null : `connect ${source.name} ${end} to ${free.name} 1`;
    }
    const other = wireEnd.name === "1" ? "2" : "1";
    if (connectedTo(state, wireEnd.thing, other) !== undefined) continue;
    const wanted = crossed ? OPPOSITE[end] : end;
    const target = connectedTo(state, part.id, wanted) === undefined ? wanted : OPPOSITE[wanted];
    if (connectedTo(state, part.id, target) !== undefined) return null;
    return `connect ${thingById(state, wireEnd.thing).name} ${other} to ${part.name} ${target}`;
  }
  return null;
}

function isUnused(state: WorldState, wire: Thing): boolean {
  return (
    isVisible(state, wire) &&
    connectedTo(state, wire.id, "1") === undefined &&
    connectedTo(state, wire.id, "2") === undefined
  );
}

/**
 * The next action of a plan for a source of a named kind: pick up part, source and two wires, carry them to the site,
 * put the source down there, activate it, wire. Null when all is wired.
 */
export function haulAction(situation: Situation, mission: HaulMission, plan: WiringPlan): string | null {
  const { state, memory } = situation;
  const source = thingById(state, mission.source);
  if (plan.site !== null && source.at !== plan.site) {
    const missing = toPack(state, mission);
    if (missing !== undefined) return `pick up ${missing.name}`;
    return carryAction(situation, mission, plan);
  }
  if (plan.activate && !memory.hasActivated) {
    memory.hasActivated = true;
    return `activate ${source.name}`;
  }
  return wireAction(situation, mission, plan.crossed);
}

/** The next thing to pick up before leaving. */
function toPack(state: WorldState, { part, source, wires }: HaulMission): Thing | undefined {
  const wanted = [part, source].map((id) => thingById(state, id));
  const pieces = wires.map((id) => thingById(state, id));
  const carried = pieces.filter(({ at }) => at === INVENTORY);
  const more = pieces.filter((wire) => wire.at === state.agentRoom).slice(0, Math.max(0, 2 - carried.length));
  return [...wanted, ...more].find(({ at }) => at === state.agentRoom);
}

function carryAction(situation: Situation, mission: HaulMission, plan: WiringPlan): string {
  const { state } = situation;
  if (plan.site === ELSEWHERE && settles(situation)) plan.site = state.agentRoom;
  if (plan.site === state.agentRoom) return `put down ${thingById(state, mission.source).name}`;
  return plan.site === ELSEWHERE ? moveOn(situation) : goTo(situation, nextRoomTo(situation, plan));
}

/** The room to go to next on the way to the site of a plan. */
function nextRoomTo(situation: Situation, { site, route }: WiringPlan): string {
  if (route === null) return nextHop(situation, site!);
  const reachable = reachableRooms(situation);
  if (reachable.includes(site!)) return site!;
  const next = route[route.lastIndexOf(situation.state.agentRoom) + 1];
  return next !== undefined && reachable.includes(next) ? next : situation.random.pick(reachable);
}

/** A walker tries its luck in some room after the first move; one that teleports in the first room it gets to. */
function settles({ state, memory, random }: Situation): boolean {
  if (memory.packedIn === null) memory.packedIn = state.agentRoom;
  if (memory.packedIn === state.agentRoom) return false;
  return state.spec.simplifications.teleportAction || random.chance(0.45);
}

function moveOn(situation: Situation): string {
  const { memory, random } = situation;
  const reachable = reachableRooms(situation).filter((room) => room !== memory.packedIn);
  const fresh = reachable.filter((room) => !memory.visited.includes(room) && !memory.avoidedSites.includes(room));
  const choices = [fresh, reachable, ROOM_NAMES].find((rooms) => rooms.length > 0)!;
  return goTo(situation, random.pick(choices));
}

/** What is left to do when the circuit stays dark and nothing said what to try. */
export function ponderAction({ state, memory, random }: Situation, mission: HaulMission): string {
  const source = thingById(state, mission.source);
  if (!memory.hasActivated && !source.on && outerPlace(state, source) === state.agentRoom && random.chance(0.25)) {
    memory.hasActivated = true;
    return `activate ${source.name}`;
  }
  return random.pick(["wait1", "wait1", "wait1", "wait1", "look around", `look at ${source.name}`]);
}
