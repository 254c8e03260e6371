/** @file One copy of the policy in pretraining: gives gradients of its batches, takes the common step. */
import type { Random } from "../core/base/random.ts";
import type { LanguageModelRow, ModelConfig, OptimizerConfig } from "../core/policy/policy.ts";
import { decodePolicyState, encodePolicyState } from "../model/checkpoint.ts";
import { DEFAULT_MODEL } from "../model/parameters.ts";
import { TransformerPolicy } from "../model/transformer-policy.ts";
import { addCrossEntropy, type CrossEntropySums } from "../pretraining/batches.ts";
import { TIP_WEIGHT } from "../pretraining/recipe.ts";
import { withFreshOptimizer } from "./base-file.ts";

/** A gradient of summed losses and what is needed to add shards exactly. */
export interface ShardGradient {
  readonly gradient: Float32Array;
  readonly lossSum: number;
  readonly weightSum: number;
  readonly tokenCount: number;
  readonly crossEntropy: CrossEntropySums;
}

/** The step that all replicas take alike. */
export interface ReplicaStep {
  readonly gradient: Float32Array;
  readonly weightSum: number;
  readonly optimizer: OptimizerConfig;
}

/** A policy that is being pretrained. */
export class PretrainingReplica {
  readonly #policy: TransformerPolicy;

  private constructor(policy: TransformerPolicy) {
    this.#policy = policy;
  }

  /** A replica with weights from a base file, or drawn from `random` in the shape asked for. */
  static async create(
    random: Random,
    initial: Uint8Array | null,
    shape: Partial<ModelConfig> = {},
  ): Promise<PretrainingReplica> {
    if (initial === null) {
      return new PretrainingReplica(TransformerPolicy.create({ ...DEFAULT_MODEL, ...shape }, random));
    }
    return new PretrainingReplica(await TransformerPolicy.fromState(withFreshOptimizer(decodePolicyState(initial))));
  }

  get contextLength(): number {
    return this.#policy.config.contextLength;
  }

  /** Gradient of one shard's batch. */
  async gradients(rows: readonly LanguageModelRow[]): Promise<ShardGradient> {
    const { gradient, lossSum, weightSum, logProbs } = await this.#policy.languageModelGradients(rows);
    const crossEntropy = { action: 0, actionCount: 0, tip: 0, tipCount: 0 };
    addCrossEntropy(crossEntropy, rows, logProbs, TIP_WEIGHT);
    const tokenCount = rows.reduce((total, { tokens }) => total + tokens.length, 0);
    return { gradient, lossSum, weightSum, tokenCount, crossEntropy };
  }

  /** Takes the common step; the same on every replica. */
  step({ gradient, weightSum, optimizer }: ReplicaStep): void {
    this.#policy.applyGradients(gradient, weightSum, optimizer);
  }

  /** The weights as a base file. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const state = await this.#policy.save();
    return encodePolicyState({ ...state, optimizer: { step: 0, first: new Map(), second: new Map() } });
  }
}
