/**
 * @file The policy: a transformer on tfjs that decodes, scores and learns. Weights and moments live on the host as flat
 * arrays; the device holds a copy of the weights. A step is refused as a whole if one of its numbers is not finite.
 */
import { CheckpointError, ConfigError, ShapeError } from "../core/base/errors.ts";
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
import { HostState } from "./host-state.ts";
import { PlainLearner } from "./learner.ts";
import { LearningPath, type WorkingWays } from "./learning-path.ts";
import { MicroBatches, type OnHalved } from "./micro-batches.ts";
import type { SurrogateSums } from "./losses.ts";
import {
  fromNamedTensors,
  initialParameters,
  parameterLayout,
  toNamedTensors,
  type ParameterLayout,
} from "./parameters.ts";
import { rotaryTable, rotaryTensors } from "./rotary.ts";
import { sequenceBatch, validatePositions, validateSequence } from "./sequence-batch.ts";
import { disposeAll } from "./tidy.ts";
import type { ScoredSequence } from "./training.ts";
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

/** How a policy works on its device. */
export interface PolicyOptions {
  /** Called with a sentence when the device had no memory for a whole batch and gets half of it from then on. */
  readonly onHalved?: OnHalved | undefined;
  /** Default: fastest. */
  readonly ways?: WorkingWays;
}

/** The transformer as {@link Policy}, plus language-model training. */
export class TransformerPolicy implements Policy {
  readonly config: ModelConfig;
  readonly #state: HostState;
  readonly #model: Transformer;
  readonly #plain: PlainLearner;
  readonly #learning: LearningPath;
  readonly #decoding: DecodingPath;

  private constructor(
    config: ModelConfig,
    layout: ParameterLayout,
    parameters: Float32Array,
    { onHalved, ways = "fastest" }: PolicyOptions,
  ) {
    this.config = config;
    this.#state = new HostState(config, layout, parameters);
    this.#model = { config, rotary: rotaryTensors(rotaryTable(config.contextLength, config.width / config.heads)) };
    const batches = new MicroBatches(onHalved);
    this.#plain = new PlainLearner(this.#model, this.#state, batches);
    this.#learning = new LearningPath(this.#plain, this.#state, batches, ways);
    this.#decoding = new DecodingPath(this.#model, this.#state, this.#plain, ways);
  }

  /** A new policy with weights drawn from `random`, on the backend that `selectBackend` made current. */
  static create(config: ModelConfig, random: Random, options: PolicyOptions = {}): TransformerPolicy {
    const layout = parameterLayout(config);
    return new TransformerPolicy(config, layout, initialParameters(layout, random), options);
  }

  /**
   * A policy with the weights and moments of a saved one.
   *
   * @throws {CheckpointError} if the state does not fit its own configuration
   */
  static async fromState(state: PolicyState, options: PolicyOptions = {}): Promise<TransformerPolicy> {
    const layout = parameterLayout(state.config);
    const policy = new TransformerPolicy(state.config, layout, fromNamedTensors(layout, state.weights), options);
    await policy.load(state);
    return policy;
  }

  /** Number of weights: the length of every flat array. */
  get parameterCount(): number {
    return this.#state.layout.size;
  }

  open(episodeCount: number): DecodingBatch {
    this.#state.requireUse("open");
    return new TransformerDecodingBatch(this.config, this.#decoding.open(episodeCount), episodeCount);
  }

  /** Sentences on how this policy decodes and learns, to be shown to the user. Compiles what is not compiled. */
  async describe(): Promise<string> {
    return `${await this.#decoding.describe()} ${await this.#learning.describe()}`;
  }

  async logProbs(sequences: readonly ScoredSequence[], temperature: number): Promise<number[][]> {
    this.#state.requireUse("logProbs");
    this.#validateSequences("logProbs", sequences);
    const learner = await this.#learning.learner();
    const outcomes = await learner.score(sequences, positiveTemperature("logProbs", temperature));
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
    // In plain ops everywhere: asked for by a person's click, for one sequence, and the plan keeps no logits.
    const batch = sequenceBatch([tokens.slice(0, Math.max(...positions) + 1)], true);
    const logits = positionLogits(this.#model, this.#plain.weights.get(), batch, Int32Array.from(positions));
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
    positiveTemperature("update", loss.temperature);
    const measuresKl = loss.klCoefficient !== 0 || options?.measureKl === true;
    const learner = await this.#learning.learner();
    const work = { rows, sequences, tokenCount, loss, measuresKl };
    const { sums, gradNorm, logProbs } = await learner.update(work, optimizer);
    const klToBase = measuresKl ? sums.klToBase / tokenCount : null;
    return { ...meansOf(sums), klToBase, gradNorm, logProbs: logProbs.map((each) => Array.from(each)) };
  }

  /**
   * One optimizer step on the weighted next-token cross-entropy Σ w·(−log π) / Σ w.
   *
   * @throws {NotFiniteError} and changes nothing if a number is not finite
   */
  async languageModelStep(rows: readonly LanguageModelRow[], optimizer: OptimizerConfig): Promise<LanguageModelStats> {
    const sequences = rows.map((row) => this.#weightedSequence(row));
    const weightSum = sequences.reduce((sum, { positions }, i) => sum + weightOf(rows[i]!, positions), 0);
    if (!(weightSum > 0)) throw new ShapeError(`languageModelStep: weights with a positive sum, got ${weightSum}`);
    const learner = await this.#learning.learner();
    const { sums, gradNorm, logProbs } = await learner.languageModelStep({ rows, sequences }, optimizer);
    const spread = spreadOut(rows, sequences, logProbs);
    return { loss: sums.loss / sums.weight, gradNorm, weightSum: sums.weight, logProbs: spread };
  }

  /** Gradient of Σ w·(−log π) and its sums, for training on several processes; zeros without weights. Changes nothing. */
  async languageModelGradients(rows: readonly LanguageModelRow[]): Promise<LanguageModelGradients> {
    const sequences = rows.map((row) => this.#weightedSequence(row));
    this.#state.requireUse("policy");
    const learner = await this.#learning.learner();
    const { gradient, sums, logProbs } = await learner.crossEntropyGradient({ rows, sequences });
    const spread = spreadOut(rows, sequences, logProbs);
    return { gradient, lossSum: sums.loss, weightSum: sums.weight, logProbs: spread };
  }

  /**
   * One optimizer step on a gradient made elsewhere.
   *
   * @param gradient flat; the sum of the shards' gradients
   * @param weightSum the sum of the shards' weights; the gradient is divided by it
   * @returns the L2 norm before clipping
   * @throws {NotFiniteError} and changes nothing if a number is not finite
   */
  applyGradients(gradient: Float32Array, weightSum: number, optimizer: OptimizerConfig): number {
    const { size } = this.#state.layout;
    if (gradient.length !== size) {
      throw new ShapeError(`applyGradients: ${size} numbers, got ${gradient.length}`);
    }
    return this.#state.step(gradient.slice(), { lossSum: 0, scale: 1 / weightSum }, optimizer);
  }

  setBase(): Promise<void> {
    this.#state.requireUse("setBase");
    this.#state.setBase();
    return Promise.resolve();
  }

  save(): Promise<PolicyState> {
    const { layout, current, optimizer } = this.#state;
    const { step, first, second } = optimizer;
    return Promise.resolve({
      config: this.config,
      weights: toNamedTensors(layout, current.values),
      optimizer: { step, first: toNamedTensors(layout, first), second: toNamedTensors(layout, second) },
    });
  }

  /**
   * Takes over a saved state of the same configuration. The base for KL stays as it is.
   *
   * @throws {CheckpointError} and changes nothing if the state does not fit
   */
  // eslint-disable-next-line @typescript-eslint/require-await -- errors are to arrive as rejections
  async load(state: PolicyState): Promise<void> {
    this.#state.requireUse("load");
    const own = JSON.stringify(sortedEntries(this.config));
    const other = JSON.stringify(sortedEntries(state.config));
    if (own !== other) throw new CheckpointError(`load: a state of configuration ${own}, got ${other}`);
    const { layout } = this.#state;
    const parameters = fromNamedTensors(layout, state.weights);
    const first = fromNamedTensors(layout, state.optimizer.first);
    const second = fromNamedTensors(layout, state.optimizer.second);
    this.#state.replace(parameters, { step: state.optimizer.step, first, second });
  }

  dispose(): void {
    if (!this.#state.dispose()) return;
    this.#decoding.dispose();
    this.#learning.dispose();
    this.#plain.dispose();
    disposeAll(this.#model.rotary);
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
}

/** Sum of a row's weights at the positions. */
function weightOf({ weights }: LanguageModelRow, positions: readonly number[]): number {
  return positions.reduce((sum, position) => sum + weights[position]!, 0);
}

/** Log-probs of scored tokens as one array per row, 0 elsewhere. */
function spreadOut(
  rows: readonly LanguageModelRow[],
  sequences: readonly ScoredSequence[],
  logProbs: readonly ArrayLike<number>[],
): Float32Array[] {
  return rows.map(({ tokens }, i) => {
    const spread = new Float32Array(tokens.length);
    sequences[i]!.positions.forEach((position, k) => (spread[position] = logProbs[i]![k]!));
    return spread;
  });
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
