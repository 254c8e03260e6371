/**
 * @file The policy: a transformer on tfjs that decodes, scores and learns. Weights and moments live on the host as flat
 * arrays; the device holds a copy of the weights. A step is refused as a whole if one of its numbers is not finite.
 */
import { CheckpointError, ConfigError, DeviceError, ShapeError } from "../core/base/errors.ts";
import { Random } from "../core/base/random.ts";
import type {
  DecodingBatch,
  LanguageModelRow,
  LossConfig,
  ModelConfig,
  OptimizerConfig,
  Policy,
  PolicyState,
  TokenDistribution,
  UpdateRow,
  UpdateStats,
} from "../core/policy/policy.ts";
import { TransformerDecodingBatch } from "./decoding-batch.ts";
import { DecodingPath } from "./decoding-path.ts";
import { uploadWeights, type DeviceWeights } from "./device-weights.ts";
import { noSums, surrogateLoss, weightedCrossEntropy, type SurrogateSums } from "./losses.ts";
import { adamWStep, l2Norm, newOptimizerState, type OptimizerState } from "./optimizer.ts";
import {
  firstNonFinite,
  fromNamedTensors,
  initialParameters,
  nameAt,
  parameterLayout,
  toNamedTensors,
  type ParameterLayout,
} from "./parameters.ts";
import { rotaryTable, rotaryTensors } from "./rotary.ts";
import { sequenceBatch, validatePositions, validateSequence } from "./sequence-batch.ts";
import { disposeAll } from "./tidy.ts";
import { accumulateGradient, scoreSequences, type ScoredSequence, type WeightedModel } from "./training.ts";
import { positionLogits, type Transformer } from "./transformer.ts";

/** Gradient of a weighted cross-entropy as sums, so that shards of a batch add up exactly. */
export interface LanguageModelGradients {
  /** ∂(lossSum)/∂weights, flat, in the order of the layout. */
  readonly gradient: Float32Array;
  /** Σ weight · −log π, nats. */
  readonly lossSum: number;
  readonly weightSum: number;
  /** log π of each token of each row, nats; 0 where the weight is 0. */
  readonly logProbs: readonly Float32Array[];
}

/** What a language-model step did. */
export interface LanguageModelStats {
  /** Weighted mean of −log π, nats per token. */
  readonly loss: number;
  /** L2 norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly weightSum: number;
  /** log π of each token of each row before the step, nats; 0 where the weight is 0. */
  readonly logProbs: readonly Float32Array[];
}

/** The transformer as {@link Policy}, plus language-model training. */
export class TransformerPolicy implements Policy {
  readonly config: ModelConfig;
  readonly #layout: ParameterLayout;
  readonly #model: Transformer;
  readonly #decoding: DecodingPath;
  #parameters: Float32Array;
  #optimizer: OptimizerState;
  #weights: DeviceWeights;
  #base: DeviceWeights | null = null;
  #isDisposed = false;

  private constructor(config: ModelConfig, layout: ParameterLayout, parameters: Float32Array) {
    this.config = config;
    this.#layout = layout;
    this.#parameters = parameters;
    this.#optimizer = newOptimizerState(layout.size);
    this.#model = { config, rotary: rotaryTensors(rotaryTable(config.contextLength, config.width / config.heads)) };
    this.#weights = uploadWeights(layout, parameters, config.layers);
    this.#decoding = new DecodingPath({
      model: this.#model,
      layout,
      weights: () => this.#weights,
      parameters: () => this.#parameters,
      score: async (tokens, from) => {
        const positions = Array.from({ length: tokens.length - from }, (_, i) => from + i);
        return (await this.logProbs([{ tokens, positions }], 1))[0]!;
      },
    });
  }

  /** A new policy with weights drawn from `random`, on the backend that `selectBackend` made current. */
  static create(config: ModelConfig, random: Random): TransformerPolicy {
    const layout = parameterLayout(config);
    return new TransformerPolicy(config, layout, initialParameters(layout, random));
  }

  /**
   * A policy with the weights and moments of a saved one.
   *
   * @throws {CheckpointError} if the state does not fit its own configuration
   */
  static async fromState(state: PolicyState): Promise<TransformerPolicy> {
    const layout = parameterLayout(state.config);
    const policy = new TransformerPolicy(state.config, layout, fromNamedTensors(layout, state.weights));
    await policy.load(state);
    return policy;
  }

  /** Number of weights: the length of every flat array. */
  get parameterCount(): number {
    return this.#layout.size;
  }

  open(episodeCount: number): DecodingBatch {
    this.#requireUse("open");
    return new TransformerDecodingBatch(this.config, this.#decoding.open(episodeCount), episodeCount);
  }

  /** A sentence on how this policy decodes, to be shown to the user. */
  describeDecoding(): Promise<string> {
    return this.#decoding.describe();
  }

  async logProbs(sequences: readonly ScoredSequence[], temperature: number): Promise<number[][]> {
    this.#validateSequences("logProbs", sequences);
    const outcomes = await scoreSequences(this.#current(), sequences, positiveTemperature("logProbs", temperature));
    return outcomes.map(({ logProbs }) => [...logProbs]);
  }

  async distributions(
    tokens: readonly number[],
    positions: readonly number[],
    top: number,
  ): Promise<TokenDistribution[]> {
    validateSequence("distributions", tokens, this.config);
    const bad = positions.find((position) => !Number.isInteger(position) || position < 0 || position >= tokens.length);
    if (bad !== undefined) throw new ShapeError(`distributions: positions from 0 to ${tokens.length - 1}, got ${bad}`);
    if (positions.length === 0) return [];
    const batch = sequenceBatch([tokens.slice(0, Math.max(...positions) + 1)], true);
    const logits = positionLogits(this.#model, this.#weights, batch, Int32Array.from(positions));
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    const { vocabularySize } = this.config;
    return positions.map((_, i) => likeliest(values.subarray(i * vocabularySize, (i + 1) * vocabularySize), top));
  }

  async update(
    rows: readonly UpdateRow[],
    loss: LossConfig,
    optimizer: OptimizerConfig,
    options?: { readonly measureKl: boolean },
  ): Promise<UpdateStats> {
    const sequences = rows.map((row) => this.#sequenceOf(row));
    const tokenCount = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
    if (tokenCount === 0) throw new ShapeError("update: at least one loss position, got none");
    const temperature = positiveTemperature("update", loss.temperature);
    const needsBase = loss.klCoefficient !== 0 || options?.measureKl === true;
    const base = needsBase ? await this.#scoreWithBase(sequences, temperature) : null;
    const sums = noSums();
    const logProbs: number[][] = rows.map(() => []);
    const gradient = await accumulateGradient(this.#current(), sequences, temperature, (i, outcome) => {
      const size = outcome.logProbs.length;
      const slopes = { logProb: new Float32Array(size), entropy: new Float32Array(size) };
      surrogateLoss(rows[i]!, { ...outcome, baseLogProbs: base?.[i]?.logProbs ?? null }, loss, { sums, slopes });
      logProbs[i] = [...outcome.logProbs];
      return slopes;
    });
    const gradNorm = this.#step(gradient, { lossSum: sums.loss, scale: 1 / tokenCount }, optimizer);
    return { ...meansOf(sums), klToBase: base === null ? null : sums.klToBase / tokenCount, gradNorm, logProbs };
  }

  /**
   * One optimizer step on the weighted next-token cross-entropy Σ w·(−log π) / Σ w.
   *
   * @throws {DeviceError} and changes nothing if a number is not finite
   */
  async languageModelStep(rows: readonly LanguageModelRow[], optimizer: OptimizerConfig): Promise<LanguageModelStats> {
    const { gradient, lossSum, weightSum, logProbs } = await this.languageModelGradients(rows);
    if (!(weightSum > 0)) throw new ShapeError(`languageModelStep: weights with a positive sum, got ${weightSum}`);
    const gradNorm = this.#step(gradient, { lossSum, scale: 1 / weightSum }, optimizer);
    return { loss: lossSum / weightSum, gradNorm, weightSum, logProbs };
  }

  /** Gradient of Σ w·(−log π) and its sums, for training on several processes; zeros without weights. Changes nothing. */
  async languageModelGradients(rows: readonly LanguageModelRow[]): Promise<LanguageModelGradients> {
    const sequences = rows.map((row) => this.#weightedSequence(row));
    let lossSum = 0;
    let weightSum = 0;
    const logProbs = rows.map(({ tokens }) => new Float32Array(tokens.length));
    const accumulated = await accumulateGradient(this.#current(), sequences, 1, (i, outcome) => {
      const { positions } = sequences[i]!;
      const weights = positions.map((position) => rows[i]!.weights[position]!);
      const slopes = { logProb: new Float32Array(positions.length), entropy: new Float32Array(positions.length) };
      lossSum += weightedCrossEntropy(weights, outcome.logProbs, slopes.logProb);
      weightSum += weights.reduce((sum, weight) => sum + weight, 0);
      positions.forEach((position, k) => (logProbs[i]![position] = outcome.logProbs[k]!));
      return slopes;
    });
    const gradient = accumulated.length === 0 ? new Float32Array(this.#layout.size) : accumulated;
    return { gradient, lossSum, weightSum, logProbs };
  }

  /**
   * One optimizer step on a gradient made elsewhere.
   *
   * @param gradient flat; the sum of the shards' gradients
   * @param weightSum the sum of the shards' weights; the gradient is divided by it
   * @returns the L2 norm before clipping
   * @throws {DeviceError} and changes nothing if a number is not finite
   */
  applyGradients(gradient: Float32Array, weightSum: number, optimizer: OptimizerConfig): number {
    if (gradient.length !== this.#layout.size) {
      throw new ShapeError(`applyGradients: ${this.#layout.size} numbers, got ${gradient.length}`);
    }
    return this.#step(gradient.slice(), { lossSum: 0, scale: 1 / weightSum }, optimizer);
  }

  setBase(): Promise<void> {
    this.#requireUse("setBase");
    if (this.#base !== null) disposeAll(this.#base);
    this.#base = uploadWeights(this.#layout, this.#parameters, this.config.layers);
    return Promise.resolve();
  }

  save(): Promise<PolicyState> {
    const { step, first, second } = this.#optimizer;
    return Promise.resolve({
      config: this.config,
      weights: toNamedTensors(this.#layout, this.#parameters),
      optimizer: { step, first: toNamedTensors(this.#layout, first), second: toNamedTensors(this.#layout, second) },
    });
  }

  /**
   * Takes over a saved state of the same configuration. The base for KL stays as it is.
   *
   * @throws {CheckpointError} and changes nothing if the state does not fit
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- errors are to arrive as rejections
  async load(state: PolicyState): Promise<void> {
    this.#requireUse("load");
    const own = JSON.stringify(sortedEntries(this.config));
    const other = JSON.stringify(sortedEntries(state.config));
    if (own !== other) throw new CheckpointError(`load: a state of configuration ${own}, got ${other}`);
    const parameters = fromNamedTensors(this.#layout, state.weights);
    const first = fromNamedTensors(this.#layout, state.optimizer.first);
    const second = fromNamedTensors(this.#layout, state.optimizer.second);
    this.#parameters = parameters;
    this.#optimizer = { step: state.optimizer.step, first, second };
    this.#refreshWeights();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#decoding.dispose();
    disposeAll(this.#weights);
    if (this.#base !== null) disposeAll(this.#base);
    disposeAll(this.#model.rotary);
  }

  /** Divides, checks, steps and uploads; or throws and changes nothing. */
  #step(
    gradient: Float32Array,
    { lossSum, scale }: { readonly lossSum: number; readonly scale: number },
    config: OptimizerConfig,
  ): number {
    this.#requireUse("update");
    if (!Number.isFinite(lossSum * scale)) throw new DeviceError(`update: a finite loss, got ${lossSum * scale}`);
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= scale;
    const bad = firstNonFinite(gradient);
    if (bad >= 0) {
      throw new DeviceError(`update: a finite gradient, got ${gradient[bad]} in "${nameAt(this.#layout, bad)}"`);
    }
    const gradNorm = l2Norm(gradient);
    adamWStep(this.#layout, this.#parameters, this.#optimizer, { gradient, gradNorm, config });
    this.#refreshWeights();
    return gradNorm;
  }

  #refreshWeights(): void {
    this.#decoding.weightsChanged();
    disposeAll(this.#weights);
    this.#weights = uploadWeights(this.#layout, this.#parameters, this.config.layers);
  }

  #current(): WeightedModel {
    this.#requireUse("policy");
    return { model: this.#model, weights: this.#weights };
  }

  async #scoreWithBase(sequences: readonly ScoredSequence[], temperature: number) {
    if (this.#base === null) throw new ConfigError("update: a base for the KL penalty (setBase), got none");
    return scoreSequences({ model: this.#model, weights: this.#base }, sequences, temperature);
  }

  #sequenceOf(row: UpdateRow): ScoredSequence {
    const count = row.lossPositions.length;
    if (row.oldLogProbs.length !== count || row.advantages.length !== count) {
      throw new ShapeError(
        `update: ${count} old log-probs and advantages, got ${row.oldLogProbs.length} and ${row.advantages.length}`,
      );
    }
    const sequence = { tokens: row.tokens, positions: row.lossPositions };
    this.#validateSequences("update", [sequence]);
    return sequence;
  }

  #weightedSequence({ tokens, weights }: LanguageModelRow): ScoredSequence {
    if (weights.length !== tokens.length) {
      throw new ShapeError(`languageModelGradients: ${tokens.length} weights, got ${weights.length}`);
    }
    validateSequence("languageModelGradients", tokens, this.config);
    const positions: number[] = [];
    for (let i = 1; i < tokens.length; i++) if (weights[i] !== 0) positions.push(i);
    return { tokens, positions };
  }

  #validateSequences(operation: string, sequences: readonly ScoredSequence[]): void {
    for (const { tokens, positions } of sequences) {
      validateSequence(operation, tokens, this.config);
      validatePositions(operation, positions, tokens.length);
    }
  }

  #requireUse(operation: string): void {
    if (this.#isDisposed) throw new ConfigError(`${operation}: a policy in use, got a disposed one`);
  }
}

function positiveTemperature(operation: string, temperature: number): number {
  if (temperature > 0 && temperature < Infinity) return temperature;
  throw new ConfigError(`${operation}: a temperature above 0, got ${temperature}`);
}

function meansOf(sums: SurrogateSums): Omit<UpdateStats, "klToBase" | "gradNorm" | "logProbs"> {
  const { tokenCount } = sums;
  return {
    loss: sums.loss / tokenCount,
    meanRatio: sums.ratio / tokenCount,
    clipFraction: sums.clipped / tokenCount,
    maskedFraction: sums.masked / tokenCount,
    entropy: sums.entropy / tokenCount,
    tokenCount,
  };
}

/** The `top` likeliest tokens of softmax(logits), likeliest first; equals in token order. */
function likeliest(logits: Float32Array, top: number): TokenDistribution {
  const max = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Array.from(logits, (logit) => Math.exp(logit - max));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const tokens = weights
    .map((_, token) => token)
    .sort((a, b) => weights[b]! - weights[a]! || a - b)
    .slice(0, top);
  return { tokens, probabilities: tokens.map((token) => weights[token]! / total) };
}

function sortedEntries(config: ModelConfig): [string, unknown][] {
  return Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
}
