/** @file Topic 9, forces: which of two inclined planes is steeper, or has more friction? (9-1 … 9-3) */
import { shuffledAsThere } from "../subsample.ts";
import { splitVariations, worldRandom, type TaskType } from "../task-type.ts";
import { inclinedPlane, stopwatch, thing } from "../things.ts";
import type { OptionalGoal } from "../world.ts";
import { goalsOfGoing, taskWorld } from "./task-world.ts";

const ROOM = "workshop";
const MAX_TURNS = 20;
const BLOCKS = ["wood block", "steel block", "brick"];
const ANGLE = 45;
/** Friction where the question is the angle. */
const PLAIN_FRICTION = 0.5;
/** Two planes of a variation differ by more than this. */
const LEAST_ANGLES_APART = 5;
const LEAST_FRICTIONS_APART = 0.05;

interface Plane {
  readonly name: string;
  readonly angle: number;
  readonly friction: number;
}

const ANGLES = { b: 70, c: 80, d: 20, e: 10, f: 60, g: 40, h: 30, j: 50 };
const UNKNOWN_FRICTIONS = { b: 0.7, c: 0.4, d: 0.6, e: 0.2, f: 0.8, g: 0.3, h: 0.9, j: 0.9 };

/** Real coefficients. Where the vocabulary has no word for a surface it has another name; the real one stands behind. */
const SURFACE_FRICTIONS = {
  foil: 0.45, // aluminum
  metal: 0.5, // brass
  leather: 0.4, // bronze
  caesium: 0.5,
  gold: 0.6, // copper
  iron: 0.7,
  lead: 0.43,
  foam: 0.8, // platinum
  steel: 0.6,
  tin: 0.3,
  ice: 0, // titanium
  rust: 0.62, // zinc
  glass: 0.2,
  plastic: 0.1,
  candle: 0.65, // ceramic
  wood: 0.2,
  paper: 0.2,
  sandpaper: 0.98,
  cloth: 0.3,
  rubber: 0.95,
  chocolate: 0.32,
  "soap water": 0.06,
  "green paint": 0.3,
};

/** One of the questions about two planes. */
interface Question {
  readonly name: string;
  readonly id: string;
  readonly description: string;
  readonly planes: readonly Plane[];
  readonly measure: (plane: Plane) => number;
  /** Two planes of a variation differ by more. */
  readonly apart: number;
  /** Words for the greater and the smaller, in even and in odd variations. */
  readonly asks: readonly [{ words: string; greatest: boolean }, { words: string; greatest: boolean }];
}

interface Trial {
  readonly first: Plane;
  readonly second: Plane;
  readonly block: string;
}

/** All ordered pairs that differ enough, the first plane outermost, the block innermost. */
function trialsOf({ planes, measure, apart }: Question): Trial[] {
  return planes.flatMap((first) =>
    planes
      .filter((second) => Math.abs(measure(first) - measure(second)) > apart)
      .flatMap((second) => BLOCKS.map((block) => ({ first, second, block }))),
  );
}

/** Put the block on a plane, time it, read the time: each only after the one before. */
function experimentGoals(plane: string, block: string, position: number): OptionalGoal[] {
  const watch = "stopwatch";
  return [
    {
      text: `move the ${block} to the ${plane}`,
      condition: { type: "holds", container: plane, things: { ids: [block] } },
    },
    { text: `start the ${watch}`, condition: { type: "switchedOn", thing: watch }, after: [position] },
    {
      text: `stop the ${watch}`,
      condition: { type: "not", condition: { type: "switchedOn", thing: watch } },
      after: [position + 1],
    },
    {
      text: `read the ${watch}`,
      condition: { type: "did", verb: "look at", objects: [{ ids: [watch] }] },
      after: [position + 2],
    },
  ];
}

function planeTask(question: Question): TaskType {
  const { name, id, description, measure, asks } = question;
  const trials = trialsOf(question);
  return {
    name,
    id,
    description,
    variationCount: trials.length,
    splits: splitVariations(trials.length),
    maxTurns: MAX_TURNS,
    isElectric: false,
    build: (choice) => {
      const { first, second, block } = trials[choice.variation]!;
      const { words, greatest } = asks[choice.variation % 2]!;
      const target = measure(first) > measure(second) === greatest ? first : second;
      const random = worldRandom(name, choice);
      const [told, toldLast] = random.fork("told").shuffled([first, second]) as [Plane, Plane];
      const going = goalsOfGoing(ROOM);
      const firstGoals = experimentGoals(first.name, block, going.length);
      return {
        ...taskWorld(name, choice, {
          things: [
            inclinedPlane(first, ROOM),
            inclinedPlane(second, ROOM),
            thing(block, ROOM, { relevant: true }),
            stopwatch(ROOM),
          ],
          maxTurns: MAX_TURNS,
        }),
        taskText: `find ${words} ${told.name} or ${toldLast.name} ${ROOM}`,
        orderedGoals: [
          {
            text: `focus on the ${target.name}`,
            condition: { type: "focused", on: { ids: [target.name] } },
            fails: "wrongFocus",
          },
        ],
        optionalGoals: [
          ...going,
          ...firstGoals,
          ...experimentGoals(second.name, block, going.length + firstGoals.length),
        ],
      };
    },
  };
}

const MOST_OR_LEAST_FRICTION = [
  { words: "most friction", greatest: true },
  { words: "least friction", greatest: false },
] as const;

/** 9-1. */
export const determineAngle = planeTask({
  name: "inclined-plane-determine-angle",
  id: "9-1",
  description: "Let a block slide down two inclined planes, then focus on the steepest or shallowest one.",
  planes: Object.entries(ANGLES).map(([letter, angle]) => ({
    name: `plane ${letter}`,
    angle,
    friction: PLAIN_FRICTION,
  })),
  measure: ({ angle }) => angle,
  apart: LEAST_ANGLES_APART,
  asks: [
    { words: "most shallow", greatest: false },
    { words: "most steep", greatest: true },
  ],
});

/** Seeds of ScienceWorld's shuffles of the surfaces. */
const NAMED_SEED = 3;
const UNNAMED_SEED = 4;

/** 9-2. */
export const namedFriction = planeTask({
  name: "inclined-plane-friction-named-surfaces",
  id: "9-2",
  description: "Let a block slide down planes of two materials, then focus on the one with the most or least friction.",
  planes: shuffledAsThere(
    Object.entries(SURFACE_FRICTIONS).map(([surface, friction]) => ({
      name: `${surface} plane`,
      angle: ANGLE,
      friction,
    })),
    NAMED_SEED,
  ),
  measure: ({ friction }) => friction,
  apart: LEAST_FRICTIONS_APART,
  asks: MOST_OR_LEAST_FRICTION,
});

/** 9-3. */
export const unnamedFriction = planeTask({
  name: "inclined-plane-friction-unnamed-surfaces",
  id: "9-3",
  description:
    "Let a block slide down planes of two unknown materials, then focus on the one with the most or least friction.",
  planes: shuffledAsThere(
    Object.entries(UNKNOWN_FRICTIONS).map(([letter, friction]) => ({
      name: `unknown plane ${letter}`,
      angle: ANGLE,
      friction,
    })),
    UNNAMED_SEED,
  ),
  measure: ({ friction }) => friction,
  apart: LEAST_FRICTIONS_APART,
  asks: MOST_OR_LEAST_FRICTION,
});
