/** @file Guides through the tasks about matter: heat and cold (topic 1), measuring (2), mixing (6). */
import { matterOf, outerPlace, thingById, thingsAt } from "../../core/envs/science/state.ts";
import { GONE, INVENTORY, type Phase, type Thing, type WorldState } from "../../core/envs/science/world.ts";
import type { Guide, Step } from "./guide.ts";
import {
  activate,
  focus,
  focusOnOneOf,
  madeOf,
  once,
  open,
  pourOrPut,
  put,
  putIntoOneOf,
  take,
  uncover,
  waitOnce,
  waitUntil,
} from "./steps.ts";

const POT = "pot";
const THERMOMETER = "thermometer";
/** Water that a goal does not mean. */
const OTHER_WATER: ReadonlySet<string> = new Set(["fountain water", "toilet water"]);
/** A heater is taken if it gets hotter than needed by so many degrees. */
const MARGIN = 25;
const FREEZER_COLD = -15;

/** What the ordered goal of a position wants in focus, by matter. */
function matterWanted(state: WorldState, goal: number): string {
  const { condition } = state.spec.orderedGoals[goal]!;
  return condition.type === "focused" && "matter" in condition.on ? condition.on.matter : "";
}

function portionOf(state: WorldState, matter: string): Thing | undefined {
  return state.things.find((thing) => matterOf(thing) === matter && thing.at !== GONE && !OTHER_WATER.has(thing.id));
}

function takePot(state: WorldState): Step[] {
  return [...uncover(state, thingById(state, POT)), take(POT)];
}

/** Water from the first sink that works, in the pot. */
function fillPot(state: WorldState): Step[] {
  const sink = ["kitchen sink", "bathroom sink", "foundry sink", "greenhouse sink"].find(
    (id) => thingById(state, id).spec.device!.works,
  )!;
  return [put(POT, sink), activate(sink)];
}

/** The substance in focus and in the pot; the pot is carried or in a sink. */
function prepare(state: WorldState, matter: string, goal: number): { steps: Step[]; portion: Thing | undefined } {
  const portion = portionOf(state, matter);
  if (portion === undefined) {
    return { steps: [...takePot(state), ...fillPot(state), focus(madeOf(matter, POT), goal)], portion };
  }
  const steps = [
    ...uncover(state, portion),
    focus(portion.id, goal),
    ...takePot(state),
    pourOrPut(portion.id, POT, portion.phase === "liquid"),
  ];
  return { steps, portion };
}

/** The pot brought into a heater or cooler that is on. */
function bringPot(state: WorldState, device: string): Step[] {
  const { spec } = thingById(state, device);
  return [
    take(POT),
    ...(spec.container?.lid === true ? [open(device)] : []),
    put(POT, device),
    ...(spec.device === undefined ? [] : [activate(device)]),
  ];
}

function heaterFor(state: WorldState, temperature: number): string {
  const heaters = ["stove", "oven", "furnace"].map((id) => thingById(state, id));
  return heaters.find(({ spec }) => spec.device!.works && spec.heater!.max > temperature + MARGIN)!.id;
}

function isPhase(matter: string, phase: Phase): (state: WorldState) => boolean {
  return (state) => madeOf(matter, POT)(state)?.phase === phase;
}

/** Cools or heats what is in the pot until it is in a state of matter. */
function bring(state: WorldState, portion: Thing["spec"], matter: string, phase: Phase): Step[] {
  const { substance, burns } = portion;
  if (phase === "solid") {
    const cooler = (substance?.melts ?? 0) > FREEZER_COLD ? "freezer" : "cold freezer";
    return [...bringPot(state, cooler), waitUntil(isPhase(matter, phase))];
  }
  if (phase === "liquid") {
    const heater = heaterFor(state, substance!.melts!);
    const mayBurn = (burns?.at ?? Infinity) < thingById(state, heater).spec.heater!.max;
    return [...bringPot(state, heater), waitUntil(isPhase(matter, phase), mayBurn ? "wait1" : "wait")];
  }
  const isOver = (now: WorldState): boolean => {
    const thing = madeOf(matter)(now);
    return thing === undefined || thing.phase === "gas" || thing.burning > 0;
  };
  return [...bringPot(state, heaterFor(state, substance?.boils ?? burns!.at)), waitUntil(isOver)];
}

/** Tap water melts at 0 and boils at 100 degrees; it is no thing before the tap runs. */
function specOf(state: WorldState, portion: Thing | undefined): Thing["spec"] {
  return portion?.spec ?? thingById(state, "fountain water").spec;
}

/** Boil, melt, freeze, change. */
export function matterGuide(task: string): (state: WorldState) => Guide {
  return (state) => {
    const matter = matterWanted(state, 0);
    const { steps, portion } = prepare(state, matter, 0);
    const spec = specOf(state, portion);
    const phase = portion?.phase ?? "liquid";
    const to = (...phases: readonly Phase[]): Guide => [
      ...steps,
      ...phases.flatMap((wanted) => bring(state, spec, matter, wanted)),
    ];
    if (task === "boil") return to("gas");
    if (task === "melt") return phase === "solid" ? to("liquid") : to("solid", "liquid");
    if (task === "freeze") return phase === "liquid" ? to("solid") : to("liquid", "solid");
    if (phase === "solid") return to("liquid");
    return to((spec.substance?.melts ?? 0) < FREEZER_COLD ? "gas" : "solid");
  };
}

function boxesIn(taskText: string): readonly [string, string] {
  const [, above, below] = / (\w+ box) ; below (\w+ box) /.exec(taskText)!;
  return [above!, below!];
}

/** 2-1. */
export function thermometerGuide(state: WorldState): Guide {
  const boxes = boxesIn(state.spec.taskText);
  const [, digits] = /above ((?:minus )?[\d ]+) degrees/.exec(state.spec.taskText)!;
  const size = Number(digits!.replaceAll(/\D/g, ""));
  const threshold = digits!.startsWith("minus") ? -size : size;
  const object = thingById(state, "object");
  return [
    take(THERMOMETER),
    focus(THERMOMETER, 0),
    take(object.id),
    focus(object.id, 1),
    once((tool, name) => `use ${tool} on ${name}`, THERMOMETER, object.id),
    putIntoOneOf(object.id, boxes, object.temperature > threshold ? 0 : 1, 2),
  ];
}

/** 2-2, 2-3. */
export function meltingPointGuide(state: WorldState): Guide {
  const matter = matterWanted(state, 1);
  const boxes = boxesIn(state.spec.taskText);
  const answer = state.spec.orderedGoals[2]!.condition;
  const right = answer.type === "focused" && "ids" in answer.on ? boxes.indexOf(answer.on.ids[0]!) : 0;
  const { steps } = prepare(state, matter, 1);
  return [
    take(THERMOMETER),
    focus(THERMOMETER, 0),
    ...steps,
    ...bringPot(state, "stove"),
    waitOnce(),
    once((tool, name) => `use ${tool} on ${name}`, THERMOMETER, madeOf(matter, POT)),
    focusOnOneOf(boxes, right, 2),
  ];
}

/** 6-1: what the recipe names, in the pot, mixed. */
export function mixGuide(state: WorldState): Guide {
  const product = matterWanted(state, 0);
  const ingredients = /^mix (.*) to create/.exec(thingById(state, "recipe").spec.text!)![1]!.split(" and ");
  const pour = ingredients.flatMap((name): Step[] => {
    if (name === "water") return [];
    const found =
      state.things.find((thing) => thing.id === `${name} to mix`) ??
      state.things.find((thing) => matterOf(thing) === name);
    if (found === undefined) return [];
    return [...uncover(state, found), pourOrPut(found.id, POT, found.phase === "liquid")];
  });
  return [
    once((name) => `read ${name}`, "recipe"),
    ...takePot(state),
    ...pour,
    ...(ingredients.includes("water") ? fillPot(state) : []),
    once((name) => `mix ${name}`, POT),
    focus(madeOf(product), 0),
  ];
}

/** 6-2, 6-3: paints poured together, mixed, for each colour in turn. */
export function paintGuide(state: WorldState): Guide {
  const holder = state.things.find(({ id }) => id.startsWith("paint "))!;
  const vessel = outerPlace(state, holder) === "studio" ? "studio jug" : "mixing vessel";
  const recipes = state.spec.mixing!.recipes;
  const inVessel = new Set<string>();
  const steps = state.spec.orderedGoals.flatMap((_, goal): Step[] => {
    const product = matterWanted(state, goal);
    const { ingredients } = recipes.find((recipe) => recipe.product.name === product)!;
    const missing = ingredients.map(({ matter }) => matter).filter((matter) => !inVessel.has(matter));
    inVessel.clear();
    inVessel.add(product);
    return [
      ...missing.map((matter) => pourOrPut(paintAt(matter, holder), vessel, true)),
      once((name) => `mix ${name}`, vessel),
      focus(madeOf(product), goal),
    ];
  });
  return [open(holder.id), ...steps];
}

/** Paint in the room of the holder, else in the studio; the vessel is carried along. */
function paintAt(matter: string, holder: Thing): (state: WorldState) => Thing | undefined {
  return (state) => {
    const cups = state.things.filter((thing) => matterOf(thing) === matter && thing.at !== GONE);
    const near = cups.find((paint) => [holder.at, INVENTORY].includes(outerPlace(state, paint)));
    return near ?? cups.find(({ id }) => id.startsWith("studio")) ?? thingsAt(state, holder.id)[0];
  };
}
