/** @file How scripted agents get from room to room. */
import { exitsOf } from "../core/envs/science/state.ts";
import { ROOM_NAMES } from "../core/envs/science/world.ts";
import type { Situation } from "./situation.ts";

/** Goes to a room: teleports if it may, else takes a door, opening it first. */
export function goTo({ state, memory }: Situation, room: string): string {
  if (state.spec.simplifications.teleportAction) return `teleport ${room}`;
  const exit = exitsOf(state, state.agentRoom).find((candidate) => candidate.room === room);
  if (exit?.open === false) {
    memory.heading = room;
    return `open door ${room}`;
  }
  return `go ${room}`;
}

/** Rooms one move away. */
export function reachableRooms({ state }: Pick<Situation, "state">): string[] {
  if (state.spec.simplifications.teleportAction) return ROOM_NAMES.filter((room) => room !== state.agentRoom);
  return exitsOf(state, state.agentRoom).map(({ room }) => room);
}

/** Goes on through a door it has just opened. */
export function pendingMove({ state, memory }: Situation): string | null {
  const { heading } = memory;
  memory.heading = null;
  const open = exitsOf(state, state.agentRoom).some((exit) => exit.room === heading && exit.open);
  return heading !== null && open ? `go ${heading}` : null;
}

/** First step of a shortest path; the room itself when teleporting. */
export function nextHop({ state }: Pick<Situation, "state">, target: string): string {
  if (state.spec.simplifications.teleportAction) return target;
  const distance = new Map<string, number>([[target, 0]]);
  const queue = [target];
  for (const room of queue) {
    for (const exit of exitsOf(state, room as (typeof ROOM_NAMES)[number])) {
      if (distance.has(exit.room)) continue;
      distance.set(exit.room, distance.get(room)! + 1);
      queue.push(exit.room);
    }
  }
  const exits = exitsOf(state, state.agentRoom).map(({ room }) => room);
  return exits.reduce((best, room) => (distance.get(room)! < distance.get(best)! ? room : best), exits[0]!);
}
