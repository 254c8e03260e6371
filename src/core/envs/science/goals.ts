/** @file Which goals are met. Ordered goals pass in turn, several in one check if they can; optional ones stay passed. */
import { isConnectedTo, isWired, wireJoins } from "./electricity.ts";
import { FAILURE_SCORE, score } from "./scoring.ts";
import { exitsOf, isInside, isVisible, thingById } from "./state.ts";
import { INVENTORY, type Condition, type FocusTarget, type Thing, type WorldState } from "./world.ts";

/** What focusing on a thing means for a focus goal. */
type FocusVerdict = "meets" | "wrong" | "ignored";

function judgeFocus(target: FocusTarget, { id, spec: { living, movable } }: Thing): FocusVerdict {
  if ("ids" in target) return target.ids.includes(id) ? "meets" : "wrong";
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
  never: () => false,
};

/** Whether a condition holds now. */
function isMet(state: WorldState, condition: Condition): boolean {
  // The table pairs each type with its own test; TypeScript cannot follow a type it does not know yet.
  const test = TESTS[condition.type] as (state: WorldState, condition: Condition) => boolean;
  return test(state, condition);
}

/** Whether turning the focus to this thing, or to something that is no thing, ends the episode. */
export function isWrongFocus(state: WorldState, thing: Thing | undefined): boolean {
  const goal = state.spec.orderedGoals[state.orderedPassed];
  if (goal?.fails !== "wrongFocus" || goal.condition.type !== "focused") return false;
  return thing === undefined || judgeFocus(goal.condition.on, thing) === "wrong";
}

/** Lets all goals pass that are met. */
export function checkGoals(state: WorldState): void {
  if (state.failed) return;
  const { orderedGoals, optionalGoals } = state.spec;
  for (let goal = orderedGoals[state.orderedPassed]; goal !== undefined; goal = orderedGoals[state.orderedPassed]) {
    if (!isMet(state, goal.condition)) {
      state.failed = goal.fails === "unmet";
      break;
    }
    if (goal.condition.type === "focused") state.goalObject = state.focus;
    state.orderedPassed += 1;
  }
  // Optional goals are looked at last: one of them asks for the focus that an ordered goal has just accepted.
  optionalGoals.forEach(({ condition, after }, i) => {
    if (state.optionalPassed[i] === true || after?.some((j) => state.optionalPassed[j] !== true) === true) return;
    if (isMet(state, condition)) state.optionalPassed[i] = true;
  });
}

/** Forgets all progress (`reset task`). */
export function resetGoals(state: WorldState): void {
  state.orderedPassed = 0;
  state.optionalPassed.fill(false);
  state.goalObject = undefined;
  state.focus = undefined;
}

/** Points now, −100…100. */
export function scoreOf(state: WorldState): number {
  if (state.failed) return FAILURE_SCORE;
  let optionalPassed = 0;
  for (const passed of state.optionalPassed) if (passed) optionalPassed += 1;
  return score({
    orderedPassed: state.orderedPassed,
    orderedCount: state.spec.orderedGoals.length,
    optionalPassed,
    optionalCount: state.optionalPassed.length,
  });
}
