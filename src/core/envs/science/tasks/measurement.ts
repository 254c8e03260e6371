/** @file Topic 2, measurement: a temperature (2-1), and melting points (2-2, 2-3). */
import { household, place, vessel } from "../household.ts";
import { degreesView } from "../render.ts";
import { subsample } from "../subsample.ts";
import { solid, substance, unknownSubstance, type SubstanceName } from "../substances.ts";
import { splitVariations, worldRandom, type TaskType, type WorldChoice } from "../task-type.ts";
import { answerBox } from "../things.ts";
import {
  type Condition,
  type OptionalGoal,
  type OrderedGoal,
  type RoomName,
  type Selector,
  type ThingSpec,
  type ThingTemplate,
} from "../world.ts";
import { aloneGoal, heaterGoals, onHeaterGoals, seeGoal, warmedGoal } from "./heating-goals.ts";
import { laboratory } from "./task-world.ts";

const BOX_COLOURS = ["red", "green", "blue", "orange", "yellow", "purple"];
/** Neighbouring colours: the first for above, the second for below. */
const BOX_PAIR_COUNT = BOX_COLOURS.length - 1;
const THERMOMETER: Selector = { ids: ["thermometer"] };

/** The two boxes of an answer. */
interface Answer {
  readonly threshold: number;
  readonly above: string;
  readonly below: string;
  readonly room: RoomName;
}

function answerOf(threshold: number, pair: number, room: RoomName): Answer {
  return { threshold, above: `${BOX_COLOURS[pair]!} box`, below: `${BOX_COLOURS[pair + 1]!} box`, room };
}

function boxesOf(pair: number, room: RoomName): ThingSpec[] {
  return [answerBox(BOX_COLOURS[pair]!, room), answerBox(BOX_COLOURS[pair + 1]!, room)];
}

/** `above 1 0 degrees red box ; below green box in kitchen`. */
function answerText({ threshold, above, below, room }: Answer): string {
  return `above ${degreesView(threshold)} ${above} ; below ${below} in ${room}`;
}

function focusGoal(text: string, on: Selector): OrderedGoal {
  return { text: `focus on ${text}`, condition: { type: "focused", on }, fails: "wrongFocus" };
}

function useGoal(text: string, on: Selector, after?: number): OptionalGoal {
  const condition: Condition = { type: "did", verb: "use", objects: [THERMOMETER, on] };
  return { text: `use the thermometer on ${text}`, condition, ...(after !== undefined && { after: [after] }) };
}

const THERMOMETER_GOALS: readonly OptionalGoal[] = [
  seeGoal("the thermometer", THERMOMETER),
  { text: "carry the thermometer", condition: { type: "carriesAny", things: THERMOMETER } },
  { text: "be in another room", condition: { type: "newRoom" } },
];

function roomGoal(room: RoomName, after?: readonly number[]): OptionalGoal {
  return { text: `be in ${room}`, condition: { type: "inRoom", room }, ...(after && { after }) };
}

// 2-1. The axes in the real order: object, room, its temperature; then threshold; then box room, box colours.
const USE_THERMOMETER = "use-thermometer";
const USE_TURNS = 20;
const OBJECT_ROOMS: readonly RoomName[] = ["living", "bedroom", "bathroom"];
const THRESHOLDS = [-50, 0, 50, 100, 200];
/** Objects by name, and how many of them the real list has for each room and temperature. */
const OBJECTS: readonly { readonly template: ThingTemplate; readonly count: number }[] = [
  { template: solid("fork", { conductivity: 1 }), count: 1 },
  { template: substance("salt"), count: 1 },
  { template: unknownSubstance("b"), count: 20 },
  { template: solid("wire", { conductivity: 1 }), count: 1 },
  { template: solid("wood", { burnsAt: 350 }), count: 1 },
];
/** How far an object's temperature is from one of the thresholds. */
const LEAST_DIFFERENCE = 50;
const DIFFERENCES = 100;
const BOX_CHOICES = OBJECT_ROOMS.length * BOX_PAIR_COUNT;

interface Measurement {
  readonly template: ThingTemplate;
  readonly room: RoomName;
  /** The threshold that its temperature was drawn around. */
  readonly around: number;
  /** Position among the objects; objects of one kind have temperatures of their own. */
  readonly entry: number;
}

const MEASUREMENTS: readonly Measurement[] = OBJECTS.flatMap(({ template, count }, kind) =>
  OBJECT_ROOMS.flatMap((room) =>
    THRESHOLDS.flatMap((around) =>
      Array.from({ length: count }, (_, i) => ({ template, room, around, entry: kind * DIFFERENCES + i })),
    ),
  ),
);
const USE_SHARE = 0.02;
const USE_SAMPLE = subsample(MEASUREMENTS.length * THRESHOLDS.length * BOX_CHOICES, USE_SHARE);

function temperatureOf({ room, around, entry }: Measurement, choice: WorldChoice): number {
  const random = worldRandom(USE_THERMOMETER, { ...choice, variation: entry, house: 0 }).fork(`${room} ${around}`);
  const difference = LEAST_DIFFERENCE + random.integer(DIFFERENCES);
  return around + (random.chance(0.5) ? difference : -difference);
}

/** The focused thing lies in the box for its temperature (or in the other one). */
function inBox({ threshold, above, below }: Answer, isRight: boolean): Condition {
  const isAbove: Condition = { type: "focusAbove", temperature: threshold };
  const isBelow: Condition = { type: "not", condition: isAbove };
  return {
    type: "any",
    of: [
      { type: "all", of: [{ type: "focusIn", container: above }, isRight ? isAbove : isBelow] },
      { type: "all", of: [{ type: "focusIn", container: below }, isRight ? isBelow : isAbove] },
    ],
  };
}

/** Positions in the list of optional goals that others come after. */
const OBJECT_ROOM_GOAL = 3;
const BOX_ROOM_GOAL = 4;

/** 2-1: measure an object's temperature and put it in the box for it. */
export const useThermometer: TaskType = {
  name: USE_THERMOMETER,
  id: "2-1",
  description: "Focus on the thermometer, then on an object, measure it, and put it in the box for its temperature.",
  variationCount: USE_SAMPLE.length,
  splits: splitVariations(USE_SAMPLE.length),
  maxTurns: USE_TURNS,
  isElectric: false,
  build: (choice) => {
    const position = USE_SAMPLE[choice.variation]!;
    const box = position % BOX_CHOICES;
    const threshold = THRESHOLDS[Math.floor(position / BOX_CHOICES) % THRESHOLDS.length]!;
    const measurement = MEASUREMENTS[Math.floor(position / (BOX_CHOICES * THRESHOLDS.length))]!;
    const { template, room } = measurement;
    const boxRoom = OBJECT_ROOMS[Math.floor(box / BOX_PAIR_COUNT)]!;
    const answer = answerOf(threshold, box % BOX_PAIR_COUNT, boxRoom);
    const object = place(template, room, {
      id: "object",
      relevant: true,
      temperature: temperatureOf(measurement, choice),
    });
    const on: Selector = { ids: [object.id] };
    const name = template.name;
    return {
      ...laboratory(USE_THERMOMETER, choice, [
        ...household({ relevant: ["thermometer"] }),
        object,
        ...boxesOf(box % BOX_PAIR_COUNT, boxRoom),
      ]),
      taskText: `test temperature ${name} in ${room} ; ${answerText(answer)}`,
      orderedGoals: [
        focusGoal("the thermometer", THERMOMETER),
        focusGoal(`the ${name}`, on),
        { text: "move it to the right box", condition: inBox(answer, true), failsIf: inBox(answer, false) },
      ],
      optionalGoals: [
        ...THERMOMETER_GOALS,
        roomGoal(room),
        roomGoal(boxRoom, [OBJECT_ROOM_GOAL]),
        { text: `carry the ${name}`, condition: { type: "carriesAny", things: on } },
        useGoal(`the ${name}`, on),
        useGoal(`the ${name}, where the boxes are`, on, BOX_ROOM_GOAL),
      ],
      maxTurns: USE_TURNS,
    };
  },
};

// 2-2 and 2-3. The axes in the real order: substance; five equal entries of it; threshold; box colours.
const MELTING_THRESHOLDS = [-10, 10, 50, 150, 200];
const KITCHEN = "kitchen";
/** Entries that the real list of substances repeats, once for each threshold. */
const REPEATS = MELTING_THRESHOLDS.length;
const RELEVANT = ["stove", "cupboard", "pot", "thermometer"];

/** A substance to measure: what it is called, and where it lies. */
interface Sample {
  readonly name: string;
  readonly matter: string;
  readonly melts: number;
  readonly things: readonly ThingSpec[];
}

function inCup(template: ThingTemplate, at: string): ThingSpec[] {
  const cup = vessel("cup", at, "substance cup", 0.5);
  return [cup, place({ ...template, relevant: true }, cup.id)];
}

function knownSample(name: SubstanceName, things: readonly ThingSpec[]): Sample {
  return { name, matter: name, melts: substance(name).substance!.melts!, things };
}

const KNOWN: readonly Sample[] = [
  knownSample("chocolate", [place(substance("chocolate", { relevant: true }), "fridge")]),
  ...(["gallium", "lead", "mercury"] as const).map((name) => knownSample(name, inCup(substance(name), KITCHEN))),
  knownSample("orange juice", []),
  knownSample("tin", inCup(substance("tin"), KITCHEN)),
  knownSample("water", []),
];

/** ScienceWorld's melting points by letter. */
const MELTING_POINTS: Readonly<Record<string, number>> = {
  ...{ b: 75, c: 115, d: -30, e: -10, f: 275, g: 30, h: 225, j: -75, k: 520, l: 325, m: -25, n: 175 },
  ...{ o: 25, p: 75, q: 425, r: 30, s: 15, t: -2, u: 625, v: -220, w: 575, x: -175, y: 675, z: 775 },
};
/** What melts below comes in a cup. */
const CUP_BELOW = 15;

const UNKNOWN: readonly Sample[] = Object.entries(MELTING_POINTS).map(([letter, melts]) => {
  const template = unknownSubstance(letter, { relevant: true }, melts);
  const things = melts < CUP_BELOW ? inCup(template, KITCHEN) : [place(template, KITCHEN)];
  return { name: template.name, matter: template.name, melts, things };
});

function meltingGoals({ name, matter }: Sample): OptionalGoal[] {
  const things: Selector = { matter };
  const rooms: OptionalGoal[] = [roomGoal(KITCHEN), roomGoal(KITCHEN)];
  const roomsFound = rooms.map((_, i) => THERMOMETER_GOALS.length + i);
  const before = [
    ...THERMOMETER_GOALS,
    ...rooms,
    ...([KITCHEN, "outside", "foundry"] as const).map((room) => roomGoal(room, roomsFound)),
    { text: `carry the ${name}`, condition: { type: "carriesAny", things } } satisfies OptionalGoal,
    useGoal(name, things),
  ];
  // The last goal of the list is to warm it; the second use of the thermometer comes after.
  const firstHeaterGoal = before.length + 2;
  const heaters = heaterGoals(firstHeaterGoal);
  const places = onHeaterGoals(things);
  const warmedAt = firstHeaterGoal + heaters.length + places.length;
  return [
    ...before,
    useGoal(`${name} when it is warm`, things, warmedAt),
    aloneGoal([matter]),
    ...heaters,
    ...places,
    warmedGoal(things, 20),
  ];
}

interface MeltingTask {
  readonly name: string;
  readonly id: string;
  readonly samples: readonly Sample[];
  /** Entries of each sample in the real list, and the share of all combinations that are variations. */
  readonly repeats: number;
  readonly share: number;
  readonly description: string;
}

const MELTING_TURNS = 30;

function meltingTask({ name, id, samples, repeats, share, description }: MeltingTask): TaskType {
  const perEntry = MELTING_THRESHOLDS.length * BOX_PAIR_COUNT;
  const kept = subsample(samples.length * repeats * perEntry, share);
  return {
    name,
    id,
    description,
    variationCount: kept.length,
    splits: splitVariations(kept.length),
    maxTurns: MELTING_TURNS,
    isElectric: false,
    build: (choice) => {
      const position = kept[choice.variation]!;
      const sample = samples[Math.floor(position / (perEntry * repeats))]!;
      const pair = position % BOX_PAIR_COUNT;
      const threshold = MELTING_THRESHOLDS[Math.floor(position / BOX_PAIR_COUNT) % MELTING_THRESHOLDS.length]!;
      const answer = answerOf(threshold, pair, KITCHEN);
      const isAbove = sample.melts >= threshold;
      const focused = (box: string): Condition => ({ type: "focused", on: { ids: [box] } });
      return {
        ...laboratory(name, choice, [
          ...household({ relevant: RELEVANT }),
          ...sample.things,
          ...boxesOf(pair, KITCHEN),
        ]),
        taskText: `test melting point ${sample.name} in ${KITCHEN} ; ${answerText(answer)}`,
        orderedGoals: [
          focusGoal("the thermometer", THERMOMETER),
          focusGoal(sample.name, { matter: sample.matter }),
          {
            text: "focus on the right box",
            condition: focused(isAbove ? answer.above : answer.below),
            failsIf: focused(isAbove ? answer.below : answer.above),
          },
        ],
        optionalGoals: meltingGoals(sample),
        maxTurns: MELTING_TURNS,
      };
    },
  };
}

/** 2-2: find out whether a known substance melts above or below a temperature. */
export const knownMeltingPoint = meltingTask({
  name: "measure-melting-point-known-substance",
  id: "2-2",
  samples: KNOWN,
  repeats: REPEATS,
  share: 0.5,
  description: "Focus on the thermometer, then on a substance, find its melting point, and focus on the box for it.",
});

/** 2-3: the same with a substance that has only a letter. */
export const unknownMeltingPoint = meltingTask({
  name: "measure-melting-point-unknown-substance",
  id: "2-3",
  samples: UNKNOWN,
  repeats: REPEATS * MELTING_THRESHOLDS.length,
  share: 0.02,
  description:
    "Focus on the thermometer, then on an unknown substance, find its melting point, focus on the box for it.",
});
