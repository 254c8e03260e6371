/** @file Sinks, fountains, toilets: where liquid comes from. */
import { addThing, matterOf, removeThing } from "./state.ts";
import type { FaucetSpec, Thing, WorldSpec, WorldState } from "./world.ts";

/** Puts a portion into a container that has none of it. */
function fill(state: WorldState, container: Thing, { gives }: FaucetSpec): void {
  const matter = gives.matter ?? gives.name;
  for (const thing of state.things) if (thing.at === container.id && matterOf(thing) === matter) return;
  addThing(state, gives, container.id);
}

/** Gives liquid to the open containers in a faucet, then to the faucet itself. */
export function runFaucet(state: WorldState, faucet: Thing): void {
  const { faucet: spec } = faucet.spec;
  if (spec === undefined) return;
  // What this adds is no container: the count is taken before.
  for (let i = 0, count = state.things.length; i < count; i++) {
    const thing = state.things[i]!;
    if (thing.at === faucet.id && thing.open) fill(state, thing, spec);
  }
  fill(state, faucet, spec);
}

function drain(state: WorldState, faucet: Thing): void {
  for (const thing of state.things) if (thing.at === faucet.id && thing.phase === "liquid") removeThing(thing);
}

/** Lets a tick pass for all faucets of a world; undefined if it has none that run. */
export function faucetProcess({ things }: WorldSpec): ((state: WorldState) => void) | undefined {
  const faucets = things.flatMap(({ faucet }, i) => (faucet === undefined || faucet.runs === "flush" ? [] : [i]));
  if (faucets.length === 0) return undefined;
  return (state) => {
    for (const index of faucets) {
      const faucet = state.things[index]!;
      if (faucet.on || faucet.spec.faucet?.runs === "always") runFaucet(state, faucet);
      else drain(state, faucet);
    }
  };
}
