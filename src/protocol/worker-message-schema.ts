/**
 * @file What a worker's message must be like before the page believes it. Events and tips have the schemas of the stored
 * ones, with any text: nobody but the page's own worker writes them. Unknown fields do no harm.
 */
import * as v from "valibot";
import { COUNT, FINITE, WIRE_LEAVES } from "../core/base/schema-leaves.ts";
import { EVALUATION, eventSchemas, schemaFor } from "../core/events/event-schema.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import { tipSchema } from "../core/memory/tip-schema.ts";
import type { WorkerMessage } from "./messages.ts";

const EVENTS = eventSchemas(WIRE_LEAVES);
const EVENT = v.custom<TrainingEvent>((event) => {
  const schema = schemaFor(EVENTS, event);
  return schema !== undefined && v.is(schema, event);
});
const TIP = tipSchema(WIRE_LEAVES);
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
  changed: { count: COUNT },
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
