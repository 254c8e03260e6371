/** @file What a task is: a name, a number of variations, and a function from a variation to a world. */
import { Random } from "../../base/random.ts";
import type { Split } from "../env.ts";
import type { Simplifications, WorldRules, WorldSpec } from "./world.ts";

/** Which world of a task to build. */
export interface WorldChoice {
  readonly variation: number;
  readonly house: number;
  readonly simplifications: Simplifications;
}

/** One of the tasks. */
export interface TaskType {
  readonly name: string;
  /** Id in ScienceWorld, e.g. `3-1`; `teaching` for worlds of our own. */
  readonly id: string;
  /** One sentence for people. */
  readonly description: string;
  readonly variationCount: number;
  readonly splits: Readonly<Record<Split, readonly number[]>>;
  readonly maxTurns: number;
  /** Needs electrical actions, so that `easy` leaves them in. */
  readonly isElectric: boolean;
  /** Presets to offer, if not all the usual ones. */
  readonly presets?: readonly string[];
  readonly build: (choice: WorldChoice) => WorldSpec;
}

/** ScienceWorld's laws. */
export const REAL_RULES: WorldRules = { crossedPolarity: true, directConnection: false, lightDelayTicks: 1 };

/** Ticks after which ScienceWorld ends an episode. */
export const MAX_MOVES = 100;

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** ScienceWorld's contiguous blocks: first half train, next quarter dev, rest test; one to three variations are special. */
export function splitVariations(count: number): Record<Split, readonly number[]> {
  if (count === 1) return { train: [0], dev: [], test: [0] };
  if (count === 2) return { train: [0], dev: [], test: [1] };
  if (count === 3) return { train: [0], dev: [1], test: [2] };
  const quarter = Math.floor(count / 4);
  return { train: range(0, 2 * quarter), dev: range(2 * quarter, 3 * quarter), test: range(3 * quarter, count) };
}

/** Drawn so that no task's variation 0 starts in its own target room, and score ladders show every step. */
const SEED = 3;

/** The stream that all chance of one world comes from. */
export function worldRandom(task: string, { variation, house }: Pick<WorldChoice, "variation" | "house">): Random {
  return Random.fromSeed(SEED).fork(task).fork(`variation ${variation}`).fork(`house ${house}`);
}
