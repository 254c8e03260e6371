/** @file Which goals are met. Ordered goals pass in turn, several in one check if they can; optional ones stay passed. */
import { isMet, judgeFocus } from "./conditions.ts";
import { FAILURE_SCORE, score } from "./scoring.ts";
import { thingById } from "./state.ts";
import type { Thing, WorldState } from "./world.ts";

/** Whether turning the focus to this thing, or to something that is no thing, ends the episode. */
export function isWrongFocus(state: WorldState, thing: Thing | undefined): boolean {
  const goal = state.spec.orderedGoals[state.orderedPassed];
  if (goal?.fails !== "wrongFocus" || goal.condition.type !== "focused") return false;
  return thing === undefined || judgeFocus(goal.condition.on, thing) === "wrong";
}

/** Later goals want the thing that is in focus now, and ask how it has changed since. */
function bindGoalObject(state: WorldState): void {
  state.goalObject = state.focus;
  const { phase, temperature } = thingById(state, state.focus!);
  state.goalBaseline = { phase, temperature };
}

/** Lets all goals pass that are met. */
export function checkGoals(state: WorldState): void {
  if (state.failed) return;
  const { orderedGoals, optionalGoals } = state.spec;
  for (let goal = orderedGoals[state.orderedPassed]; goal !== undefined; goal = orderedGoals[state.orderedPassed]) {
    if (!isMet(state, goal.condition)) {
      state.failed = goal.fails === "unmet" || (goal.failsIf !== undefined && isMet(state, goal.failsIf));
      break;
    }
    if (goal.condition.type === "focused") bindGoalObject(state);
    if (goal.clearsFocus === true) state.focus = undefined;
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
  state.goalBaseline = undefined;
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
