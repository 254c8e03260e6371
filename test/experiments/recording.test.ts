import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/core/base/errors.ts";
import type { RolloutRecord } from "../../src/core/events/training-event.ts";
import { parseEvents, eventsOfType, type StoredEvent } from "../../src/experiments/recorded-runs.ts";
import { recordRun, type RecordingFiles } from "../../src/experiments/recording.ts";
import { parseLine } from "../../src/ui/recorded/recorded-run.ts";
import { timelineOf } from "../../src/ui/recorded/timeline.ts";
import { INITIAL_MEMORY, reduceMemory } from "../../src/ui/store/memory-slice.ts";
import { INITIAL_RUN, reduceRun } from "../../src/ui/store/run-slice.ts";
import { INITIAL_UPDATE, reduceUpdate } from "../../src/ui/store/update-slice.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/with-rollouts");
const FILES: RecordingFiles = {
  events: readFileSync(join(FIXTURE, "events.jsonl"), "utf8"),
  rollouts: readFileSync(join(FIXTURE, "rollouts.jsonl"), "utf8"),
};
const EVENTS = parseEvents(FILES.events);
const ROLLOUTS = parseEvents(FILES.rollouts);
const sizeOf = (text: string): number => Buffer.byteLength(text);
const LARGE = { maxBytes: 1e6, sizeOf };

function told(text: string): StoredEvent[] {
  return parseEvents(text);
}

function textOf(events: readonly StoredEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}

describe("a recording", () => {
  const recording = recordRun(FILES, LARGE);
  const events = told(recording.text);

  it("tells all that was stored, in the order of a live run", () => {
    expect(recording).toMatchObject({ method: "empo2", iterations: 2, kept: { none: 0, group: 0, all: 2 } });
    const types = events.map(({ type }) => type).filter((type) => type !== "turnTaken" && type !== "tipsRetrieved");
    const iteration = ["iterationStarted", "phaseStarted", "phaseStarted", "policyUpdated", "rolloutsFinished"];
    const end = ["phaseStarted", "evaluated", "iterationFinished"];
    expect(types).toEqual(["runStarted", "evaluated", ...iteration, ...end, ...iteration, ...end, "runFinished"]);
  });

  it("has times that never go back", () => {
    const times = events.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("derives the turns of the first group from its rollouts", () => {
    const rollouts = eventsOfType(events, "rolloutsFinished").flatMap((event) => event.rollouts);
    const watched = rollouts.filter(({ groupId }) => groupId.endsWith("group-0"));
    expect(watched).toHaveLength(4);
    for (const rollout of watched) {
      const taken = eventsOfType(events, "turnTaken").filter(({ rolloutId }) => rolloutId === rollout.rolloutId);
      expect(taken.map(({ turn }) => turn)).toEqual(rollout.turns);
      expect(taken.every(({ mode }) => mode === rollout.mode)).toBe(true);
    }
    expect(eventsOfType(events, "turnTaken")).toHaveLength(watched.flatMap(({ turns }) => turns).length);
    const shown = eventsOfType(events, "tipsRetrieved").flatMap(({ retrieved }) => retrieved);
    expect(shown).toEqual(watched.flatMap(({ retrieved }) => retrieved));
  });

  it("keeps what the page reads of a rollout", () => {
    const kept = eventsOfType(events, "rolloutsFinished").flatMap((event) => event.rollouts);
    const stored = eventsOfType(ROLLOUTS, "rolloutsFinished").flatMap((event) => event.rollouts);
    const readable = ({ rolloutId, task, mode, tip, score, turns }: RolloutRecord): unknown => ({
      rolloutId,
      task,
      mode,
      tip,
      score,
      turns: turns.map(({ action, observation, reward }) => [action, observation, reward]),
    });
    expect(kept.map(readable)).toEqual(stored.map(readable));
    kept.forEach(({ turns }, i) =>
      turns.forEach(({ logProbs }, j) =>
        logProbs.forEach((logProb, k) => expect(logProb).toBeCloseTo(stored[i]!.turns[j]!.logProbs[k]!, 3)),
      ),
    );
  });

  it("plays on the page: same curve, memory and update as in the run", () => {
    const timed = recording.text.split("\n").flatMap(parseLine);
    expect(timelineOf(timed).length).toBe(2);
    const played = timed.map(({ event }) => event);
    const run = played.reduce(reduceRun, INITIAL_RUN);
    const update = played.reduce(reduceUpdate, INITIAL_UPDATE);
    const summaries = eventsOfType(EVENTS, "iterationFinished").map(({ summary }) => summary);
    expect(run.curve.map(({ meanReturn }) => meanReturn)).toEqual(summaries.map(({ meanReturn }) => meanReturn));
    expect(run.evaluations.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);
    expect(
      played.reduce((memory, event) => reduceMemory(memory, event, "variation"), INITIAL_MEMORY).tips,
    ).toHaveLength(summaries.at(-1)!.tipCount);
    expect(update.history.map(({ iteration }) => iteration)).toEqual([1, 2]);
    expect(update.tokens).toHaveLength(4);
    expect(run.finished?.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a recording that has to be small", () => {
  it("keeps the first group of the key iterations before other groups", () => {
    const all = sizeOf(recordRun(FILES, LARGE).text);
    const small = recordRun(FILES, { maxBytes: 0.4 * all, sizeOf });
    expect(sizeOf(small.text)).toBeLessThanOrEqual(0.4 * all);
    expect(small.kept).toEqual({ none: 0, group: 2, all: 0 });
    const groups = eventsOfType(told(small.text), "rolloutsFinished").flatMap((event) =>
      event.rollouts.map(({ groupId }) => groupId),
    );
    expect(new Set(groups)).toEqual(new Set(["1.group-0", "2.group-0"]));
  });

  it("keeps at least the curve", () => {
    const curve = recordRun(FILES, { maxBytes: 8000, sizeOf });
    expect(curve.kept).toEqual({ none: 2, group: 0, all: 0 });
    expect(eventsOfType(told(curve.text), "iterationFinished")).toHaveLength(2);
    expect(() => recordRun(FILES, { maxBytes: 1000, sizeOf })).toThrow(ConfigError);
  });

  it("watches the group of the first success", () => {
    const rollouts = ROLLOUTS.map((event) => {
      if (event.type !== "rolloutsFinished" || event.iteration !== 2) return event;
      const changed = event.rollouts.map((rollout) =>
        rollout.rolloutId === "2.group-1.1" ? { ...rollout, score: 100 } : rollout,
      );
      return { ...event, rollouts: changed };
    });
    const all = sizeOf(recordRun(FILES, LARGE).text);
    const small = recordRun({ ...FILES, rollouts: textOf(rollouts) }, { maxBytes: 0.4 * all, sizeOf });
    const second = eventsOfType(told(small.text), "rolloutsFinished").find(({ iteration }) => iteration === 2);
    expect(new Set(second!.rollouts.map(({ groupId }) => groupId))).toEqual(new Set(["2.group-1"]));
  });
});

describe("a recording of an unusual run", () => {
  it("goes on with the clock where the run was resumed", () => {
    const done = EVENTS.findIndex((event) => event.type === "iterationFinished") + 1;
    const resumed = { ...EVENTS[0]!, iteration: 1, at: 3 } as StoredEvent;
    const restart = (event: StoredEvent): StoredEvent => ({ ...event, at: 3 + (event.at % 1000) });
    const events = [...EVENTS.slice(0, done), resumed, ...EVENTS.slice(done).map(restart)];
    const rollouts = ROLLOUTS.map((event) => ("iteration" in event && event.iteration === 2 ? restart(event) : event));
    const text = recordRun({ events: textOf(events), rollouts: textOf(rollouts) }, LARGE).text;
    const times = eventsOfType(told(text), "iterationFinished").map(({ at }) => at);
    expect(times[1]).toBeGreaterThan(times[0]!);
    expect(eventsOfType(told(text), "runStarted")).toHaveLength(1);
  });

  it("is refused if rollouts are missing", () => {
    expect(() => recordRun({ ...FILES, rollouts: "" }, LARGE)).toThrow(
      "record: a run made with --record-rollouts, got none of iteration 1",
    );
  });

  it("needs no update where nothing was learned", () => {
    const rollouts = textOf(eventsOfType(ROLLOUTS, "rolloutsFinished"));
    const types = told(recordRun({ ...FILES, rollouts }, LARGE).text).map(({ type }) => type);
    expect(types).not.toContain("policyUpdated");
  });
});
