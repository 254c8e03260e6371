/**
 * @file Runs that the CLI recorded, as shipped beside the page: an index, and one file of JSON lines per run. Each
 * line is one training event with `at`, the milliseconds since the run's start.
 */
import * as v from "valibot";
import type { TrainingEvent } from "../../core/events/training-event.ts";

const ENTRY_SCHEMA = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w.-]{1,80}$/)),
  title: v.pipe(v.string(), v.maxLength(120)),
  method: v.pipe(v.string(), v.maxLength(40)),
  /** Runs of the same set are played side by side. */
  set: v.pipe(v.string(), v.maxLength(60)),
  /** Relative to the index. */
  file: v.pipe(v.string(), v.regex(/^[\w.-]{1,120}$/)),
  commit: v.optional(v.pipe(v.string(), v.maxLength(40))),
  date: v.optional(v.pipe(v.string(), v.maxLength(40))),
});
/** What a recorded run may be when it is inflated, and its longest line: several times the shipped ones. */
const MAX_CHARACTERS = 32 * 2 ** 20;
const MAX_LINE = 2 ** 20;
const INDEX_SCHEMA = v.array(ENTRY_SCHEMA);

/** One recorded run of the index. */
export type RecordedEntry = v.InferOutput<typeof ENTRY_SCHEMA>;

/** An event and when it happened, milliseconds since the start of its run. */
export interface TimedEvent {
  readonly at: number;
  readonly event: TrainingEvent;
}

/** The list of recorded runs; empty if none are shipped. */
export async function fetchIndex(folder: URL): Promise<readonly RecordedEntry[]> {
  const response = await fetch(new URL("index.json", folder));
  if (!response.ok) return [];
  return v.parse(INDEX_SCHEMA, await response.json());
}

/** Reads a recorded run, telling its events as they arrive, so that it can be shown before all of it is here. */
export async function fetchEvents(url: URL, onEvents: (events: readonly TimedEvent[]) => void): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || response.body === null) throw new Error(`it could not be loaded (${response.status})`);
  let rest = "";
  let size = 0;
  const reader = (await decompressed(response.body)).pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    size += value?.length ?? 0;
    if (size > MAX_CHARACTERS || rest.length > MAX_LINE) {
      await reader.cancel();
      throw new Error("it is larger than any recorded run");
    }
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : lines.pop()!;
    onEvents(lines.flatMap(parseLine));
    if (done) return;
  }
}

/** Inflates a gzip file; one that the server has inflated already passes through. */
async function decompressed(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const reader = body.getReader();
  const first = await reader.read();
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => (first.done ? controller.close() : controller.enqueue(first.value)),
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const isGzip = first.value?.[0] === 0x1f && first.value[1] === 0x8b;
  return isGzip ? whole.pipeThrough(new DecompressionStream("gzip")) : whole;
}

/** The event of a line; none for an empty, torn or foreign one. */
export function parseLine(line: string): TimedEvent[] {
  if (line.trim() === "") return [];
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || !("type" in value) || !("at" in value)) return [];
    if (typeof value.type !== "string" || typeof value.at !== "number" || !Number.isFinite(value.at)) return [];
    const { at, ...event } = value;
    return [{ at, event: event as unknown as TrainingEvent }];
  } catch {
    return []; // a torn last line
  }
}
