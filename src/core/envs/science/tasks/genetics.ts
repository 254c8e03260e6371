/**
 * @file Topic 10, Mendelian genetics: is a trait dominant or recessive? Two purebred seeds, one of each kind, tell it
 * when they are grown, crossed by bees, and their child is looked at (10-1, 10-2).
 */
import type { Random } from "../../../base/random.ts";
import { BEE, grownMatter, HIVE, peaKind, plantTemplate, plot } from "../garden.ts";
import { MIXING } from "../recipes.ts";
import { splitVariations, worldRandom, type TaskType, type WorldChoice } from "../task-type.ts";
import { answerBox } from "../things.ts";
import type { Gene, OptionalGoal, TraitSpec } from "../world.ts";
import { gardenGoals, gardenHouse, jarGoals, potGoals, seedJar, stageGoals } from "./growing.ts";
import { axis, taskWorld } from "./task-world.ts";

const ROOM = "greenhouse";
const MAX_TURNS = 60;
const POT_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const POT_COUNT = 6;
const POT_SET_COUNT = 5;
const PLANT_COUNTS = [1, 2, 3, 4, 5, 6];
const BOX_COLOURS = ["red", "green", "blue", "orange"];
const BOX_PAIRS = BOX_COLOURS.slice(1).map((recessive, i) => ({ dominant: BOX_COLOURS[i]!, recessive }));
const SIDES = ["dominant", "recessive"] as const;

/** What shows a trait. */
type Bearer = "seed" | "plant" | "leaf" | "flower";

function trait(bearer: Bearer, dominant: string, recessive: string): TraitSpec & { readonly bearer: Bearer } {
  if (bearer === "leaf") return { bearer, part: "plant", dominant: `${dominant} leaf`, recessive: `${recessive} leaf` };
  return { bearer, part: bearer, dominant, recessive };
}

type Trait = ReturnType<typeof trait>;

/** A plant whose traits are known to the world, and which of them are asked for. */
interface Breed {
  readonly species: string;
  readonly traits: readonly Trait[];
  readonly asked: readonly number[];
}

const HEIGHT = 0;
const SEED_SHAPE = 1;
const SEED_COLOUR = 2;

const PEA: Breed = {
  species: "pea",
  traits: [trait("plant", "tall", "short"), trait("seed", "round", "wrinkly"), trait("seed", "green", "orange")],
  // Seed shape twice, as in ScienceWorld.
  asked: [HEIGHT, SEED_SHAPE, SEED_COLOUR, SEED_SHAPE],
};

/** ScienceWorld's invented plants in its order; shapes of leaves and seeds without a word here have others. */
const UNKNOWN: readonly Breed[] = [
  {
    species: "unknown e",
    traits: [
      trait("seed", "blue", "brown"),
      trait("seed", "round", "wrinkly"), // square
      trait("leaf", "long", "slim"), // elliptical, linear
      trait("flower", "small", "large"),
    ],
    asked: [0, 1, 2, 3],
  },
  {
    species: "unknown b",
    traits: [
      trait("plant", "short", "tall"),
      trait("seed", "green", "yellow"),
      trait("flower", "large", "small"),
      trait("flower", "orange", "yellow"),
    ],
    asked: [0, 1, 2, 3],
  },
  {
    species: "unknown c",
    traits: [
      trait("plant", "short", "tall"),
      trait("leaf", "slim", "round"), // pointed
      trait("flower", "large", "small"),
      trait("flower", "orange", "yellow"),
    ],
    asked: [0, 1, 2, 3],
  },
  {
    species: "unknown d",
    traits: [
      trait("seed", "round", "long"), // spherical, ovate
      trait("leaf", "medium", "large"),
      trait("flower", "small", "medium"),
      trait("flower", "blue", "red"),
    ],
    asked: [0, 1, 2, 3],
  },
];

/** Genes of a seed: purebred in the trait asked for, anything in the others. */
function genesOf({ traits }: Breed, asked: number, isDominant: boolean, random: Random): Gene[] {
  return traits.map(({ part, dominant, recessive }, i) => ({
    part,
    dominant,
    recessive,
    alleles: i === asked ? [isDominant, isDominant] : [random.chance(0.5), random.chance(0.5)],
  }));
}

function optionalGoals(species: string, pots: readonly number[]): OptionalGoal[] {
  const goals = [...jarGoals(), ...gardenGoals(), ...potGoals(pots, species), ...stageGoals(species, PLANT_COUNTS)];
  const twoFlower = goals.findIndex(
    ({ condition }) =>
      condition.type === "seesMany" &&
      condition.least === 2 &&
      "stage" in condition.things &&
      condition.things.stage === "reproducing",
  );
  return [
    ...goals,
    {
      text: "have the hive open once two plants flower",
      condition: { type: "opened", container: HIVE },
      after: [twoFlower],
    },
    {
      text: "be where a bee is once two plants flower",
      condition: { type: "near", things: { matter: BEE } },
      after: [twoFlower],
    },
    {
      text: "see a grown seed once two plants flower",
      condition: { type: "seesAny", things: { matter: grownMatter(species) } },
      after: [twoFlower],
    },
  ];
}

/** Trait, side, pots and boxes, the trait outermost. */
interface Question {
  readonly breed: Breed;
  readonly asked: number;
}

function geneticsTask(name: string, id: string, description: string, breeds: readonly Breed[]): TaskType {
  const questions = breeds.flatMap((breed): Question[] => breed.asked.map((asked) => ({ breed, asked })));
  const inner = POT_SET_COUNT * BOX_PAIRS.length;
  const variationCount = questions.length * SIDES.length * inner;
  return {
    name,
    id,
    description,
    variationCount,
    splits: splitVariations(variationCount),
    maxTurns: MAX_TURNS,
    isElectric: false,
    build: (choice: WorldChoice) => {
      const { variation } = choice;
      const watersItself = choice.simplifications.selfWateringFlowerPots;
      const { breed, asked } = axis(questions, variation, SIDES.length * inner);
      const side = axis(SIDES, variation, inner);
      const potSet = Math.floor(variation / BOX_PAIRS.length) % POT_SET_COUNT;
      const boxes = axis(BOX_PAIRS, variation, 1);
      const { species, traits } = breed;
      const pots = worldRandom(name, { variation: 0, house: 0 }).fork(`pots ${potSet}`).sample(POT_NUMBERS, POT_COUNT);
      const random = worldRandom(name, choice).fork("seeds");
      const seeds = random
        .shuffled([true, false])
        .map((isDominant) => plantTemplate(peaKind(species), "seed", genesOf(breed, asked, isDominant, random)));
      const things = [
        answerBox(boxes.dominant, ROOM),
        answerBox(boxes.recessive, ROOM),
        ...seedJar(ROOM, seeds),
        ...pots.flatMap((number) => plot(number, ROOM, true, watersItself)),
        ...gardenHouse({ bees: true, water: !watersItself, soil: false }),
      ];
      const { bearer, [side]: value } = traits[asked]!;
      return {
        ...taskWorld(name, choice, { things, except: "all", maxTurns: MAX_TURNS }),
        mixing: MIXING,
        taskText: `test ${value}${bearer === "leaf" ? "" : ` ${bearer}`} of ${species} dominant to ${boxes.dominant} box recessive to ${boxes.recessive} box`,
        orderedGoals: [
          {
            text: `focus on the ${boxes[side]} box: ${value} is ${side}`,
            condition: { type: "focused", on: { ids: [`${boxes[side]} box`] } },
            fails: "wrongFocus",
          },
        ],
        optionalGoals: optionalGoals(species, pots),
      };
    },
  };
}

/** 10-1. */
export const knownPlantGenetics = geneticsTask(
  "mendelian-genetics-known-plant",
  "10-1",
  "Cross two pea plants to find out whether a trait is dominant or recessive, then focus on the box for that answer.",
  [PEA],
);
/** 10-2. */
export const unknownPlantGenetics = geneticsTask(
  "mendelian-genetics-unknown-plant",
  "10-2",
  "Cross two unknown plants to find out whether a trait is dominant or recessive, then focus on the box for that answer.",
  UNKNOWN,
);
