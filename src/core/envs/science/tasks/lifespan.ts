/** @file Topic 7, life spans: which animal lives longest, which shortest? Nothing in the world tells (7-1 … 7-3). */
import { animalCourse, type Species } from "../life-stages.ts";
import { shuffledAsThere } from "../subsample.ts";
import { splitVariations, worldRandom, type TaskType, type WorldChoice } from "../task-type.ts";
import { livingThing } from "../things.ts";
import type { OrderedGoal, ThingSpec } from "../world.ts";
import { goalsOfGoing, taskWorld } from "./task-world.ts";

const ROOM = "outside";
const MAX_TURNS = 20;

const LONG: readonly Species[] = ["tortoise", "parrot", "elephant", "crocodile", "bear"];
const MEDIUM: readonly Species[] = ["beaver", "wolf", "chipmunk", "toad", "rabbit"];
const SHORT: readonly Species[] = ["hedgehog", "mouse", "chameleon", "dragonfly", "ant"];

/** Seed of ScienceWorld's shuffle. */
const SHUFFLE_SEED = 0;
/** One animal of each group, in the real order. */
const TRIOS = shuffledAsThere(
  LONG.flatMap((long) => MEDIUM.flatMap((medium) => SHORT.map((short) => [long, medium, short] as const))),
  SHUFFLE_SEED,
);

function animal(species: Species): ThingSpec {
  const course = animalCourse(species);
  const { name, stage } = course[0]!;
  return { ...livingThing(name, ROOM, { kind: "animal", species, stage, course }), id: species };
}

function focusGoal(species: Species, span: string): OrderedGoal {
  return {
    text: `focus on the ${species}, which has the ${span} life span`,
    condition: { type: "focused", on: { ids: [species] } },
    fails: "wrongFocus",
    clearsFocus: true,
  };
}

type Span = "longest" | "shortest";

function lifespanTask(name: string, id: string, spans: readonly Span[]): TaskType {
  return {
    name,
    id,
    description: `Focus on the animal with the ${spans.join(", then on the one with the ")} life span.`,
    variationCount: TRIOS.length,
    splits: splitVariations(TRIOS.length),
    maxTurns: MAX_TURNS,
    isElectric: false,
    build: (choice: WorldChoice) => {
      const trio = TRIOS[choice.variation]!;
      const [longest, , shortest] = trio;
      const random = worldRandom(name, choice).fork("animals");
      return {
        ...taskWorld(name, choice, { things: random.shuffled(trio.map(animal)), maxTurns: MAX_TURNS }),
        taskText: `find ${spans.join(" then ")} life span animal ${ROOM}`,
        orderedGoals: spans.map((span) => focusGoal(span === "longest" ? longest : shortest, span)),
        optionalGoals: goalsOfGoing(ROOM),
      };
    },
  };
}

/** 7-1. */
export const longestLived = lifespanTask("lifespan-longest-lived", "7-1", ["longest"]);
/** 7-2. */
export const shortestLived = lifespanTask("lifespan-shortest-lived", "7-2", ["shortest"]);
/** 7-3: focusing on the same animal twice fails. */
export const longestThenShortestLived = lifespanTask("lifespan-longest-lived-then-shortest-lived", "7-3", [
  "longest",
  "shortest",
]);
