/** @file Topic 5, growing: a plant from seed (5-1), and fruit, for which bees must visit two plants (5-2). */
import {
  BEE,
  beeHive,
  grownMatter,
  HIVE,
  plantTemplate,
  plot,
  SOIL_MATTER,
  treeKind,
  WATER_MATTER,
} from "../garden.ts";
import { household, place } from "../household.ts";
import { MIXING } from "../recipes.ts";
import { solid, SOIL } from "../substances.ts";
import { splitVariations, type TaskType, type WorldChoice } from "../task-type.ts";
import { thing } from "../things.ts";
import type { Condition, OptionalGoal, OrderedGoal, RoomName, ThingSpec, WorldSpec } from "../world.ts";
import { axis, taskWorld } from "./task-world.ts";

// The axes in the real order: species outermost, so that the test block holds species not met in training.
const SPECIES = ["apple", "avocado", "banana", "cherry", "lemon", "orange", "peach"];
const ROOMS: readonly RoomName[] = ["kitchen", "bathroom", "living", "bedroom", "workshop", "greenhouse"];
const SOILS = ["in pots", "loose", "in the ground"] as const;
const VARIATION_COUNT = SPECIES.length * ROOMS.length * SOILS.length;

const GARDEN = "greenhouse";
const POTS = [1, 2, 3];
const SEED_COUNT = 3;
const JAR = "seed jar";
const STAGES = ["seed", "seedling", "adult", "reproducing"];
/** Plants that can be seen in each stage: at least one, at least two. */
const PLANT_COUNTS = [1, 2];
const PLANT_TURNS = 30;
const FRUIT_TURNS = 60;

/** What a variation fixes. */
interface Seeds {
  readonly species: string;
  readonly room: RoomName;
  readonly soil: (typeof SOILS)[number];
}

function seedsOf(variation: number): Seeds {
  return {
    species: axis(SPECIES, variation, ROOMS.length * SOILS.length),
    room: axis(ROOMS, variation, SOILS.length),
    soil: axis(SOILS, variation, 1),
  };
}

/** A jar with seeds. */
export function seedJar(at: string, seeds: readonly Omit<ThingSpec, "at" | "id">[]): ThingSpec[] {
  const jar = thing(JAR, at, { relevant: true, container: { lid: false, open: true } });
  return [jar, ...seeds.map((seed, i) => ({ ...seed, id: `seed ${i + 1}`, at: jar.id }))];
}

/** What a garden is about, and what is always listed therefore. */
interface Needs {
  readonly bees: boolean;
  readonly water: boolean;
  readonly soil: boolean;
}

/** The house and the hive; fruits that were not grown here lie in the kitchen. */
export function gardenHouse({ bees, water, soil }: Needs): ThingSpec[] {
  const relevant = [
    ...(water ? ["greenhouse jug", "greenhouse sink"] : []),
    // The shovel is worth points even where nothing is to be dug.
    ...(soil ? ["shovel", "ground"] : []),
  ];
  const fruits = ["apple", "banana", "orange"].map((fruit) => place(solid(fruit, { edible: true }), "fruit bowl"));
  return [...beeHive(GARDEN, bees), ...household({ relevant }), ...fruits];
}

function garden({ species, room, soil }: Seeds, { simplifications }: WorldChoice, bees: boolean): ThingSpec[] {
  const water = !simplifications.selfWateringFlowerPots;
  const seeds = Array.from({ length: SEED_COUNT }, () => plantTemplate(treeKind(species)));
  return [
    ...seedJar(room, seeds),
    ...POTS.flatMap((number) => plot(number, GARDEN, soil === "in pots", !water)),
    ...(soil === "loose" ? POTS.map((number) => ({ ...SOIL, id: `soil ${number}`, at: GARDEN })) : []),
    ...gardenHouse({ bees, water, soil: true }),
  ];
}

/** Soil, water and a seed in each pot. */
export function potGoals(numbers: readonly number[], species: string): OptionalGoal[] {
  const contents = [
    ["soil", { matter: SOIL_MATTER }],
    ["water", { matter: WATER_MATTER }],
    ["a seed", { species, stage: "seed" }],
  ] as const;
  return contents.flatMap(([name, things]) =>
    numbers.map((number): OptionalGoal => {
      const pot = `pot ${number}`;
      const of: Condition[] = [
        { type: "sees", thing: pot },
        { type: "holds", container: pot, things },
      ];
      return { text: `see ${name} in ${pot}`, condition: { type: "all", of } };
    }),
  );
}

/** See the jar, carry it. */
export function jarGoals(): OptionalGoal[] {
  return [
    { text: "see the seed jar", condition: { type: "sees", thing: JAR } },
    { text: "carry the seed jar", condition: { type: "carries", thing: JAR } },
  ];
}

/** Position of carrying the jar in `jarGoals`. */
const CARRY_JAR = 1;

/** Go elsewhere, to the greenhouse, and there with the jar. */
export function gardenGoals(): OptionalGoal[] {
  const inGarden: Condition = { type: "inRoom", room: GARDEN };
  return [
    { text: "be in another room", condition: { type: "newRoom" } },
    { text: `be in the ${GARDEN}`, condition: inGarden },
    { text: `be in the ${GARDEN} after carrying the jar`, condition: inGarden, after: [CARRY_JAR] },
  ];
}

/** See so many plants in each stage. */
export function stageGoals(species: string, counts: readonly number[]): OptionalGoal[] {
  return counts.flatMap((least) =>
    STAGES.map((stage): OptionalGoal => ({
      text: `see ${least} or more ${species} ${stage}`,
      condition: { type: "seesMany", things: { species, stage }, least },
    })),
  );
}

function growingGoals(species: string): OptionalGoal[] {
  const soil = { matter: SOIL_MATTER };
  return [
    ...jarGoals(),
    { text: "carry the shovel", condition: { type: "carries", thing: "shovel" } },
    { text: "carry soil", condition: { type: "carriesAny", things: soil } },
    { text: "see soil", condition: { type: "seesAny", things: soil } },
    ...gardenGoals(),
    ...potGoals(POTS, species),
  ];
}

function fruitGoals(species: string): OptionalGoal[] {
  const goals = [...growingGoals(species), ...stageGoals(species, PLANT_COUNTS)];
  const twoFlower = goals.length - 1;
  return [
    ...goals,
    { text: "open the hive", condition: { type: "opened", container: HIVE } },
    {
      text: "be where a bee is once two plants flower",
      condition: { type: "near", things: { matter: BEE } },
      after: [twoFlower],
    },
    {
      text: `see a fruit, grown or not`,
      condition: {
        type: "any",
        of: [species, grownMatter(species)].map((matter) => ({ type: "seesAny", things: { matter } })),
      },
    },
  ];
}

function gardenWorld(
  name: string,
  choice: WorldChoice,
  maxTurns: number,
): Omit<WorldSpec, "taskText" | "orderedGoals" | "optionalGoals"> {
  const things = garden(seedsOf(choice.variation), choice, name === GROW_FRUIT);
  return { ...taskWorld(name, choice, { things, except: "all", maxTurns }), mixing: MIXING };
}

const GROW_PLANT = "grow-plant";
const GROW_FRUIT = "grow-fruit";

/** 5-1: a wrong focus takes nothing here. */
export const growPlant: TaskType = {
  name: GROW_PLANT,
  id: "5-1",
  description: "Focus on a seed, then make it grow into a plant that flowers.",
  variationCount: VARIATION_COUNT,
  splits: splitVariations(VARIATION_COUNT),
  maxTurns: PLANT_TURNS,
  isElectric: false,
  build: (choice) => {
    const { species, room } = seedsOf(choice.variation);
    return {
      ...gardenWorld(GROW_PLANT, choice, PLANT_TURNS),
      taskText: `grow ${species} tree from seed ${room}`,
      orderedGoals: STAGES.map((stage): OrderedGoal => ({
        text: `have the ${species} in focus as ${stage}`,
        condition: { type: "focusStage", species, stage },
      })),
      optionalGoals: growingGoals(species),
    };
  },
};

/** 5-2: only a grown fruit counts. */
export const growFruit: TaskType = {
  name: GROW_FRUIT,
  id: "5-2",
  description: "Grow two trees, let the bees pollinate them, then focus on the grown fruit.",
  variationCount: VARIATION_COUNT,
  splits: splitVariations(VARIATION_COUNT),
  maxTurns: FRUIT_TURNS,
  isElectric: false,
  build: (choice) => {
    const { species, room } = seedsOf(choice.variation);
    return {
      ...gardenWorld(GROW_FRUIT, choice, FRUIT_TURNS),
      taskText: `grow ${species} fruit from seed ${room}`,
      orderedGoals: [
        {
          text: `focus on a grown ${species}`,
          condition: { type: "focused", on: { matter: grownMatter(species) } },
          fails: "wrongFocus",
        },
      ],
      optionalGoals: fruitGoals(species),
    };
  },
};
