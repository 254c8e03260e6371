/** @file A WebShop-style text world: one shopper with one instruction, from the first search to the purchase. */
import type { Observation, ShopView, TaskRef, TextEnv } from "../env.ts";
import { afterAction, buttonsOf, START, type ShopState, type Visit } from "./pages.ts";
import { pageText } from "./render.ts";
import { actionOf, shopView, suggestedSearches } from "./view.ts";

/** Actions after which an episode ends without a purchase. */
export const MAX_TURNS = 15;

/** One visit to a shop as an episode. Deterministic: the same visit and actions give the same transcript. */
export class WebShopEnv implements TextEnv {
  readonly task: TaskRef;
  readonly visit: Visit;
  #state: ShopState = START;

  constructor(task: TaskRef, visit: Visit) {
    this.task = task;
    this.visit = visit;
  }

  /** The episode so far, as plain data: keep it, and {@link restore} goes on from there. */
  get state(): ShopState {
    return this.#state;
  }

  /** Goes on from a state of a visit to the same shop with the same goal. */
  restore(state: ShopState): void {
    this.#state = state;
  }

  reset(): Observation {
    this.#state = START;
    return this.#observe(`${this.visit.goal.instruction} . ${pageText(this.visit, START)}`, 0);
  }

  step(action: string): Observation {
    if (this.#isDone()) return this.#observe("done", 0);
    this.#state = afterAction(this.visit, this.#state, action);
    // Nothing is earned before the purchase, and that ends the episode.
    return this.#observe(pageText(this.visit, this.#state), this.#score());
  }

  validActions(): string[] {
    if (this.#isDone()) return [];
    const searches = suggestedSearches(this.visit, this.#state).map((words) => `search ${words}`);
    return [...searches, ...buttonsOf(this.visit, this.#state).map(actionOf)];
  }

  view(): ShopView {
    return shopView(this.visit, this.#state);
  }

  #isDone(): boolean {
    return this.#state.purchase !== null || this.#state.turns >= MAX_TURNS;
  }

  #score(): number {
    return 100 * (this.#state.purchase?.reward ?? 0);
  }

  #observe(text: string, reward: number): Observation {
    return { text, score: this.#score(), reward, done: this.#isDone(), moves: this.#state.turns };
  }
}
