/** @file Topic 8, life stages: focus on all stages of a life in turn, of an animal that grows (8-1) or of plants (8-2). */
import { plantTemplate, plot, treeKind } from "../garden.ts";
import { animalCourse, type Species } from "../life-stages.ts";
import { shuffledAsThere } from "../subsample.ts";
import { splitVariations, worldRandom, type TaskType } from "../task-type.ts";
import { livingThing } from "../things.ts";
import type { LifeStage, OptionalGoal, OrderedGoal, ThingSpec } from "../world.ts";
import { goalsOfGoing, taskWorld } from "./task-world.ts";

const ROOM = "outside";
const ANIMAL_TURNS = 30;
const PLANT_TURNS = 20;
/** How often ScienceWorld looks at its goals until the three goals of staying pass. */
const STAYS = [10, 20, 30];

const ANIMALS = "identify-life-stages-1";
const PLANTS = "identify-life-stages-2";

const SPECIES: readonly Species[] = [
  "butterfly",
  "moth",
  "frog",
  "toad",
  "tortoise",
  "turtle",
  "crocodile",
  "parrot",
  "dove",
  "jay",
  "elephant",
  "bear",
  "beaver",
  "wolf",
];
/** Seed of ScienceWorld's shuffle, which keeps families from being in one block alone. */
const SHUFFLE_SEED = 1;
const ORDER = shuffledAsThere(SPECIES, SHUFFLE_SEED);
const DISTRACTOR_COUNT = 5;

const TREES = [
  "apple",
  "apricot",
  "avocado",
  "banana",
  "cherry",
  "grapefruit",
  "lemon",
  "orange",
  "peach",
  "pear",
] as const;
/** Seeds of ScienceWorld's shuffles of the animals, for the animal beside each tree. */
const DISTRACTOR_SEEDS = [0, 6, 1, 2, 3, 6, 4, 5, 6, 6];
const POT_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function animalIn(species: Species, course: readonly LifeStage[], { stage, name }: LifeStage): ThingSpec {
  return { ...livingThing(name, ROOM, { kind: "animal", species, stage, course }), id: `${species} ${stage}` };
}

function youngAnimal(species: Species): ThingSpec {
  const course = animalCourse(species);
  return animalIn(species, course, course[0]!);
}

/** Focus on a living thing of the species in each stage, except death. */
function stageGoals(species: string, course: readonly LifeStage[]): OrderedGoal[] {
  return course.slice(0, -1).map(({ stage, name }) => ({
    text: `focus on the ${name}`,
    condition: { type: "focused", on: { species, stage } },
    fails: "wrongFocus",
    clearsFocus: true,
  }));
}

function stayGoals(): OptionalGoal[] {
  return STAYS.map((looks) => ({
    text: `stay ${ROOM}, ${looks}`,
    condition: { type: "stayed", room: ROOM, looks },
  }));
}

/** 8-1: one animal, which grows while one waits; a stage that is over does not come again. */
export const identifyAnimalStages: TaskType = {
  name: ANIMALS,
  id: "8-1",
  description: "Focus on each life stage of an animal as it grows, the earliest first.",
  variationCount: ORDER.length,
  splits: splitVariations(ORDER.length),
  maxTurns: ANIMAL_TURNS,
  isElectric: false,
  build: (choice) => {
    const species = ORDER[choice.variation]!;
    const random = worldRandom(ANIMALS, choice).fork("animals");
    // The others come from a shuffle whose seed is the species' position.
    const others = shuffledAsThere(SPECIES, SPECIES.indexOf(species)).filter((other) => other !== species);
    const goals = stageGoals(species, animalCourse(species));
    return {
      ...taskWorld(ANIMALS, choice, {
        things: random.shuffled([species, ...others.slice(0, DISTRACTOR_COUNT)].map(youngAnimal)),
        maxTurns: ANIMAL_TURNS,
      }),
      taskText: `focus on ${goals.length} life stage of ${species}`,
      orderedGoals: goals,
      optionalGoals: [...goalsOfGoing(ROOM), ...stayGoals()],
    };
  },
};

/** 8-2: a plant in every stage, each in a self-watering pot, and an animal in every stage beside them. */
export const identifyPlantStages: TaskType = {
  name: PLANTS,
  id: "8-2",
  description: "Focus on each life stage of a plant, the earliest first.",
  variationCount: TREES.length,
  splits: splitVariations(TREES.length),
  maxTurns: PLANT_TURNS,
  isElectric: false,
  build: (choice) => {
    const species = TREES[choice.variation]!;
    const kind = treeKind(species);
    const random = worldRandom(PLANTS, choice).fork("plants");
    const numbers = random.sample(POT_NUMBERS, POT_NUMBERS.length);
    const course = plantTemplate(kind).living?.course ?? [];
    const plants = course.map(({ stage }, i) => ({
      ...plantTemplate(kind, stage),
      id: `${species} ${stage}`,
      at: `pot ${numbers[i]!}`,
    }));
    const pots = course.flatMap((_, i) => plot(numbers[i]!, ROOM, true, true));
    const distractor = shuffledAsThere(SPECIES, DISTRACTOR_SEEDS[choice.variation]!)[0]!;
    const stages = animalCourse(distractor);
    return {
      ...taskWorld(PLANTS, choice, {
        things: [
          ...random.shuffled(pots),
          ...plants,
          ...stages.map((stage) => ({ ...animalIn(distractor, stages, stage), relevant: false })),
        ],
        maxTurns: PLANT_TURNS,
      }),
      taskText: `focus on life stage of ${species} tree ${ROOM}`,
      orderedGoals: stageGoals(species, course),
      optionalGoals: [...goalsOfGoing(ROOM, false), ...stayGoals()],
    };
  },
};
