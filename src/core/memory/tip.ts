import type { Embedding } from "../text/embedder.ts";

/** One line that the policy wrote about a finished trajectory (§4.1). Plain data. */
export interface Tip {
  /** Unique within a run, ascending in order of writing. */
  readonly id: number;
  /** The task variation it belongs to; memories of different variations never mix. */
  readonly bucket: string;
  /** Tokens of the tip as it is shown between its delimiters, the true score appended by the framework. */
  readonly tokens: readonly number[];
  /** Score of the trajectory, points. */
  readonly score: number;
  /** Iteration in which it was written. */
  readonly iteration: number;
  /** Embedding of the trajectory's final state. */
  readonly key: Embedding;
  readonly author: "policy" | "person";
  /** Pinned tips are never dropped and come first at equal score. */
  readonly pinned: boolean;
  readonly retrievedCount: number;
}
