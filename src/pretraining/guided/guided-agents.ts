/**
 * @file How agents follow a guide. The *prior* does the next step if the task's words name what it takes, and hardly
 * ever thinks of a step that they do not (learning-recipe.md §2: literal and over-confident). The *reader* does what the
 * tips tell, and tries things where they end. The *oracle* and the *wanderer* only make episodes worth a tip.
 */
import type { Random } from "../../core/base/random.ts";
import { exitsOf, isRoomName } from "../../core/envs/science/state.ts";
import type { WorldState } from "../../core/envs/science/world.ts";
import { nextHop, reachableRooms } from "../travel.ts";
import { feasibleAction, literalWords, nearThings, roomOf, type Guide, type Step, type StepOption } from "./guide.ts";

/** How the literal agent behaves in guided worlds; part of the base policy's card. */
export interface GuidedPrior {
  /** Does a step whose things the task names, if it is possible. */
  readonly followThrough: number;
  /** Thinks of a step that the task does not name. */
  readonly spontaneous: number;
  /** Skips what it does not think of for a later step that the task names. */
  readonly rash: number;
  /** Takes the first of several alternatives. */
  readonly firstOption: number;
  /** Goes to a room that the task names. */
  readonly goToNamedRoom: number;
  /** Leaves the room although nothing told it to. */
  readonly wander: number;
}

/** What a tip tells about one step. */
export interface TipEntry {
  readonly step: number;
  readonly option: number;
  readonly room: string;
  /** Rooms walked through since the step before, the last one included. */
  readonly path: readonly string[];
}

/** What an agent can take from the tips it was shown, the best one first. */
export interface Advice {
  readonly entries: readonly TipEntry[];
  readonly rooms: readonly string[];
  /** Names of what tips call bad. */
  readonly bad: readonly string[];
}

/** One agent in one state of a guided world. */
export interface GuidedSituation {
  readonly state: WorldState;
  readonly guide: Guide;
  /** Position of the next step. */
  readonly next: number;
  readonly visited: readonly string[];
  readonly random: Random;
  readonly prior: GuidedPrior;
}

/** Where its step is not possible, the literal agent often says it all the same. */
const WISHFUL = 0.4;

const FUNCTION_WORDS: ReadonlySet<string> = new Set(
  "focus on pick up move to pour into use look at open activate connect read mix wait wait1".split(" "),
);

/** Whether the task's words name everything a step takes. */
function isNamed({ state }: GuidedSituation, action: string): boolean {
  const told = new Set(state.spec.taskText.split(" "));
  const nouns = action.split(" ").filter((word) => !FUNCTION_WORDS.has(word));
  return nouns.length > 0 && nouns.every((word) => told.has(word));
}

function optionOf(situation: GuidedSituation, step: Step, bad: readonly string[] = []): StepOption {
  const { random, prior, state } = situation;
  const hopeful = step.options.filter((option) => {
    const words = literalWords(state, option);
    return words === null || !bad.some((name) => words.endsWith(` ${name}`));
  });
  const options = hopeful.length > 0 ? hopeful : step.options;
  return options.length === 1 || random.chance(prior.firstOption) ? options[0]! : random.pick(options);
}

function goTo({ state }: GuidedSituation, room: string): string {
  if (state.spec.simplifications.teleportAction) return `teleport ${room}`;
  const exit = exitsOf(state, state.agentRoom).find((candidate) => candidate.room === room);
  return exit?.open === false ? `open door ${room}` : `go ${room}`;
}

function towards(situation: GuidedSituation, target: string): string {
  return goTo(situation, nextHop(situation, target));
}

function answer({ state, guide, next }: GuidedSituation): string | null {
  const { question } = state;
  if (question === undefined) return null;
  const wanted = new Set(
    (guide[next]?.options ?? []).flatMap(({ things }) =>
      things.map((reference) => (typeof reference === "string" ? reference : reference(state)?.id)),
    ),
  );
  const fits = question.choices.findIndex(({ objects }) =>
    objects.every((object) => !("thing" in object) || wanted.has(object.thing)),
  );
  return String(Math.max(0, fits));
}

/** The room of those the task names that it has not seen. */
function namedRoom({ state, visited }: GuidedSituation): string | undefined {
  return state.spec.taskText.split(" ").find((word) => isRoomName(word) && !visited.includes(word));
}

/** A later step that the task names and that is possible now. */
function rashAction(situation: GuidedSituation): string | null {
  const { state, guide, next } = situation;
  for (const step of guide.slice(next + 1)) {
    const action = feasibleAction(state, optionOf(situation, step));
    if (action !== null && isNamed(situation, action)) return action;
  }
  return null;
}

/** The words of the first step to come that the task names, whether they mean something yet or not. */
function wishfulAction(situation: GuidedSituation): string {
  const { state, guide, next } = situation;
  for (const step of guide.slice(next)) {
    const action = literalWords(state, step.options[0]!);
    if (action !== null && isNamed(situation, action)) return action;
  }
  const [, noun] = /(\w+)$/.exec(state.spec.taskText) ?? [];
  return noun === undefined ? "look around" : `focus on ${noun}`;
}

function meddle({ state, random }: GuidedSituation): string {
  const near = nearThings(state);
  if (near.length === 0) return "look around";
  const { name } = random.pick(near);
  return random.pick([`look at ${name}`, `pick up ${name}`, `look at ${name}`, "look around"]);
}

/** The prior without tips. */
export function priorAction(situation: GuidedSituation): string {
  const { state, guide, next, random, prior } = situation;
  const numbered = answer(situation);
  if (numbered !== null) return numbered;
  const step = guide[next];
  if (step === undefined) return random.pick(["look around", "wait1"]);
  const action = feasibleAction(state, optionOf(situation, step));
  const intended = action === null ? null : intendedAction(situation, action);
  if (intended !== null) return intended;
  const room = namedRoom(situation);
  if (room !== undefined && random.chance(prior.goToNamedRoom) && reachableRooms(situation).includes(room)) {
    return goTo(situation, room);
  }
  if (random.chance(prior.wander)) return goTo(situation, random.pick(reachableRooms(situation)));
  return action === null && random.chance(WISHFUL) ? wishfulAction(situation) : meddle(situation);
}

/** The step at hand if it comes to mind, else perhaps a later one. */
function intendedAction(situation: GuidedSituation, action: string): string | null {
  const { random, prior } = situation;
  if (random.chance(isNamed(situation, action) ? prior.followThrough : prior.spontaneous)) return action;
  return random.chance(prior.rash) ? rashAction(situation) : null;
}

/** Follows the tips as far as they lead, then tries what may help. */
export function adviceAction(situation: GuidedSituation, advice: Advice): string {
  const { state, guide, next, random } = situation;
  const numbered = answer(situation);
  if (numbered !== null) return numbered;
  const step = guide[next];
  if (step === undefined || random.chance(0.03)) return meddle(situation);
  const entry = advice.entries.find((candidate) => candidate.step === next);
  if (entry !== undefined) {
    const action = feasibleAction(state, step.options[entry.option]!);
    if (action !== null) return action;
    if (state.agentRoom !== entry.room) return goByTip(situation, entry);
  }
  return tryOn(situation, step, advice);
}

function goByTip(situation: GuidedSituation, { room, path }: TipEntry): string {
  const { state } = situation;
  if (state.spec.simplifications.teleportAction) return goTo(situation, room);
  const hop = path[path.lastIndexOf(state.agentRoom) + 1];
  return hop !== undefined && reachableRooms(situation).includes(hop) ? goTo(situation, hop) : towards(situation, room);
}

/** Beyond what tips tell: the next step if it is at hand, else mostly other rooms, else handling what is near. */
function tryOn(situation: GuidedSituation, step: Step, { bad, rooms }: Advice): string {
  const { state, random } = situation;
  const action = feasibleAction(state, optionOf(situation, step, bad));
  if (action === null) return random.chance(0.8) ? goOn(situation, rooms) : handle(situation);
  if (random.chance(isNamed(situation, action) ? 0.9 : 0.45)) return action;
  return random.chance(0.3) ? goOn(situation, rooms) : handle(situation);
}

/** To the room that the task names, else to one that neither it nor the tips have seen, else to one of the tips'. */
function goOn(situation: GuidedSituation, rooms: readonly string[]): string {
  const { random, visited } = situation;
  const reachable = reachableRooms(situation);
  const wanted = namedRoom(situation);
  if (wanted !== undefined && reachable.includes(wanted)) return goTo(situation, wanted);
  const unseen = reachable.filter((room) => !visited.includes(room));
  const fresh = unseen.filter((room) => !rooms.includes(room));
  const candidates = [fresh, unseen, reachable].find(({ length }) => length > 0)!;
  return goTo(situation, random.pick(candidates));
}

/** Opens, activates or picks up something near. */
function handle(situation: GuidedSituation): string {
  const { state, random } = situation;
  const near = nearThings(state);
  const closed = near.filter(({ spec, open }) => spec.container?.lid === true && !open);
  const off = near.filter(({ spec, on }) => spec.device !== undefined && !on);
  const loose = near.filter(({ spec, at }) => spec.movable && at !== "inventory");
  const actions = [
    ...closed.map(({ name }) => `open ${name}`),
    ...off.map(({ name }) => `activate ${name}`),
    ...loose.map(({ name }) => `pick up ${name}`),
  ];
  return actions.length === 0 ? meddle(situation) : random.pick(actions);
}

/** What the guide says, with full knowledge of the world. */
export function guideAction(situation: GuidedSituation): string {
  const { state, guide, next, random } = situation;
  const numbered = answer(situation);
  if (numbered !== null) return numbered;
  const step = guide[next];
  if (step === undefined) return random.pick(["look around", "wait1"]);
  const option = step.options[step.right]!;
  const action = feasibleAction(state, option);
  if (action !== null) return action;
  const room = roomOf(state, option);
  return room === null || room === state.agentRoom ? "wait1" : towards(situation, room);
}

/** Walks about, and does any step of the guide that is at hand, with any of its alternatives. */
export function wanderingAction(situation: GuidedSituation): string {
  const { state, guide, next, random, visited } = situation;
  const numbered = answer(situation);
  if (numbered !== null) return numbered;
  const step = guide[next];
  const action = step === undefined ? null : feasibleAction(state, random.pick(step.options));
  if (action !== null && random.chance(0.85)) return action;
  if (random.chance(0.15)) return handle(situation);
  const rooms = reachableRooms(situation);
  const fresh = rooms.filter((room) => !visited.includes(room));
  return goTo(situation, random.pick(fresh.length > 0 && random.chance(0.9) ? fresh : rooms));
}
