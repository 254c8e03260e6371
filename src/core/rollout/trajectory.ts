import type { TaskRef } from "../envs/env.ts";
import type { LearningMode, RetrievalRecord, RolloutRecord, TurnRecord } from "../events/training-event.ts";
import type { Embedding } from "../text/embedder.ts";
import { decode } from "../text/tokenizer.ts";
import type { TokenSequence } from "../text/sequence.ts";

/** One finished episode (o₀, a₁, r₁, o₁, …). Everything that learning, memory and the page need of it. */
export interface Trajectory {
  readonly rolloutId: string;
  readonly iteration: number;
  readonly task: TaskRef;
  /** Memory bucket: of the task variation, or of the whole task if tips are shared. */
  readonly bucket: string;
  /** Bucket in which its states are counted: the task variation. */
  readonly stateBucket: string;
  /** The N rollouts of one task in one iteration share it. */
  readonly groupId: string;
  readonly mode: LearningMode;
  readonly firstObservation: string;
  readonly sequence: TokenSequence;
  /** Log-probs of all action tokens when sampled, in order, nats. */
  readonly actionLogProbs: readonly number[];
  readonly turns: readonly TurnRecord[];
  readonly retrieved: readonly RetrievalRecord[];
  /** Embeddings of the observations reached, for 1/n. */
  readonly states: readonly Embedding[];
  /** Embedding of the final state, the key of its tip. */
  readonly finalState: Embedding;
  /** Final score, points. */
  readonly score: number;
  /** Σ 1/n over its states; 0 for rollouts without memory. */
  readonly intrinsicReturn: number;
  /** Tokens the policy wrote as a tip, end token cut off; null if it was not asked. */
  readonly writtenTip: readonly number[] | null;
}

/** The state in which each action was taken, as the policy sees it: the text of the observation read last. */
export function statesBefore({ firstObservation, turns }: Trajectory): string[] {
  return turns.map((_, t) => (t === 0 ? firstObservation : turns[t - 1]!.observation));
}

/** The trajectory as the run tells it to the world. */
export function toRolloutRecord(trajectory: Trajectory, advantage: number | null): RolloutRecord {
  const { rolloutId, iteration, task, groupId, mode, firstObservation, turns, retrieved, score, intrinsicReturn } =
    trajectory;
  return {
    rolloutId,
    iteration,
    task,
    groupId,
    mode,
    firstObservation,
    turns,
    retrieved,
    tip: trajectory.writtenTip === null ? null : decode(trajectory.writtenTip),
    score,
    intrinsicReturn,
    advantage,
    tokens: trajectory.sequence.tokens,
    segments: trajectory.sequence.segments,
  };
}
