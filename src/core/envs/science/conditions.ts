/** @file What goals wait for: whether a condition holds now. */
import { isConnectedTo, isWired, wireJoins } from "./electricity.ts";
import { exitsOf, isInside, isVisible, matterOf, outerPlace, thingById } from "./state.ts";
import { INVENTORY, type Condition, type FocusTarget, type Selector, type Thing, type WorldState } from "./world.ts";

function selects(selector: Selector, thing: Thing): boolean {
  if ("ids" in selector) return selector.ids.includes(thing.id);
  if ("matter" in selector) return matterOf(thing) === selector.matter;
  return thing.life?.stage === selector.stage && thing.spec.living?.species === selector.species;
}

/** Whether one of the selected things passes a test; the cheap question is asked first. */
function some(state: WorldState, selector: Selector, test: (thing: Thing) => boolean): boolean {
  for (const thing of state.things) if (selects(selector, thing) && test(thing)) return true;
  return false;
}

/** Whether so many of the selected things pass a test. */
function atLeast(state: WorldState, selector: Selector, least: number, test: (thing: Thing) => boolean): boolean {
  let count = 0;
  for (const thing of state.things) if (selects(selector, thing) && test(thing)) count += 1;
  return count >= least;
}

/** Whether a container holds all of these and nothing else. */
function holdsExactly(state: WorldState, container: Thing, matters: readonly string[]): boolean {
  let found = 0;
  for (const thing of state.things) {
    if (thing.at !== container.id) continue;
    if (!matters.includes(matterOf(thing))) return false;
    found += 1;
  }
  return found === matters.length;
}

/** Whether the agent sees these together, and nothing else, in one container. */
function areAlone(state: WorldState, matters: readonly string[]): boolean {
  return some(state, { matter: matters[0]! }, (thing) => {
    const index = state.indexOf.get(thing.at);
    return index !== undefined && holdsExactly(state, state.things[index]!, matters) && isVisible(state, thing);
  });
}

/** What focusing on a thing means for a focus goal. */
type FocusVerdict = "meets" | "wrong" | "ignored";

/** What it means to turn the focus to a thing. */
export function judgeFocus(target: FocusTarget, thing: Thing): FocusVerdict {
  if (!("kind" in target)) return selects(target, thing) ? "meets" : "wrong";
  const { living, movable } = thing.spec;
  switch (target.kind) {
    case "living":
      return living === undefined ? "wrong" : "meets";
    case "nonliving":
      if (living !== undefined) return "wrong";
      return movable ? "meets" : "ignored";
    case "plant":
    case "animal":
      return living?.kind === target.kind ? "meets" : "wrong";
  }
}

/** The focused thing, if it is the one that the last focus goal was met with. */
function goalFocus(state: WorldState): Thing | undefined {
  if (state.focus === undefined || state.focus !== state.goalObject) return undefined;
  return thingById(state, state.focus);
}

function focusMeets(state: WorldState, test: (focus: Thing) => boolean): boolean {
  const focus = goalFocus(state);
  return focus !== undefined && test(focus);
}

function hasWarmed({ goalBaseline }: WorldState, temperature: number, by: number): boolean {
  const change = temperature - (goalBaseline?.temperature ?? temperature);
  return by > 0 ? change >= by : change <= by;
}

type ConditionOf<Type> = Extract<Condition, { readonly type: Type }>;
type Test<Type> = (state: WorldState, condition: ConditionOf<Type>) => boolean;

const TESTS: { readonly [Type in Condition["type"]]: Test<Type> } = {
  newRoom: (state) => state.agentRoom !== state.spec.startRoom,
  inRoom: (state, { room }) => state.agentRoom === room,
  openDoor: (state) => exitsOf(state, state.agentRoom).some((exit) => exit.open),
  sees: (state, { thing }) => isVisible(state, thingById(state, thing)),
  carries: (state, { thing }) => thingById(state, thing).at === INVENTORY,
  carriesFocus: (state) => focusMeets(state, (focus) => isInside(state, focus, INVENTORY)),
  wired: (state, { thing, terminal }) => isWired(state, thing, terminal),
  wireJoins: (state, { part, sources }) => wireJoins(state, part, sources),
  focused: (state, { on }) => state.focus !== undefined && judgeFocus(on, thingById(state, state.focus)) === "meets",
  focusIn: (state, { container }) => focusMeets(state, (focus) => isInside(state, focus, container)),
  focusLit: (state) => focusMeets(state, (focus) => focus.lit),
  focusConnected: (state, { sources }) => focusMeets(state, (focus) => isConnectedTo(state, focus, sources)),
  seesAny: (state, { things }) => some(state, things, (thing) => isVisible(state, thing)),
  carriesAny: (state, { things }) => some(state, things, ({ at }) => at === INVENTORY),
  alone: (state, { matters }) => areAlone(state, matters),
  holds: (state, { container, things }) => some(state, things, ({ at }) => at === container),
  switchedOn: (state, { thing }) => thingById(state, thing).on,
  burning: (state, { things }) => some(state, things, ({ burning }) => burning > 0),
  did: (state, { verb, objects }) =>
    state.deed?.verb === verb &&
    objects.every((selector, i) => {
      const id = state.deed?.things[i];
      return id !== undefined && selects(selector, state.things[state.indexOf.get(id)!]!);
    }),
  focusPhase: (state, { phase }) => focusMeets(state, (focus) => focus.phase === phase),
  focusBurning: (state) => focusMeets(state, ({ burning }) => burning > 0),
  focusChangedPhase: (state) => focusMeets(state, ({ phase }) => phase !== state.goalBaseline?.phase),
  focusWarmed: (state, { by }) => focusMeets(state, ({ temperature }) => hasWarmed(state, temperature, by)),
  focusStage: (state, target) => state.focus !== undefined && selects(target, thingById(state, state.focus)),
  seesMany: (state, { things, least }) => atLeast(state, things, least, (thing) => isVisible(state, thing)),
  near: (state, { things }) => some(state, things, (thing) => outerPlace(state, thing) === state.agentRoom),
  opened: (state, { container }) => thingById(state, container).open,
  stayed: (state, { room, looks }) => state.agentRoom === room && state.looks >= looks,
  focusAbove: (state, { temperature }) => focusMeets(state, (focus) => focus.temperature > temperature),
  all: (state, { of }) => of.every((condition) => isMet(state, condition)),
  any: (state, { of }) => of.some((condition) => isMet(state, condition)),
  not: (state, { condition }) => !isMet(state, condition),
  never: () => false,
};

/** Whether a condition holds now. */
export function isMet(state: WorldState, condition: Condition): boolean {
  // The table pairs each type with its own test; TypeScript cannot follow a type it does not know yet.
  const test = TESTS[condition.type] as (state: WorldState, condition: Condition) => boolean;
  return test(state, condition);
}
