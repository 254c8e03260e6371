/**
 * @file The tips of a run. A live run sends its memory as it is; a recorded one has only its rollouts, from which
 * the same list is folded.
 */
import { tipBucketOf, type TipScope } from "../../core/envs/buckets.ts";
import type { RetrievalRecord, RolloutRecord, TrainingEvent } from "../../core/events/training-event.ts";
import type { Tip } from "../../core/memory/tip.ts";
import { decode } from "../../core/text/tokenizer.ts";

/** A tip as the Memory panel shows it. */
export interface ShownTip {
  readonly id: number;
  readonly bucket: string;
  readonly text: string;
  readonly score: number;
  readonly iteration: number;
  readonly author: "policy" | "person";
  readonly pinned: boolean;
  readonly retrievedCount: number;
  /** The stored tip itself, for undo; null in a recorded run. */
  readonly stored: Tip | null;
}

export interface MemoryState {
  /** In order of writing. */
  readonly tips: readonly ShownTip[];
  /** The run has sent its memory, so nothing is guessed from rollouts any more. */
  readonly isExact: boolean;
  /** Iterations whose rollouts were folded in, so that a replay counts nothing twice. */
  readonly seenIterations: ReadonlySet<number>;
}

export const INITIAL_MEMORY: MemoryState = { tips: [], isExact: false, seenIterations: new Set() };

/** The next state of the memory after one event. Pure; a replayed event changes nothing. */
export function reduceMemory(state: MemoryState, event: TrainingEvent, scope: TipScope): MemoryState {
  if (event.type !== "rolloutsFinished" || state.isExact || state.seenIterations.has(event.iteration)) return state;
  const counted = event.rollouts.reduce((tips, { retrieved }) => countRetrievals(tips, retrieved), state.tips);
  const tips = event.rollouts.reduce((known, rollout) => addWrittenTip(known, rollout, scope), counted);
  return { tips, isExact: false, seenIterations: new Set([...state.seenIterations, event.iteration]) };
}

/** The memory as the worker sent it. */
export function memoryFromTips(tips: readonly Tip[]): MemoryState {
  return { tips: tips.map(showTip), isExact: true, seenIterations: new Set() };
}

function showTip(tip: Tip): ShownTip {
  const { id, bucket, score, iteration, author, pinned, retrievedCount } = tip;
  return { id, bucket, text: decode(tip.tokens), score, iteration, author, pinned, retrievedCount, stored: tip };
}

/** The memory of a task variation, or of all of them, for people. */
export function bucketLabel(bucket: string): string {
  const variation = /variation-(\d+)$/.exec(bucket)?.[1];
  if (variation !== undefined) return `var. ${variation}`;
  return /\/house-\d+$/.test(bucket) ? "all variations" : bucket;
}

function countRetrievals(tips: readonly ShownTip[], retrieved: readonly RetrievalRecord[]): readonly ShownTip[] {
  if (retrieved.length === 0) return tips;
  const texts = retrieved.map(({ text }) => text);
  return tips.map((tip) => {
    const count = texts.filter((text) => text === tip.text).length;
    return count === 0 ? tip : { ...tip, retrievedCount: tip.retrievedCount + count };
  });
}

/** The framework appends the true score to what the policy wrote. */
function addWrittenTip(tips: readonly ShownTip[], rollout: RolloutRecord, scope: TipScope): readonly ShownTip[] {
  if (rollout.tip === null) return tips;
  const bucket = tipBucketOf(rollout.task, scope);
  const text = `${rollout.tip} score ${spellScore(rollout.score)}`.trim();
  if (tips.some((tip) => tip.bucket === bucket && tip.text === text)) return tips;
  const { score, iteration } = rollout;
  const id = (tips.at(-1)?.id ?? 0) + 1;
  const guessed = { author: "policy", pinned: false, retrievedCount: 0, stored: null } as const;
  return [...tips, { id, bucket, text, score, iteration, ...guessed }];
}

/** Numbers are written digit by digit: −30 reads “minus 3 0”. */
function spellScore(score: number): string {
  const digits = String(Math.abs(Math.round(score))).replace(/\B/g, " ");
  return score < 0 ? `minus ${digits}` : digits;
}
