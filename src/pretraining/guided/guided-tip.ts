/** @file The true tip of a guided episode: where the agent was, which steps it did, and what failed last. */
import type { WorldState } from "../../core/envs/science/world.ts";
import type { Disguise } from "./disguise.ts";
import { lastThing, tipWords, verbWord, type Guide } from "./guide.ts";
import type { DoneStep } from "./progress.ts";
import type { Advice, TipEntry } from "./guided-agents.ts";

/** Words of the log that are kept, newest last. */
const MAX_LOG_WORDS = 30;

interface LogItem {
  readonly words: readonly string[];
  readonly room?: string;
  readonly entry?: Omit<TipEntry, "path">;
}

/** What an action changed. */
export interface Change {
  /** Where the agent was before. */
  readonly room: string;
  /** Afterwards. */
  readonly state: WorldState;
  readonly guide: Guide;
  /** Positions of the steps that it did. */
  readonly done: readonly DoneStep[];
}

/** A finished tip: its words, and what a reader takes from them. */
export interface GuidedTip {
  readonly words: readonly string[];
  readonly advice: Advice;
}

/** Keeps the log of one guided episode. */
export class GuidedTipLog {
  #items: LogItem[];
  #trouble: readonly string[] = [];
  /** The action that the agent was asked about and has not answered for yet. */
  #asked: string | null = null;
  readonly #teleports: boolean;
  readonly #disguise: Disguise;

  readonly #ordersAnswers: boolean;

  /** @param ordersAnswers says `first` and `then` where a task wants several answers one after another */
  constructor(start: WorldState, disguise: Disguise, ordersAnswers = false) {
    this.#items = [{ words: [start.agentRoom], room: start.agentRoom }];
    this.#disguise = disguise;
    this.#ordersAnswers = ordersAnswers;
    this.#teleports = start.spec.simplifications.teleportAction;
  }

  /** Notes what an action changed: the room, steps done, a failure. */
  note(said: string, { room, state, guide, done }: Change): void {
    // An answer to a question stands for the action that was asked about.
    const action = this.#asked ?? said;
    this.#asked = state.question === undefined ? null : action;
    if (state.agentRoom !== room) this.#noteRoom(state.agentRoom);
    if (state.failed) {
      this.#trouble = ["bad", ...lastThing(action)];
      return;
    }
    for (const { step, option } of done) {
      this.#trouble = [];
      const words = guide[step]!.isSilent === true ? [] : [...this.#order(guide, step), ...tipWords(action)];
      this.#items.push({ words, entry: { step, option, room } });
    }
    if (done.length === 0 && state.deed === undefined && state.question === undefined) {
      this.#trouble = ["no", verbWord(action)];
    }
  }

  #order(guide: Guide, step: number): readonly string[] {
    const answers = guide.flatMap(({ isGoal, options }, i) => (isGoal === true && options.length > 1 ? [i] : []));
    if (!this.#ordersAnswers || answers.length < 2 || !answers.includes(step)) return [];
    return [step === answers[0] ? "first" : "then"];
  }

  /** The tip, its newest words if there are too many. */
  finish(): GuidedTip {
    const kept: LogItem[] = [];
    let space = MAX_LOG_WORDS;
    for (const item of this.#items.toReversed()) {
      space -= item.words.length;
      if (space < 0) break;
      kept.unshift(item);
    }
    const log = kept.flatMap(({ words }) => words);
    const words = this.#disguise
      .apply([...log, ...(this.#trouble.length === 0 ? [] : [";", ...this.#trouble])].join(" "))
      .split(" ");
    const bad = this.#trouble[0] === "bad" ? [this.#trouble.slice(1).join(" ")] : [];
    return { words, advice: { ...adviceOf(kept), bad } };
  }

  #noteRoom(room: string): void {
    // Whoever teleports needs no way: only rooms in which something was done count.
    if (this.#teleports && this.#items.at(-1)!.room !== undefined) this.#items.pop();
    this.#items.push({ words: [room], room });
    this.#trouble = [];
  }
}

function adviceOf(items: readonly LogItem[]): Omit<Advice, "bad"> {
  const entries: TipEntry[] = [];
  let path: string[] = [];
  for (const { room, entry } of items) {
    if (room !== undefined) path.push(room);
    if (entry === undefined) continue;
    entries.push({ ...entry, path });
    path = [entry.room];
  }
  return { entries, rooms: items.flatMap(({ room }) => (room === undefined ? [] : [room])) };
}

/** What several tips tell together: for each step the best tip that has it, and everything that any calls bad. */
export function combineAdvice(all: readonly Advice[]): Advice {
  return {
    entries: all.flatMap(({ entries }) => entries),
    rooms: all.flatMap(({ rooms }) => rooms),
    bad: all.flatMap(({ bad }) => bad),
  };
}
