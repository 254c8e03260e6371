/** @file Topic 3, electricity: power a part (3-1), and power it with a named kind of source (3-2). */
import type { Random } from "../../../base/random.ts";
import { floorPlanOfHouse } from "../floor-plan.ts";
import { furnish } from "../furnishings.ts";
import { MAX_MOVES, REAL_RULES, splitVariations, worldRandom, type TaskType, type WorldChoice } from "../task-type.ts";
import {
  battery,
  electricSwitch,
  fuelledSource,
  part as makePart,
  renewableSource,
  standardThings,
  wire,
} from "../things.ts";
import { ROOM_NAMES, type OptionalGoal, type OrderedGoal, type ThingSpec, type WorldSpec } from "../world.ts";

// The axes in the real order: the part is outermost, so that the test block holds parts not met in training.
const PARTS = ["red bulb", "green bulb", "blue bulb", "motor", "buzzer"];
const RENEWABLE = ["solar", "wind"] as const;
const NONRENEWABLE = ["gas", "nuclear"] as const;
const VARIATION_COUNT = PARTS.length * RENEWABLE.length * NONRENEWABLE.length;

const WIRE_COLOURS = ["red", "green", "blue", "orange", "yellow", "purple", "black", "white"];
const WIRE_COUNT = 3;
/** Parts one must not focus on. The real room holds all five and three bulbs more. */
const DECOY_COUNT = 2;
const ROOM = "workshop";

interface Circuit {
  readonly part: string;
  readonly renewable: (typeof RENEWABLE)[number];
  readonly nonrenewable: (typeof NONRENEWABLE)[number];
}

function circuitOf(variation: number): Circuit {
  const sourceChoices = RENEWABLE.length * NONRENEWABLE.length;
  return {
    part: PARTS[Math.floor(variation / sourceChoices)]!,
    renewable: RENEWABLE[Math.floor(variation / NONRENEWABLE.length) % RENEWABLE.length]!,
    nonrenewable: NONRENEWABLE[variation % NONRENEWABLE.length]!,
  };
}

function workshopThings({ part, renewable, nonrenewable }: Circuit, random: Random): ThingSpec[] {
  const decoys = random.sample(
    PARTS.filter((other) => other !== part),
    DECOY_COUNT,
  );
  return random.shuffled([
    ...[part, ...decoys].map((name) => makePart(name, ROOM)),
    ...random.sample(WIRE_COLOURS, WIRE_COUNT).map((colour) => wire(colour, ROOM)),
    battery(ROOM),
    electricSwitch(ROOM),
    renewableSource(renewable, ROOM),
    fuelledSource(nonrenewable, ROOM),
  ]);
}

function optionalGoals(part: string, sources: readonly string[]): OptionalGoal[] {
  return [
    { text: "be in another room", condition: { type: "newRoom" } },
    { text: `see the ${part}`, condition: { type: "sees", thing: part } },
    { text: `wire the ${part}'s anode`, condition: { type: "wired", thing: part, terminal: "anode" } },
    { text: `wire the ${part}'s cathode`, condition: { type: "wired", thing: part, terminal: "cathode" } },
    { text: `one wire from the ${part} to ${sources.join(" or ")}`, condition: { type: "wireJoins", part, sources } },
  ];
}

function focusThenPower(part: string): OrderedGoal[] {
  return [
    {
      text: `focus on the ${part}`,
      condition: { type: "focused", on: { ids: [part] } },
      fails: "wrongFocus",
    },
    { text: `power the ${part}`, condition: { type: "focusLit" } },
  ];
}

function worldOf(name: string, choice: WorldChoice, circuit: Circuit): Omit<WorldSpec, GoalFields | "maxTurns"> {
  const random = worldRandom(name, choice);
  return {
    floorPlan: floorPlanOfHouse(choice.house),
    startRoom: random.fork("start").pick(ROOM_NAMES),
    things: [
      ...standardThings(),
      ...workshopThings(circuit, random.fork("workshop")),
      ...furnish(random.fork("furniture"), [ROOM]),
    ],
    rules: REAL_RULES,
    simplifications: choice.simplifications,
    maxMoves: MAX_MOVES,
  };
}

type GoalFields = "taskText" | "orderedGoals" | "optionalGoals";

const POWER_COMPONENT = "power-component";
const POWER_TURNS = 20;

/** 3-1: focus on a part, then make it work. */
export const powerComponent: TaskType = {
  name: POWER_COMPONENT,
  id: "3-1",
  description: "Focus on an electric part, then build a circuit that turns it on.",
  variationCount: VARIATION_COUNT,
  splits: splitVariations(VARIATION_COUNT),
  maxTurns: POWER_TURNS,
  isElectric: true,
  build: (choice) => {
    const circuit = circuitOf(choice.variation);
    const { part, renewable, nonrenewable } = circuit;
    return {
      ...worldOf(POWER_COMPONENT, choice, circuit),
      taskText: `power ${part}`,
      orderedGoals: focusThenPower(part),
      optionalGoals: optionalGoals(part, ["battery", renewable, nonrenewable]),
      maxTurns: POWER_TURNS,
    };
  },
};

const POWER_RENEWABLE = "power-component-renewable-vs-nonrenewable-energy";
const RENEWABLE_TURNS = 30;

/** 3-2: the same, from a renewable source in even variations and a nonrenewable one in odd ones. */
export const powerComponentRenewable: TaskType = {
  name: POWER_RENEWABLE,
  id: "3-2",
  description: "Focus on an electric part, then turn it on with a renewable (or nonrenewable) power source.",
  variationCount: VARIATION_COUNT,
  splits: splitVariations(VARIATION_COUNT),
  maxTurns: RENEWABLE_TURNS,
  isElectric: true,
  build: (choice) => {
    const circuit = circuitOf(choice.variation);
    const { part, renewable, nonrenewable } = circuit;
    const isRenewable = choice.variation % 2 === 0;
    const source = isRenewable ? renewable : nonrenewable;
    return {
      ...worldOf(POWER_RENEWABLE, choice, circuit),
      taskText: `power ${part} use ${isRenewable ? "renewable" : "nonrenewable"}`,
      orderedGoals: [
        ...focusThenPower(part),
        {
          text: `from the ${source}, no other source`,
          condition: { type: "focusConnected", sources: [source] },
          fails: "unmet",
        },
      ],
      optionalGoals: optionalGoals(part, [source]),
      maxTurns: RENEWABLE_TURNS,
    };
  },
};
