/**
 * @file The run's published language: everything a run tells the page, the CLI and the files, as plain data in order.
 * The page is a fold over these events; nothing else leaves a run.
 */
import type { TaskRef } from "../envs/env.ts";
import type { Segment } from "../text/sequence.ts";
import type { UpdateStats } from "../policy/policy.ts";

/** How one rollout was made and is learned from (Table 3). */
export type LearningMode = "on-policy" | "on-policy-with-tips" | "off-policy";

/** A number per learning mode. */
export type ModeCounts = Readonly<Record<LearningMode, number>>;

/** One turn of a rollout, readable. */
export interface TurnRecord {
  /** The action's words, without the end token. */
  readonly action: string;
  /** What the world answered. */
  readonly observation: string;
  readonly score: number;
  readonly reward: number;
  /** 1/n bonus of the state reached, before λ; 0 if not counted. */
  readonly intrinsicReward: number;
  /** Log-probs of the action's tokens when sampled (end token included), nats. */
  readonly logProbs: readonly number[];
  readonly entropies: readonly number[];
}

/** A tip as it was shown in a rollout. */
export interface RetrievalRecord {
  readonly turn: number;
  readonly tipId: number;
  readonly similarity: number;
  readonly text: string;
  readonly score: number;
}

/** One finished rollout with everything needed to show and replay it. */
export interface RolloutRecord {
  readonly rolloutId: string;
  readonly iteration: number;
  readonly task: TaskRef;
  readonly groupId: string;
  readonly mode: LearningMode;
  readonly firstObservation: string;
  readonly turns: readonly TurnRecord[];
  readonly retrieved: readonly RetrievalRecord[];
  /** Words of the tip the policy wrote, null if none was asked for. */
  readonly tip: string | null;
  /** Final score, points; success means 100. */
  readonly score: number;
  readonly intrinsicReturn: number;
  /** Group-relative advantage; null before it is known or if there is no update. */
  readonly advantage: number | null;
  readonly tokens: readonly number[];
  readonly segments: readonly Segment[];
}

/** One point of the held-out curve: test variations, memory off, evaluation temperature (method.md §5). */
export interface EvaluationRecord {
  readonly iteration: number;
  /** Mean return over episodes, points. */
  readonly meanReturn: number;
  /** Share of episodes with score 100. */
  readonly successRate: number;
  readonly episodeCount: number;
  readonly perVariation: readonly {
    readonly variation: number;
    readonly meanReturn: number;
    readonly successRate: number;
  }[];
  readonly memory: "off" | "on";
  readonly split: "train" | "dev" | "test";
}

/** Where the time of an iteration went, milliseconds. */
export interface PhaseTimes {
  readonly rollout: number;
  /** Writing tips; remembering them and the states (recorded runs of before: writing alone). */
  readonly tipWriting: number;
  readonly retrieval: number;
  /** Old log-probs without tips (recorded runs of before: not counted), and the optimizer's steps. */
  readonly update: number;
  readonly evaluation: number;
}

/** Numbers of a finished iteration. */
export interface IterationSummary {
  readonly iteration: number;
  readonly meanReturn: number;
  readonly successRate: number;
  /** Mean return of the rollouts with tips and of those without; null if there were none. */
  readonly meanReturnWithTips: number | null;
  readonly meanReturnWithoutTips: number | null;
  /** Share of the rollouts with tips that scored 100, and of those without; null if there were none. */
  readonly successRateWithTips: number | null;
  readonly successRateWithoutTips: number | null;
  readonly bestScore: number;
  readonly modeCounts: ModeCounts;
  /** Counts expected from p and q. */
  readonly expectedModeCounts: ModeCounts;
  readonly episodeCount: number;
  /** Tokens of this iteration's rollouts, and of the run so far. */
  readonly tokenCount: number;
  readonly totalTokenCount: number;
  readonly tipCount: number;
  /** Null when nothing was learned (no update, or all advantages zero). */
  readonly update: Omit<UpdateStats, "logProbs"> | null;
  readonly times: PhaseTimes;
}

/** Ratio and mask of the loss tokens of one rollout in the last update. */
export interface TokenUpdateRecord {
  readonly rolloutId: string;
  /** New ÷ old probability, per loss token. */
  readonly ratios: readonly number[];
  /** Loss tokens removed by the low-probability mask. */
  readonly masked: readonly boolean[];
}

/** A fault that a run went on after, or was paused by. */
export type IncidentKind = "deviceLost" | "halfBatch" | "notFinite" | "alarm";

/** Everything a run tells the world. */
export type TrainingEvent =
  | {
      readonly type: "runStarted";
      readonly method: string;
      readonly iteration: number;
      readonly backend: string;
      readonly config: unknown;
    }
  | { readonly type: "iterationStarted"; readonly iteration: number; readonly tasks: readonly TaskRef[] }
  | {
      readonly type: "turnTaken";
      readonly rolloutId: string;
      readonly task: TaskRef;
      readonly mode: LearningMode;
      readonly firstObservation: string;
      readonly turn: TurnRecord;
    }
  | { readonly type: "tipsRetrieved"; readonly rolloutId: string; readonly retrieved: readonly RetrievalRecord[] }
  | { readonly type: "phaseStarted"; readonly phase: keyof PhaseTimes; readonly iteration: number }
  | { readonly type: "rolloutsFinished"; readonly iteration: number; readonly rollouts: readonly RolloutRecord[] }
  | {
      readonly type: "policyUpdated";
      readonly iteration: number;
      readonly stats: Omit<UpdateStats, "logProbs">;
      readonly tokens: readonly TokenUpdateRecord[];
    }
  | { readonly type: "evaluated"; readonly evaluation: EvaluationRecord }
  | { readonly type: "iterationFinished"; readonly summary: IterationSummary }
  | { readonly type: "configChanged"; readonly iteration: number; readonly changes: Readonly<Record<string, unknown>> }
  /** After so many finished iterations; told by the host. */
  | {
      readonly type: "incident";
      readonly iteration: number;
      readonly kind: IncidentKind;
      readonly text: string;
    }
  | { readonly type: "checkpointSaved"; readonly iteration: number; readonly bytes: number }
  | {
      readonly type: "runFinished";
      readonly iteration: number;
      readonly weightsHash: string;
      readonly rolloutsHash: string;
      readonly heldOutReturn: number | null;
      readonly heldOutSuccess: number | null;
    }
  | { readonly type: "runFailed"; readonly iteration: number; readonly message: string };
