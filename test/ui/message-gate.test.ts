import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import type { WorkerEnvelope, WorkerMessage } from "../../src/protocol/messages.ts";
import { isWorkerMessage } from "../../src/protocol/worker-message-schema.ts";
import { MessageGate } from "../../src/ui/message-gate.ts";
import { emptyView, reduceMessage, type RunView } from "../../src/ui/store/run-view.ts";
import { storedEventsOf } from "../../src/storage/row-schemas.ts";
import type { EventChunk, StoredTip } from "../../src/storage/schema.ts";
import { parseFixture } from "../storage/database-fixture.ts";
import { sized } from "../support/long.ts";
import { makeTip } from "../support/run-fixtures.ts";
import { evaluation, iterationEvents, runEvents } from "./support/run-events.ts";

const runId = "run-1";

/** What a worker says in a short life: at least one message of every type. */
const SAID: readonly WorkerMessage[] = [
  { type: "progress", runId, progress: { stage: "loading", fraction: 0.5, remainingMs: null, text: "Loading" } },
  { type: "backend", runId, backend: "cpu", reason: "Using cpu.", isEmulated: false },
  { type: "progress", runId, progress: { stage: "trying", fraction: 0, remainingMs: 900, text: "Trying a policy" } },
  { type: "progress", runId, progress: null },
  { type: "state", runId, state: "running" },
  { type: "events", runId, events: runEvents({ iterations: 2 }), replay: false },
  { type: "tips", runId, tips: [makeTip(1), makeTip(2)] },
  { type: "saved", runId, iteration: 2, at: 5, error: null },
  { type: "pong", runId },
  { type: "changed", runId, count: 2 },
  {
    ...{ type: "profile", runId },
    profile: {
      ...{ iteration: 3, isDone: false, wallMs: 900 },
      calls: [
        { kind: "writing", count: 2, ms: 600, device: null },
        {
          ...{ kind: "learning", count: 1, ms: 200 },
          device: { dispatches: 40, submits: 1, readBacks: 1, pipelines: 0, bytes: 1024 },
        },
      ],
    },
  },
  { type: "events", runId, events: iterationEvents(3), replay: false },
  {
    ...{ type: "events", runId, replay: false },
    events: [
      { type: "configChanged", iteration: 3, changes: { learningRate: 0.1 } },
      { type: "incident", iteration: 3, kind: "deviceLost", text: "GPU lost" },
      { type: "checkpointSaved", iteration: 3, bytes: 10 },
      {
        type: "tipsRetrieved",
        rolloutId: "a",
        retrieved: [{ turn: 0, tipId: 1, similarity: 1, text: "go", score: 1 }],
      },
      {
        ...{ type: "runFinished", iteration: 3, weightsHash: "", rolloutsHash: "" },
        ...{ heldOutReturn: null, heldOutSuccess: null },
      },
      { type: "runFailed", iteration: 3, message: "no" },
    ],
  },
  { type: "inspected", runId, requestId: 1, tokens: [] },
  { type: "checkpoint", runId, requestId: 2, iteration: 2, bytes: new ArrayBuffer(4) },
  { type: "trial", runId, policy: 0, record: evaluation(1, 10) },
  { type: "storage", runId, incident: "damaged", text: "One byte" },
  { type: "halted", runId, iteration: 3, kind: "alarm", reason: "Entropy collapse" },
  { type: "elsewhere", runId, taken: true },
  { type: "failed", runId, requestId: null, error: { name: "Error", message: "no" } },
];

const ENVELOPES: readonly WorkerEnvelope[] = SAID.map((message, sequence) => ({ sequence, message }));

function emptyRun(): RunView {
  return emptyView({ key: "a", title: "a", source: "live", method: "empo2", config: DEFAULT_CONFIG });
}

/** The view after whatever came through the port, and what was dropped. */
function hear(data: readonly unknown[]): { readonly view: RunView; readonly dropped: number } {
  const gate = new MessageGate(runId);
  const view = data.reduce<RunView>((before, each) => {
    const message = gate.admit(each);
    return message === null ? before : reduceMessage(before, message);
  }, emptyRun());
  return { view, dropped: gate.dropped };
}

const WHOLE = hear(ENVELOPES).view;

/** A message in which one value, somewhere, is of another kind. */
function broken(message: WorkerMessage, path: number, value: unknown): unknown {
  const copy = structuredClone(message) as unknown;
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null || node instanceof ArrayBuffer) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const [parent, key] = places[path % places.length]!;
  parent[key] = value;
  return copy;
}

describe("messages of a worker", () => {
  test("of every type come through whole and in order", () => {
    expect(new Set(SAID.map(({ type }) => type)).size).toBe(16);
    expect(hear(ENVELOPES).dropped).toBe(0);
    expect(WHOLE.run.curve).toHaveLength(3);
  });

  test("that come again, late, malformed or of another run change nothing and are counted", () => {
    const noise = fc.oneof(
      fc.nat({ max: ENVELOPES.length - 1 }).map((i) => ({ kind: "again" as const, i })),
      fc.anything().map((value) => ({ kind: "anything" as const, value })),
      fc
        .tuple(fc.nat({ max: SAID.length - 1 }), fc.constantFrom("pongs", "", "__proto__", "toString", 7, null))
        .map(([i, type]) => ({ kind: "untyped" as const, i, type })),
      fc.nat({ max: SAID.length - 1 }).map((i) => ({ kind: "foreign" as const, i })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: ENVELOPES.length }), noise), { maxLength: 40 }), (noises) => {
        const heard: unknown[] = [];
        let expected = 0;
        for (let at = 0; at <= ENVELOPES.length; at++) {
          for (const [, made] of noises.filter(([place]) => place === at)) {
            if (made.kind === "again" && made.i >= at) continue; // it would be the first of its number
            expected++;
            if (made.kind === "again") heard.push(structuredClone(ENVELOPES[made.i]));
            else if (made.kind === "anything") heard.push(made.value);
            else if (made.kind === "untyped")
              heard.push({ sequence: 1e6, message: { ...SAID[made.i], type: made.type } });
            else heard.push({ sequence: 1e6, message: { ...SAID[made.i], runId: "run-2" } });
          }
          if (at < ENVELOPES.length) heard.push(ENVELOPES[at]);
        }
        const { view, dropped } = hear(heard);
        expect(view).toEqual(WHOLE);
        expect(dropped).toBe(expected);
      }),
      { numRuns: sized(100, 5000) },
    );
  });

  test("with any value of another kind are either refused or do the fold no harm", () => {
    const values = fc.constantFrom<unknown>(NaN, Infinity, -1, "text", null, undefined, {}, [], true, () => 0);
    fc.assert(
      fc.property(fc.nat({ max: SAID.length - 1 }), fc.nat(), values, (i, path, value) => {
        const message = broken(SAID[i]!, path, value);
        if (isWorkerMessage(message)) expect(() => reduceMessage(WHOLE, message)).not.toThrow();
      }),
      { numRuns: sized(2000, 100_000) },
    );
  });

  test("in any order leave a state that the page can show: each iteration once, ascending", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ENVELOPES as WorkerEnvelope[]), (some) => {
        const { view, dropped } = hear(some);
        const ascending = some.filter(({ sequence }, i) =>
          some.slice(0, i).every((before) => before.sequence < sequence),
        );
        expect(dropped).toBe(some.length - ascending.length);
        const iterations = view.run.curve.map(({ iteration }) => iteration);
        expect(iterations).toEqual([...new Set(iterations)].sort((a, b) => a - b));
      }),
      { numRuns: sized(100, 5000) },
    );
  });

  test("that replay what any released version has stored are believed, and the same events come out of a backup", () => {
    const folder = join(import.meta.dirname, "../storage/fixtures");
    for (const name of readdirSync(folder)) {
      const { rows } = parseFixture(readFileSync(join(folder, name), "utf8"));
      const events = rows["events"]!.flatMap(({ value }) => (value as EventChunk).events);
      expect(events.length, name).toBeGreaterThan(10);
      for (const event of events) {
        expect(isWorkerMessage({ type: "events", runId, replay: true, events: [event] }), event.type).toBe(true);
      }
      expect(storedEventsOf(events)).toEqual(events);
      const tips = rows["tips"]!.map(({ value }) => (value as StoredTip).tip);
      expect(isWorkerMessage({ type: "tips", runId, tips })).toBe(true);
    }
  });
});
