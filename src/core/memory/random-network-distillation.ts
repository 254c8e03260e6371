/**
 * @file Intrinsic reward by random network distillation (Burda 2019, arXiv 1810.12894), figure 11's alternative to 1/n: a
 * predictor learns what a fixed random network says about the states that were reached, and errs where nobody was.
 */
import type { Random } from "../base/random.ts";
import { SparseNetwork, type NetworkState } from "../base/sparse-network.ts";
import type { Embedding } from "../text/embedder.ts";
import type { EpisodeNovelty, NoveltyReward } from "./novelty.ts";

/** Units of the hidden layer and of the output that is predicted. */
const HIDDEN = 16;
const OUTPUTS = 8;
/** Step of the predictor's gradient descent; a state's error halves in about four visits. */
const STEP = 0.005;

/** What the predictor has learned, as plain data for a checkpoint; the fixed network comes from the run's seed. */
export interface DistilledNoveltyState {
  readonly predictor: NetworkState;
}

/**
 * The reward of a state is the predictor's squared error over what it was before anything was learned, 0…1: near 1 for
 * a state unlike any that was reached, as 1/n is 1 for a new one. Burda divides by the rewards' running deviation.
 */
export class DistilledNovelty implements NoveltyReward {
  readonly #target: SparseNetwork;
  readonly #predictor: SparseNetwork;

  private constructor(target: SparseNetwork, predictor: SparseNetwork) {
    this.#target = target;
    this.#predictor = predictor;
  }

  /** @param random of the run: the same stream gives the same fixed network, whenever it is asked */
  static create(vocabularySize: number, random: Random): DistilledNovelty {
    const shape = { inputs: vocabularySize, hidden: HIDDEN, outputs: OUTPUTS };
    // A predictor that says 0: its error is the size of the fixed network's output.
    return new DistilledNovelty(
      SparseNetwork.create(shape, random.fork("target"), 1),
      SparseNetwork.create(shape, random.fork("predictor"), 0),
    );
  }

  /** What `state()` described, with the fixed network of the same stream. */
  static fromState(state: DistilledNoveltyState, random: Random): DistilledNovelty {
    const { shape } = state.predictor;
    const target = SparseNetwork.create(shape, random.fork("target"), 1);
    return new DistilledNovelty(target, SparseNetwork.fromState(state.predictor));
  }

  state(): DistilledNoveltyState {
    return { predictor: this.#predictor.state() };
  }

  /** One predictor serves all task variations, and repeated visits within an episode are paid alike, as Burda's are. */
  episode(): EpisodeNovelty {
    return { visit: (state) => this.#reward(state) };
  }

  record(_bucket: string, states: readonly Embedding[]): void {
    for (const state of states) this.#predictor.learn(state, this.#target.predict(state), STEP);
  }

  #reward(state: Embedding): number {
    const wanted = this.#target.predict(state);
    const predicted = this.#predictor.predict(state);
    let error = 0;
    let size = 0;
    wanted.forEach((value, i) => {
      error += (value - predicted[i]!) ** 2;
      size += value ** 2;
    });
    return size === 0 ? 0 : Math.min(1, error / size);
  }
}
