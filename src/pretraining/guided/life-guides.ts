/** @file Guides through the tasks about electricity (topic 3), growth (5), life (7, 8), forces (9) and genes (10). */
import { exitsOf, isVisible, matterOf, thingsAt } from "../../core/envs/science/state.ts";
import { GONE, type Condition, type Thing, type WorldState } from "../../core/envs/science/world.ts";
import type { Guide, Step } from "./guide.ts";
import {
  activate,
  connectStep,
  find,
  focus,
  focusOnOneOf,
  madeOf,
  once,
  open,
  put,
  putIntoOneOf,
  silent,
  take,
  waitOnce,
  waitUntil,
} from "./steps.ts";

function idsOf(condition: Condition): readonly string[] {
  return condition.type === "focused" && "ids" in condition.on ? condition.on.ids : [];
}

function idsWhere(state: WorldState, holds: (thing: Thing) => boolean): string[] {
  return state.things.filter(holds).map(({ id }) => id);
}

/** The boxes that the task names, in its order. */
function namedBoxes(state: WorldState): [string, string] {
  return state.spec.taskText.match(/\w+ box/g) as [string, string];
}

/** 3-3, 3-4: a circuit of battery, bulb and thing; then the box for what the bulb tells. */
export function conductivityGuide(state: WorldState): Guide {
  const object = state.things.find(({ spec }) => spec.electric?.role === "object")!;
  const [a, b, c] = idsWhere(state, ({ spec }) => spec.electric?.role === "wire") as [string, string, string];
  const bulb = state.things.find(({ id }) => id.endsWith("bulb"))!.id;
  const carried = object.phase === "solid" ? object.id : object.at;
  const { condition } = state.spec.orderedGoals[1]!;
  const boxes = namedBoxes(state);
  const right = condition.type === "focusIn" ? boxes.indexOf(condition.container) : 0;
  const wiring = [
    connectStep(["battery", "cathode"], [a, "1"]),
    connectStep(["battery", "anode"], [b, "1"]),
    connectStep([a, "2"], [bulb, "anode"]),
    connectStep([c, "1"], [bulb, "cathode"]),
    connectStep([b, "2"], [object.id, "1"]),
    connectStep([c, "2"], [object.id, "2"]),
  ];
  return [
    focus(object.id, 0),
    take(carried),
    ...wiring.map((step, i) => (i + 1 < wiring.length ? silent(step) : step)),
    waitOnce(),
    putIntoOneOf(carried, boxes, right, 1),
  ];
}

/** 7-1 … 7-3: nothing tells; three animals stand there. */
export function lifespanGuide(state: WorldState): Guide {
  const animals = idsWhere(state, ({ spec }) => spec.living?.kind === "animal" && spec.relevant);
  return state.spec.orderedGoals.map(({ condition }, goal) =>
    focusOnOneOf(animals, animals.indexOf(idsOf(condition)[0]!), goal),
  );
}

function stageOfGoal({ text }: { readonly text: string }): string {
  return text.replace("focus on the ", "");
}

/** 8-1, 8-2: each stage in turn, waiting for those that have not come. */
export function stagesGuide(state: WorldState): Guide {
  return state.spec.orderedGoals.flatMap((goal, i): Step[] => {
    const thing = find(({ name }) => name === stageOfGoal(goal));
    return [waitUntil((now) => thing(now) !== undefined), focus(thing, i)];
  });
}

/** 9-1 … 9-3: the block on either plane, timed; then the plane asked for. */
export function planesGuide(state: WorldState): Guide {
  const planes = idsWhere(state, ({ spec }) => spec.slope !== undefined);
  const { text } = state.spec.optionalGoals.find((goal) => goal.text.startsWith("move the"))!;
  const block = / the (.*) to the /.exec(text)![1]!;
  const told = state.spec.taskText;
  const inOrder = planes.toSorted((a, b) => told.indexOf(a) - told.indexOf(b));
  const right = idsOf(state.spec.orderedGoals[0]!.condition)[0]!;
  const watch = "stopwatch";
  const time = (plane: string): Step[] => [
    put(block, plane),
    activate(watch),
    once((name) => `deactivate ${name}`, watch),
    once((name) => `look at ${name}`, watch),
  ];
  return [...planes.flatMap(time), focusOnOneOf(inOrder, inOrder.indexOf(right), 0)];
}

const SEED_JAR = "seed jar";
const GARDEN = "greenhouse";
const POT_NAME = /^pot \d$/;

function pots(state: WorldState): string[] {
  return idsWhere(state, ({ id }) => POT_NAME.test(id));
}

/** Soil in a pot, from where it lies or out of the ground. */
function soilFor(state: WorldState, pot: string): Step[] {
  if (thingsAt(state, pot).some((thing) => matterOf(thing) === "soil")) return [];
  const isIn = (now: WorldState): boolean => thingsAt(now, pot).some((thing) => matterOf(thing) === "soil");
  const loose = (now: WorldState): Thing | undefined =>
    now.things.find(
      (thing) => matterOf(thing) === "soil" && thing.at !== GONE && isVisible(now, thing) && !POT_NAME.test(thing.at),
    );
  const move: Step = { ...put(loose, pot), isDone: isIn };
  if (state.things.some((thing) => matterOf(thing) === "soil" && thing.at === GARDEN)) return [move];
  const isCarried = (now: WorldState): boolean =>
    thingsAt(now, "inventory").some((thing) => matterOf(thing) === "soil");
  return [
    take("shovel"),
    once((tool, ground) => `use ${tool} on ${ground}`, "shovel", "ground"),
    { ...take(loose), isDone: isCarried },
    move,
  ];
}

function seeds(state: WorldState): string[] {
  return thingsAt(state, SEED_JAR).map(({ id }) => id);
}

/** 5-1: one seed in one pot, in focus, until it flowers. */
export function growPlantGuide(state: WorldState): Guide {
  const [pot] = pots(state) as [string];
  const [seed] = seeds(state) as [string];
  return [
    take(SEED_JAR),
    ...soilFor(state, pot),
    put(seed, pot),
    focus(seed, 0),
    waitUntil(({ orderedPassed, spec }) => orderedPassed >= spec.orderedGoals.length),
  ];
}

/** 5-2: two seeds, closed doors, an open hive, patience. */
export function growFruitGuide(state: WorldState): Guide {
  const two = pots(state).slice(0, 2);
  const doors = exitsOf(state, GARDEN).filter((exit) => exit.open);
  const species = state.spec.taskText.split(" ")[1]!;
  const fruit = madeOf(`grown ${species}`);
  return [
    take(SEED_JAR),
    ...two.flatMap((pot) => soilFor(state, pot)),
    ...two.map((pot, i) => put(seeds(state)[i]!, pot)),
    ...doors.map(({ room }) => silent(once(() => `close door ${room}`, two[0]!))),
    open("hive"),
    waitUntil((now) => fruit(now) !== undefined),
    focus(fruit, 0),
  ];
}

/** 10-1, 10-2: the honest way takes longer than the corpus' episodes; here the answer alone. */
export function geneticsGuide(state: WorldState): Guide {
  const boxes = namedBoxes(state);
  const right = idsOf(state.spec.orderedGoals[0]!.condition)[0]!;
  return [take(SEED_JAR), focusOnOneOf(boxes, boxes.indexOf(right), 0)];
}
