/** @file Topic 6, chemistry: mix a substance (6-1), a secondary (6-2) and a tertiary (6-3) colour of paint. */
import { household, paintCups, place, vessel } from "../household.ts";
import { ingredientsOf } from "../recipes.ts";
import { solid, substance, type SubstanceName } from "../substances.ts";
import { splitVariations, type TaskType } from "../task-type.ts";
import { thing } from "../things.ts";
import {
  type OptionalGoal,
  type OrderedGoal,
  type RoomName,
  type ThingSpec,
  type ThingTemplate,
  type WorldSpec,
} from "../world.ts";
import { aloneGoal, seeGoal } from "./heating-goals.ts";
import { laboratory } from "./task-world.ts";

const NEW_ROOM: OptionalGoal = { text: "be in another room", condition: { type: "newRoom" } };

function seeMatter(matter: string, after?: readonly number[]): OptionalGoal {
  return { ...seeGoal(matter, { matter }), ...(after && { after }) };
}

function focusOn(matter: string): OrderedGoal {
  return { text: `focus on ${matter}`, condition: { type: "focused", on: { matter } }, fails: "wrongFocus" };
}

// 6-1. The real order: for train, dev and test recipes in turn, first all in the kitchen, then all in the workshop.
const PRODUCT_BLOCKS = [
  [
    ...["salt water", "soap water", "nuts", "acetate"],
    ...["banana sandwich", "blue paper", "peanut sandwich", "peanut jam sandwich"],
  ],
  ["smores", "dough", "fruit salad", "jam sandwich"],
  ["sugar water", "peanut banana sandwich", "rust", "red paper"],
];
const PLACES: readonly RoomName[] = ["kitchen", "workshop"];
const MIXES = PRODUCT_BLOCKS.flatMap((products) =>
  PLACES.flatMap((room) => products.map((product) => ({ product, room }))),
);

/** Ingredients that melt; the others are solid. Water and paint are where they always are. */
const MELTING: readonly SubstanceName[] = ["salt", "soap", "chocolate", "marshmallow", "sugar", "iron", "vinegar"];

function isMelting(name: string): name is SubstanceName {
  return (MELTING as readonly string[]).includes(name);
}

function ingredient(name: string): ThingTemplate | undefined {
  if (name === "water" || name.endsWith(" paint")) return undefined;
  if (isMelting(name)) return substance(name, { relevant: true });
  const isFood = name !== "paper" && name !== "soda";
  return solid(name, { relevant: true, ...(isFood && { edible: true }), ...(name === "paper" && { burnsAt: 210 }) });
}

function ingredientsIn(room: RoomName, names: readonly string[]): ThingSpec[] {
  return names.flatMap((name) => {
    const template = ingredient(name);
    return template === undefined ? [] : [place(template, room, { id: `${name} to mix` })];
  });
}

function recipeFor(product: string, names: readonly string[], room: RoomName): ThingSpec {
  return thing("recipe", room, { relevant: true, text: `mix ${names.join(" and ")} to create ${product}` });
}

const CHEMISTRY_MIX = "chemistry-mix";
const MIX_TURNS = 30;

/** 6-1: read a recipe, bring its ingredients together, mix them. */
export const chemistryMix: TaskType = {
  name: CHEMISTRY_MIX,
  id: "6-1",
  description: "Mix a substance after a recipe, then focus on it.",
  variationCount: MIXES.length,
  splits: splitVariations(MIXES.length),
  maxTurns: MIX_TURNS,
  isElectric: false,
  build: (choice) => {
    const { product, room } = MIXES[choice.variation]!;
    const names = ingredientsOf(product);
    const recipe = recipeFor(product, names, room);
    return {
      ...laboratory(CHEMISTRY_MIX, choice, [
        ...household({ relevant: ["kitchen sink", "cupboard", "pot"] }),
        ...ingredientsIn(room, names),
        recipe,
      ]),
      taskText: `create ${product} ; recipe in ${room}`,
      orderedGoals: [focusOn(product)],
      optionalGoals: [
        NEW_ROOM,
        ...names.map((name) => seeMatter(name)),
        aloneGoal(names),
        seeMatter(product),
        { text: "read the recipe", condition: { type: "did", verb: "read", objects: [{ ids: [recipe.id] }] } },
      ],
      maxTurns: MIX_TURNS,
    };
  },
};

// 6-2 and 6-3. The real order: pairs of colours; where the other cups of paint stand.
const COLOUR_PAIRS = [
  ["green", "green blue"],
  ["green", "yellow green"],
  ["orange", "red orange"],
  ["orange", "yellow orange"],
  ["violet", "violet red"],
  ["violet", "blue violet"],
] as const;
const PAINT_ROOMS: readonly RoomName[] = ["studio", "workshop"];
const HOLDERS = ["cupboard", "closet", "desk"] as const;
/** What the cups in a holder are made of. */
const CUPS = { cupboard: "wood cup", closet: "glass cup", desk: "tin cup" } as const;
const HOLDER_COUNT = PAINT_ROOMS.length * HOLDERS.length;
const PAINT_COUNT = COLOUR_PAIRS.length * HOLDER_COUNT;
const VESSELS = ["cup", "bowl", "jug"] as const;

function paintThings(holder: (typeof HOLDERS)[number], room: RoomName): ThingSpec[] {
  const id = `paint ${holder}`;
  const container = { lid: true, open: false };
  const standing = thing(holder, room, { id, container, movable: false, relevant: true });
  // The studio has a vessel to mix in; elsewhere one is added.
  const mixing = room === "studio" ? [] : [vessel(VESSELS[HOLDERS.indexOf(holder)]!, room, "mixing vessel")];
  return [standing, ...paintCups(id, CUPS[holder]), ...mixing];
}

interface PaintCase {
  readonly secondary: string;
  readonly tertiary: string;
  readonly room: RoomName;
}

interface PaintTask {
  readonly name: string;
  readonly id: string;
  readonly description: string;
  readonly maxTurns: number;
  readonly goals: (paints: PaintCase) => Pick<WorldSpec, "taskText" | "orderedGoals" | "optionalGoals">;
}

function paintTask({ name, id, description, maxTurns, goals }: PaintTask): TaskType {
  return {
    name,
    id,
    description,
    variationCount: PAINT_COUNT,
    splits: splitVariations(PAINT_COUNT),
    maxTurns,
    isElectric: false,
    build: (choice) => {
      const [secondary, tertiary] = COLOUR_PAIRS[Math.floor(choice.variation / HOLDER_COUNT)]!;
      const holder = HOLDERS[choice.variation % HOLDERS.length]!;
      const room = PAINT_ROOMS[Math.floor(choice.variation / HOLDERS.length) % PAINT_ROOMS.length]!;
      return {
        ...laboratory(name, choice, [...household({ relevant: ["studio jug"] }), ...paintThings(holder, room)]),
        ...goals({ secondary: `${secondary} paint`, tertiary: `${tertiary} paint`, room }),
        maxTurns,
      };
    },
  };
}

const SECONDARY_TURNS = 20;

/** 6-2: mix two primary colours. */
export const mixSecondaryColour = paintTask({
  name: "chemistry-mix-paint-secondary-color",
  id: "6-2",
  description: "Mix two paints to a secondary colour, then focus on it.",
  maxTurns: SECONDARY_TURNS,
  goals: ({ secondary }) => {
    const inputs = ingredientsOf(secondary);
    return {
      taskText: `create ${secondary}`,
      orderedGoals: [focusOn(secondary)],
      optionalGoals: [NEW_ROOM, ...inputs.map((name) => seeMatter(name)), aloneGoal(inputs), seeMatter(secondary)],
    };
  },
});

const TERTIARY_TURNS = 20;
/** Position of "see the secondary colour", after which its use counts. */
const SECONDARY_SEEN = 5;

/** 6-3: mix a secondary colour, then a tertiary one of it. */
export const mixTertiaryColour = paintTask({
  name: "chemistry-mix-paint-tertiary-color",
  id: "6-3",
  description: "Mix two paints to a secondary colour, focus on it, mix a tertiary colour of it, and focus on that.",
  maxTurns: TERTIARY_TURNS,
  goals: ({ secondary, tertiary, room }) => {
    const inputs = ingredientsOf(secondary);
    const tertiaryInputs = ingredientsOf(tertiary);
    return {
      // The real text ends with the secondary colour too, though the tertiary one is meant.
      taskText: `create ${tertiary} ; first focus on ${secondary} ; then focus on ${secondary}`,
      orderedGoals: [focusOn(secondary), focusOn(tertiary)],
      optionalGoals: [
        {
          text: "be in another room, unless the paint is in the first",
          condition: { type: "any", of: [{ type: "newRoom" }, { type: "inRoom", room }] },
        },
        { text: `be in ${room}`, condition: { type: "inRoom", room } },
        ...inputs.map((name) => seeMatter(name)),
        aloneGoal(inputs),
        seeMatter(secondary),
        ...tertiaryInputs.map((name) => seeMatter(name, [SECONDARY_SEEN])),
        aloneGoal(tertiaryInputs),
        seeMatter(tertiary),
      ],
    };
  },
});
