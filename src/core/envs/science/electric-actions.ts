/** @file Connecting and disconnecting. */
import { connect, disconnect } from "./electricity.ts";
import { connectedTo, terminalsOf, thingById } from "./state.ts";
import type { Referent, Terminal, Thing, WorldState } from "./world.ts";

function isUsed(state: WorldState, { thing, name }: Terminal): boolean {
  return connectedTo(state, thing, name) !== undefined;
}

function join(state: WorldState, pairs: readonly (readonly [Terminal, Terminal])[]): string {
  if (pairs.some(([a, b]) => isUsed(state, a) || isUsed(state, b))) return "used";
  for (const [a, b] of pairs) connect(state, a, b);
  return "connected";
}

function isDead({ spec: { electric } }: Thing): boolean {
  return electric?.role === "source" && !electric.works;
}

/** Both ends of both things, so that a part is wired the way this world's polarity asks for. */
function directPairs(state: WorldState, a: Thing, b: Thing): (readonly [Terminal, Terminal])[] {
  const others = terminalsOf(b.spec);
  const ends = state.spec.rules.crossedPolarity ? others.toReversed() : others;
  return terminalsOf(a.spec).map((name, i) => [
    { thing: a.id, name },
    { thing: b.id, name: ends[i]! },
  ]);
}

function joinDirectly(state: WorldState, a: Thing, b: Thing): string {
  // Two sources, or two parts, have nothing to give each other.
  if (a.spec.electric?.role === b.spec.electric?.role || isDead(a) || isDead(b)) return "nothing happens";
  return join(state, directPairs(state, a, b));
}

function thingOf(state: WorldState, referent: Referent | undefined): Thing {
  return thingById(state, (referent as Referent & { type: "thing" | "terminal" }).thing);
}

/** `connect battery anode to red wire 1`; without terminals only where the world allows it. */
export function connectAction(state: WorldState, [first, second]: readonly Referent[]): string {
  const a = thingOf(state, first);
  const b = thingOf(state, second);
  if (a === b || a.spec.electric === undefined || b.spec.electric === undefined) return "nothing happens";
  if (first?.type === "terminal" && second?.type === "terminal") {
    return join(state, [
      [
        { thing: a.id, name: first.terminal },
        { thing: b.id, name: second.terminal },
      ],
    ]);
  }
  return state.spec.rules.directConnection ? joinDirectly(state, a, b) : "need terminal";
}

/** Frees a thing's terminals, or the one named. */
export function disconnectAction(state: WorldState, [object]: readonly Referent[]): string {
  const only = object?.type === "terminal" ? object.terminal : undefined;
  return disconnect(state, thingOf(state, object), only) ? "ok" : "not connected";
}
