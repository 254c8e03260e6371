/** One line that the policy wrote about a finished trajectory (§4.1). Plain data. */
export interface Tip {
  /** Unique within a run, ascending in order of writing. */
  readonly id: number;
  /** The task variation it belongs to; memories of different variations never mix. */
  readonly bucket: string;
  /** Tokens of the tip's text without delimiters, true score appended by the framework. */
  readonly tokens: readonly number[];
  /** Score of the trajectory, points. */
  readonly score: number;
  /** Iteration in which it was written. */
  readonly iteration: number;
  /** Tokens of the final state's text, from which the key is computed. */
  readonly keyWords: readonly number[];
  /** Who wrote it. */
  readonly author: "policy" | "person";
  /** Pinned tips are never dropped and come first at equal score. */
  readonly pinned: boolean;
  /** How often it was retrieved. */
  readonly retrievedCount: number;
}
