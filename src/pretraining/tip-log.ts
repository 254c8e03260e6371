/**
 * @file The true tip of an episode: a chronological log of where the agent was, what succeeded and what failed last.
 * The corpus teaches the policy to write it; it states only what that episode showed.
 */
import { thingById } from "../core/envs/science/state.ts";
import { INVENTORY, type WorldState } from "../core/envs/science/world.ts";
import { carrierOf, focusOf, type Mission } from "./mission.ts";

/** Words of the log that are kept, newest last. */
const MAX_LOG_WORDS = 20;
const POLAR = new Set(["anode", "cathode"]);

/** What an action is compared with afterwards. */
export interface Before {
  readonly room: string;
  readonly orderedPassed: number;
  readonly connectionCount: number;
  readonly carried: number;
  /** The thing the mission is about is in the inventory. */
  readonly carriesFocus: boolean;
  readonly failed: boolean;
  readonly moves: number;
  /** Part and source are wired at both ends. */
  readonly wired: boolean;
  /** The source of a named kind: carried, activated. */
  readonly sourceCarried: boolean;
  readonly sourceOn: boolean;
}

/** Notes the state before an action. */
export function before(state: WorldState, mission: Mission): Before {
  return {
    moves: state.moves,
    wired: isWired(state, mission),
    room: state.agentRoom,
    orderedPassed: state.orderedPassed,
    connectionCount: state.connections.size,
    carried: carriedCount(state),
    carriesFocus: carriesFocus(state, mission),
    failed: state.failed,
    ...sourceState(state, mission),
  };
}

function sourceState(state: WorldState, mission: Mission): Pick<Before, "sourceCarried" | "sourceOn"> {
  if (mission.family !== "haul") return { sourceCarried: false, sourceOn: false };
  const { at, on } = thingById(state, mission.source);
  return { sourceCarried: at === INVENTORY, sourceOn: on };
}

function isWired(state: WorldState, mission: Mission): boolean {
  if ((mission.family !== "wiring" && mission.family !== "haul") || state.orderedPassed === 0) return false;
  return [mission.part, mission.source].every((thing) =>
    ["anode", "cathode"].every((end) => state.connections.has(`${thing}:${end}`)),
  );
}

function carriedCount(state: WorldState): number {
  return state.things.filter(({ at }) => at === INVENTORY).length;
}

function carriesFocus(state: WorldState, mission: Mission): boolean {
  if (mission.family === "wiring" || state.orderedPassed === 0) return false;
  return carrierOf(state, focusOf(state, mission)).at === INVENTORY;
}

/** Keeps the log of one episode. */
export class TipLog {
  readonly words: string[];
  #trouble: readonly string[] = [];
  #wasLit = false;
  readonly #mission: Mission;

  constructor(start: WorldState, mission: Mission) {
    this.words = [start.agentRoom];
    this.#mission = mission;
  }

  /** Notes what an action changed. */
  note(action: string, past: Before, state: WorldState): void {
    if (state.agentRoom !== past.room) this.#progress(state.agentRoom);
    this.#noteVerb(action, past, state);
    if (this.#wasLit) return;
    if (this.#isLit(state)) {
      this.#wasLit = true;
      this.#progress("on");
    } else if (past.wired && state.moves > past.moves) this.#trouble = ["dark"];
  }

  /** The tip's words without score. */
  tip(): string[] {
    const log = this.words.slice(-MAX_LOG_WORDS);
    return this.#trouble.length === 0 ? log : [...log, ";", ...this.#trouble];
  }

  #noteVerb(action: string, past: Before, state: WorldState): void {
    switch (action.split(" ")[0]) {
      case "focus":
        this.#noteFocus(action, past, state);
        break;
      case "pick":
        if (!past.carriesFocus && carriesFocus(state, this.#mission)) this.#progress("take");
        break;
      case "move":
        if (state.orderedPassed > past.orderedPassed) this.#progress("put");
        else if (this.#canPut(past)) this.#trouble = ["no", "put"];
        break;
      case "connect":
        this.#noteConnection(action, past, state);
        break;
      default:
    }
    this.#noteSource(past, sourceState(state, this.#mission));
  }

  #noteSource(past: Before, { sourceCarried, sourceOn }: Pick<Before, "sourceCarried" | "sourceOn">): void {
    if (past.orderedPassed === 0) return;
    if (past.sourceCarried && !sourceCarried) this.#progress("put");
    if (!past.sourceOn && sourceOn) this.#progress("activate");
  }

  #progress(...words: string[]): void {
    this.words.push(...words);
    this.#trouble = [];
  }

  #noteFocus(action: string, past: Before, state: WorldState): void {
    const name = action.split(" ").slice(2);
    if (past.orderedPassed > 0) return;
    if (state.failed && !past.failed) this.#trouble = ["bad", ...name];
    else if (state.orderedPassed > past.orderedPassed) this.#progress("focus");
    else this.#trouble = ["no", "focus"];
  }

  #noteConnection(action: string, past: Before, state: WorldState): void {
    if (past.orderedPassed === 0) return;
    const words = action.split(" ").slice(1);
    if (state.connections.size > past.connectionCount) {
      if (this.#mission.family === "carry") this.#progress("connect", ...words.slice(words.indexOf("to") + 1));
      else this.words.push(...words.filter((word, i) => POLAR.has(word) || this.#isSourceWord(words, i, state)));
      return;
    }
    if (this.#mission.family !== "carry") return;
    const source = words.slice(words.indexOf("to") + 1);
    const places = [state.agentRoom, INVENTORY];
    const seen = state.things.find(({ name, at }) => name === source.join(" ") && places.includes(at));
    this.#trouble = seen === undefined ? ["no", "connect"] : ["bad", ...source];
  }

  #isSourceWord(words: readonly string[], i: number, state: WorldState): boolean {
    return state.things.some(({ spec, name }) => spec.electric?.role === "source" && name === words[i]);
  }

  #canPut(past: Before): boolean {
    return this.#mission.family === "find" && past.orderedPassed > 0 && past.carried > 0;
  }

  #isLit(state: WorldState): boolean {
    return this.#mission.family !== "find" && thingById(state, this.#mission.part).lit;
  }
}
