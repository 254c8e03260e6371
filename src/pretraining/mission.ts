/** @file What the scripted agents of the corpus are asked to do, and how far they are. */
import { inventory, isVisible, outerPlace, thingById, visibleThings } from "../core/envs/science/state.ts";
import type { Thing, WorldSpec, WorldState } from "../core/envs/science/world.ts";

/** Power a part by wiring its terminals to those of a source. */
export interface WiringMission {
  readonly family: "wiring";
  readonly part: string;
  /** The source a literal agent would take. */
  readonly source: string;
  readonly wires: readonly string[];
}

/** Power a part by wiring it to a source of a named kind, in the one room where that delivers or by activating it. */
export interface HaulMission {
  readonly family: "haul";
  readonly part: string;
  readonly source: string;
  readonly wires: readonly string[];
  /** Where the source has to stand; null: anywhere. */
  readonly site: string | null;
  readonly needsActivation: boolean;
}

/** Teaching worlds: carry a part to a source that works and connect the two at once. */
export interface CarryMission {
  readonly family: "carry";
  readonly part: string;
  readonly sources: readonly string[];
  readonly workingSource: string;
}

/** Find a thing of a kind and put it into a box. */
export interface FindMission {
  readonly family: "find";
  readonly kind: "living" | "nonliving" | "plant" | "animal";
  readonly box: string;
  /** The room the task names. */
  readonly boxRoom: string;
}

/** One of the families of tasks the corpus is made of. */
export type Mission = WiringMission | HaulMission | CarryMission | FindMission;

/** A world of the corpus and what to do in it. */
export interface MissionWorld {
  readonly spec: WorldSpec;
  readonly mission: Mission;
}

/** Steps of a mission, in order. `carry` is needed only where the thing has to be moved. */
export type Stage = "focus" | "take" | "wire" | "connect" | "put" | "done";

/** The step that comes next. */
export function stageOf(state: WorldState, mission: Mission): Stage {
  if (state.orderedPassed >= state.spec.orderedGoals.length) return "done";
  if (state.orderedPassed === 0) return "focus";
  if (mission.family === "wiring" || mission.family === "haul") return "wire";
  const carried = carrierOf(state, focusOf(state, mission));
  if (carried.at !== "inventory") return "take";
  return mission.family === "carry" ? "connect" : "put";
}

/** The thing the mission is about: the part, or what was focused on. */
export function focusOf(state: WorldState, mission: Mission): Thing {
  if (mission.family !== "find") return thingById(state, mission.part);
  return thingById(state, state.goalObject ?? state.focus ?? mission.box);
}

/** What has to be picked up to carry a thing: the pot a plant stands in, else the thing itself. */
export function carrierOf(state: WorldState, thing: Thing): Thing {
  const index = state.indexOf.get(thing.at);
  const container = index === undefined ? undefined : state.things[index];
  return container?.spec.movable === true ? container : thing;
}

/** Whether a thing is of the kind a find-mission asks for. */
export function isOfKind({ spec }: Thing, kind: FindMission["kind"]): boolean {
  if (kind === "nonliving") return spec.living === undefined && spec.movable;
  if (kind === "living") return spec.living !== undefined;
  return spec.living?.kind === kind;
}

/** Visible things the agent may focus on to begin its mission. */
export function focusCandidates(state: WorldState, mission: Mission): Thing[] {
  if (mission.family !== "find") {
    const part = thingById(state, mission.part);
    return isVisible(state, part) ? [part] : [];
  }
  return listedThings(state).filter((thing) => thing.id !== mission.box && isOfKind(thing, mission.kind));
}

/** Things the room view lists, without what is carried and the air. */
export function listedThings(state: WorldState): Thing[] {
  const carried = new Set(inventory(state).map(({ id }) => id));
  return visibleThings(state).filter(
    (thing) => thing.spec.relevant && !carried.has(thing.id) && outerPlace(state, thing) === state.agentRoom,
  );
}
