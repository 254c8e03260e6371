/** @file How far an agent is through a guide. */
import type { WorldState } from "../../core/envs/science/world.ts";
import { literalWords, type Guide } from "./guide.ts";

/** A step that an action has done, and by which of its options. */
export interface DoneStep {
  readonly step: number;
  readonly option: number;
}

/** The steps done so far. Only goals of the task can be done ahead of their turn. */
export class Progress {
  readonly #guide: Guide;
  readonly #done = new Set<number>();
  #moves = 0;
  /** For each step, the option that the action says; −1 if it says none of them. */
  #options: readonly number[] = [];
  #goalsDone: readonly boolean[] = [];

  constructor(guide: Guide, start: WorldState) {
    this.#guide = guide;
    this.#skip(start);
  }

  /** Position of the first step that has not been done. */
  get next(): number {
    let next = 0;
    while (this.#done.has(next)) next += 1;
    return next;
  }

  /** Notes what is about to be said. */
  before(action: string, state: WorldState): void {
    this.#moves = state.moves;
    // The answer to a question stands for the action that was asked about.
    if (state.question === undefined) {
      this.#options = this.#guide.map(({ options }) =>
        options.findIndex((option) => literalWords(state, option) === action),
      );
    }
    this.#goalsDone = this.#guide.map((step) => step.isGoal === true && step.isDone(state, false));
  }

  /** The steps that it has done. */
  after(state: WorldState): DoneStep[] {
    const isAccepted = state.moves > this.#moves && state.question === undefined;
    const { next } = this;
    const found: DoneStep[] = [];
    this.#guide.forEach((step, i) => {
      if (this.#done.has(i) || (i !== next && step.isGoal !== true)) return;
      const option = this.#options[i] ?? -1;
      const isNew = i === next || !this.#goalsDone[i]!;
      if (!isNew || !step.isDone(state, isAccepted && option >= 0)) return;
      this.#done.add(i);
      if (option >= 0) found.push({ step: i, option });
    });
    this.#skip(state);
    return found;
  }

  /** Steps that need nothing doing. */
  #skip(state: WorldState): void {
    while (this.next < this.#guide.length && this.#guide[this.next]!.isDone(state, false)) this.#done.add(this.next);
  }
}
