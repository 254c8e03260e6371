/** @file Tips whose credit is still out: what is needed to train their words once somebody has read them. */

/** How a tip was written. Plain data. */
export interface PendingTip {
  readonly tipId: number;
  /** Iteration in which it was written. */
  readonly iteration: number;
  /** The episode up to the end of its tip [T]. */
  readonly tokens: readonly number[];
  /** Positions of the tip's words, the word that ended it included [A]. */
  readonly lossPositions: readonly number[];
  /** Log-probs of those words under the policy that wrote them, at the loss's temperature [A], nats. */
  readonly oldLogProbs: readonly number[];
}

/** The pending tips of a run: of each, how it was written last. */
export class PendingTips {
  #tips: readonly PendingTip[];

  /** @param tips what `state()` described */
  constructor(tips: readonly PendingTip[] = []) {
    this.#tips = tips;
  }

  state(): readonly PendingTip[] {
    return this.#tips;
  }

  /** Adds tips, in place of older writings of the same ones, and forgets what was written in this iteration or before. */
  add(tips: readonly PendingTip[], forgottenIteration: number): void {
    const added = new Set(tips.map(({ tipId }) => tipId));
    const kept = this.#tips.filter(({ tipId, iteration }) => !added.has(tipId) && iteration > forgottenIteration);
    this.#tips = [...kept, ...tips];
  }

  find(tipId: number): PendingTip | undefined {
    return this.#tips.find((tip) => tip.tipId === tipId);
  }
}
