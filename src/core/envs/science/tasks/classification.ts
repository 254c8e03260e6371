/** @file Topic 4, classification: find a thing of a kind and bring it to the answer box (4-1 … 4-4). */
import type { Random } from "../../../base/random.ts";
import { floorPlanOfHouse } from "../floor-plan.ts";
import { furnish } from "../furnishings.ts";
import { MAX_MOVES, REAL_RULES, splitVariations, worldRandom, type TaskType, type WorldChoice } from "../task-type.ts";
import { answerBox, flowerPot, livingThing, standardThings } from "../things.ts";
import { ROOM_NAMES, type OptionalGoal, type OrderedGoal, type RoomName, type ThingSpec } from "../world.ts";

type Kind = "living" | "nonliving" | "plant" | "animal";

// The axes in the real order: the set of living things is outermost, the box's colour innermost.
const SET_COUNT = 10;
const BOX_ROOMS: readonly RoomName[] = ["kitchen", "bathroom", "living", "bedroom", "workshop"];
const BOX_COLOURS = ["red", "green", "blue", "orange", "yellow", "purple"];
const VARIATION_COUNT = SET_COUNT * BOX_ROOMS.length * BOX_COLOURS.length;
const MAX_TURNS = 20;

/** First life stage of each animal, as it is when the world begins. */
const ANIMAL_STAGES = {
  egg: ["butterfly", "moth", "frog", "toad", "tortoise", "turtle", "crocodile", "parrot", "dove", "jay"],
  baby: ["elephant", "bear", "beaver", "wolf"],
} as const;
const ANIMALS = [
  ...ANIMAL_STAGES.egg.map((species) => ({ species, stage: "egg", name: `${species} egg` })),
  ...ANIMAL_STAGES.baby.map((species) => ({ species, stage: "baby", name: `baby ${species}` })),
];
const PLANTS = [
  "apple tree",
  "avocado tree",
  "banana tree",
  "cherry tree",
  "lemon tree",
  "orange tree",
  "peach tree",
  "pea plant",
];
const ANIMAL_COUNT = 3;
const PLANT_COUNT = 3;
const POT_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const EMPTY_POT_COUNT = 2;

/** The animals and plants of a set; sets do not depend on the house. */
function livingThings(random: Random): ThingSpec[] {
  const animals = random
    .sample(ANIMALS, ANIMAL_COUNT)
    .map(({ name, species, stage }) => livingThing(name, "outside", { kind: "animal", species, stage }));
  const numbers = random.sample(POT_NUMBERS, PLANT_COUNT + EMPTY_POT_COUNT);
  const plants = random.sample(PLANTS, PLANT_COUNT).flatMap((name, i) => {
    const pot = flowerPot(numbers[i]!, "greenhouse", true);
    return [pot, livingThing(name, pot.id, { kind: "plant", species: name.split(" ")[0]!, stage: "adult" })];
  });
  // Empty pots are listed while there is space.
  const emptyPots = numbers.slice(PLANT_COUNT).map((number) => flowerPot(number, "greenhouse", false));
  return [...animals, ...plants, ...emptyPots];
}

function orderedGoals(kind: Kind, box: string): OrderedGoal[] {
  return [
    { text: `focus on a ${KIND_NAMES[kind]}`, condition: { type: "focused", on: { kind } }, fails: "wrongFocus" },
    { text: `move it to the ${box}`, condition: { type: "focusIn", container: box } },
  ];
}

function optionalGoals(room: RoomName): OptionalGoal[] {
  return [
    { text: "carry it", condition: { type: "carriesFocus" } },
    { text: "be in a room with an open door", condition: { type: "openDoor" } },
    { text: "be in another room", condition: { type: "newRoom" } },
    { text: `be in the box's room`, condition: { type: "inRoom", room } },
  ];
}

const KIND_NAMES: Record<Kind, string> = {
  living: "living thing",
  nonliving: "nonliving thing",
  plant: "plant",
  animal: "animal",
};

function findTask(name: string, id: string, kind: Kind): TaskType {
  return {
    name,
    id,
    description: `Focus on a ${KIND_NAMES[kind]}, then move it to the coloured box.`,
    variationCount: VARIATION_COUNT,
    splits: splitVariations(VARIATION_COUNT),
    maxTurns: MAX_TURNS,
    isElectric: false,
    build: (choice: WorldChoice) => {
      const { variation } = choice;
      const random = worldRandom(name, choice);
      const colour = BOX_COLOURS[variation % BOX_COLOURS.length]!;
      const room = BOX_ROOMS[Math.floor(variation / BOX_COLOURS.length) % BOX_ROOMS.length]!;
      const set = Math.floor(variation / (BOX_COLOURS.length * BOX_ROOMS.length));
      const box = answerBox(colour, room);
      return {
        taskText: `find ${KIND_NAMES[kind]} to ${box.name} ${room}`,
        floorPlan: floorPlanOfHouse(choice.house),
        startRoom: random.fork("start").pick(ROOM_NAMES),
        things: [
          ...standardThings(),
          ...livingThings(worldRandom(name, { ...choice, variation: set, house: 0 }).fork("living")),
          box,
          ...furnish(random.fork("furniture")),
        ],
        orderedGoals: orderedGoals(kind, box.id),
        optionalGoals: optionalGoals(room),
        rules: REAL_RULES,
        simplifications: choice.simplifications,
        maxTurns: MAX_TURNS,
        maxMoves: MAX_MOVES,
      };
    },
  };
}

/** 4-1: an animal or a plant. */
export const findLivingThing = findTask("find-living-thing", "4-1", "living");
/** 4-2: anything movable that is not alive. */
export const findNonLivingThing = findTask("find-non-living-thing", "4-2", "nonliving");
/** 4-3: a plant; one carries its pot. */
export const findPlant = findTask("find-plant", "4-3", "plant");
/** 4-4: an animal. */
export const findAnimal = findTask("find-animal", "4-4", "animal");
