/**
 * @file A policy without a network: a table from what was read so far to the logits of the next token. Its update is
 * the real one, Eq. 1–2 with the softmax gradient, so that tests of methods need no tfjs.
 */
import { NotFiniteError, ShapeError } from "../../src/core/base/errors.ts";
import type {
  Completion,
  DecodingBatch,
  GenerateRequest,
  LanguageModelRow,
  LossConfig,
  ModelConfig,
  NamedTensors,
  OptimizerConfig,
  Policy,
  PolicyState,
  TokenDistribution,
  UpdateRow,
  UpdateStats,
} from "../../src/core/policy/policy.ts";
import { encode, TOKEN } from "../../src/core/text/tokenizer.ts";
import { lowProbabilityMask } from "../../src/model/losses.ts";
import { drawToken, tokenUniform } from "../../src/model/sampler.ts";

/** What a table starts from. */
export interface TabularOptions {
  /** Words it can write, besides ending an action or a tip; all others have probability zero. */
  readonly words: string;
  /** Logits of those words after a prefix that the table has not learned yet; 0 for what is not named. */
  readonly prior?: (prefix: readonly number[]) => Readonly<Record<string, number>>;
  /** What of the prefix the table looks at; all of it unless given. */
  readonly keyOf?: (prefix: readonly number[]) => string;
  readonly contextLength?: number;
  /** A step moves a logit by the learning rate times this. */
  readonly stepScale?: number;
}

interface Step {
  gradient: Map<string, Float64Array>;
  loss: number;
  ratio: number;
  clipped: number;
  masked: number;
  entropy: number;
  kl: number;
  tokenCount: number;
}

/** One token that carries the loss. */
interface LossToken {
  readonly row: UpdateRow;
  readonly i: number;
  readonly logProb: number;
  readonly isMasked: boolean;
}

/** A softmax table. Sampling depends on (key, turn, index) only, as the transformer's does. */
export class TabularPolicy implements Policy {
  readonly config: ModelConfig;
  /** How often each method was called. */
  readonly calls = { update: 0, logProbs: 0, generate: 0, setBase: 0, languageModelStep: 0 };
  /** Rows of all updates so far, in order. */
  readonly updatedRows: UpdateRow[] = [];
  readonly #options: TabularOptions;
  readonly #alphabet: readonly number[];
  #logits = new Map<string, Float32Array>();
  #momentum = new Map<string, Float32Array>();
  #base = new Map<string, Float32Array>();
  #steps = 0;

  constructor(options: TabularOptions) {
    this.#options = options;
    this.#alphabet = [...encode(options.words), TOKEN.actionEnd, TOKEN.tipEnd];
    const contextLength = options.contextLength ?? 512;
    this.config = { vocabularySize: 512, width: 1, layers: 1, heads: 1, contextLength };
  }

  open(episodeCount: number): DecodingBatch {
    const episodes = Array.from({ length: episodeCount }, (): number[] => []);
    return {
      generate: async (requests) => {
        this.calls.generate += 1;
        for (const request of requests) this.#validate(request, episodes);
        return requests.map((request) => this.#write(request, episodes[request.episode]!));
      },
      close: () => {
        episodes.length = 0;
      },
    };
  }

  async logProbs(
    sequences: readonly { readonly tokens: readonly number[]; readonly positions: readonly number[] }[],
    temperature: number,
  ): Promise<number[][]> {
    this.calls.logProbs += 1;
    return sequences.map(({ tokens, positions }) =>
      positions.map((position) => this.#logProbOf(tokens, position, temperature)),
    );
  }

  async distributions(
    tokens: readonly number[],
    positions: readonly number[],
    top: number,
  ): Promise<TokenDistribution[]> {
    return positions.map((position) => {
      const probabilities = softmax(this.#logitsAfter(tokens.slice(0, position + 1)), 1);
      const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!).slice(0, top);
      return {
        tokens: order.map((i) => this.#alphabet[i]!),
        probabilities: order.map((i) => probabilities[i]!),
      };
    });
  }

  /** Probability of a word after a prefix, temperature 1. */
  probability(prefix: readonly number[], word: string): number {
    const index = this.#alphabet.indexOf(encode(word)[0]!);
    return softmax(this.#logitsAfter(prefix), 1)[index]!;
  }

  async update(
    rows: readonly UpdateRow[],
    loss: LossConfig,
    optimizer: OptimizerConfig,
    options?: { readonly measureKl: boolean },
  ): Promise<UpdateStats> {
    this.calls.update += 1;
    this.updatedRows.push(...structuredClone(rows));
    const step = emptyStep();
    const logProbs = rows.map((row) => this.#addRow(row, loss, step));
    if (!Number.isFinite(step.loss)) throw new NotFiniteError(`update: a finite loss, got ${step.loss}`);
    const gradNorm = this.#descend(step, optimizer);
    const { tokenCount } = step;
    const measured = loss.klCoefficient > 0 || options?.measureKl === true;
    return {
      loss: step.loss / tokenCount,
      meanRatio: step.ratio / tokenCount,
      clipFraction: step.clipped / tokenCount,
      maskedFraction: step.masked / tokenCount,
      entropy: step.entropy / tokenCount,
      klToBase: measured ? step.kl / tokenCount : null,
      gradNorm,
      tokenCount,
      logProbs,
    };
  }

  /** The cross-entropy's slope is that of a surrogate at ratio 1 with the weights as advantages. */
  async languageModelStep(rows: readonly LanguageModelRow[], optimizer: OptimizerConfig): Promise<{ loss: number }> {
    this.calls.languageModelStep += 1;
    const step = emptyStep();
    let [loss, weightSum] = [0, 0];
    for (const { tokens, weights } of rows) {
      const lossPositions = tokens.map((_, i) => i).filter((i) => i > 0 && weights[i] !== 0);
      const oldLogProbs = lossPositions.map((position) => this.#logProbOf(tokens, position, 1));
      const advantages = lossPositions.map((position) => weights[position]!);
      this.#addRow({ tokens, lossPositions, oldLogProbs, advantages, offPolicy: false }, CROSS_ENTROPY, step);
      loss -= oldLogProbs.reduce((sum, logProb, i) => sum + logProb * advantages[i]!, 0);
      weightSum += advantages.reduce((sum, weight) => sum + weight, 0);
    }
    this.#descend({ ...step, tokenCount: weightSum }, optimizer);
    return { loss: loss / weightSum };
  }

  async setBase(): Promise<void> {
    this.calls.setBase += 1;
    this.#base = copyOf(this.#logits);
  }

  async save(): Promise<PolicyState> {
    return {
      config: this.config,
      weights: toTensors(this.#logits),
      optimizer: { step: this.#steps, first: toTensors(this.#momentum), second: new Map() },
    };
  }

  async load({ weights, optimizer }: PolicyState): Promise<void> {
    this.#logits = fromTensors(weights);
    this.#momentum = fromTensors(optimizer.first);
    this.#steps = optimizer.step;
  }

  dispose(): void {
    this.#logits.clear();
  }

  #validate(
    { episode, append, maxTokens, forget = 0 }: GenerateRequest,
    episodes: readonly (readonly number[])[],
  ): void {
    const read = episodes[episode];
    if (read === undefined) throw new ShapeError(`generate: an open episode, got ${episode}`);
    if (forget > read.length) throw new ShapeError(`generate: at most ${read.length} to forget, got ${forget}`);
    const length = read.length - forget + append.length + maxTokens;
    const { contextLength } = this.config;
    if (length > contextLength) throw new ShapeError(`generate: at most ${contextLength} tokens in all, got ${length}`);
  }

  #write(request: GenerateRequest, tokens: number[]): Completion {
    const { append, maxTokens, stopTokens, temperature, forget = 0 } = request;
    tokens.length -= forget;
    tokens.push(...append);
    const written: { tokens: number[]; logProbs: number[]; entropies: number[] } = {
      tokens: [],
      logProbs: [],
      entropies: [],
    };
    while (written.tokens.length < maxTokens) {
      const uniform = tokenUniform(request.key, request.turn, written.tokens.length);
      const draw = drawToken(this.#logitsAfter(tokens), temperature, uniform);
      const token = this.#alphabet[draw.token]!;
      tokens.push(token);
      written.tokens.push(token);
      written.logProbs.push(draw.logProb);
      written.entropies.push(draw.entropy);
      if (stopTokens.includes(token)) break;
    }
    return written;
  }

  #keyOf(prefix: readonly number[]): string {
    return this.#options.keyOf?.(prefix) ?? prefix.join(" ");
  }

  #logitsAfter(prefix: readonly number[], table = this.#logits): Float32Array {
    const learned = table.get(this.#keyOf(prefix));
    if (learned !== undefined) return learned;
    const prior = new Float32Array(this.#alphabet.length);
    for (const [word, logit] of Object.entries(this.#options.prior?.(prefix) ?? {})) {
      prior[this.#alphabet.indexOf(encode(word)[0]!)] = logit;
    }
    return prior;
  }

  #logProbOf(tokens: readonly number[], position: number, temperature: number, table = this.#logits): number {
    const index = this.#alphabet.indexOf(tokens[position]!);
    return Math.log(softmax(this.#logitsAfter(tokens.slice(0, position), table), temperature)[index] ?? 0);
  }

  /** Adds loss and gradient of a row's loss tokens and returns their log-probs. */
  #addRow(row: UpdateRow, loss: LossConfig, step: Step): number[] {
    const logProbs = row.lossPositions.map((position) => this.#logProbOf(row.tokens, position, loss.temperature));
    const masked = lowProbabilityMask(row, logProbs, loss);
    logProbs.forEach((logProb, i) => this.#addToken({ row, i, logProb, isMasked: masked[i]! }, loss, step));
    return logProbs;
  }

  /** Adds loss and gradient of one loss token. */
  #addToken({ row, i, logProb, isMasked }: LossToken, loss: LossConfig, step: Step): void {
    const position = row.lossPositions[i]!;
    const prefix = row.tokens.slice(0, position);
    const ratio = Math.exp(logProb - row.oldLogProbs[i]!);
    const objective = surrogate(ratio, row.advantages[i]!, loss);
    const probabilities = softmax(this.#logitsAfter(prefix), loss.temperature);
    step.loss -= isMasked ? 0 : objective.value;
    step.ratio += ratio;
    step.clipped += Number(objective.slope === 0);
    step.masked += Number(isMasked);
    step.entropy -= probabilities.reduce((sum, p) => sum + (p === 0 ? 0 : p * Math.log(p)), 0);
    const logRatio = this.#logProbOf(row.tokens, position, loss.temperature, this.#base) - logProb;
    step.kl += Math.exp(logRatio) - 1 - logRatio;
    step.tokenCount += 1;
    if (isMasked) return;
    const key = this.#keyOf(prefix);
    const gradient = step.gradient.get(key) ?? new Float64Array(this.#alphabet.length);
    step.gradient.set(key, gradient);
    const written = this.#alphabet.indexOf(row.tokens[position]!);
    probabilities.forEach((probability, j) => {
      // ∂ log π(a) / ∂ logit j = ([j = a] − π j) / T.
      gradient[j]! -= (objective.slope * (Number(j === written) - probability)) / loss.temperature;
    });
    if (!this.#logits.has(key)) this.#logits.set(key, this.#logitsAfter(prefix).slice());
  }

  /** Gradient descent with momentum; returns the norm of the mean gradient. */
  #descend({ gradient, tokenCount }: Step, { learningRate, beta1 }: OptimizerConfig): number {
    this.#steps += 1;
    let squares = 0;
    const scale = this.#options.stepScale ?? 1000;
    for (const [key, logits] of this.#logits) {
      const slope = gradient.get(key);
      const momentum = this.#momentum.get(key) ?? new Float32Array(logits.length);
      this.#momentum.set(key, momentum);
      logits.forEach((logit, j) => {
        const mean = (slope?.[j] ?? 0) / tokenCount;
        squares += mean * mean;
        momentum[j] = beta1 * momentum[j]! + (1 - beta1) * mean;
        logits[j] = logit - learningRate * scale * momentum[j];
      });
    }
    return Math.sqrt(squares);
  }
}

function emptyStep(): Step {
  return { gradient: new Map(), loss: 0, ratio: 0, clipped: 0, masked: 0, entropy: 0, kl: 0, tokenCount: 0 };
}

const CROSS_ENTROPY: LossConfig = {
  clipLow: 1,
  clipHigh: 1,
  dualClip: 10,
  minTokenLogProb: -Infinity,
  maskScope: "token",
  klCoefficient: 0,
  entropyCoefficient: 0,
  temperature: 1,
};

/** min(ρA, clip(ρ)A) with dual clip, and its slope in log π (Eq. 1). */
function surrogate(ratio: number, advantage: number, loss: LossConfig): { value: number; slope: number } {
  const clipped = Math.min(1 + loss.clipHigh, Math.max(1 - loss.clipLow, ratio)) * advantage;
  const value = Math.min(ratio * advantage, clipped);
  const bounded = advantage < 0 ? Math.max(value, loss.dualClip * advantage) : value;
  return { value: bounded, slope: bounded === ratio * advantage ? bounded : 0 };
}

function softmax(logits: Float32Array, temperature: number): number[] {
  const max = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - max) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function copyOf(table: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  return new Map([...table].map(([key, logits]) => [key, logits.slice()]));
}

function toTensors(table: ReadonlyMap<string, Float32Array>): NamedTensors {
  return new Map([...table].map(([key, logits]) => [key, { shape: [logits.length], data: logits.slice() }]));
}

function fromTensors(tensors: NamedTensors): Map<string, Float32Array> {
  return new Map([...tensors].map(([key, { data }]) => [key, data.slice()]));
}
