/** @file Topic 3, electricity: does a thing conduct? The answer is the box one puts it in (3-3, 3-4). */
import type { Random } from "../../../base/random.ts";
import { splitVariations, worldRandom, type TaskType, type WorldChoice } from "../task-type.ts";
import { answerBox, battery, part, testObject, thing, wire } from "../things.ts";
import type { OptionalGoal, OrderedGoal, RoomName, ThingSpec, WorldSpec } from "../world.ts";
import { axis, taskWorld } from "./task-world.ts";

const ROOM = "workshop";
const MAX_TURNS = 20;

/** Things in the real order, which is that of their real names, so that the test block holds things not met in training. */
const THINGS: readonly { readonly name: string; readonly conducts: boolean }[] = [
  { name: "foil", conducts: true },
  { name: "apricot", conducts: false },
  { name: "book", conducts: false },
  { name: "glass jar", conducts: false },
  { name: "metal fork", conducts: true },
  { name: "metal pot", conducts: true },
  { name: "clip", conducts: true },
  { name: "plastic fork", conducts: false },
  { name: "shovel", conducts: true },
  { name: "salt", conducts: false },
  { name: "water", conducts: false },
  { name: "wood block", conducts: false },
];
const CONTAINERS: ReadonlySet<string> = new Set(["glass jar", "metal pot"]);
const ROOMS: readonly RoomName[] = ["workshop", "kitchen", "living"];
const LETTERS = "b c d e f g h j k l m n o p q r s t u v w x y z".split(" ");
const BULBS = ["red bulb", "green bulb", "blue bulb"];
const OTHER_PARTS = ["motor", "buzzer"];
const PARTS = [...BULBS, ...OTHER_PARTS];
const BOX_COLOURS = ["red", "green", "blue", "orange", "yellow", "purple"];
const BOX_PAIRS = BOX_COLOURS.slice(1).map((colour, i) => ({ conductive: BOX_COLOURS[i]!, nonconductive: colour }));
const WIRE_COLOURS = ["red", "green", "blue", "orange", "yellow", "purple", "black", "white"];
const WIRE_COUNT = 3;

interface Question {
  readonly name: string;
  readonly room: RoomName;
  readonly conducts: boolean;
  readonly part: string;
  readonly boxes: (typeof BOX_PAIRS)[number];
}

/** The thing in question; a liquid is in a cup. */
function questionThings({ name, room, conducts }: Question): ThingSpec[] {
  if (name !== "water") return [testObject(name, room, conducts, CONTAINERS.has(name))];
  const cup = thing("glass cup", room, { id: "test cup", relevant: true, container: { lid: false, open: true } });
  return [cup, { ...testObject(name, cup.id, conducts, false), phase: "liquid" }];
}

/** The part of the variation and one other; one of them is a bulb. */
function partsOf(part: string, random: Random): string[] {
  return [part, random.pick(BULBS.includes(part) ? OTHER_PARTS : BULBS)];
}

function workshopThings({ boxes }: Question, parts: readonly string[], random: Random): ThingSpec[] {
  return random.shuffled([
    ...parts.map((name) => part(name, ROOM)),
    ...random.sample(WIRE_COLOURS, WIRE_COUNT).map((colour) => wire(colour, ROOM)),
    battery(ROOM),
    answerBox(boxes.conductive, ROOM),
    answerBox(boxes.nonconductive, ROOM),
  ]);
}

function orderedGoals({ name, conducts, boxes }: Question): OrderedGoal[] {
  const [right, wrong] = conducts ? [boxes.conductive, boxes.nonconductive] : [boxes.nonconductive, boxes.conductive];
  return [
    { text: `focus on the ${name}`, condition: { type: "focused", on: { ids: [name] } }, fails: "wrongFocus" },
    {
      text: `move it to the ${right} box`,
      condition: { type: "focusIn", container: `${right} box` },
      failsIf: { type: "focusIn", container: `${wrong} box` },
    },
  ];
}

function optionalGoals({ name }: Question, bulbs: readonly string[]): OptionalGoal[] {
  return [
    { text: "be in another room", condition: { type: "newRoom" } },
    { text: `see the ${name}`, condition: { type: "sees", thing: name } },
    { text: `wire the ${name}'s terminal 1`, condition: { type: "wired", thing: name, terminal: "1" } },
    { text: `wire the ${name}'s terminal 2`, condition: { type: "wired", thing: name, terminal: "2" } },
    {
      text: `one wire from the ${name} to the battery`,
      condition: { type: "wireJoins", part: name, sources: ["battery"] },
    },
    { text: `one wire from the ${name} to a bulb`, condition: { type: "wireJoins", part: name, sources: bulbs } },
    {
      text: "one wire from the battery to a bulb",
      condition: { type: "wireJoins", part: "battery", sources: bulbs },
    },
  ];
}

function conductivityWorld(task: string, choice: WorldChoice, question: Question, text: string): WorldSpec {
  const random = worldRandom(task, choice).fork(ROOM);
  const parts = partsOf(question.part, random.fork("parts"));
  const { conductive, nonconductive } = question.boxes;
  return {
    ...taskWorld(task, choice, {
      things: [...questionThings(question), ...workshopThings(question, parts, random)],
      except: [ROOM],
      maxTurns: MAX_TURNS,
    }),
    taskText: `test ${text} conductive to ${conductive} box nonconductive to ${nonconductive} box`,
    orderedGoals: orderedGoals(question),
    optionalGoals: optionalGoals(
      question,
      parts.filter((name) => BULBS.includes(name)),
    ),
  };
}

const KNOWN = "test-conductivity";
const KNOWN_COUNT = THINGS.length * ROOMS.length * PARTS.length * BOX_PAIRS.length;

/** 3-3: a thing everybody knows, in one of three rooms. */
export const testConductivity: TaskType = {
  name: KNOWN,
  id: "3-3",
  description: "Focus on a thing, find out whether it conducts electricity, and put it into the box for that answer.",
  variationCount: KNOWN_COUNT,
  splits: splitVariations(KNOWN_COUNT),
  maxTurns: MAX_TURNS,
  isElectric: true,
  build: (choice) => {
    const { variation } = choice;
    const inner = PARTS.length * BOX_PAIRS.length;
    const { name, conducts } = axis(THINGS, variation, ROOMS.length * inner);
    const room = axis(ROOMS, variation, inner);
    const question: Question = {
      name,
      room,
      conducts,
      part: axis(PARTS, variation, BOX_PAIRS.length),
      boxes: axis(BOX_PAIRS, variation, 1),
    };
    return conductivityWorld(KNOWN, choice, question, `${name} ${room}`);
  },
};

const UNKNOWN = "test-conductivity-of-unknown-substances";
const UNKNOWN_COUNT = LETTERS.length * PARTS.length * BOX_PAIRS.length;

/** Whether the substance of a letter conducts: the same in all variations and houses. */
function letterConducts(letter: string): boolean {
  return worldRandom(UNKNOWN, { variation: 0, house: 0 }).fork("conducts").fork(letter).chance(0.5);
}

/** 3-4: a substance that has only a letter. */
export const testUnknownConductivity: TaskType = {
  name: UNKNOWN,
  id: "3-4",
  description: "Focus on an unknown substance, find out whether it conducts, and put it into the box for that answer.",
  variationCount: UNKNOWN_COUNT,
  splits: splitVariations(UNKNOWN_COUNT),
  maxTurns: MAX_TURNS,
  isElectric: true,
  build: (choice) => {
    const { variation } = choice;
    const letter = axis(LETTERS, variation, PARTS.length * BOX_PAIRS.length);
    const question: Question = {
      name: `unknown ${letter}`,
      room: ROOM,
      conducts: letterConducts(letter),
      part: axis(PARTS, variation, BOX_PAIRS.length),
      boxes: axis(BOX_PAIRS, variation, 1),
    };
    return conductivityWorld(UNKNOWN, choice, question, question.name);
  },
};
