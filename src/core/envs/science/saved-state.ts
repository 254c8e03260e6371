/** @file States as plain data: what has been written as JSON and read again goes on as the original would. */
import { createState } from "./state.ts";
import type { Terminal, Thing, ThingSpec, WorldSpec, WorldState } from "./world.ts";

/** A thing without its spec, unless it appeared during the episode. */
type SavedThing = Omit<Thing, "spec"> & { readonly spec?: ThingSpec };

/** A state without its world. Plain data. */
export interface SavedState extends Omit<WorldState, "spec" | "things" | "indexOf" | "connections"> {
  readonly things: readonly SavedThing[];
  readonly connections: readonly (readonly [string, Terminal])[];
}

/** The state as plain data. */
export function saveState(state: WorldState): SavedState {
  const { things, spec } = state;
  return {
    things: things.map(({ spec: own, ...thing }, i) => (i < spec.things.length ? thing : { ...thing, spec: own })),
    connections: [...state.connections],
    doorsOpen: [...state.doorsOpen],
    optionalPassed: [...state.optionalPassed],
    agentRoom: state.agentRoom,
    focus: state.focus,
    question: state.question,
    orderedPassed: state.orderedPassed,
    goalObject: state.goalObject,
    goalBaseline: state.goalBaseline,
    deed: state.deed,
    failed: state.failed,
    moves: state.moves,
    turns: state.turns,
    looks: state.looks,
  };
}

/** The state that was saved, in its own world. */
export function loadState(world: WorldSpec, saved: SavedState): WorldState {
  const things = saved.things.map((thing, i) => ({ ...thing, spec: thing.spec ?? world.things[i]! }));
  return {
    ...createState(world),
    ...saved,
    things,
    indexOf: new Map(things.map(({ id }, i) => [id, i])),
    connections: new Map(saved.connections),
    doorsOpen: [...saved.doorsOpen],
    optionalPassed: [...saved.optionalPassed],
  };
}
