/**
 * @file What rows of a backup must look like before they are stored. Unknown keys are dropped, texts are shortened and
 * freed of characters that steer how text runs; everything else must be as a run writes it.
 */
import * as v from "valibot";
import { ConfigError } from "../core/base/errors.ts";
import { COUNT, FINITE, STRICT_LEAVES } from "../core/base/schema-leaves.ts";
import { eventSchemas, schemaFor } from "../core/events/event-schema.ts";
import type { TrainingEvent } from "../core/events/training-event.ts";
import { tipSchema } from "../core/memory/tip-schema.ts";
import { parseRunConfig } from "../core/training/config-parsing.ts";
import { lastingEvents } from "./retention.ts";
import type { EventChunk, RunHeader, StoredCheckpoint, StoredTip } from "./schema.ts";

const RUN_ID = v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/));

const EVENTS = eventSchemas(STRICT_LEAVES);

/** The stored events among some values; what is none is left out. */
export function storedEventsOf(values: readonly unknown[]): TrainingEvent[] {
  const events = values.flatMap((value): TrainingEvent[] => {
    const schema = schemaFor(EVENTS, value);
    if (schema === undefined) return [];
    const parsed = v.safeParse(schema, value);
    return parsed.success ? [parsed.output] : [];
  });
  return lastingEvents(events);
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

const STORED_TIP = v.object({ runId: RUN_ID, id: COUNT, tip: tipSchema(STRICT_LEAVES) });

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
  sha256: STRICT_LEAVES.hash,
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
