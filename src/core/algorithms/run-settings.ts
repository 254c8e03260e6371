import type { AdvantageNormalization } from "../advantages/group-relative.ts";
import type { IntrinsicKind } from "../memory/intrinsic.ts";
import type { CriticConfig } from "../critic/action-critic.ts";
import type { RescoringConfig } from "../critic/action-rescoring.ts";
import type { LossConfig, OptimizerConfig } from "../policy/policy.ts";
import type { RolloutConfig } from "../rollout/rollout-engine.ts";

/** The part of a run's configuration that methods read. */
export interface RunSettings {
  readonly groupSize: number;
  /** p, §4.2: probability that a rollout reads tips. */
  readonly memoryRolloutProbability: number;
  /** q, §4.2: probability that a memory rollout is learned without its tips. */
  readonly offPolicyProbability: number;
  readonly modeDraw: "rollout" | "group" | "iteration";
  readonly oldLogProbView: "without-tips" | "with-tips";
  readonly tipSource: "memory" | "other-world" | "empty";
  readonly intrinsicReward: IntrinsicKind;
  /** λ_int. */
  readonly intrinsicCoefficient: number;
  readonly bucketCapacity: number;
  readonly advantageNormalization: AdvantageNormalization;
  /** γ of GiGPO's step returns. */
  readonly stepDiscount: number;
  /** ω of GiGPO. */
  readonly stepAdvantageWeight: number;
  readonly distilledRollouts: "all" | "above-mean";
  readonly tipCreditWeight: number;
  /** Iterations for which a tip may earn credit after the one in which it was written. */
  readonly tipCreditWindow: number;
  readonly critic: CriticConfig;
  readonly rescoring: RescoringConfig;
  readonly minibatches: number;
  readonly rollout: Omit<RolloutConfig, "writeTips">;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
}
