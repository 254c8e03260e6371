/**
 * @file What a policy can do, without saying how: decode a batch of open episodes, score sequences, learn from rows.
 * `src/model` implements it on tfjs; tests implement it over a table.
 */
import type { PhiloxKey } from "../base/random.ts";

/** Shape of the transformer. Every number is part of a checkpoint. */
export interface ModelConfig {
  readonly vocabularySize: number;
  /** Width of the residual stream, d. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Longest sequence in tokens. */
  readonly contextLength: number;
}

/** One episode's turn in a batch: read these tokens, then write. */
export interface GenerateRequest {
  /** Which episode of the batch, 0…episodeCount−1; each at most once a call. */
  readonly episode: number;
  /** How many of the episode's last tokens are taken back before anything is appended; 0 if not given. */
  readonly forget?: number;
  /** Tokens to append before writing (observation, tips, prompt). May be empty only if something was read before. */
  readonly append: readonly number[];
  /** Longest completion in tokens; 0 only reads. */
  readonly maxTokens: number;
  /** Writing ends after any of these tokens, which are part of the completion. */
  readonly stopTokens: readonly number[];
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Stream of this episode; token i of this call uses counter (turn, i). So batch order does not change a sample. */
  readonly key: PhiloxKey;
  readonly turn: number;
}

/** What the policy wrote in one call. All arrays have one entry per token. */
export interface Completion {
  readonly tokens: readonly number[];
  /** Log-probability of each token at the sampling temperature (at 1 for temperature 0), nats. */
  readonly logProbs: readonly number[];
  /** Entropy of each token's distribution at the same temperature, nats. */
  readonly entropies: readonly number[];
}

/** Open episodes with a key–value cache. Completions stay in the cache as read. */
export interface DecodingBatch {
  /**
   * Appends and writes for some of the episodes; the others keep still.
   *
   * @returns completions in the order of the requests
   * @throws {ShapeError} if an episode would exceed the context length
   */
  generate(requests: readonly GenerateRequest[]): Promise<Completion[]>;
  /** Frees the cache. */
  close(): void;
}

/** One episode to learn from, as one sequence. Arrays have one entry per token of the sequence. */
export interface UpdateRow {
  /** Token ids [T], tips already cut out if the row is learned without them. */
  readonly tokens: readonly number[];
  /** Positions of the tokens that carry the loss (actions), ascending [A]. Position 0 never does. */
  readonly lossPositions: readonly number[];
  /** Log-probs the ratio divides by, for each loss position [A], nats (Table 3). */
  readonly oldLogProbs: readonly number[];
  /** Advantage of each loss position [A], unitless. */
  readonly advantages: readonly number[];
  /** Off-policy rows are subject to the low-probability mask (Eq. 2). */
  readonly offPolicy: boolean;
}

/** Clipped surrogate with dual clip, low-probability mask, KL and entropy (Eq. 1–2). */
export interface LossConfig {
  /** ε_low: ratios under 1 − ε_low gain nothing more. */
  readonly clipLow: number;
  /** ε_high. */
  readonly clipHigh: number;
  /** c > 1: bounds the loss of a negative advantage at c·|A| (dual-clip PPO). */
  readonly dualClip: number;
  /** δ as a log-probability, nats: off-policy tokens at or under it are masked. −Infinity masks none. */
  readonly minTokenLogProb: number;
  /** Mask the token only (the paper) or the whole response (the reference code). */
  readonly maskScope: "token" | "response";
  /** β of the penalty KL(π‖base), estimated as ratio − 1 − log ratio; 0 for none. */
  readonly klCoefficient: number;
  /** Weight of the entropy bonus; 0 for none. */
  readonly entropyCoefficient: number;
  /** Log-probs are taken at this temperature, that of the rollouts. */
  readonly temperature: number;
}

/** AdamW with gradient-norm clipping. */
export interface OptimizerConfig {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
}

/** What one optimizer step did. Means are over loss tokens unless said otherwise. */
export interface UpdateStats {
  readonly loss: number;
  readonly meanRatio: number;
  /** Share of tokens whose ratio was clipped, 0…1. */
  readonly clipFraction: number;
  /** Share of tokens masked for low probability, 0…1. */
  readonly maskedFraction: number;
  /** Nats per token. */
  readonly entropy: number;
  /** Mean of ratio − 1 − log ratio against the base policy, nats per token; null if not measured. */
  readonly klToBase: number | null;
  /** L2 norm of the gradient before clipping. */
  readonly gradNorm: number;
  readonly tokenCount: number;
  /** Per row and loss position, after the forward pass: the new log-probs, nats. */
  readonly logProbs: readonly (readonly number[])[];
}

/** One step of language-model training: next-token cross-entropy with a weight per token. */
export interface LanguageModelRow {
  readonly tokens: readonly number[];
  /** Weight of predicting the token at each position [T]; position 0 counts for nothing. */
  readonly weights: readonly number[];
}

/** Distribution over the next token at one position. */
export interface TokenDistribution {
  readonly tokens: readonly number[];
  /** Probabilities of those tokens, likeliest first. */
  readonly probabilities: readonly number[];
}

/** Named float32 arrays. Names and shapes are the model's. */
export type NamedTensors = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** Everything a policy has learned, as plain data. */
export interface PolicyState {
  readonly config: ModelConfig;
  readonly weights: NamedTensors;
  /** First and second moments of AdamW, and how many steps were taken. */
  readonly optimizer: { readonly step: number; readonly first: NamedTensors; readonly second: NamedTensors };
}

/** A language policy. All methods are asynchronous because a GPU answers later. */
export interface Policy {
  readonly config: ModelConfig;
  /** Opens a batch of empty episodes. Close it. */
  open(episodeCount: number): DecodingBatch;
  /**
   * Log-probabilities of the tokens at the given positions of each sequence, current weights, no gradient.
   *
   * @param sequences tokens, and positions ≥ 1 ascending
   * @returns nats, per sequence and position, at the given temperature
   */
  logProbs(
    sequences: readonly { readonly tokens: readonly number[]; readonly positions: readonly number[] }[],
    temperature: number,
  ): Promise<number[][]>;
  /** The likeliest next tokens after each position of a sequence (position i predicts token i + 1). */
  distributions(tokens: readonly number[], positions: readonly number[], top: number): Promise<TokenDistribution[]>;
  /** One optimizer step on the clipped surrogate. Throws {@link NotFiniteError} and changes nothing if a number is not finite. */
  update(
    rows: readonly UpdateRow[],
    loss: LossConfig,
    optimizer: OptimizerConfig,
    options?: { readonly measureKl: boolean },
  ): Promise<UpdateStats>;
  /**
   * One optimizer step on the weighted next-token cross-entropy Σ w·(−log π) / Σ w.
   *
   * @returns the weighted mean of −log π before the step, nats per token
   * @throws {DeviceError} and changes nothing if a number is not finite
   */
  languageModelStep(rows: readonly LanguageModelRow[], optimizer: OptimizerConfig): Promise<{ readonly loss: number }>;
  /** Makes the current weights the base that KL is measured against. */
  setBase(): Promise<void>;
  save(): Promise<PolicyState>;
  load(state: PolicyState): Promise<void>;
  dispose(): void;
}
