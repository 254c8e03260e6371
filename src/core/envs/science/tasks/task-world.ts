/** @file What the worlds of most tasks have in common: a house, an orange, standing things, ScienceWorld's laws. */
import { floorPlanOfHouse } from "../floor-plan.ts";
import { furnish } from "../furnishings.ts";
import { MIXING } from "../recipes.ts";
import { MAX_MOVES, REAL_RULES, worldRandom, type WorldChoice } from "../task-type.ts";
import { standardThings } from "../things.ts";
import {
  ROOM_NAMES,
  type Condition,
  type OptionalGoal,
  type RoomName,
  type ThingSpec,
  type WorldSpec,
} from "../world.ts";

/** What a task adds to the common world. */
export interface TaskWorld {
  readonly things: readonly ThingSpec[];
  /** Rooms that the task furnishes itself. */
  readonly except?: readonly RoomName[] | "all";
  readonly maxTurns: number;
}

/** Everything but the task's text and goals. */
export function taskWorld(
  name: string,
  choice: WorldChoice,
  { things, except, maxTurns }: TaskWorld,
): Omit<WorldSpec, "taskText" | "orderedGoals" | "optionalGoals"> {
  const random = worldRandom(name, choice);
  return {
    floorPlan: floorPlanOfHouse(choice.house),
    // A label with which no variation 0 starts in a room that its task names.
    startRoom: random.fork("first room").pick(ROOM_NAMES),
    things: [
      ...standardThings(),
      ...things,
      ...furnish(random.fork("furniture"), except === "all" ? ROOM_NAMES : except),
    ],
    rules: REAL_RULES,
    simplifications: choice.simplifications,
    offersTaskOnly: true,
    chance: random.fork("chance").key,
    maxTurns,
    maxMoves: MAX_MOVES,
  };
}

/** The common world of the tasks about matter: nothing but the given things stands in it, and things can be mixed. */
export function laboratory(
  name: string,
  choice: WorldChoice,
  things: readonly ThingSpec[],
): Omit<WorldSpec, "taskText" | "orderedGoals" | "optionalGoals" | "maxTurns"> {
  return {
    floorPlan: floorPlanOfHouse(choice.house),
    startRoom: worldRandom(name, choice).fork("start").pick(ROOM_NAMES),
    things: [...standardThings(), ...things],
    rules: REAL_RULES,
    simplifications: choice.simplifications,
    mixing: MIXING,
    maxMoves: MAX_MOVES,
  };
}

/** In another room than the start room; counts at once if the world starts in the room the task names. */
export function newRoomUnless(room: RoomName): Condition {
  return { type: "any", of: [{ type: "newRoom" }, { type: "inRoom", room }] };
}

/** The two goals of getting to the room a task names. */
export function goalsOfGoing(room: RoomName, isCountedAtOnce = true): OptionalGoal[] {
  return [
    { text: "be in another room", condition: isCountedAtOnce ? newRoomUnless(room) : { type: "newRoom" } },
    { text: `be in the ${room}`, condition: { type: "inRoom", room } },
  ];
}

/** The value of an axis that is so many steps long and has so many combinations of the axes inside it. */
export function axis<Value>(values: readonly Value[], variation: number, inner: number): Value {
  return values[Math.floor(variation / inner) % values.length]!;
}
