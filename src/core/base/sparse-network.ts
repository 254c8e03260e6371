/**
 * @file A small network over sets of active features (bags of words): one hidden layer, plain TypeScript, seeded. For what
 * learns beside the policy and needs no device: the novelty of states, the values of actions.
 */
import type { Random } from "./random.ts";

/** Sizes of the layers. */
export interface NetworkShape {
  /** Features are 0…inputs − 1. */
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
}

/** Everything a network has learned, as plain data: float32 values, row by row. */
export interface NetworkState {
  readonly shape: NetworkShape;
  /** [inputs × hidden] */
  readonly hiddenWeights: readonly number[];
  /** [hidden] */
  readonly hiddenBias: readonly number[];
  /** [hidden × outputs] */
  readonly outputWeights: readonly number[];
  /** [outputs] */
  readonly outputBias: readonly number[];
}

interface Activations {
  readonly hidden: Float64Array;
  readonly output: number[];
}

/** output = W₂ᵀ·relu(W₁ᵀ·x/√|x| + b₁) + b₂, where x marks the active features. */
export class SparseNetwork {
  readonly shape: NetworkShape;
  readonly #hiddenWeights: Float32Array;
  readonly #hiddenBias: Float32Array;
  readonly #outputWeights: Float32Array;
  readonly #outputBias: Float32Array;

  private constructor(state: NetworkState) {
    this.shape = state.shape;
    this.#hiddenWeights = Float32Array.from(state.hiddenWeights);
    this.#hiddenBias = Float32Array.from(state.hiddenBias);
    this.#outputWeights = Float32Array.from(state.outputWeights);
    this.#outputBias = Float32Array.from(state.outputBias);
  }

  /**
   * A network that has learned nothing: random first layer, and a second one that is random with this deviation.
   *
   * @param outputScale deviation of the second layer's weights times √hidden; 0 makes every output 0
   */
  static create(shape: NetworkShape, random: Random, outputScale: number): SparseNetwork {
    const { inputs, hidden, outputs } = shape;
    // Uniform with the deviation √2, so that hidden units of a unit-length input have mean square 1.
    const width = Math.sqrt(6);
    const outputWidth = outputScale * Math.sqrt(3 / hidden);
    const draw = (count: number, bound: number): number[] =>
      Array.from({ length: count }, () => (bound === 0 ? 0 : bound * (2 * random.uniform() - 1)));
    return new SparseNetwork({
      shape,
      hiddenWeights: draw(inputs * hidden, width),
      hiddenBias: new Array<number>(hidden).fill(0),
      outputWeights: draw(hidden * outputs, outputWidth),
      outputBias: new Array<number>(outputs).fill(0),
    });
  }

  /** The network that `state()` described. */
  static fromState(state: NetworkState): SparseNetwork {
    return new SparseNetwork(state);
  }

  state(): NetworkState {
    return {
      shape: this.shape,
      hiddenWeights: toNumbers(this.#hiddenWeights),
      hiddenBias: toNumbers(this.#hiddenBias),
      outputWeights: toNumbers(this.#outputWeights),
      outputBias: toNumbers(this.#outputBias),
    };
  }

  /** The outputs for a set of active features. */
  predict(features: readonly number[]): number[] {
    return this.#activate(features).output;
  }

  /** One step of gradient descent on ½ Σ (output − target)², weighted. */
  learn(features: readonly number[], targets: readonly number[], step: number): void {
    const { hidden, outputs } = this.shape;
    const activations = this.#activate(features);
    const slopes = activations.output.map((value, i) => value - targets[i]!);
    const scale = featureValue(features);
    for (let h = 0; h < hidden; h++) {
      const active = activations.hidden[h]!;
      if (active === 0) continue;
      let slope = 0;
      for (let o = 0; o < outputs; o++) {
        const at = h * outputs + o;
        slope += slopes[o]! * this.#outputWeights[at]!;
        this.#outputWeights[at]! -= step * slopes[o]! * active;
      }
      this.#hiddenBias[h]! -= step * slope;
      for (const feature of features) this.#hiddenWeights[feature * hidden + h]! -= step * slope * scale;
    }
    for (let o = 0; o < outputs; o++) this.#outputBias[o]! -= step * slopes[o]!;
  }

  /** Moves every weight this share of the way to the other network's (target networks). */
  approach(other: SparseNetwork, share: number): void {
    moveTowards(this.#hiddenWeights, other.#hiddenWeights, share);
    moveTowards(this.#hiddenBias, other.#hiddenBias, share);
    moveTowards(this.#outputWeights, other.#outputWeights, share);
    moveTowards(this.#outputBias, other.#outputBias, share);
  }

  #activate(features: readonly number[]): Activations {
    const { hidden, outputs } = this.shape;
    const scale = featureValue(features);
    const units = Float64Array.from(this.#hiddenBias);
    for (const feature of features) {
      for (let h = 0; h < hidden; h++) units[h]! += scale * this.#hiddenWeights[feature * hidden + h]!;
    }
    const output: number[] = Array.from(this.#outputBias);
    for (let h = 0; h < hidden; h++) {
      if (units[h]! <= 0) units[h] = 0;
      else for (let o = 0; o < outputs; o++) output[o]! += units[h]! * this.#outputWeights[h * outputs + o]!;
    }
    return { hidden: units, output };
  }
}

/** What an active feature counts, so that the input has length 1. */
function featureValue(features: readonly number[]): number {
  return 1 / Math.sqrt(Math.max(1, features.length));
}

function moveTowards(values: Float32Array, others: Float32Array, share: number): void {
  for (let i = 0; i < values.length; i++) values[i]! += share * (others[i]! - values[i]!);
}

/** Nine digits name a float32 exactly and keep checkpoints small. */
function toNumbers(values: Float32Array): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(9)));
}
