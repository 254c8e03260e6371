/**
 * @file What a worker's message must be like before the page believes it: every field that the page's fold reads. Fields
 * that are only shown are left to the panels; unknown ones do no harm.
 */
import * as v from "valibot";
import type { WorkerMessage } from "./messages.ts";

const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const FINITE = v.pipe(v.number(), v.finite());
const MODE = v.picklist(["on-policy", "on-policy-with-tips", "off-policy"]);
const PHASE = v.picklist(["rollout", "tipWriting", "retrieval", "update", "evaluation"]);
const TASK = v.looseObject({ world: v.string(), task: v.string(), variation: COUNT, preset: v.string(), house: COUNT });
const RETRIEVED = v.array(v.looseObject({ turn: COUNT, tipId: v.number(), text: v.string(), score: FINITE }));
const TURN = v.looseObject({
  action: v.string(),
  observation: v.string(),
  score: FINITE,
  logProbs: v.array(v.number()),
});
const ROLLOUT = v.looseObject({
  rolloutId: v.string(),
  iteration: COUNT,
  task: TASK,
  groupId: v.string(),
  mode: MODE,
  firstObservation: v.string(),
  turns: v.array(TURN),
  retrieved: RETRIEVED,
  tip: v.nullable(v.string()),
  score: FINITE,
  advantage: v.nullable(v.number()),
  tokens: v.array(v.number()),
  segments: v.array(v.looseObject({ kind: v.string(), start: COUNT, end: COUNT })),
});
const STATS = v.looseObject({
  ...{ loss: FINITE, meanRatio: FINITE, clipFraction: FINITE, maskedFraction: FINITE },
  ...{ entropy: FINITE, klToBase: v.nullable(FINITE), gradNorm: FINITE, tokenCount: COUNT },
});
const SUMMARY = v.looseObject({
  iteration: COUNT,
  meanReturn: FINITE,
  modeCounts: v.record(MODE, FINITE),
  expectedModeCounts: v.record(MODE, FINITE),
  episodeCount: COUNT,
  totalTokenCount: COUNT,
  update: v.nullable(STATS),
  times: v.record(PHASE, FINITE),
});
const EVALUATION = v.looseObject({
  iteration: COUNT,
  meanReturn: FINITE,
  successRate: FINITE,
  episodeCount: COUNT,
  memory: v.picklist(["off", "on"]),
});

const EVENT = v.variant("type", [
  v.looseObject({ type: v.literal("runStarted"), method: v.string(), iteration: COUNT, backend: v.string() }),
  v.looseObject({ type: v.literal("iterationStarted"), iteration: COUNT, tasks: v.array(TASK) }),
  v.looseObject({
    type: v.literal("turnTaken"),
    rolloutId: v.string(),
    task: TASK,
    mode: MODE,
    firstObservation: v.string(),
    turn: TURN,
  }),
  v.looseObject({ type: v.literal("tipsRetrieved"), rolloutId: v.string(), retrieved: RETRIEVED }),
  v.looseObject({ type: v.literal("phaseStarted"), phase: PHASE, iteration: COUNT }),
  v.looseObject({ type: v.literal("rolloutsFinished"), iteration: COUNT, rollouts: v.array(ROLLOUT) }),
  v.looseObject({
    type: v.literal("policyUpdated"),
    iteration: COUNT,
    stats: STATS,
    tokens: v.array(
      v.looseObject({ rolloutId: v.string(), ratios: v.array(v.number()), masked: v.array(v.boolean()) }),
    ),
  }),
  v.looseObject({ type: v.literal("evaluated"), evaluation: EVALUATION }),
  v.looseObject({ type: v.literal("iterationFinished"), summary: SUMMARY }),
  v.looseObject({ type: v.literal("configChanged"), iteration: COUNT, changes: v.record(v.string(), v.unknown()) }),
  v.looseObject({ type: v.literal("incident"), iteration: COUNT, kind: v.string(), text: v.string() }),
  v.looseObject({ type: v.literal("checkpointSaved"), iteration: COUNT, bytes: COUNT }),
  v.looseObject({
    type: v.literal("runFinished"),
    iteration: COUNT,
    weightsHash: v.string(),
    rolloutsHash: v.string(),
  }),
  v.looseObject({ type: v.literal("runFailed"), iteration: COUNT, message: v.string() }),
]);

const TIP = v.looseObject({
  id: COUNT,
  bucket: v.string(),
  tokens: v.array(v.number()),
  score: FINITE,
  iteration: COUNT,
  author: v.picklist(["policy", "person"]),
  pinned: v.boolean(),
  retrievedCount: COUNT,
});
const PROGRESS = v.looseObject({
  stage: v.picklist(["loading", "backend", "compiling", "pretraining", "trying"]),
  fraction: v.nullable(FINITE),
  remainingMs: v.nullable(FINITE),
  text: v.string(),
});
const DEVICE_CALLS = v.looseObject({
  ...{ dispatches: COUNT, submits: COUNT, readBacks: COUNT, pipelines: COUNT, bytes: COUNT },
});
const PROFILE = v.looseObject({
  iteration: COUNT,
  isDone: v.boolean(),
  wallMs: FINITE,
  calls: v.array(
    v.looseObject({
      kind: v.picklist(["writing", "scoring", "learning", "other"]),
      count: COUNT,
      ms: FINITE,
      device: v.nullable(DEVICE_CALLS),
    }),
  ),
});
const ERROR = v.looseObject({ name: v.string(), message: v.string() });

type MessageSchemas = { readonly [Type in WorkerMessage["type"]]: v.ObjectEntries };

/** The fields of each message beside `type` and `runId`; a message without an entry does not compile. */
const MESSAGES = {
  pong: {},
  backend: { backend: v.picklist(["webgpu", "wasm", "cpu"]), reason: v.string(), isEmulated: v.boolean() },
  progress: { progress: v.nullable(PROGRESS) },
  profile: { profile: PROFILE },
  state: { state: v.picklist(["running", "paused", "finished"]) },
  halted: { iteration: COUNT, kind: v.picklist(["notFinite", "alarm"]), reason: v.string() },
  elsewhere: { taken: v.boolean() },
  events: { events: v.array(EVENT), replay: v.boolean() },
  tips: { tips: v.array(TIP) },
  saved: { iteration: COUNT, at: v.nullable(FINITE), error: v.nullable(v.string()) },
  trial: { policy: COUNT, record: EVALUATION },
  storage: { incident: v.picklist(["damaged", "cleared", "outdated"]), text: v.string() },
  inspected: { requestId: COUNT, tokens: v.array(v.looseObject({ word: v.string() })) },
  checkpoint: { requestId: COUNT, iteration: COUNT, bytes: v.instance(ArrayBuffer) },
  failed: { requestId: v.nullable(COUNT), error: ERROR },
} satisfies MessageSchemas;

const SCHEMAS: ReadonlyMap<string, v.GenericSchema> = new Map(
  Object.entries(MESSAGES).map(([type, entries]) => [type, v.looseObject({ runId: v.string(), ...entries })]),
);

/** Whether this is a message that the page's fold can take. */
export function isWorkerMessage(value: unknown): value is WorkerMessage {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  const schema = typeof value.type === "string" ? SCHEMAS.get(value.type) : undefined;
  return schema !== undefined && v.is(schema, value);
}
