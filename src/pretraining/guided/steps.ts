/** @file The kinds of steps that guides are made of. */
import { matterOf } from "../../core/envs/science/state.ts";
import { GONE, INVENTORY, type Thing, type WorldState } from "../../core/envs/science/world.ts";
import { resolve, type Reference, type Step, type StepOption } from "./guide.ts";

type Say = StepOption["say"];
type IsDone = Step["isDone"];

function single(say: Say, things: readonly Reference[], isDone: IsDone): Step {
  return { options: [{ things, say }], right: 0, isDone };
}

function test(reference: Reference, holds: (thing: Thing, state: WorldState) => boolean): IsDone {
  return (state) => {
    const thing = resolve(state, reference);
    return thing !== undefined && holds(thing, state);
  };
}

/** Done once it was said and the world did it. */
export function once(say: Say, ...things: readonly Reference[]): Step {
  return single(say, things, (_, said) => said);
}

/** Opens something with a lid. */
export function open(thing: Reference): Step {
  return single(
    (name) => `open ${name}`,
    [thing],
    test(thing, ({ open: isOpen }) => isOpen),
  );
}

/** Picks something up. */
export function take(thing: Reference): Step {
  return single(
    (name) => `pick up ${name}`,
    [thing],
    test(thing, ({ at }) => at === INVENTORY),
  );
}

/** Moves something into or onto something. */
export function put(thing: Reference, container: Reference): Step {
  const isThere: IsDone = (state) => {
    const place = resolve(state, container);
    return place !== undefined && resolve(state, thing)?.at === place.id;
  };
  return single((name, into) => `move ${name} to ${into}`, [thing, container], isThere);
}

/** Pours a liquid into something, or moves a solid there. */
export function pourOrPut(thing: Reference, container: string, isLiquid: boolean): Step {
  const moved = put(thing, container);
  if (!isLiquid) return moved;
  // What is poured may merge with what is there, or tip the container it was in.
  return single(
    (name, into) => `pour ${name} into ${into}`,
    [thing, container],
    (state, said) => said || moved.isDone(state, said),
  );
}

/** Turns something on. */
export function activate(device: Reference): Step {
  return single(
    (name) => `activate ${name}`,
    [device],
    test(device, ({ on }) => on),
  );
}

/** Focuses on something, for the ordered goal of a position. */
export function focus(thing: Reference, goal: number): Step {
  return {
    ...single(
      (name) => `focus on ${name}`,
      [thing],
      (state) => state.orderedPassed > goal,
    ),
    isGoal: true,
  };
}

/** Waits, in long or short steps, until something has come about. */
export function waitUntil(holds: (state: WorldState) => boolean, action: "wait" | "wait1" = "wait"): Step {
  return single(
    () => action,
    [],
    (state) => holds(state),
  );
}

/** Waits once. */
export function waitOnce(): Step {
  return once(() => "wait1");
}

/** One of several things to focus on, for the ordered goal of a position; the others are wrong. */
export function focusOnOneOf(things: readonly Reference[], right: number, goal: number): Step {
  const say: Say = (name) => `focus on ${name}`;
  const options = things.map((thing) => ({ things: [thing], say }));
  return { options, right, isDone: (state) => state.orderedPassed > goal, isGoal: true };
}

/** One of several places to put something, for the ordered goal of a position; the others are wrong. */
export function putIntoOneOf(thing: Reference, places: readonly Reference[], right: number, goal: number): Step {
  const say: Say = (name, into) => `move ${name} to ${into}`;
  const options = places.map((place) => ({ things: [thing, place], say }));
  return { options, right, isDone: (state) => state.orderedPassed > goal, isGoal: true };
}

/** Connects two contact points; things by id, terminals by name. */
export function connectStep(
  [first, firstTerminal]: readonly [Reference, string],
  [second, secondTerminal]: readonly [Reference, string],
): Step {
  return once((a, b) => `connect ${a} ${firstTerminal} to ${b} ${secondTerminal}`, first, second);
}

/** Without a place of its own in the tip. */
export function silent(step: Step): Step {
  return { ...step, isSilent: true };
}

/** The first thing made of something, in a container if one is named. */
export function madeOf(matter: string, container?: string): (state: WorldState) => Thing | undefined {
  return ({ things }) =>
    things.find(
      (thing) => thing.at !== GONE && matterOf(thing) === matter && (container === undefined || thing.at === container),
    );
}

/** The first thing for which something holds. */
export function find(holds: (thing: Thing) => boolean): (state: WorldState) => Thing | undefined {
  return ({ things }) => things.find((thing) => thing.at !== GONE && holds(thing));
}

/** Opens what a thing is in, the outermost first. */
export function uncover(state: WorldState, thing: Thing): Step[] {
  const index = state.indexOf.get(thing.at);
  if (index === undefined) return [];
  const container = state.things[index]!;
  return [...uncover(state, container), ...(container.spec.container?.lid === true ? [open(container.id)] : [])];
}
