/**
 * @file A guide: the steps that lead through a task, for the scripted agents of the corpus. It knows the world; what the
 * agents may know of it (their prior, or what a tip has told them) is decided in `guided-agents.ts`.
 */
import { isVisible, outerPlace, thingById, visibleThings } from "../../core/envs/science/state.ts";
import { INVENTORY, type Thing, type WorldState } from "../../core/envs/science/world.ts";

/** A thing by id, or found when it is needed: liquids and plants come and go. */
export type Reference = string | ((state: WorldState) => Thing | undefined);

/** One thing to do at a step: an action on some things. */
export interface StepOption {
  readonly things: readonly Reference[];
  /** The action, given the names that the things have now. */
  readonly say: (...names: readonly string[]) => string;
}

/** One step of a guide. */
export interface Step {
  /** Alternatives of which one is right; most steps have one alone. In the order in which the agent sees them. */
  readonly options: readonly StepOption[];
  readonly right: number;
  /** Whether it has been done; `said`: it was said, and the world did it. */
  readonly isDone: (state: WorldState, said: boolean) => boolean;
  /** Is an ordered goal of the task, which may be done ahead of its turn. */
  readonly isGoal?: boolean;
  /** Does not stand in the tip: one of several alike, whose last does. */
  readonly isSilent?: boolean;
}

/** The steps of one world, the first one first. */
export type Guide = readonly Step[];

/** The thing a reference stands for; undefined if there is none (yet). */
export function resolve(state: WorldState, reference: Reference): Thing | undefined {
  return typeof reference === "string" ? thingById(state, reference) : reference(state);
}

/** The action of an option; null unless everything it needs is within reach. */
export function feasibleAction(state: WorldState, { things, say }: StepOption): string | null {
  const found = things.map((reference) => resolve(state, reference));
  if (found.some((thing) => thing === undefined || !isVisible(state, thing))) return null;
  return say(...found.map((thing) => thing!.name));
}

/** The action of an option, possible or not; null if nothing has its name yet. */
export function literalWords(state: WorldState, { things, say }: StepOption): string | null {
  const found = things.map((reference) => resolve(state, reference));
  return found.some((thing) => thing === undefined) ? null : say(...found.map((thing) => thing!.name));
}

/** The room in which an option's things are; null where they are all at hand, or not to be found. */
export function roomOf(state: WorldState, { things }: StepOption): string | null {
  for (const reference of things) {
    const thing = resolve(state, reference);
    if (thing === undefined) continue;
    const place = outerPlace(state, thing);
    if (place !== INVENTORY && place !== state.agentRoom && place !== "everywhere") return place;
  }
  return null;
}

/** How a tip says an action: its verb, and everything it names that is not plain from the verb. */
const TOLD: readonly (readonly [action: RegExp, told: string])[] = [
  [/^focus on (.*)/, "focus $1"],
  [/^pick up (.*)/, "take $1"],
  [/^move (.*) to (.*)/, "put $1 $2"],
  [/^pour (.*) into (.*)/, "pour $1 $2"],
  [/^use .* on (.*)/, "use $1"],
  [/^look at (.*)/, "look $1"],
  [/^connect .*/, "connect"],
];

/** What a tip says of an action: its verb and the things it names. */
export function tipWords(action: string): string[] {
  const entry = TOLD.find(([pattern]) => pattern.test(action));
  return (entry === undefined ? action : action.replace(entry[0], entry[1])).trim().split(" ");
}

/** The word for what was tried in vain. */
export function verbWord(action: string): string {
  return tipWords(action)[0]!;
}

/** The last thing that an action names: what is to blame where the action fails. */
export function lastThing(action: string): string[] {
  return action.replace(/^(?:move .* to|pour .* into|use .* on|focus on|pick up|look at|\w+) /, "").split(" ");
}

/** Things within reach that a meddler might take up. */
export function nearThings(state: WorldState): Thing[] {
  return visibleThings(state).filter(({ at, id }) => at !== "everywhere" && id !== "orange");
}
