/**
 * @file Circuits. Every terminal takes one connection and every conductor has two ends, so that from a terminal
 * there is at most one way to go: a chain that ends at a part, at a source, or nowhere.
 */
import { connectedTo, terminalKey, terminalsOf, thingById } from "./state.ts";
import type { Terminal, TerminalName, Thing, WorldSpec, WorldState } from "./world.ts";

const OPPOSITE = { anode: "cathode", cathode: "anode", "1": "2", "2": "1" } as const;

/** Joins two free terminals. */
export function connect(state: WorldState, a: Terminal, b: Terminal): void {
  state.connections.set(terminalKey(a.thing, a.name), b);
  state.connections.set(terminalKey(b.thing, b.name), a);
}

/** Frees one terminal; false if it was free. */
function disconnectTerminal(state: WorldState, thing: string, name: TerminalName): boolean {
  const other = connectedTo(state, thing, name);
  if (other === undefined) return false;
  state.connections.delete(terminalKey(thing, name));
  state.connections.delete(terminalKey(other.thing, other.name));
  return true;
}

/** Frees all terminals of a thing, or only the one named; false if there was nothing to free. */
export function disconnect(state: WorldState, thing: Thing, only?: TerminalName): boolean {
  let freed = false;
  for (const name of terminalsOf(thing.spec)) {
    if (only === undefined || only === name) freed = disconnectTerminal(state, thing.id, name) || freed;
  }
  return freed;
}

function conducts({ spec: { electric }, on }: Thing): boolean {
  return (
    electric !== undefined &&
    (((electric.role === "wire" || electric.role === "object") && electric.conducts) ||
      (electric.role === "switch" && on))
  );
}

/** Where the way from a terminal ends: at a terminal of something that is no closed conductor. */
function chainEnd(state: WorldState, from: Terminal): Terminal | undefined {
  let end = connectedTo(state, from.thing, from.name);
  // A ring of wires has no end; it cannot be longer than there are connections.
  for (let i = 0; i <= state.connections.size && end !== undefined; i++) {
    if (!conducts(state.things[state.indexOf.get(end.thing)!]!)) return end;
    end = connectedTo(state, end.thing, OPPOSITE[end.name]);
  }
  return undefined;
}

/** Whether a source delivers where and how it is now. */
export function delivers({ spec: { electric }, at, on }: Thing): boolean {
  if (electric?.role !== "source" || !electric.works) return false;
  if (electric.needs === "nothing") return true;
  return electric.needs === "activation" ? on : at === electric.needs.room;
}

/** Whether current runs through a part: both ways lead to the right poles of one source that delivers. */
export function isPowered(state: WorldState, part: Thing): boolean {
  const fromAnode = chainEnd(state, { thing: part.id, name: "anode" });
  if (fromAnode === undefined) return false;
  const fromCathode = chainEnd(state, { thing: part.id, name: "cathode" });
  if (fromCathode?.thing !== fromAnode.thing || fromCathode.name === fromAnode.name) return false;
  const anodeLeadsTo = state.spec.rules.crossedPolarity ? "cathode" : "anode";
  return fromAnode.name === anodeLeadsTo && delivers(state.things[state.indexOf.get(fromAnode.thing)!]!);
}

/** Whether one of a thing's terminals leads to one of the sources. */
export function isConnectedTo(state: WorldState, thing: Thing, sources: readonly string[]): boolean {
  return terminalsOf(thing.spec).some((name) => {
    const end = chainEnd(state, { thing: thing.id, name });
    return end !== undefined && sources.includes(end.thing);
  });
}

/** Whether a terminal of a thing is connected to a wire. */
export function isWired(state: WorldState, thing: string, terminal: TerminalName): boolean {
  const other = connectedTo(state, thing, terminal);
  return other !== undefined && state.things[state.indexOf.get(other.thing)!]!.spec.electric?.role === "wire";
}

/** Whether a single wire connects a thing and one of others. */
export function wireJoins(state: WorldState, thing: string, others: readonly string[]): boolean {
  return terminalsOf(thingById(state, thing).spec).some((name) => {
    const wire = isWired(state, thing, name) ? connectedTo(state, thing, name) : undefined;
    const farEnd = wire && connectedTo(state, wire.thing, OPPOSITE[wire.name]);
    return farEnd !== undefined && others.includes(farEnd.thing);
  });
}

/** Lets a tick pass for all circuits of a world; undefined if it has no parts. */
export function electricProcess({ things }: WorldSpec): ((state: WorldState, changed: Thing[]) => void) | undefined {
  const parts = things.flatMap(({ electric }, i) => (electric?.role === "part" ? [i] : []));
  if (parts.length === 0) return undefined;
  return (state, changed) => {
    for (const index of parts) {
      const part = state.things[index]!;
      if (state.connections.size === 0 && !part.lit && !part.charged) continue;
      const closed = isPowered(state, part);
      const lit = closed && (part.charged || state.spec.rules.lightDelayTicks === 0);
      part.charged = closed;
      if (lit !== part.lit) changed.push(part);
      part.lit = lit;
    }
  };
}
