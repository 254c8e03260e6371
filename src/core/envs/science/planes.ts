/** @file Inclined planes and stopwatches. A block on a plane slides at a constant speed; nothing accelerates. */
import type { Thing, WorldSpec, WorldState } from "./world.ts";

/** Share of its length that a block slides down a vertical plane without friction in a tick. */
const SPEED = 0.1;
const PERCENT = 100;

/** Share of a plane's length that things slide in a tick. */
function speedOf({ angle, friction }: { readonly angle: number; readonly friction: number }): number {
  return SPEED * Math.sin((angle * Math.PI) / 180) * (1 - friction);
}

/** How far down its plane a thing is, 0…100. */
export function percentDown({ slid }: Thing): number {
  return Math.round(PERCENT * slid);
}

/** Lets a tick pass for all planes of a world; undefined if it has none. */
export function planeProcess({ things }: WorldSpec): ((state: WorldState) => void) | undefined {
  const speeds = new Map(things.flatMap(({ id, slope }) => (slope === undefined ? [] : [[id, speedOf(slope)]])));
  if (speeds.size === 0) return undefined;
  return (state) => {
    for (const thing of state.things) {
      const speed = speeds.get(thing.at);
      if (speed === undefined) continue;
      thing.slid = thing.phase === "solid" ? Math.min(1, thing.slid + speed) : Number(thing.phase === "liquid");
    }
  };
}

/** Lets a tick pass for all stopwatches of a world; undefined if it has none. */
export function stopwatchProcess({ things }: WorldSpec): ((state: WorldState) => void) | undefined {
  const watches = things.flatMap(({ stopwatch }, i) => (stopwatch === true ? [i] : []));
  if (watches.length === 0) return undefined;
  return (state) => {
    for (const index of watches) {
      const watch = state.things[index]!;
      if (watch.on) watch.count += 1;
    }
  };
}
