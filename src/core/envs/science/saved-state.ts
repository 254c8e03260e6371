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
  const { spec: world, things, indexOf: _, connections, ...rest } = state;
  return {
    ...rest,
    doorsOpen: [...rest.doorsOpen],
    optionalPassed: [...rest.optionalPassed],
    connections: [...connections],
    things: things.map(({ spec, ...thing }, i) => (i < world.things.length ? thing : { ...thing, spec })),
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
