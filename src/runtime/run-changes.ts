/**
 * @file What a person changes while a run is on: hot settings and tips. Changes are stored as data until a checkpoint
 * contains them, and done again on resume; each may be done twice without harm.
 */
import * as v from "valibot";
import { ConfigError } from "../core/base/errors.ts";
import { tipTokens } from "../core/rollout/remember.ts";
import type { Embedding } from "../core/text/embedder.ts";
import { encode } from "../core/text/tokenizer.ts";
import { wordId } from "../core/text/vocabulary.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import type { TrainingSession } from "../core/training/session.ts";
import type { TipEdit } from "../protocol/messages.ts";
import { TIP } from "./session-file.ts";

/** One change by a person, as plain data. */
export type RunChange =
  { readonly type: "config"; readonly changes: Partial<RunConfig> } | { readonly type: "tip"; readonly edit: TipEdit };

/** What a change acts on. */
export interface ChangeTarget {
  readonly session: Pick<TrainingSession, "config" | "iteration" | "memory" | "updateConfig">;
  /** Key of a tip that a person writes for a task variation: what an episode there begins with. */
  readonly tipKey: (bucket: string) => Embedding;
}

const SCORE_WORD = wordId("score");
const MAX_TIPS = 100_000;
const MAX_TEXT = 4000;
const TIP_ID = v.pipe(v.number(), v.integer());
const TEXT = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const EDIT = v.variant("type", [
  v.object({ type: v.literal("delete"), tipId: TIP_ID }),
  v.object({ type: v.literal("pin"), tipId: TIP_ID, pinned: v.boolean() }),
  v.object({ type: v.literal("rewrite"), tipId: TIP_ID, text: TEXT }),
  v.object({ type: v.literal("add"), bucket: TEXT, text: TEXT, score: v.pipe(v.number(), v.finite()) }),
  v.object({ type: v.literal("restore"), tips: v.pipe(v.array(TIP), v.maxLength(MAX_TIPS)) }),
  v.object({ type: v.literal("clear") }),
]) satisfies v.GenericSchema<unknown, TipEdit>;
const CHANGE = v.variant("type", [
  v.object({ type: v.literal("config"), changes: v.record(v.string(), v.union([v.string(), v.number()])) }),
  v.object({ type: v.literal("tip"), edit: EDIT }),
]);

/** Those of the stored changes that are whole; they may come from a backup that a stranger sent. */
export function parseChanges(values: readonly unknown[]): RunChange[] {
  return values.flatMap((value) => {
    const parsed = v.safeParse(CHANGE, value);
    return parsed.success ? [parsed.output] : [];
  });
}

/**
 * Does one change.
 *
 * @throws {ConfigError} if it cannot be done; nothing is changed then
 */
export function applyChange({ session, tipKey }: ChangeTarget, change: RunChange): void {
  if (change.type === "config") session.updateConfig(change.changes);
  else editTip({ session, tipKey }, change.edit);
}

/** Does the changes again that were done before a reload; those that no longer fit are left out. */
export function reapplyChanges(target: ChangeTarget, changes: readonly RunChange[]): RunChange[] {
  return changes.filter((change) => {
    try {
      applyChange(target, change);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  });
}

function editTip({ session, tipKey }: ChangeTarget, edit: TipEdit): void {
  const { memory, config, iteration } = session;
  switch (edit.type) {
    case "delete":
      memory.remove(edit.tipId);
      break;
    case "pin":
      memory.setPinned(edit.tipId, edit.pinned);
      break;
    case "rewrite":
      memory.rewrite(edit.tipId, encode(edit.text));
      break;
    case "add": {
      const { bucket, score, text } = edit;
      const tip = { bucket, score, iteration, tokens: scored(encode(text), score), key: tipKey(bucket) };
      memory.add({ ...tip, author: "person" }, config.bucketCapacity);
      break;
    }
    case "restore":
      for (const tip of edit.tips) memory.restore(tip);
      break;
    case "clear":
      memory.clear();
      break;
  }
}

/** A tip ends with its score; one that names it already is left as it is. */
function scored(tokens: readonly number[], score: number): readonly number[] {
  return SCORE_WORD !== undefined && tokens.includes(SCORE_WORD) ? tokens : tipTokens(tokens, score);
}
