/**
 * @file What rows of a backup must look like before they are stored. Unknown keys are dropped, texts are shortened and
 * freed of characters that steer how text runs; everything else must be as a run writes it.
 */
import * as v from "valibot";
import { ConfigError } from "../core/base/errors.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import type { Tip } from "../core/memory/tip.ts";
import { parseRunConfig } from "../core/training/config-parsing.ts";
import { VOCABULARY_SIZE } from "../core/text/vocabulary.ts";
import type { EventChunk, RunHeader, StoredCheckpoint, StoredTip } from "./schema.ts";

const MAX_TEXT = 4000;
/** Controls other than line ends, and marks that are not seen: zero-width ones and those that turn text around. */
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const FINITE = v.pipe(v.number(), v.finite());
const TEXT = v.pipe(
  v.string(),
  v.transform((text) => text.slice(0, MAX_TEXT).replace(STEERING, "\ufffd")),
);
const LABEL = v.pipe(
  v.string(),
  v.maxLength(200),
  v.check((text) => text.search(STEERING) === -1, "plain characters"),
);
const RUN_ID = v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/));
const HASH = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const TOKENS = v.pipe(v.array(v.pipe(COUNT, v.maxValue(VOCABULARY_SIZE - 1))), v.maxLength(8192));
const NUMBERS = v.pipe(v.array(FINITE), v.maxLength(8192));
const MODE = v.picklist(["on-policy", "on-policy-with-tips", "off-policy"]);
const MODE_COUNTS = v.object({ "on-policy": FINITE, "on-policy-with-tips": FINITE, "off-policy": FINITE });
const TASK = v.object({
  world: v.picklist(["scienceworld", "webshop"]),
  task: LABEL,
  variation: COUNT,
  preset: LABEL,
  house: COUNT,
});
const TURN = v.object({
  action: TEXT,
  observation: TEXT,
  score: FINITE,
  reward: FINITE,
  intrinsicReward: FINITE,
  logProbs: NUMBERS,
  entropies: NUMBERS,
});
const RETRIEVAL = v.object({ turn: COUNT, tipId: COUNT, similarity: FINITE, text: TEXT, score: FINITE });
const SEGMENT = v.object({
  kind: v.picklist(["observation", "tip", "prompt", "action", "writtenTip"]),
  start: COUNT,
  end: COUNT,
});
const ROLLOUT = v.object({
  rolloutId: LABEL,
  iteration: COUNT,
  task: TASK,
  groupId: LABEL,
  mode: MODE,
  firstObservation: TEXT,
  turns: v.pipe(v.array(TURN), v.maxLength(1000)),
  retrieved: v.pipe(v.array(RETRIEVAL), v.maxLength(10_000)),
  tip: v.nullable(TEXT),
  score: FINITE,
  intrinsicReturn: FINITE,
  advantage: v.nullable(FINITE),
  tokens: TOKENS,
  segments: v.pipe(v.array(SEGMENT), v.maxLength(8192)),
});
const STATS = v.object({
  loss: FINITE,
  meanRatio: FINITE,
  clipFraction: FINITE,
  maskedFraction: FINITE,
  entropy: FINITE,
  klToBase: v.nullable(FINITE),
  gradNorm: FINITE,
  tokenCount: COUNT,
});
const TOKEN_UPDATE = v.object({
  rolloutId: LABEL,
  ratios: NUMBERS,
  masked: v.pipe(v.array(v.boolean()), v.maxLength(8192)),
});
const EVALUATION = v.object({
  iteration: COUNT,
  meanReturn: FINITE,
  successRate: FINITE,
  episodeCount: COUNT,
  perVariation: v.pipe(
    v.array(v.object({ variation: COUNT, meanReturn: FINITE, successRate: FINITE })),
    v.maxLength(1000),
  ),
  memory: v.picklist(["off", "on"]),
  split: v.picklist(["train", "dev", "test"]),
});
const SUMMARY = v.object({
  iteration: COUNT,
  meanReturn: FINITE,
  successRate: FINITE,
  meanReturnWithTips: v.nullable(FINITE),
  meanReturnWithoutTips: v.nullable(FINITE),
  successRateWithTips: v.nullable(FINITE),
  successRateWithoutTips: v.nullable(FINITE),
  bestScore: FINITE,
  modeCounts: MODE_COUNTS,
  expectedModeCounts: MODE_COUNTS,
  episodeCount: COUNT,
  tokenCount: COUNT,
  totalTokenCount: COUNT,
  tipCount: COUNT,
  update: v.nullable(STATS),
  times: v.object({ rollout: FINITE, tipWriting: FINITE, retrieval: FINITE, update: FINITE, evaluation: FINITE }),
});
const SETTINGS = v.record(LABEL, v.union([LABEL, FINITE]));

/** The events that are stored; those that tell the same again in parts are not. */
type StoredEvent = Exclude<TrainingEvent, { readonly type: "turnTaken" | "tipsRetrieved" | "phaseStarted" }>;

/** A new kind of event does not compile without an entry here. */
const EVENTS: {
  readonly [Type in StoredEvent["type"]]: v.GenericSchema<unknown, StoredEvent & { readonly type: Type }>;
} = {
  runStarted: v.object({
    type: v.literal("runStarted"),
    method: LABEL,
    iteration: COUNT,
    backend: LABEL,
    config: SETTINGS,
  }),
  iterationStarted: v.object({
    type: v.literal("iterationStarted"),
    iteration: COUNT,
    tasks: v.pipe(v.array(TASK), v.maxLength(1000)),
  }),
  rolloutsFinished: v.object({
    type: v.literal("rolloutsFinished"),
    iteration: COUNT,
    rollouts: v.pipe(v.array(ROLLOUT), v.maxLength(10_000)),
  }),
  policyUpdated: v.object({
    type: v.literal("policyUpdated"),
    iteration: COUNT,
    stats: STATS,
    tokens: v.pipe(v.array(TOKEN_UPDATE), v.maxLength(10_000)),
  }),
  evaluated: v.object({ type: v.literal("evaluated"), evaluation: EVALUATION }),
  iterationFinished: v.object({ type: v.literal("iterationFinished"), summary: SUMMARY }),
  incident: v.object({
    type: v.literal("incident"),
    iteration: COUNT,
    kind: v.picklist(["deviceLost", "halfBatch", "notFinite", "alarm"]),
    text: TEXT,
  }),
  configChanged: v.object({ type: v.literal("configChanged"), iteration: COUNT, changes: SETTINGS }),
  checkpointSaved: v.object({ type: v.literal("checkpointSaved"), iteration: COUNT, bytes: COUNT }),
  runFinished: v.object({
    type: v.literal("runFinished"),
    iteration: COUNT,
    weightsHash: HASH,
    rolloutsHash: HASH,
    heldOutReturn: v.nullable(FINITE),
    heldOutSuccess: v.nullable(FINITE),
  }),
  runFailed: v.object({ type: v.literal("runFailed"), iteration: COUNT, message: TEXT }),
};
const KIND = v.object({ type: v.picklist(Object.keys(EVENTS) as StoredEvent["type"][]) });

/** The stored events among some values; what is none is left out. */
export function storedEventsOf(values: readonly unknown[]): TrainingEvent[] {
  return values.flatMap((value): TrainingEvent[] => {
    const kind = v.safeParse(KIND, value);
    if (!kind.success) return [];
    const parsed = v.safeParse<v.GenericSchema<unknown, TrainingEvent>>(EVENTS[kind.output.type], value);
    return parsed.success ? [parsed.output] : [];
  });
}

const CHUNK = v.object({
  runId: RUN_ID,
  chunk: COUNT,
  iteration: COUNT,
  full: v.picklist([0, 1]),
  events: v.pipe(v.array(v.unknown()), v.maxLength(100_000)),
});

/** A chunk of events with those that can be read; null if it is none. */
export function parseChunk(value: unknown): EventChunk | null {
  const parsed = v.safeParse(CHUNK, value);
  return parsed.success ? { ...parsed.output, events: storedEventsOf(parsed.output.events) } : null;
}

const TIP = v.object({
  id: COUNT,
  bucket: LABEL,
  tokens: v.pipe(TOKENS, v.maxLength(4096)),
  score: FINITE,
  iteration: COUNT,
  key: v.pipe(TOKENS, v.maxLength(4096)),
  author: v.picklist(["policy", "person"]),
  pinned: v.boolean(),
  retrievedCount: COUNT,
}) satisfies v.GenericSchema<unknown, Tip>;
const STORED_TIP = v.object({ runId: RUN_ID, id: COUNT, tip: TIP });

/** A stored tip; null if it is none. */
export function parseTip(value: unknown): StoredTip | null {
  const parsed = v.safeParse(STORED_TIP, value);
  return parsed.success ? parsed.output : null;
}

const CHECKPOINT = v.object({
  runId: RUN_ID,
  iteration: COUNT,
  schema: COUNT,
  payload: v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
  sha256: HASH,
});

/** A stored checkpoint, whole or not; null if it is none. */
export function parseCheckpoint(value: unknown): StoredCheckpoint | null {
  const parsed = v.safeParse(CHECKPOINT, value);
  return parsed.success ? parsed.output : null;
}

const ITERATION = v.nullable(COUNT);
const HEADER = v.object({
  runId: RUN_ID,
  config: v.unknown(),
  iteration: COUNT,
  head: ITERATION,
  previous: ITERATION,
  // Version 1 has neither of the two.
  best: v.optional(v.nullable(v.object({ iteration: COUNT, meanReturn: FINITE })), null),
  checkpointBytes: v.optional(COUNT, 0),
  sequence: COUNT,
  finished: v.boolean(),
  pendingChanges: v.pipe(v.array(v.unknown()), v.maxLength(10_000)),
  nextChunk: COUNT,
});

/** The header of a run; null if it is none or its configuration is none. */
export function parseHeader(value: unknown): RunHeader | null {
  const parsed = v.safeParse(HEADER, value);
  if (!parsed.success) return null;
  try {
    return { ...parsed.output, config: parseRunConfig(parsed.output.config) };
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
