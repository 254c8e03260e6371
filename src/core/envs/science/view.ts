/** @file The whole world for people: maps, hand play. Never shown to the policy. */
import type { LivingView, RoomsView, ThingView } from "../env.ts";
import { circuitViews } from "./circuit-view.ts";
import { traitsSeen } from "./genetics.ts";
import { hasHeat } from "./heat.ts";
import { percentDown } from "./planes.ts";
import { connectedTo, inventory, terminalsOf, thingById, thingsAt } from "./state.ts";
import { FULL_SCORE } from "./scoring.ts";
import { ROOM_NAMES, type Thing, type WorldState } from "./world.ts";

function statesOf(state: WorldState, thing: Thing): string[] {
  const { spec } = thing;
  const states: string[] = [];
  if (spec.container?.lid === true) states.push(thing.open ? "open" : "closed");
  if (spec.device !== undefined) states.push(thing.on ? "on" : "off");
  if (spec.electric?.role === "part") states.push(thing.lit ? "on" : "off");
  states.push(...measuresOf(state, thing));
  if (state.focus === thing.id) states.push("focused");
  return [...states, ...wiringOf(state, thing)];
}

/** What is happening to a thing, as far as no other words say it. */
function measuresOf(state: WorldState, thing: Thing): string[] {
  const measures: string[] = [];
  const traits = traitsSeen(state, thing);
  if (thing.burning > 0) measures.push("burning");
  if (traits !== "") measures.push(traits);
  if (thing.slid > 0) measures.push(`${percentDown(thing)} % down`);
  if (thing.spec.stopwatch === true) measures.push(`${thing.count} ticks`);
  return measures;
}

function wiringOf(state: WorldState, { id, spec }: Thing): string[] {
  return terminalsOf(spec).flatMap((name) => {
    const other = connectedTo(state, id, name);
    return other === undefined ? [] : [`${name} wired to ${thingById(state, other.thing).name} ${other.name}`];
  });
}

function livingView({ spec: { living }, life }: Thing): LivingView | null {
  if (living === undefined) return null;
  const stage = life?.stage ?? living.stage;
  return { kind: living.kind, stage, stages: living.course?.map((step) => step.stage) ?? [stage] };
}

function thingView(state: WorldState, thing: Thing, withHeat: boolean): ThingView {
  return {
    name: thing.name,
    states: statesOf(state, thing),
    temperature: withHeat ? thing.temperature : null,
    living: livingView(thing),
    contents: thingsAt(state, thing.id).map((content) => thingView(state, content, withHeat)),
  };
}

/** Everything in the world as it is now. Points are what a goal adds to the score, before rounding. */
export function worldView(state: WorldState): RoomsView {
  const { spec } = state;
  const orderedPoints = FULL_SCORE / spec.orderedGoals.length;
  const withHeat = hasHeat(spec);
  const optionalPoints = FULL_SCORE / (spec.optionalGoals.length * (spec.orderedGoals.length + 1));
  return {
    kind: "rooms",
    agentRoom: state.agentRoom,
    rooms: ROOM_NAMES.map((name) => ({
      name,
      things: thingsAt(state, name).map((thing) => thingView(state, thing, withHeat)),
    })),
    doors: spec.floorPlan.doors.map(([a, b], i) => ({ between: [a, b], open: state.doorsOpen[i]! })),
    inventory: inventory(state).map((thing) => thingView(state, thing, withHeat)),
    circuits: circuitViews(state),
    goals: [
      ...spec.orderedGoals.map(({ text }, i) => ({
        text,
        kind: "ordered" as const,
        points: orderedPoints,
        passed: i < state.orderedPassed,
      })),
      ...spec.optionalGoals.map(({ text }, i) => ({
        text,
        kind: "optional" as const,
        points: optionalPoints,
        passed: state.optionalPassed[i]!,
      })),
    ],
  };
}
