/**
 * @file Random worlds for the corpus. Everything that is a fact of the worlds trained in later is drawn at random
 * here: floor plan, where things are, which way round wires light a part, which sources work. What stays is grammar.
 */
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
import type { FindMission, MissionWorld } from "./mission.ts";

const COLOURS = wordsOf("colours");
const SOURCES = ["battery", "solar", "wind", "gas", "nuclear"];
const PARTS = ["bulb", "motor", "buzzer"];
const STAGES = ["egg", "baby", "adult", "juvenile", "hatchling"];
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

/** Share of each family among the worlds; part of the base policy's card. */
export interface CorpusMix {
  readonly wiring: number;
  readonly carry: number;
  readonly find: number;
}

/** A random world of a random family. */
export function randomMissionWorld(random: Random, mix: CorpusMix): MissionWorld {
  const choice = random.uniform() * (mix.wiring + mix.carry + mix.find);
  if (choice < mix.wiring) return wiringWorld(random);
  return choice < mix.wiring + mix.carry ? carryWorld(random) : findWorld(random);
}

function thing(id: string, name: string, at: string, more: Partial<ThingSpec> = {}): ThingSpec {
  return { id, name, at, relevant: true, movable: true, phase: "solid", ...more };
}

function part(id: string, name: string, at: string): ThingSpec {
  return thing(id, name, at, { electric: { role: "part" } });
}

function source(name: string, at: string, works: boolean): ThingSpec {
  return thing(name, name, at, { electric: { role: "source", needs: "nothing", works } });
}

/** Mostly a random tree with two more doors; sometimes one with a hub of six doors. */
function randomPlan(random: Random): WorldSpec["floorPlan"] {
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
function roomSomewhere(random: Random, plan: WorldSpec["floorPlan"], start: RoomName): RoomName {
  const choice = random.uniform();
  return random.pick(roomsWithin(plan, start, choice < 0.25 ? 0 : choice < 0.5 ? 1 : 9));
}

/** Two to four standing things per room. */
function distractors(random: Random): ThingSpec[] {
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

function toSpec(random: Random, frame: Frame): WorldSpec {
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
function partNames(random: Random, count: number): string[] {
  const names = new Set<string>();
  while (names.size < count) names.add(partName(random));
  return [...names];
}

const SEE_PART: OptionalGoal = { text: "see the part", condition: { type: "sees", thing: "part" } };
const NEW_ROOM: OptionalGoal = { text: "be in another room", condition: { type: "newRoom" } };
const NEVER: OptionalGoal = { text: "out of reach", condition: { type: "never" } };
const FOCUS_PART: OrderedGoal = {
  text: "focus on the part",
  condition: { type: "focused", on: { ids: ["part"] } },
  fails: "wrongFocus",
};
const PART_ON: OrderedGoal = { text: "the part is on", condition: { type: "focusLit" } };

/** A part to be wired to a source in the same room. Which way round it lights is a coin toss. */
function wiringWorld(random: Random): MissionWorld {
  const plan = randomPlan(random);
  const start = random.pick(ROOM_NAMES);
  const room = roomSomewhere(random, plan, start);
  const [target, ...others] = partNames(random, 1 + random.integer(5));
  const withBattery = random.chance(0.6);
  const sourceName = withBattery ? "battery" : random.pick(SOURCES.slice(1));
  const otherSources = withBattery ? random.sample(SOURCES.slice(1), random.integer(3)) : [];
  const wires = random
    .sample(COLOURS, 3)
    .map((colour) => thing(`wire ${colour}`, `${colour} wire`, room, { electric: { role: "wire", conducts: true } }));
  const decoys = random.chance(0.6)
    ? []
    : [part("decoy", `${random.pick(COLOURS)} ${random.pick(PARTS)}`, random.pick(ROOM_NAMES))];
  const things = [
    ...distractors(random),
    part("part", target!, room),
    ...others.map((name, i) => part(`other ${i}`, name, room)),
    source(sourceName, room, true),
    ...otherSources.map((name) => source(name, room, false)),
    thing("switch", "switch", room, { electric: { role: "switch" }, device: { on: false, works: true } }),
    ...wires,
    ...decoys.filter(({ name, at }) => name !== target && at !== room),
  ];
  const wireIds = wires.map(({ id }) => id);
  const spec = toSpec(random, {
    taskText: `power ${target!}`,
    start,
    plan,
    things,
    orderedGoals: [FOCUS_PART, PART_ON],
    optionalGoals: [
      NEW_ROOM,
      SEE_PART,
      { text: "wire the anode", condition: { type: "wired", thing: "part", terminal: "anode" } },
      { text: "wire the cathode", condition: { type: "wired", thing: "part", terminal: "cathode" } },
      { text: "join part and source", condition: { type: "wireJoins", part: "part", sources: [sourceName] } },
    ],
    rules: { crossedPolarity: random.chance(0.5) },
    teleport: random.chance(0.5),
    openDoors: random.chance(0.75),
    maxTurns: 20,
  });
  return { spec, mission: { family: "wiring", part: "part", source: sourceName, wires: wireIds } };
}

/** A part to be carried to a source that works. Most sources do not say whether they do. */
function carryWorld(random: Random): MissionWorld {
  const plan = randomPlan(random);
  const start = random.pick(ROOM_NAMES);
  const room = roomSomewhere(random, plan, start);
  const [workingSource, deadSource] = random.sample(SOURCES, 2) as [string, string];
  const workingRoom = roomSomewhere(random, plan, room);
  const deadRoom = random.pick(ROOM_NAMES.filter((name) => name !== workingRoom));
  const [target, decoy] = partNames(random, 2) as [string, string];
  const decoyRooms = random.sample(
    ROOM_NAMES.filter((name) => name !== room),
    random.chance(0.5) ? 1 : 1 + random.integer(6),
  );
  const things = [
    ...distractors(random),
    part("part", target, room),
    ...decoyRooms.map((at) => part(`decoy ${at}`, decoy, at)),
    source(workingSource, workingRoom, true),
    source(deadSource, deadRoom, false),
  ];
  const spec = toSpec(random, {
    taskText: `power ${target}`,
    start,
    plan,
    things,
    orderedGoals: [
      FOCUS_PART,
      { text: "connect it to a working source", condition: { type: "focusConnected", sources: [workingSource] } },
      PART_ON,
    ],
    optionalGoals: [
      SEE_PART,
      { text: "carry the part", condition: { type: "carries", thing: "part" } },
      { text: "see the source", condition: { type: "sees", thing: workingSource } },
      NEVER,
      NEVER,
    ],
    rules: { directConnection: true, crossedPolarity: random.chance(0.5), lightDelayTicks: 0 },
    teleport: false,
    openDoors: true,
    maxTurns: 14,
  });
  const sources = [workingSource, deadSource];
  return { spec, mission: { family: "carry", part: "part", sources, workingSource } };
}

const KIND_WORDS: Readonly<Record<FindMission["kind"], string>> = {
  living: "living thing",
  nonliving: "nonliving thing",
  plant: "plant",
  animal: "animal",
};

/** Animals, plants in pots and empty pots anywhere; a box in a room that the task names. */
function findWorld(random: Random): MissionWorld {
  const plan = randomPlan(random);
  const start = random.pick(ROOM_NAMES);
  const kind = random.pick(["living", "nonliving", "plant", "animal"] as const);
  const boxRoom = random.pick(ROOM_NAMES);
  const animalRoom = roomSomewhere(random, plan, start);
  const plantRoom = roomSomewhere(random, plan, start);
  const colour = random.pick(COLOURS);
  const things = [
    ...distractors(random),
    ...random.sample(wordsOf("animals"), 1 + random.integer(3)).map((species) => animal(random, species, animalRoom)),
    ...pots(random, plantRoom),
    thing("box", `${colour} box`, boxRoom, { movable: false, container: { lid: false, open: true } }),
  ];
  const spec = toSpec(random, {
    taskText: `find ${KIND_WORDS[kind]} to ${colour} box ${boxRoom}`,
    start,
    plan,
    things,
    orderedGoals: [
      { text: `focus on a ${KIND_WORDS[kind]}`, condition: { type: "focused", on: { kind } }, fails: "wrongFocus" },
      { text: "put it into the box", condition: { type: "focusIn", container: "box" } },
    ],
    optionalGoals: [
      { text: "carry it", condition: { type: "carriesFocus" } },
      { text: "be in a room with an open door", condition: { type: "openDoor" } },
      NEW_ROOM,
      { text: "be in the room of the box", condition: { type: "inRoom", room: boxRoom } },
    ],
    rules: {},
    teleport: random.chance(0.5),
    openDoors: random.chance(0.75),
    maxTurns: 20,
  });
  return { spec, mission: { family: "find", kind, box: "box", boxRoom } };
}

function animal(random: Random, species: string, room: RoomName): ThingSpec {
  const stage = random.pick(STAGES);
  const name = random.chance(0.5)
    ? species
    : stage === "egg" || stage === "hatchling"
      ? `${species} ${stage}`
      : `${stage} ${species}`;
  return thing(name, name, room, { living: { kind: "animal", species, stage } });
}

/** Flower pots with plants in some of them. */
function pots(random: Random, room: RoomName): ThingSpec[] {
  const numbers = random.sample(["1", "2", "3", "4", "5", "6", "7", "8", "9"], 2 + random.integer(3));
  const species = random.shuffled(["cherry", "lemon", "peach", "avocado", "pea", "orange", "apple", "banana"]);
  return numbers.flatMap((number, i) => {
    const pot = thing(`pot ${number}`, `pot ${number}`, room, { container: { lid: false, open: true } });
    if (i > 0 && random.chance(0.4)) return [pot];
    const name = `${species[i]!} ${random.chance(0.8) ? "tree" : "seedling"}`;
    return [pot, thing(name, name, pot.id, { living: { kind: "plant", species: species[i]!, stage: "adult" } })];
  });
}
