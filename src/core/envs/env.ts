/**
 * @file A text world: observations and actions are texts of vocabulary words. Same task and same actions give the
 * same transcript. A bad action is never an error: the world answers in words.
 */

/** Names one world instance completely. Plain data. */
export interface TaskRef {
  readonly world: "scienceworld" | "webshop";
  /** Task name as in the real system, e.g. `power-component`. */
  readonly task: string;
  readonly variation: number;
  /** Simplifications: `easy`, `none`, or names of single ones joined by commas. */
  readonly preset: string;
  /** Floor plan: 0 is the real ten-room house, others are generated from this number. */
  readonly house: number;
}

/** What the agent is told after an action. */
export interface Observation {
  /** Vocabulary words, separated by spaces. The first one of an episode begins with the task. */
  readonly text: string;
  /** Points after this action, −100…100. */
  readonly score: number;
  /** Score minus the score before. */
  readonly reward: number;
  readonly done: boolean;
  /** Simulator ticks so far. */
  readonly moves: number;
}

/** One thing in a room, for maps and hand play. Never shown to the policy. */
export interface ThingView {
  readonly name: string;
  /** State words, e.g. `on`, `closed`; connections as `wired to …`. */
  readonly states: readonly string[];
  readonly contents: readonly ThingView[];
}

/** The whole world as a person may look at it. Never shown to the policy. */
export interface WorldView {
  readonly agentRoom: string;
  readonly rooms: readonly { readonly name: string; readonly things: readonly ThingView[] }[];
  readonly doors: readonly { readonly between: readonly [string, string]; readonly open: boolean }[];
  readonly inventory: readonly ThingView[];
  readonly goals: readonly {
    readonly text: string;
    readonly kind: "ordered" | "optional";
    readonly points: number;
    readonly passed: boolean;
  }[];
}

/** A deterministic text world. */
export interface TextEnv {
  readonly task: TaskRef;
  /** Starts over. */
  reset(): Observation;
  /** Does one action, given as words. After `done` the world only repeats that it is over. */
  step(action: string): Observation;
  /** Actions that do something here, for hand play and statistics. Not shown to the policy. */
  validActions(): string[];
  view(): WorldView;
}

/** The blocks of variations (ScienceWorld: first half, next quarter, rest). */
export type Split = "train" | "dev" | "test";

/** A task type and its variations. */
export interface TaskSpec {
  readonly world: TaskRef["world"];
  readonly task: string;
  /** Id in ScienceWorld, e.g. `3-1`; `teaching` for worlds of our own. */
  readonly id: string;
  /** One sentence for people. */
  readonly description: string;
  readonly variationCount: number;
  readonly splits: Readonly<Record<Split, readonly number[]>>;
  /** Agent turns per episode. */
  readonly maxTurns: number;
}
