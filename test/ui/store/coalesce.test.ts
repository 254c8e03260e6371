import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrainingEvent } from "../../../src/core/events/training-event.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import type { WorkerMessage } from "../../../src/protocol/messages.ts";
import { coalesced } from "../../../src/ui/store/coalesce.ts";
import { emptyView } from "../../../src/ui/store/run-view.ts";
import { applyHeard, type Heard } from "../../../src/ui/store/store.ts";
import { sized } from "../../support/long.ts";
import { makeTip } from "../../support/run-fixtures.ts";
import { runEvents } from "../support/run-events.ts";

const runId = "run-1";
const VIEWS = Object.fromEntries(
  ["a", "b"].map((key) => [
    key,
    emptyView({ key, title: key, source: "live", method: "empo2", config: DEFAULT_CONFIG }),
  ]),
);

function heardOf(key: string, message: WorkerMessage): Heard {
  return { key, message };
}

function events(key: string, list: readonly TrainingEvent[]): Heard {
  return heardOf(key, { type: "events", runId, events: list, replay: false });
}

describe("what is heard of a worker that is faster than the screen", () => {
  test("folds to the same after leaving out what is void", () => {
    const told = runEvents({ iterations: 6, turns: 5 });
    const other: readonly WorkerMessage[] = [
      { type: "tips", runId, tips: [makeTip(1)] },
      { type: "tips", runId, tips: [makeTip(2)] },
      { type: "saved", runId, iteration: 3, at: null, error: "full" },
      { type: "saved", runId, iteration: 4, at: 5, error: null },
      { type: "state", runId, state: "running" },
      { type: "state", runId, state: "paused" },
      { type: "halted", runId, iteration: 1, kind: "alarm", reason: "x" },
      { type: "progress", runId, progress: null },
      { type: "backend", runId, backend: "cpu", reason: "", isEmulated: false },
    ];
    const cuts = fc.array(fc.nat({ max: told.length }), { maxLength: 12 });
    const extras = fc.array(
      fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: other.length - 1 }), fc.constantFrom("a", "b")),
    );
    fc.assert(
      fc.property(cuts, extras, (places, more) => {
        const bounds = [0, ...places.sort((a, b) => a - b), told.length];
        const heard = bounds
          .slice(1)
          .flatMap((end, i): Heard[] => [
            events("a", told.slice(bounds[i], end)),
            events("b", told.slice(bounds[i], end)),
            ...more.filter(([at]) => at === i).map(([, which, key]) => heardOf(key, other[which]!)),
          ]);
        expect(applyHeard(VIEWS, coalesced(heard))).toEqual(applyHeard(VIEWS, heard));
      }),
      { numRuns: sized(100, 2000) },
    );
  });

  test("is bounded by what stays, not by how often it was said", () => {
    const [task] = runEvents({ iterations: 1 }).filter((event) => event.type === "turnTaken");
    const flood: Heard[] = Array.from({ length: 100_000 }, (_, i) =>
      i % 2 === 0 ? events("a", [task!]) : heardOf("a", { type: "tips", runId, tips: [makeTip(i)] }),
    );
    const finished = runEvents({ iterations: 1 }).filter(({ type }) => type === "rolloutsFinished");
    const kept = coalesced([...flood, events("a", finished)]);
    const tips = kept.filter((item) => "message" in item && item.message.type === "tips");
    const turns = kept.flatMap((item) =>
      "message" in item && item.message.type === "events" ? item.message.events : [],
    );
    expect(tips).toHaveLength(1);
    expect(tips[0]).toMatchObject({ message: { tips: [{ id: 99_999 }] } });
    expect(turns).toEqual(finished);
  });
});
