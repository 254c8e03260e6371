/** @file Topic 1, states of matter: boil (1-1), melt (1-2), freeze (1-3), change (1-4). */
import { household, iceIn, place, vessel } from "../household.ts";
import { substance, type SubstanceName } from "../substances.ts";
import { splitVariations, type TaskType, type WorldChoice } from "../task-type.ts";
import { type Condition, type OptionalGoal, type OrderedGoal, type ThingSpec } from "../world.ts";
import { aloneGoal, heaterGoals, onHeaterGoals, seeGoal, warmedGoal } from "./heating-goals.ts";
import { laboratory } from "./task-world.ts";

/** A substance to change: what it is called, what it is made of, and where it lies. */
interface Case {
  readonly name: string;
  readonly matter: SubstanceName;
  readonly things: readonly ThingSpec[];
  /** The kitchen's sink is broken: water must be found elsewhere. */
  readonly noSink?: boolean;
}

function lying(matter: SubstanceName, at: string): Case {
  return { name: matter, matter, things: [place(substance(matter, { relevant: true }), at)] };
}

function contained(matter: SubstanceName, at: string, container: string): Case {
  const holder = vessel(container, at, `${matter} ${container}`, 0.5);
  return { name: matter, matter, things: [holder, place(substance(matter, { relevant: true }), holder.id)] };
}

// The real order; each with a stove that works and one that does not.
const CASES: readonly Case[] = [
  { name: "water", matter: "water", things: [] },
  { name: "water", matter: "water", things: [], noSink: true },
  { name: "ice", matter: "water", things: [iceIn("freezer")] },
  { name: "orange juice", matter: "orange juice", things: [] },
  contained("apple juice", "fridge", "jug"),
  lying("chocolate", "fridge"),
  lying("marshmallow", "cupboard"),
  contained("ice cream", "freezer", "bowl"),
  lying("soap", "cupboard"),
  lying("rubber", "workshop table"),
  ...(["lead", "tin", "mercury", "gallium", "caesium"] as const).map((metal) =>
    contained(metal, "workshop table", "jar"),
  ),
];
const STOVE_STATES = 2;
const VARIATION_COUNT = CASES.length * STOVE_STATES;
const RELEVANT = ["kitchen sink", "stove", "freezer", "fridge", "cupboard", "pot", "cold freezer", "workshop table"];

/** What makes the four tasks different. */
interface Change {
  readonly name: string;
  readonly id: string;
  readonly verb: string;
  readonly description: string;
  readonly maxTurns: number;
  /** The second and third ordered goal; the first is the focus. */
  readonly steps: readonly OrderedGoal[];
  readonly optional: (matter: string) => OptionalGoal[];
}

const LIQUID: OrderedGoal = { text: "have it liquid", condition: { type: "focusPhase", phase: "liquid" } };
const SOLID: OrderedGoal = { text: "have it solid", condition: { type: "focusPhase", phase: "solid" } };
const GAS_OR_BURNING: OrderedGoal = {
  text: "have it a gas, or burning",
  condition: { type: "any", of: [{ type: "focusPhase", phase: "gas" }, { type: "focusBurning" }] },
};

/** Position of the heater goals: after seeing the substance and having it alone. */
const FIRST_HEATER_GOAL = 2;

function heatingGoals(matter: string, warmedBy: number): OptionalGoal[] {
  const things = { matter };
  return [
    seeGoal(matter, things),
    aloneGoal([matter]),
    ...heaterGoals(FIRST_HEATER_GOAL),
    ...onHeaterGoals(things),
    warmedGoal(things, warmedBy),
  ];
}

function coolingGoals(matter: string, cooledBy: number): OptionalGoal[] {
  const inFocusIn = (container: string): Condition => ({ type: "focusIn", container });
  const inFreezer: Condition = { type: "any", of: [inFocusIn("freezer"), inFocusIn("cold freezer")] };
  return [
    { text: "have it in focus in the fridge", condition: inFocusIn("fridge") },
    { text: "have it in focus in a freezer", condition: inFreezer },
    warmedGoal({ matter }, -cooledBy),
  ];
}

function changeTask({ name, id, verb, description, maxTurns, steps, optional }: Change): TaskType {
  return {
    name,
    id,
    description,
    variationCount: VARIATION_COUNT,
    splits: splitVariations(VARIATION_COUNT),
    maxTurns,
    isElectric: false,
    build: (choice: WorldChoice) => {
      const { name: called, matter, things, noSink } = CASES[Math.floor(choice.variation / STOVE_STATES)]!;
      const broken = [
        ...(choice.variation % STOVE_STATES === 1 ? ["stove"] : []),
        ...(noSink === true ? ["sink"] : []),
      ];
      return {
        taskText: `${verb} ${called}`,
        ...laboratory(name, choice, [...household({ broken, relevant: RELEVANT }), ...things]),
        orderedGoals: [
          { text: `focus on ${called}`, condition: { type: "focused", on: { matter } }, fails: "wrongFocus" },
          ...steps,
        ],
        optionalGoals: optional(matter),
        maxTurns,
      };
    },
  };
}

const MAX_TURNS = 30;

/** 1-1: make a gas of it; what has no boiling point is burnt. */
export const boil = changeTask({
  name: "boil",
  id: "1-1",
  verb: "boil",
  description: "Focus on a substance, then heat it until it is a gas (or burns).",
  maxTurns: MAX_TURNS,
  steps: [LIQUID, GAS_OR_BURNING],
  optional: (matter) => heatingGoals(matter, 20),
});

/** 1-2: make a liquid of it; what is liquid must be frozen first. */
export const melt = changeTask({
  name: "melt",
  id: "1-2",
  verb: "melt",
  description: "Focus on a substance, have it solid, then melt it.",
  maxTurns: MAX_TURNS,
  steps: [SOLID, LIQUID],
  optional: (matter) => heatingGoals(matter, 20),
});

/** 1-3: make a solid of it; what is solid must be melted first. */
export const freeze = changeTask({
  name: "freeze",
  id: "1-3",
  verb: "freeze",
  description: "Focus on a substance, have it liquid, then freeze it.",
  maxTurns: MAX_TURNS,
  steps: [LIQUID, SOLID],
  optional: (matter) => [seeGoal(matter, { matter }), aloneGoal([matter]), ...coolingGoals(matter, 5)],
});

/** 1-4: bring it from any state of matter to another. */
export const changeState = changeTask({
  name: "change-the-state-of-matter-of",
  id: "1-4",
  verb: "change",
  description: "Focus on a substance, then bring it to another state of matter.",
  maxTurns: MAX_TURNS,
  steps: [
    // Any state will do: this one passes with the focus.
    { text: "have it in some state", condition: { type: "all", of: [] } },
    { text: "have it in another state", condition: { type: "focusChangedPhase" } },
  ],
  optional: (matter) => [...heatingGoals(matter, 10), ...coolingGoals(matter, 10)],
});
