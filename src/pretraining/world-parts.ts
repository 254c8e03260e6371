/** @file What random worlds are built of: things, plans, goals; the families in `random-world.ts` put them together. */
import { generateFloorPlan } from "../core/envs/science/floor-plan.ts";
import {
  INVENTORY,
  ROOM_NAMES,
  type OptionalGoal,
  type OrderedGoal,
  type RoomName,
  type ThingSpec,
  type WorldRules,
  type WorldSpec,
} from "../core/envs/science/world.ts";
import type { Random } from "../core/base/random.ts";
import { wordsOf } from "../core/text/vocabulary.ts";

/** Words for colours. */
export const COLOURS = wordsOf("colours");
/** Words for power sources. */
export const SOURCES = ["battery", "solar", "wind", "gas", "nuclear"];
/** Words for what can be powered. */
export const PARTS = ["bulb", "motor", "buzzer"];
const DISTRACTORS = [
  ...[
    "cup",
    "table",
    "chair",
    "book",
    "painting",
    "picture",
    "sink",
    "shelf",
    "bed",
    "couch",
    "bowl",
    "jug",
    "counter",
  ],
  ...[
    "desk",
    "toilet",
    "bathtub",
    "fountain",
    "axe",
    "shovel",
    "thermometer",
    "lighter",
    "stopwatch",
    "apple",
    "banana",
  ],
];
const DEVICES = ["stove", "oven", "furnace", "sink"];
const CUPBOARDS = ["cupboard", "fridge", "freezer", "closet", "drawer"];

/** A movable solid that belongs to the task. */
export function thing(id: string, name: string, at: string, more: Partial<ThingSpec> = {}): ThingSpec {
  return { id, name, at, relevant: true, movable: true, phase: "solid", ...more };
}

/** A part to power. */
export function part(id: string, name: string, at: string): ThingSpec {
  return thing(id, name, at, { electric: { role: "part" } });
}

/** A source that asks for nothing; one that does not work never delivers. */
export function source(name: string, at: string, works: boolean): ThingSpec {
  return thing(name, name, at, { electric: { role: "source", needs: "nothing", works } });
}

/** Mostly a random tree with two more doors; sometimes one with a hub of six doors. */
export function randomPlan(random: Random): WorldSpec["floorPlan"] {
  if (!random.chance(0.3)) return generateFloorPlan(random);
  const [hub, ...rooms] = random.shuffled(ROOM_NAMES) as [RoomName, ...RoomName[]];
  const spokes = rooms.slice(0, 6);
  const outer = rooms
    .slice(6)
    .map((room, i): [RoomName, RoomName] => [random.pick([...spokes, ...rooms.slice(6, 6 + i)]), room]);
  const doors: [RoomName, RoomName][] = [...spokes.map((room): [RoomName, RoomName] => [hub, room]), ...outer];
  return { doors: random.shuffled(doors) };
}

/** Rooms within a distance of another, that room included. */
function roomsWithin(plan: WorldSpec["floorPlan"], from: RoomName, distance: number): RoomName[] {
  const near = new Set<RoomName>([from]);
  for (let step = 0; step < distance; step++) {
    for (const room of [...near]) {
      for (const [a, b] of plan.doors) {
        if (a === room) near.add(b);
        if (b === room) near.add(a);
      }
    }
  }
  return [...near];
}

/** A room that is mostly near the start, as often as chance alone would not have it. */
export function roomSomewhere(random: Random, plan: WorldSpec["floorPlan"], start: RoomName): RoomName {
  const choice = random.uniform();
  return random.pick(roomsWithin(plan, start, choice < 0.25 ? 0 : choice < 0.5 ? 1 : 9));
}

/** Two to four standing things per room. */
export function distractors(random: Random): ThingSpec[] {
  return ROOM_NAMES.flatMap((room) => {
    const plain = random
      .sample(DISTRACTORS, 1 + random.integer(2))
      .map((name) => thing(`${room} ${name}`, name, room, name === "thermometer" ? { tool: name } : {}));
    if (random.chance(0.4)) plain.push(device(random.pick(DEVICES), room));
    if (random.chance(0.3)) plain.push(cupboard(random.pick(CUPBOARDS), room));
    return plain.filter(({ name }, i) => plain.findIndex((other) => other.name === name) === i);
  });
}

function device(name: string, room: RoomName): ThingSpec {
  return thing(`${room} ${name}`, name, room, { movable: false, device: { on: false, works: true } });
}

function cupboard(name: string, room: RoomName): ThingSpec {
  return thing(`${room} ${name}`, name, room, { movable: false, container: { lid: true, open: false } });
}

interface Frame {
  readonly taskText: string;
  readonly start: RoomName;
  readonly plan: WorldSpec["floorPlan"];
  readonly things: readonly ThingSpec[];
  readonly orderedGoals: readonly OrderedGoal[];
  readonly optionalGoals: readonly OptionalGoal[];
  readonly rules: Partial<WorldRules>;
  readonly teleport: boolean;
  readonly openDoors: boolean;
  readonly maxTurns: number;
}

/** The world of a frame; the things stand in random order. */
export function toSpec(random: Random, frame: Frame): WorldSpec {
  const { taskText, plan, start, orderedGoals, optionalGoals, rules, teleport, openDoors, maxTurns } = frame;
  const orange = thing("orange", "orange", INVENTORY, { relevant: false, edible: true });
  return {
    taskText,
    floorPlan: plan,
    startRoom: start,
    things: [...random.shuffled(frame.things), orange],
    orderedGoals,
    optionalGoals,
    rules: { crossedPolarity: true, directConnection: false, lightDelayTicks: 1, ...rules },
    simplifications: {
      teleportAction: teleport,
      openDoors,
      openContainers: false,
      selfWateringFlowerPots: teleport,
      noElectricalAction: false,
    },
    maxTurns,
    maxMoves: 100,
  };
}

function partName(random: Random): string {
  const noun = random.pick(PARTS);
  return noun !== "bulb" && random.chance(0.3) ? noun : `${random.pick(COLOURS)} ${noun}`;
}

/** Different part names, the first one being the target. */
export function partNames(random: Random, count: number): string[] {
  const names = new Set<string>();
  while (names.size < count) names.add(partName(random));
  return [...names];
}

/** Optional goal. */
export const SEE_PART: OptionalGoal = { text: "see the part", condition: { type: "sees", thing: "part" } };
/** Optional goal. */
export const NEW_ROOM: OptionalGoal = { text: "be in another room", condition: { type: "newRoom" } };
/** Optional goal that only sets what the others are worth. */
export const NEVER: OptionalGoal = { text: "out of reach", condition: { type: "never" } };
/** First ordered goal. */
export const FOCUS_PART: OrderedGoal = {
  text: "focus on the part",
  condition: { type: "focused", on: { ids: ["part"] } },
  fails: "wrongFocus",
};
/** Ordered goal. */
export const PART_ON: OrderedGoal = { text: "the part is on", condition: { type: "focusLit" } };
