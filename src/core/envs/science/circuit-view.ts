/** @file Circuits for people: what is connected, in the order of the connections. Never shown to the policy. */
import type { CircuitElementView, CircuitView } from "../env.ts";
import { connectedTo, terminalsOf, thingById } from "./state.ts";
import type { TerminalName, Thing, WorldState } from "./world.ts";

/** An element on the way along a chain, entered at one terminal and left at the other. */
interface Step {
  readonly thing: Thing;
  readonly entry: TerminalName;
  readonly exit: TerminalName;
}

/** The terminal that a thing has besides this one. */
function otherTerminal({ spec }: Thing, name: TerminalName): TerminalName {
  const [first, second] = terminalsOf(spec) as readonly [TerminalName, TerminalName];
  return name === first ? second : first;
}

function stepInto(state: WorldState, id: string, entry: TerminalName): Step {
  const thing = thingById(state, id);
  return { thing, entry, exit: otherTerminal(thing, entry) };
}

/** The steps from one element on, to the end of the chain or once around. */
function walk(state: WorldState, from: Step): { steps: Step[]; closed: boolean } {
  const steps = [from];
  for (;;) {
    const { thing, exit } = steps.at(-1)!;
    const next = connectedTo(state, thing.id, exit);
    if (next === undefined) return { steps, closed: false };
    if (next.thing === from.thing.id) return { steps, closed: true };
    steps.push(stepInto(state, next.thing, next.name));
  }
}

function reversed(steps: readonly Step[]): Step[] {
  return steps.map(({ thing, entry, exit }) => ({ thing, entry: exit, exit: entry })).reverse();
}

function isSource({ thing }: Step): boolean {
  return thing.spec.electric?.role === "source";
}

/** The chain or ring that a thing belongs to. */
function circuitOf(state: WorldState, thing: Thing): { steps: Step[]; closed: boolean } {
  const [first] = terminalsOf(thing.spec);
  const forward = walk(state, stepInto(state, thing.id, first!));
  if (forward.closed) {
    const source = forward.steps.find(isSource)?.thing;
    return source === undefined ? forward : walk(state, stepInto(state, source.id, terminalsOf(source.spec)[1]!));
  }
  const { steps } = walk(state, reversed([forward.steps.at(-1)!])[0]!);
  return { steps: isSource(steps.at(-1)!) && !isSource(steps[0]!) ? reversed(steps) : steps, closed: false };
}

function elementView({ thing: { spec, name, lit, on }, entry, exit }: Step): CircuitElementView {
  const { role } = spec.electric!;
  return {
    name,
    role,
    on: role === "part" ? lit : spec.device === undefined ? null : on,
    terminals: [entry, exit],
  };
}

/** All circuits, in the order of their first things. */
export function circuitViews(state: WorldState): CircuitView[] {
  const seen = new Set<string>();
  const circuits: CircuitView[] = [];
  if (state.connections.size === 0) return circuits;
  for (const thing of state.things) {
    const isConnected = terminalsOf(thing.spec).some((name) => connectedTo(state, thing.id, name) !== undefined);
    if (!isConnected || seen.has(thing.id)) continue;
    const { steps, closed } = circuitOf(state, thing);
    for (const step of steps) seen.add(step.thing.id);
    circuits.push({ elements: steps.map(elementView), closed });
  }
  return circuits;
}
