/** @file What a policy needs of the code that scores and learns, and the implementation in plain ops for every backend. */
import type { LanguageModelRow, LossConfig, OptimizerConfig, UpdateRow } from "../core/policy/policy.ts";
import { DeviceCopy, type HostState } from "./host-state.ts";
import type { MicroBatches } from "./micro-batches.ts";
import { noSums, surrogateLoss, weightedCrossEntropy, type SurrogateSums } from "./losses.ts";
import {
  accumulateGradient,
  scoreSequences,
  type ScoredSequence,
  type SequenceOutcome,
  type WeightedModel,
} from "./training.ts";
import type { Transformer } from "./transformer.ts";

/** Rows of an update with what is minimised. */
export interface UpdateWork {
  readonly rows: readonly UpdateRow[];
  /** The rows' scored tokens. */
  readonly sequences: readonly ScoredSequence[];
  readonly tokenCount: number;
  readonly loss: LossConfig;
  readonly measuresKl: boolean;
}

/** Rows of a language-model step. */
export interface LanguageModelWork {
  readonly rows: readonly LanguageModelRow[];
  /** The rows' tokens with a weight. */
  readonly sequences: readonly ScoredSequence[];
}

/** What a step did. */
export interface Learned<Sums> {
  readonly sums: Sums;
  /** L2 norm of the gradient before clipping. */
  readonly gradNorm: number;
  /** log π of each sequence's scored tokens before the step, nats. */
  readonly logProbs: readonly ArrayLike<number>[];
}

/** Sums of a weighted cross-entropy. */
export interface CrossEntropySums {
  /** Σ −w·log π, nats. */
  readonly loss: number;
  readonly weight: number;
}

/** Gradient of a weighted cross-entropy as sums. */
export interface CrossEntropyGradient {
  readonly gradient: Float32Array;
  readonly sums: CrossEntropySums;
  readonly logProbs: readonly ArrayLike<number>[];
}

/** Scores and learns with the weights of a {@link HostState}. A step changes all of it or throws. */
export interface Learner {
  /** Log-probs and entropies at a temperature, in the order of the sequences. */
  score(sequences: readonly ScoredSequence[], temperature: number): Promise<SequenceOutcome[]>;
  /** One step on the clipped surrogate. */
  update(work: UpdateWork, optimizer: OptimizerConfig): Promise<Learned<SurrogateSums>>;
  /** One step on the weighted cross-entropy Σ −w·log π / Σ w. */
  languageModelStep(work: LanguageModelWork, optimizer: OptimizerConfig): Promise<Learned<CrossEntropySums>>;
  /** Gradient of Σ −w·log π; zeros without weights. Changes nothing. */
  crossEntropyGradient(work: LanguageModelWork): Promise<CrossEntropyGradient>;
}

/** Implements {@link Learner} in tfjs ops, with loss and optimizer on the host. */
export class PlainLearner implements Learner {
  /** Current weights on the device. */
  readonly weights: DeviceCopy;
  readonly #model: Transformer;
  readonly #state: HostState;
  readonly #base: DeviceCopy;
  readonly #batches: MicroBatches;

  constructor(model: Transformer, state: HostState, batches: MicroBatches) {
    this.#model = model;
    this.#state = state;
    this.#batches = batches;
    this.weights = new DeviceCopy(state, () => state.current);
    this.#base = new DeviceCopy(state, () => state.base);
  }

  score(sequences: readonly ScoredSequence[], temperature: number): Promise<SequenceOutcome[]> {
    return this.#batches.run("score", () => scoreSequences(this.#with(this.weights), sequences, temperature));
  }

  async update(work: UpdateWork, optimizer: OptimizerConfig): Promise<Learned<SurrogateSums>> {
    const { gradient, sums, logProbs } = await this.#batches.run("update", () => this.#surrogateGradient(work));
    const scale = 1 / work.tokenCount;
    const gradNorm = this.#state.step(gradient, { lossSum: sums.loss, scale }, optimizer);
    return { sums, gradNorm, logProbs };
  }

  async languageModelStep(work: LanguageModelWork, optimizer: OptimizerConfig): Promise<Learned<CrossEntropySums>> {
    const { gradient, sums, logProbs } = await this.crossEntropyGradient(work);
    const gradNorm = this.#state.step(gradient, { lossSum: sums.loss, scale: 1 / sums.weight }, optimizer);
    return { sums, gradNorm, logProbs };
  }

  crossEntropyGradient(work: LanguageModelWork): Promise<CrossEntropyGradient> {
    return this.#batches.run("update", () => this.#crossEntropyGradient(work));
  }

  async #surrogateGradient({ rows, sequences, loss, measuresKl }: UpdateWork) {
    const base = measuresKl ? await scoreSequences(this.#with(this.#base), sequences, loss.temperature) : null;
    const sums = noSums();
    const logProbs: ArrayLike<number>[] = rows.map(() => []);
    const weighted = this.#with(this.weights);
    const gradient = await accumulateGradient(weighted, sequences, loss.temperature, (i, outcome) => {
      const size = outcome.logProbs.length;
      const slopes = { logProb: new Float32Array(size), entropy: new Float32Array(size) };
      surrogateLoss(rows[i]!, { ...outcome, baseLogProbs: base?.[i]?.logProbs ?? null }, loss, { sums, slopes });
      logProbs[i] = outcome.logProbs;
      return slopes;
    });
    return { gradient, sums, logProbs };
  }

  async #crossEntropyGradient({ rows, sequences }: LanguageModelWork): Promise<CrossEntropyGradient> {
    const sums = { loss: 0, weight: 0 };
    const logProbs: ArrayLike<number>[] = rows.map(() => []);
    const weighted = this.#with(this.weights);
    const accumulated = await accumulateGradient(weighted, sequences, 1, (i, outcome) => {
      const { positions } = sequences[i]!;
      const weights = positions.map((position) => rows[i]!.weights[position]!);
      const slopes = { logProb: new Float32Array(positions.length), entropy: new Float32Array(positions.length) };
      sums.loss += weightedCrossEntropy(weights, outcome.logProbs, slopes.logProb);
      sums.weight += weights.reduce((sum, weight) => sum + weight, 0);
      logProbs[i] = outcome.logProbs;
      return slopes;
    });
    const gradient = accumulated.length === 0 ? new Float32Array(this.#state.layout.size) : accumulated;
    return { gradient, sums, logProbs };
  }

  #with(weights: DeviceCopy): WeightedModel {
    return { model: this.#model, weights: weights.get(), batches: this.#batches };
  }

  /** Frees the device's weights. */
  dispose(): void {
    this.weights.dispose();
    this.#base.dispose();
  }
}
