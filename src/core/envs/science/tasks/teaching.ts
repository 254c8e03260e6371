/**
 * @file A world of our own that shows what memory is for: the first points lie in the start room, the rest five
 * doors away, and nothing on the way pays. Made after `power-component`, with one connection instead of four.
 */
import { Random } from "../../../base/random.ts";
import { doorDistances, generateFloorPlan, neighboursOf } from "../floor-plan.ts";
import { furnish } from "../furnishings.ts";
import { MAX_MOVES, type TaskType, type WorldChoice } from "../task-type.ts";
import { part as makePart, plainSource, thing } from "../things.ts";
import {
  EVERYWHERE,
  ROOM_NAMES,
  type FloorPlan,
  type OptionalGoal,
  type OrderedGoal,
  type RoomName,
  type ThingSpec,
} from "../world.ts";

const NOUNS = ["bulb", "motor", "buzzer"];
// Sources the base policy has met: a word it never saw it would never try (docs/lab-log.md).
const SOURCES = ["battery", "nuclear", "solar", "gas"];
/** Doors from the start room to the working source. */
const SOURCE_DISTANCE = 5;
/** At most as many doors to the source that does not work. */
const DEAD_SOURCE_DISTANCE = 1;
const DECOY_ROOM_COUNT = 5;
const MAX_TURNS = 14;
const SEED = 51;

/** Part colour and decoy colour of each variation; test colours are in no other block. */
const COLOURS = [
  ["red", "blue"],
  ["green", "yellow"],
  ["blue", "green"],
  ["yellow", "red"],
  ["orange", "green"],
  ["blue", "orange"],
  ["brown", "red"],
  ["gold", "blue"],
  ["purple", "black"],
  ["white", "violet"],
  ["black", "white"],
  ["violet", "purple"],
] as const;

/** What a house fixes: its plan, and where things are. */
interface House {
  readonly plan: FloorPlan;
  readonly startRoom: RoomName;
  readonly sourceRoom: RoomName;
  readonly deadSourceRoom: RoomName;
  readonly source: string;
  readonly deadSource: string;
  readonly noun: string;
  readonly decoyRooms: readonly RoomName[];
  readonly furniture: readonly ThingSpec[];
}

/** A plan with a room at the right distance; most have one, so that a few draws are enough. */
function drawHouse(random: Random): House {
  for (let attempt = 0; ; attempt++) {
    const stream = random.fork(attempt);
    const plan = generateFloorPlan(stream.fork("floor plan"));
    const startRoom = stream.pick(ROOM_NAMES);
    const distances = doorDistances(plan, startRoom);
    const farRooms = ROOM_NAMES.filter((room) => distances.get(room) === SOURCE_DISTANCE);
    if (farRooms.length === 0) continue;
    const [source, deadSource] = stream.sample(SOURCES, 2) as [string, string];
    const neighbours = neighboursOf(plan, startRoom);
    const others = ROOM_NAMES.filter((room) => room !== startRoom && !neighbours.includes(room));
    return {
      plan,
      startRoom,
      sourceRoom: stream.pick(farRooms),
      deadSourceRoom: stream.pick(ROOM_NAMES.filter((room) => distances.get(room)! <= DEAD_SOURCE_DISTANCE)),
      source,
      deadSource,
      noun: stream.pick(NOUNS),
      decoyRooms: [...neighbours, ...stream.sample(others, DECOY_ROOM_COUNT - neighbours.length)],
      furniture: furnish(stream.fork("furniture")),
    };
  }
}

function orderedGoals(part: string, source: string): OrderedGoal[] {
  return [
    { text: `focus on the ${part}`, condition: { type: "focused", on: { ids: [part] } }, fails: "wrongFocus" },
    { text: `connect it to the ${source}`, condition: { type: "focusConnected", sources: [source] } },
    { text: `power the ${part}`, condition: { type: "focusLit" } },
  ];
}

/** Five, two of them out of reach, so that an optional goal is worth as much as in tasks of this length. */
function optionalGoals(part: string, source: string): OptionalGoal[] {
  return [
    { text: `see the ${part}`, condition: { type: "sees", thing: part } },
    { text: `carry the ${part}`, condition: { type: "carries", thing: part } },
    { text: `see the ${source}`, condition: { type: "sees", thing: source } },
    { text: "out of reach", condition: { type: "never" } },
    { text: "out of reach", condition: { type: "never" } },
  ];
}

/** Power a part with the one source that works. `house` names the world, `variation` the colours. */
export const teachingPowerComponent: TaskType = {
  name: "teaching-power-component",
  id: "teaching",
  description: "Focus on the part here, then find the source that works, five rooms away, and connect the part to it.",
  variationCount: COLOURS.length,
  splits: { train: [0, 1, 2, 3, 4, 5], dev: [6, 7], test: [8, 9, 10, 11] },
  maxTurns: MAX_TURNS,
  isElectric: true,
  presets: ["easy"],
  build: ({ variation, house, simplifications }: WorldChoice) => {
    const world = drawHouse(Random.fromSeed(SEED).fork(`house ${house}`));
    const [colour, decoyColour] = COLOURS[variation]!;
    const part = `${colour} ${world.noun}`;
    const decoy = `${decoyColour} ${world.noun}`;
    return {
      taskText: `power ${part}`,
      floorPlan: world.plan,
      startRoom: world.startRoom,
      things: [
        thing("air", EVERYWHERE, { phase: "gas" }),
        ...world.furniture,
        makePart(part, world.startRoom),
        ...world.decoyRooms.map((room) => makePart(decoy, room, `${room} ${decoy}`)),
        plainSource(world.source, world.sourceRoom, true),
        plainSource(world.deadSource, world.deadSourceRoom, false),
      ],
      orderedGoals: orderedGoals(part, world.source),
      optionalGoals: optionalGoals(part, world.source),
      rules: { crossedPolarity: true, directConnection: true, lightDelayTicks: 0 },
      // The way must be walked, whatever the preset.
      simplifications: { ...simplifications, openDoors: true, teleportAction: false },
      maxTurns: MAX_TURNS,
      maxMoves: MAX_MOVES,
    };
  },
};
