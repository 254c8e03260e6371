/**
 * @file A policy on jax-js with the same weights, losses and draws as ours, so that the benchmark gives all contenders the
 * same calls. Shapes are padded to buckets, because jax-js compiles once for each shape.
 */
import { jit, numpy as np } from "@jax-js/jax";
import type {
  DecodingBatch,
  LossConfig,
  ModelConfig,
  OptimizerConfig,
  Policy,
  PolicyState,
  TokenDistribution,
  UpdateRow,
  UpdateStats,
} from "../../../src/core/policy/policy.ts";
import { TransformerDecodingBatch } from "../../../src/model/decoding-batch.ts";
import {
  fromNamedTensors,
  parameterLayout,
  toNamedTensors,
  type ParameterLayout,
} from "../../../src/model/parameters.ts";
import { JaxWriter } from "./jax-decoding.ts";
import { layOutRows, scoreFunction, stepFunction, type ScoredRow } from "./jax-learning.ts";
import type { JaxWeights } from "./jax-model.ts";

/** Implements what a run asks of a policy without a KL penalty. */
export class JaxPolicy implements Policy {
  readonly config: ModelConfig;
  readonly #layout: ParameterLayout;
  #weights: JaxWeights;
  #first: JaxWeights;
  #second: JaxWeights;
  #stepCount = 0;
  readonly #step: ReturnType<typeof stepFunction>;
  readonly #score: ReturnType<typeof scoreFunction>;
  readonly #decode: ConstructorParameters<typeof JaxWriter>[1];

  private constructor(config: ModelConfig, layout: ParameterLayout, flat: Float32Array) {
    this.config = config;
    this.#layout = layout;
    this.#weights = upload(layout, flat);
    this.#first = upload(layout, new Float32Array(layout.size));
    this.#second = upload(layout, new Float32Array(layout.size));
    this.#step = jit(stepFunction(config));
    this.#score = jit(scoreFunction(config));
    this.#decode = JaxWriter.compile(config);
  }

  /** A policy with the weights and moments of a saved one. */
  static async fromState(state: PolicyState): Promise<JaxPolicy> {
    const layout = parameterLayout(state.config);
    const policy = new JaxPolicy(state.config, layout, fromNamedTensors(layout, state.weights));
    await policy.load(state);
    return policy;
  }

  open(episodeCount: number): DecodingBatch {
    const writer = new JaxWriter(this.config, this.#decode, () => this.#weights, episodeCount);
    return new TransformerDecodingBatch(this.config, writer, episodeCount);
  }

  async logProbs(sequences: readonly ScoredRow[], temperature: number): Promise<number[][]> {
    const laid = layOutRows(sequences.map((sequence) => ({ ...sequence, oldLogProbs: [], advantages: [] })));
    const scored = this.#score(refs(this.#weights), laid.arrays, np.array(1 / temperature));
    return laid.spread((await scored.data()) as Float32Array);
  }

  async update(rows: readonly UpdateRow[], loss: LossConfig, optimizer: OptimizerConfig): Promise<UpdateStats> {
    this.#stepCount += 1;
    const laid = layOutRows(rows.map((row) => ({ ...row, positions: row.lossPositions })));
    const settings = settingsOf(loss, optimizer, this.#stepCount, laid.count);
    const { weights, first, second, logProbs, numbers } = this.#step(
      { weights: this.#weights, first: this.#first, second: this.#second },
      laid.arrays,
      settings,
    );
    [this.#weights, this.#first, this.#second] = [weights, first, second];
    const [values, told] = (await Promise.all([logProbs.data(), numbers.data()])) as [
      Float32Array<ArrayBuffer>,
      Float32Array<ArrayBuffer>,
    ];
    const [lossSum, squaredNorm, ratio] = told as unknown as [number, number, number];
    const tokenCount = laid.count;
    return {
      ...{ loss: lossSum / tokenCount, meanRatio: ratio / tokenCount, clipFraction: NaN, maskedFraction: NaN },
      ...{ entropy: NaN, klToBase: null, gradNorm: Math.sqrt(squaredNorm), tokenCount },
      logProbs: laid.spread(values),
    };
  }

  distributions(): Promise<TokenDistribution[]> {
    throw new Error("JaxPolicy: no one asks for distributions in a benchmark");
  }

  languageModelStep(): Promise<{ readonly loss: number }> {
    throw new Error("JaxPolicy: no one asks for a language-model step in a benchmark");
  }

  setBase(): Promise<void> {
    return Promise.resolve();
  }

  async save(): Promise<PolicyState> {
    const named = async (arrays: JaxWeights) => {
      const flat = new Float32Array(this.#layout.size);
      for (const { name, offset } of this.#layout.specs) flat.set(await arrays[name]!.ref.data(), offset);
      return toNamedTensors(this.#layout, flat);
    };
    const [weights, first, second] = [await named(this.#weights), await named(this.#first), await named(this.#second)];
    return { config: this.config, weights, optimizer: { step: this.#stepCount, first, second } };
  }

  load({ weights, optimizer }: PolicyState): Promise<void> {
    this.dispose();
    this.#weights = upload(this.#layout, fromNamedTensors(this.#layout, weights));
    this.#first = upload(this.#layout, fromNamedTensors(this.#layout, optimizer.first));
    this.#second = upload(this.#layout, fromNamedTensors(this.#layout, optimizer.second));
    this.#stepCount = optimizer.step;
    return Promise.resolve();
  }

  dispose(): void {
    for (const arrays of [this.#weights, this.#first, this.#second]) {
      for (const array of Object.values(arrays)) array.dispose();
    }
  }
}

function upload(layout: ParameterLayout, flat: Float32Array): JaxWeights {
  return Object.fromEntries(
    layout.specs.map(({ name, shape, offset, size }) => {
      return [name, np.array(flat.slice(offset, offset + size)).reshape([...shape])];
    }),
  );
}

/** The same arrays, to be used up once more. */
export function refs(arrays: JaxWeights): JaxWeights {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.ref]));
}

function settingsOf(
  loss: LossConfig,
  optimizer: OptimizerConfig,
  step: number,
  count: number,
): Record<string, np.Array> {
  const { clipLow, clipHigh, dualClip, temperature } = loss;
  const { learningRate, beta1, beta2, weightDecay, maxGradNorm } = optimizer;
  const numbers = {
    ...{
      clipLow,
      clipHigh,
      dualClip,
      scale: 1 / count,
      inverseTemperature: 1 / temperature,
      beta1,
      beta2,
      maxGradNorm,
    },
    minTokenLogProb: Math.max(loss.minTokenLogProb, -1e30),
    ...{ stepSize: learningRate / (1 - beta1 ** step), secondCorrection: 1 / (1 - beta2 ** step) },
    decay: learningRate * weightDecay,
  };
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, np.array(value)]));
}
