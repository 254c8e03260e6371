/**
 * @file Random worlds for the corpus. Everything that is a fact of the worlds trained in later is drawn at random
 * here: floor plan, where things are, which way round wires light a part, which sources work. What stays is grammar.
 */
import {
  ROOM_NAMES,
  type ElectricSpec,
  type OptionalGoal,
  type RoomName,
  type ThingSpec,
} from "../core/envs/science/world.ts";
import type { Random } from "../core/base/random.ts";
import { wordsOf } from "../core/text/vocabulary.ts";
import type { FindMission, MissionWorld } from "./mission.ts";
import {
  COLOURS,
  distractors,
  FOCUS_PART,
  NEVER,
  NEW_ROOM,
  part,
  PART_ON,
  partNames,
  PARTS,
  randomPlan,
  roomSomewhere,
  SEE_PART,
  source,
  SOURCES,
  thing,
  toSpec,
} from "./world-parts.ts";

const STAGES = ["egg", "baby", "adult", "juvenile", "hatchling"];

/** Share of each family among the worlds; part of the base policy's card. */
export interface CorpusMix {
  readonly wiring: number;
  readonly carry: number;
  readonly find: number;
  /** Wiring with a source of a named kind, which may deliver only somewhere else or only when activated. */
  readonly haul: number;
}

/** A random world of a random family. */
export function randomMissionWorld(random: Random, mix: CorpusMix): MissionWorld {
  const choice = random.uniform() * (mix.wiring + mix.carry + mix.find + mix.haul);
  if (choice < mix.wiring) return wiringWorld(random);
  if (choice < mix.wiring + mix.carry) return carryWorld(random);
  return choice < mix.wiring + mix.carry + mix.find ? findWorld(random) : haulWorld(random);
}

/** A part to be wired to a source in the same room. Which way round it lights is a coin toss. */
function wiringWorld(random: Random): MissionWorld {
  const withBattery = random.chance(0.6);
  const sourceName = withBattery ? "battery" : random.pick(SOURCES.slice(1));
  const otherSources = withBattery ? random.sample(SOURCES.slice(1), random.integer(3)) : [];
  const bench = workbench(random, [
    source(sourceName, "", true),
    ...otherSources.map((name) => source(name, "", false)),
  ]);
  const spec = toSpec(random, {
    ...bench.frame,
    taskText: `power ${bench.target}`,
    orderedGoals: [FOCUS_PART, PART_ON],
    optionalGoals: wiringGoals(sourceName),
    maxTurns: 20,
  });
  return { spec, mission: { family: "wiring", part: "part", source: sourceName, wires: bench.wires } };
}

const KINDS = { renewable: ["solar", "wind"], nonrenewable: ["gas", "nuclear"] } as const;

/**
 * The same with a source of a named kind. Whether it delivers anywhere, only in one room (whichever, not where it
 * stands) or only when activated is drawn for each world; a battery stands by that would power the part too, wrongly.
 */
function haulWorld(random: Random): MissionWorld {
  const kind = random.pick(["renewable", "nonrenewable"] as const);
  const name = random.pick(KINDS[kind]);
  const other = random.pick(KINDS[kind === "renewable" ? "nonrenewable" : "renewable"]);
  const hasButton = random.chance(0.45);
  const activation = hasButton && random.chance(0.7);
  const needsPlace = random.chance(activation ? 0.15 : 0.7);
  const bench = workbench(random, [
    source("battery", "", true),
    hasButton ? { ...source(name, "", true), device: { on: false, works: true } } : source(name, "", true),
    source(other, "", false),
  ]);
  const site = needsPlace ? random.pick(ROOM_NAMES.filter((room) => room !== bench.room)) : null;
  const electric: ElectricSpec = {
    role: "source",
    needs: site === null ? (activation ? "activation" : "nothing") : { room: site },
    works: true,
  };
  const things = bench.frame.things.map((spec) => (spec.id === name ? { ...spec, electric } : spec));
  const spec = toSpec(random, {
    ...bench.frame,
    things,
    taskText: `power ${bench.target} use ${kind}`,
    orderedGoals: [
      FOCUS_PART,
      PART_ON,
      { text: `from the ${name}`, condition: { type: "focusConnected", sources: [name] }, fails: "unmet" },
    ],
    optionalGoals: wiringGoals(name),
    maxTurns: 24,
  });
  const needsActivation = activation && site === null;
  return {
    spec,
    mission: { family: "haul", part: "part", source: name, wires: bench.wires, site, needsActivation },
  };
}

function wiringGoals(sourceName: string): OptionalGoal[] {
  return [
    NEW_ROOM,
    SEE_PART,
    { text: "wire the anode", condition: { type: "wired", thing: "part", terminal: "anode" } },
    { text: "wire the cathode", condition: { type: "wired", thing: "part", terminal: "cathode" } },
    { text: "join part and source", condition: { type: "wireJoins", part: "part", sources: [sourceName] } },
  ];
}

/** A house with a room in which parts, wires, a switch and the given sources lie. */
function workbench(random: Random, sources: readonly ThingSpec[]) {
  const plan = randomPlan(random);
  const start = random.pick(ROOM_NAMES);
  const room = roomSomewhere(random, plan, start);
  const [target, ...others] = partNames(random, 1 + random.integer(5));
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
    ...sources.map((spec) => ({ ...spec, at: room })),
    thing("switch", "switch", room, { electric: { role: "switch" }, device: { on: false, works: true } }),
    ...wires,
    ...decoys.filter(({ name, at }) => name !== target && at !== room),
  ];
  const frame = {
    start,
    plan,
    things,
    rules: { crossedPolarity: random.chance(0.5) },
    teleport: random.chance(0.5),
    openDoors: random.chance(0.75),
  };
  return { frame, room, target: target!, wires: wires.map(({ id }) => id) };
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
