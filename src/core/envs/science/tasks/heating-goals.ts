/** @file Optional goals that tasks with heat share: finding a heater, and putting the substance on it. */
import type { Condition, OptionalGoal, Selector } from "../world.ts";

/** Things of a house that heat, by id. No house has a hot plate: its goals only keep the real points. */
const HEATERS = ["stove", "furnace", "oven"] as const;
const WOOD: Selector = { ids: ["wood"] };

function goal(text: string, condition: Condition, after?: readonly number[]): OptionalGoal {
  return { text, condition, ...(after && { after }) };
}

/** Be in a room with something one can see. */
export function seeGoal(text: string, things: Selector): OptionalGoal {
  return goal(`see ${text}`, { type: "seesAny", things });
}

/** Have substances together and alone in one container. */
export function aloneGoal(matters: readonly string[]): OptionalGoal {
  return goal(`have ${matters.join(" and ")} alone in a container`, { type: "alone", matters });
}

/**
 * Turn on one of four heaters, or make a fire.
 *
 * @param first position of the first of these seven goals in its list
 */
export function heaterGoals(first: number): OptionalGoal[] {
  const woodInPit = first + HEATERS.length + 2;
  return [
    ...HEATERS.map((thing) => goal(`activate the ${thing}`, { type: "switchedOn", thing })),
    goal("activate a hot plate (no house has one)", { type: "never" }),
    goal("carry the lighter", { type: "carriesAny", things: { ids: ["lighter"] } }),
    goal("move wood to the pit", { type: "holds", container: "pit", things: WOOD }),
    goal("burn the wood", { type: "burning", things: WOOD }, [woodInPit]),
  ];
}

/** Have the substance in or on a heater, while it is in focus: five goals. */
export function onHeaterGoals(things: Selector): OptionalGoal[] {
  const on = (container: string): Condition => ({
    type: "all",
    of: [
      { type: "focused", on: things },
      { type: "focusIn", container },
    ],
  });
  return [
    ...[...HEATERS, "pit"].map((heater) => goal(`have it in focus on the ${heater}`, on(heater))),
    goal("have it in focus on a hot plate (no house has one)", { type: "never" }),
  ];
}

/** Have the substance warmer (or, if negative, colder) than when it came into focus. */
export function warmedGoal(things: Selector, by: number): OptionalGoal {
  const text = by > 0 ? `warm it by ${by} degrees` : `cool it by ${-by} degrees`;
  return goal(text, {
    type: "all",
    of: [
      { type: "focused", on: things },
      { type: "focusWarmed", by },
    ],
  });
}
