/** @file A ScienceWorld-style text world: one episode of one world spec. */
import type { Observation, RoomsView, TaskRef, TextEnv } from "../env.ts";
import { act, ticksOf } from "./actions.ts";
import { checkGoals, scoreOf } from "./goals.ts";
import { parseAction } from "./parser.ts";
import { processesOf, type Process } from "./processes.ts";
import { referentName, roomView, taskView } from "./render.ts";
import { loadState, saveState, type SavedState } from "./saved-state.ts";
import { cloneState, createState, isVisible } from "./state.ts";
import { validActions } from "./valid-actions.ts";
import { worldView } from "./view.ts";
import type { Deed, ParsedAction, Thing, WorldSpec, WorldState } from "./world.ts";

/** How often ScienceWorld looks at the goals in a tick, and in an action that takes none. */
const LOOKS = 2;
const UNKNOWN_ACTION = "no known action matches";

/** One world as an episode. Deterministic: the same spec and actions give the same transcript. */
export class ScienceWorldEnv implements TextEnv {
  readonly task: TaskRef;
  readonly spec: WorldSpec;
  #state: WorldState;
  #score = 0;
  readonly #processes: readonly Process[];

  constructor(task: TaskRef, spec: WorldSpec) {
    this.task = task;
    this.spec = spec;
    this.#state = createState(spec);
    this.#processes = processesOf(spec);
  }

  /** Everything there is to know about the world now. For scripted experts; read only. */
  get state(): Readonly<WorldState> {
    return this.#state;
  }

  /** A copy of the state, for `restore`. */
  snapshot(): WorldState {
    return cloneState(this.#state);
  }

  /** Goes back to a snapshot. */
  restore(snapshot: WorldState): void {
    this.#state = cloneState(snapshot);
    this.#score = scoreOf(this.#state);
  }

  /** The state as plain data, for `load`. */
  save(): SavedState {
    return saveState(this.#state);
  }

  /** Goes on from a saved state of the same world. */
  load(saved: SavedState): void {
    this.#state = loadState(this.spec, saved);
    this.#score = scoreOf(this.#state);
  }

  reset(): Observation {
    this.#state = createState(this.spec);
    this.#score = 0;
    checkGoals(this.#state);
    return this.#observe(`${taskView(this.#state)} . ${roomView(this.#state)}`);
  }

  step(action: string): Observation {
    const state = this.#state;
    if (this.#isDone()) return this.#observe("done");
    state.turns += 1;
    state.deed = undefined;
    const parse = state.question === undefined ? parseAction(state, action) : this.#answer(action.trim());
    if (parse.length === 1) return this.#observe(this.#perform(parse[0]!));
    if (parse.length > 1) {
      state.question = { choices: parse };
      return this.#observe(questionText(state, parse));
    }
    return this.#observe(UNKNOWN_ACTION);
  }

  validActions(): string[] {
    if (this.#isDone()) return [];
    return validActions(this.#state);
  }

  view(): RoomsView {
    return worldView(this.#state);
  }

  /** The action chosen by number; anything else gives up the question, and that takes a tick. */
  #answer(input: string): readonly ParsedAction[] {
    const state = this.#state;
    const choice = /^\d$/.test(input) ? state.question?.choices[Number(input)] : undefined;
    state.question = undefined;
    if (choice !== undefined) return [choice];
    this.#tick([]);
    return [];
  }

  #perform(action: ParsedAction): string {
    const state = this.#state;
    const { failed: wasFailed, agentRoom: roomBefore } = state;
    const reply = act(state, action);
    state.deed = deedOf(action);
    state.looks = LOOKS + (state.agentRoom === roomBefore ? state.looks : 0);
    checkGoals(state);
    const changed: Thing[] = [];
    const ticks = ticksOf(action.verb);
    for (let i = 0; i < ticks && !this.#isSettled(); i++) {
      if (i > 0) state.looks += LOOKS;
      this.#tick(changed);
    }
    let text = typeof reply === "string" ? reply : reply(state);
    if (typeof reply === "string") {
      for (const thing of changed) {
        if (isVisible(state, thing)) text += ` ; ${thing.name} ${thing.lit ? "on" : "off"}`;
      }
    }
    return state.failed && !wasFailed ? `${text} ; bad` : text;
  }

  #tick(changed: Thing[]): void {
    this.#state.moves += 1;
    for (const process of this.#processes) process(this.#state, changed);
    checkGoals(this.#state);
  }

  /** Whether goals decide the episode already. */
  #isSettled(): boolean {
    const { failed, orderedPassed, spec } = this.#state;
    return failed || orderedPassed === spec.orderedGoals.length;
  }

  #isDone(): boolean {
    const { turns, moves, spec } = this.#state;
    return this.#isSettled() || turns >= spec.maxTurns || moves > spec.maxMoves;
  }

  #observe(text: string): Observation {
    const score = scoreOf(this.#state);
    const reward = score - this.#score;
    this.#score = score;
    return { text, score, reward, done: this.#isDone(), moves: this.#state.moves };
  }
}

function deedOf({ verb, objects }: ParsedAction): Deed {
  return { verb, things: objects.flatMap((object) => ("thing" in object ? [object.thing] : [])) };
}

/** `which 0 red wire 1 blue wire`: the objects in which the choices differ. */
function questionText(state: WorldState, choices: readonly ParsedAction[]): string {
  const names = choices.map(({ objects }) => objects.map((object) => referentName(state, object)));
  const differing = names[0]!.flatMap((name, i) => (names.some((other) => other[i] !== name) ? [i] : []));
  const shown = differing.length === 0 ? [0] : differing;
  return `which ${names.map((words, i) => `${i} ${shown.map((j) => words[j]).join(" to ")}`).join(" ")}`;
}
