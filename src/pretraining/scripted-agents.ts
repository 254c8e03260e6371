/**
 * @file The agents whose behaviour the base policy imitates, run in random worlds only (learning-recipe.md §2–3).
 * `literalAction` is the prior: it does the literal thing, is over-confident and rarely walks. `readerAction` follows
 * the tips it was shown. `oracleAction` knows the world and only makes trajectories worth a tip.
 */
import { inventory, isVisible, outerPlace, thingById } from "../core/envs/science/state.ts";
import type { Thing, WorldState } from "../core/envs/science/world.ts";
import { parseTip, type ParsedTip } from "./parsed-tip.ts";
import {
  carrierOf,
  focusCandidates,
  focusOf,
  listedThings,
  stageOf,
  type CarryMission,
  type FindMission,
  type WiringMission,
} from "./mission.ts";
import { ELSEWHERE, type Situation, type WiringPlan } from "./situation.ts";
import { goTo, nextHop, pendingMove, reachableRooms } from "./travel.ts";
import { haulAction, ponderAction, wireAction } from "./wiring.ts";

/** The action that the task's words ask for at this stage, possible or not. */
export function stageAction(situation: Situation, crossed: boolean, avoid: ReadonlySet<string> = new Set()): string {
  const { state, mission, random } = situation;
  switch (stageOf(state, mission)) {
    case "focus":
      return focusAction(situation);
    case "take":
      return `pick up ${carrierOf(state, focusOf(state, mission)).name}`;
    case "wire":
      return wiringStageAction(situation, crossed);
    case "connect":
      return connectAction(situation, mission as CarryMission, avoid);
    case "put":
      return `move ${carrierOf(state, focusOf(state, mission)).name} to ${thingById(state, (mission as FindMission).box).name}`;
    case "done":
      return random.pick(["look around", "wait1"]);
  }
}

function wiringStageAction(situation: Situation, crossed: boolean): string {
  const { mission, memory } = situation;
  if (mission.family !== "haul") return wireAction(situation, mission as WiringMission, crossed) ?? "wait1";
  if (memory.wiringPlan !== null) return haulAction(situation, mission, memory.wiringPlan) ?? "wait1";
  return wireAction(situation, mission, crossed) ?? ponderAction(situation, mission);
}

function focusAction({ state, mission, random }: Situation): string {
  const candidates = focusCandidates(state, mission);
  if (candidates.length > 0) return `focus on ${random.pick(candidates).name}`;
  if (mission.family !== "find") return `focus on ${thingById(state, mission.part).name}`;
  return `focus on ${mission.kind === "living" || mission.kind === "nonliving" ? `${mission.kind} thing` : mission.kind}`;
}

function connectAction({ state, random }: Situation, mission: CarryMission, avoid: ReadonlySet<string>): string {
  const part = thingById(state, mission.part);
  const visible = mission.sources.map((id) => thingById(state, id)).filter((source) => isVisible(state, source));
  const hopeful = visible.filter(({ id, name }) => !avoid.has(id) && !avoid.has(name));
  const source = hopeful[0]?.name ?? random.pick(["battery", "solar", "wind", "gas", "nuclear"]);
  return `connect ${part.name} to ${source}`;
}

/** Whether the stage's action is possible as far as the agent can see. */
export function isFeasible({ state, mission, memory }: Situation, avoid: ReadonlySet<string> = new Set()): boolean {
  switch (stageOf(state, mission)) {
    case "focus":
      return focusCandidates(state, mission).length > 0;
    case "take":
      return isVisible(state, focusOf(state, mission));
    case "wire":
      return [(mission as WiringMission).part, (mission as WiringMission).source].every((id) =>
        isVisible(state, thingById(state, id)),
      );
    case "connect":
      return (mission as CarryMission).sources
        .map((id) => thingById(state, id))
        .some((source) => isVisible(state, source) && !memory.tried.has(source.id) && !avoid.has(source.name));
    case "put":
      return isVisible(state, thingById(state, (mission as FindMission).box));
    case "done":
      return true;
  }
}

/** The prior without tips. `crossed` only when a tip has said so. */
export function literalAction(situation: Situation, crossed = false, avoid: ReadonlySet<string> = new Set()): string {
  const { state, mission, random, prior } = situation;
  const moving = pendingMove(situation);
  if (moving !== null) return moving;
  const stage = stageOf(state, mission);
  const followThrough = stage === "wire" ? prior.followThroughWiring : prior.followThrough;
  if (isFeasible(situation, avoid) && random.chance(followThrough)) {
    return stageAction(situation, crossed !== slipsUp(situation), avoid);
  }
  if (stage === "put" && random.chance(followThrough)) return towardsBox(situation);
  if (random.chance(prior.wander)) return goTo(situation, wanderRoom(situation));
  const wrong = stage === "focus" ? wrongFocus(situation) : null;
  return wrong ?? fiddle(situation, avoid);
}

/** Draws nothing where slips are impossible, so that the shipped base stays reproducible. */
function slipsUp({ random, prior: { crossedByChance } }: Situation): boolean {
  return crossedByChance > 0 && random.chance(crossedByChance);
}

/** Any room one move away; an eager wanderer prefers those it has not seen. */
function wanderRoom(situation: Situation): string {
  const { memory, random, prior } = situation;
  const reachable = reachableRooms(situation);
  const fresh = reachable.filter((room) => !memory.visited.includes(room));
  const isEager = prior.wander > 0.5;
  return random.pick(isEager && fresh.length > 0 && random.chance(0.9) ? fresh : reachable);
}

/** The task names the box's room: a teleporting agent goes there, a walking one sets out. */
function towardsBox(situation: Situation): string {
  const { state, mission, random } = situation;
  const { boxRoom } = mission as FindMission;
  const reachable = reachableRooms(situation);
  if (reachable.includes(boxRoom)) return goTo(situation, boxRoom);
  if (boxRoom === state.agentRoom) return stageAction(situation, false);
  return random.chance(0.5) ? goTo(situation, random.pick(reachable)) : stageAction(situation, false);
}

function wrongFocus({ state, mission, random, prior }: Situation): string | null {
  const others = listedThings(state).filter((thing) => !focusCandidates(state, mission).includes(thing));
  const similar = mission.family === "find" ? [] : others.filter(({ spec }) => spec.electric?.role === "part");
  if (similar.length > 0 && random.chance(prior.wrongSimilarFocus)) return `focus on ${random.pick(similar).name}`;
  if (others.length > 0 && random.chance(prior.wrongFocus)) return `focus on ${random.pick(others).name}`;
  return null;
}

/** Mostly repeats the literal action, else meddles with what is near. */
function fiddle(situation: Situation, avoid: ReadonlySet<string>): string {
  const { state, random } = situation;
  const near = listedThings(state);
  const choice = random.uniform();
  const literal = stageAction(situation, false, avoid);
  if (choice < 0.65 || near.length === 0) return safely(literal);
  if (choice < 0.8) return `look at ${random.pick(near).name}`;
  if (choice < 0.92) return `pick up ${random.pick(near).name}`;
  return carriesSomething(state) && choice > 0.98 ? "inventory" : "look around";
}

/** Wiring connections are made by intention only, never by meddling. */
function safely(action: string): string {
  return action.startsWith("connect") && / (anode|cathode|1|2)( |$)/.test(action) ? "look around" : action;
}

function carriesSomething(state: WorldState): boolean {
  return inventory(state).length > 0;
}

/** Follows the best tip it was shown, avoids what tips call bad, else explores where no tip has been. */
export function readerAction(situation: Situation, tips: readonly string[]): string {
  const { state, mission, memory, random } = situation;
  const moving = pendingMove(situation);
  if (moving !== null) return moving;
  const parsed = tips.map(parseTip);
  if (mission.family === "haul") memory.wiringPlan ??= planFromTips(situation, parsed);
  const crossed = knownPolarity(parsed) ?? false;
  const avoid = new Set(parsed.flatMap(({ bad }) => (bad === null ? [] : [bad])));
  if (random.chance(0.03)) return literalAction(situation, crossed, avoid);
  if (isFeasible(situation, avoid)) {
    const choices = stageAction(situation, crossed, avoid);
    return stageOf(state, mission) === "focus" ? avoidBadFocus(situation, choices, avoid) : choices;
  }
  const stage = stageOf(state, mission);
  if (stage === "put") return towardsBoxByTip(situation, parsed);
  const hinted = nextRoomByTip(situation, parsed);
  if (hinted !== null) return goTo(situation, hinted);
  if (!random.chance(0.93)) return literalAction(situation, crossed, avoid);
  return goTo(situation, unexploredRoom(situation, parsed));
}

/** A room that no tip mentions and that it has not seen, else one that it has not seen lately. */
function unexploredRoom(situation: Situation, parsed: readonly ParsedTip[]): string {
  const { memory, random } = situation;
  const mentioned = new Set(parsed.flatMap(({ rooms }) => rooms));
  const reachable = reachableRooms(situation);
  const fresh = reachable.filter((room) => !mentioned.has(room) && !memory.visited.includes(room));
  const recent = memory.visited.slice(-5);
  const older = reachable.filter((room) => !recent.includes(room));
  return random.pick([fresh, older, reachable].find((rooms) => rooms.length > 0)!);
}

function avoidBadFocus({ state, mission, random }: Situation, action: string, avoid: ReadonlySet<string>): string {
  const good = focusCandidates(state, mission).filter(({ name }) => !avoid.has(name));
  return good.length === 0 ? action : `focus on ${random.pick(good).name}`;
}

function towardsBoxByTip(situation: Situation, tips: readonly ParsedTip[]): string {
  const hinted = nextRoomByTip(situation, tips);
  const { boxRoom } = situation.mission as FindMission;
  if (reachableRooms(situation).includes(boxRoom)) return goTo(situation, boxRoom);
  return hinted === null ? towardsBox(situation) : goTo(situation, hinted);
}

/** Which way round wires light the part, as far as the tips tell; null if they do not. */
function knownPolarity(tips: readonly ParsedTip[]): boolean | null {
  let known: boolean | null = null;
  for (const { crossed, lit, dark } of tips) {
    if (crossed === null) continue;
    if (lit) return crossed;
    if (dark) known = !crossed;
  }
  return known;
}

/**
 * How to power a part as far as the tips tell: as the one that lit it; else one thing changed about the best one that
 * stayed dark (polarity, place, activation); null if no tip says that anything was wired.
 */
function planFromTips({ memory, random }: Situation, tips: readonly ParsedTip[]): WiringPlan | null {
  const wired = tips.filter(({ crossed }) => crossed !== null);
  const lit = wired.find((tip) => tip.lit);
  if (lit !== undefined) return planOf(lit);
  const dark = wired.filter((tip) => tip.dark);
  const best = dark[0];
  if (best === undefined) return null;
  memory.avoidedSites = dark.flatMap(({ site }) => (site === null ? [] : [site]));
  const last = planOf(best);
  const choice = random.uniform();
  if (choice < 0.35) return { ...last, crossed: !last.crossed };
  if (choice < 0.55 && !last.activate) return { ...last, activate: true, crossed: random.chance(0.5) };
  return { ...last, site: ELSEWHERE, activate: last.activate && random.chance(0.5), crossed: random.chance(0.5) };
}

function planOf({ hauled, site, roomsBefore, activated, crossed }: ParsedTip): WiringPlan {
  return {
    site: hauled ? site : null,
    route: roomsBefore[2] ?? [],
    activate: activated,
    crossed: crossed === true,
  };
}

const STAGE_VERBS: Readonly<Record<string, number>> = { focus: 0, take: 1, connect: 2, put: 2 };

/** The room the best tip went to next from here at this stage; null if it does not help. */
function nextRoomByTip(situation: Situation, tips: readonly ParsedTip[]): string | null {
  const { state, mission } = situation;
  const best = tips[0];
  if (best === undefined) return null;
  const stage = STAGE_VERBS[stageOf(state, mission)] ?? 0;
  const segment = best.roomsBefore[stage];
  if (segment === undefined || !best.reached[stage]) return null;
  if (state.spec.simplifications.teleportAction) {
    const goal = segment.at(-1);
    return goal === undefined || goal === state.agentRoom ? null : goal;
  }
  const here = segment.lastIndexOf(state.agentRoom);
  const next = here >= 0 ? segment[here + 1] : stage > 0 ? segment[0] : undefined;
  return next !== undefined && reachableRooms(situation).includes(next) ? next : null;
}

/** What leads to the goal, with full knowledge of the world. */
export function oracleAction(situation: Situation): string {
  const { state, mission, random } = situation;
  const moving = pendingMove(situation);
  if (moving !== null) return moving;
  const stage = stageOf(state, mission);
  const target = oracleRoom(situation, stage);
  if (target !== state.agentRoom && target !== "inventory") return goTo(situation, nextHop(situation, target));
  if (mission.family === "haul" && stage === "wire") {
    const { site, needsActivation: activate } = mission;
    const plan = { site, route: null, activate, crossed: state.spec.rules.crossedPolarity };
    return haulAction(situation, mission, plan) ?? "wait1";
  }
  const bad =
    mission.family === "carry"
      ? new Set(mission.sources.filter((id) => id !== mission.workingSource))
      : new Set<string>();
  return random.chance(0.02) ? "look around" : stageAction(situation, state.spec.rules.crossedPolarity, bad);
}

function oracleRoom({ state, mission }: Situation, stage: string): string {
  if (stage === "focus" && mission.family === "find") {
    const any = state.things.find(
      (thing) => thing.spec.relevant && thing.id !== mission.box && isOfKindHere(thing, mission),
    );
    return any === undefined ? state.agentRoom : outerPlace(state, any);
  }
  if (stage === "connect") return outerPlace(state, thingById(state, (mission as CarryMission).workingSource));
  if (stage === "put") return (mission as FindMission).boxRoom;
  return outerPlace(state, focusOf(state, mission));
}

function isOfKindHere(thing: Thing, mission: FindMission): boolean {
  if (mission.kind === "nonliving") return thing.spec.living === undefined && thing.spec.movable;
  return mission.kind === "living" ? thing.spec.living !== undefined : thing.spec.living?.kind === mission.kind;
}
