import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Tip } from "../../../src/core/memory/tip.ts";
import { encode } from "../../../src/core/text/tokenizer.ts";
import type { WorkerMessage } from "../../../src/protocol/messages.ts";
import { findRollout, groupOf, KEPT_ROLLOUTS } from "../../../src/ui/store/episode-slice.ts";
import { bucketLabel } from "../../../src/ui/store/memory-slice.ts";
import { reduceMessage, reduceView } from "../../../src/ui/store/run-view.ts";
import { secondsOf } from "../../../src/ui/store/run-slice.ts";
import { evaluation, iterationEvents, rollout, runEvents, summary, viewOf } from "../support/run-events.ts";

describe("the fold of a run's events", () => {
  test("has one curve point and one evaluation per iteration, in order", () => {
    const { run } = viewOf(runEvents({ iterations: 4 }));
    expect(run.curve.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4]);
    expect(run.evaluations.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4]);
    expect(run).toMatchObject({ iteration: 4, method: "empo2", backend: "cpu", failure: null });
  });

  test("is the same in one batch as in any batches", () => {
    const events = runEvents();
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: events.length }), { maxLength: 6 }), (cuts) => {
        const bounds = [0, ...cuts.sort((a, b) => a - b), events.length];
        const batches = bounds.slice(1).map((end, i) => events.slice(bounds[i], end));
        expect(batches.reduce(reduceView, viewOf([]))).toEqual(viewOf(events));
      }),
    );
  });

  test("takes a replayed history without doubling anything", () => {
    const events = runEvents();
    const once = viewOf(events);
    const twice = reduceView(once, events);
    expect(twice.run.curve).toEqual(once.run.curve);
    expect(twice.run.evaluations).toEqual(once.run.evaluations);
    expect(twice.episodes.iterations).toEqual(once.episodes.iterations);
    expect(twice.memory.tips).toEqual(once.memory.tips);
    expect(twice.update).toEqual(once.update);
  });

  test("sorts in an iteration that comes late and replaces one that comes again", () => {
    const view = viewOf([
      { type: "iterationFinished", summary: summary(1) },
      { type: "iterationFinished", summary: summary(3) },
      { type: "iterationFinished", summary: summary(2) },
      { type: "iterationFinished", summary: { ...summary(1), meanReturn: 77 } },
    ]);
    expect(view.run.curve.map(({ iteration, meanReturn }) => [iteration, meanReturn])).toEqual([
      [1, 77],
      [2, 20],
      [3, 30],
    ]);
  });

  test("of a finished run that goes on has no result until it is finished again", () => {
    const result = { weightsHash: "", rolloutsHash: "", heldOutReturn: 40, heldOutSuccess: 0 };
    const finished = reduceView(viewOf(runEvents({ iterations: 3 })), [
      { type: "runFinished", iteration: 3, ...result },
    ]);
    const extended = reduceView(finished, [
      { type: "configChanged", iteration: 3, changes: { iterations: 5 } },
      ...iterationEvents(4),
    ]);
    expect(finished.run.finished).toMatchObject({ iteration: 3 });
    expect(extended.run).toMatchObject({ iteration: 4, finished: null, config: { iterations: 5 } });
    expect(extended.run.curve).toHaveLength(4);
  });

  test("goes on from the iteration of a resumed run", () => {
    const config = {};
    const resumed = reduceView(viewOf(runEvents({ iterations: 5 })), [
      { type: "runStarted", method: "empo2", iteration: 3, backend: "wasm", config },
    ]);
    expect(resumed.run).toMatchObject({ iteration: 3, current: 3, backend: "wasm" });
  });

  test("leaves evaluations with memory out of the held-out curve", () => {
    const view = viewOf([{ type: "evaluated", evaluation: { ...evaluation(5, 90), memory: "on" } }]);
    expect(view.run.evaluations).toEqual([]);
  });

  test("marks a change with its old and new value, once", () => {
    const change = {
      type: "configChanged",
      iteration: 2,
      changes: { memoryRolloutProbability: 0.5, nonsense: 1, learningRate: "fast" },
    } as const;
    const view = viewOf([...runEvents({ iterations: 2 }), change, change]);
    expect(view.run.marks).toEqual([{ iteration: 2, text: "p, memory rollouts 0.25 → 0.5" }]);
    expect(view.run.config.memoryRolloutProbability).toBe(0.5);
  });

  test("notices the first plain rollout that reached 100", () => {
    const lucky = { ...rollout(7, 1), score: 100 };
    const tipped = { ...rollout(6, 2), score: 100 };
    const view = viewOf([
      { type: "rolloutsFinished", iteration: 6, rollouts: [tipped] },
      { type: "rolloutsFinished", iteration: 7, rollouts: [lucky] },
      { type: "rolloutsFinished", iteration: 8, rollouts: [{ ...rollout(8, 0), score: 100 }] },
    ]);
    expect(view.run.luckySuccess).toEqual({ iteration: 7, rolloutId: lucky.rolloutId });
  });

  test("adds up the seconds of all phases", () => {
    expect(secondsOf(viewOf(runEvents({ iterations: 2 })).run.curve)).toEqual([0.6, 1.2]);
  });
});

describe("rollouts", () => {
  test("grow turn by turn and are then the finished ones", () => {
    const events = iterationEvents(1, { turns: 3 });
    const running = viewOf(events.slice(0, 4)).episodes;
    const id = "1.group-0.0";
    expect(findRollout(running, id)).toMatchObject({ finished: null, turns: { length: 2 } });
    const done = viewOf(events).episodes;
    expect(done.running.size).toBe(0);
    const shown = findRollout(done, id)!;
    expect(shown.finished?.score).toBe(rollout(1, 0).score);
    expect(groupOf(done, shown)).toHaveLength(4);
  });

  test("keep tips that were told before the first turn", () => {
    const [tip] = rollout(1, 2).retrieved;
    const { rolloutId, task, mode, firstObservation, turns } = rollout(1, 2);
    const view = viewOf([
      { type: "tipsRetrieved", rolloutId, retrieved: [tip!] },
      { type: "turnTaken", rolloutId, task, mode, firstObservation, turn: turns[0]! },
      { type: "tipsRetrieved", rolloutId, retrieved: [{ ...tip!, turn: 1, tipId: 2 }] },
    ]);
    expect(findRollout(view.episodes, rolloutId)?.retrieved.map(({ tipId }) => tipId)).toEqual([1, 2]);
  });

  test("of the oldest iterations are dropped when there are too many, and counted", () => {
    const many = Array.from({ length: KEPT_ROLLOUTS / 2 }, (_, i) => rollout(1, i));
    const events = [1, 2, 3].map((iteration) => ({ type: "rolloutsFinished", iteration, rollouts: many }) as const);
    const { iterations, droppedIterations } = viewOf(events).episodes;
    expect(iterations.map(({ iteration }) => iteration)).toEqual([2, 3]);
    expect(droppedIterations).toBe(1);
  });
});

describe("memory", () => {
  const tip: Tip = {
    id: 9,
    bucket: "power-component/easy/house-1/variation-0",
    tokens: encode("go kitchen"),
    score: 50,
    iteration: 2,
    key: viewOf([]) as unknown as Tip["key"],
    author: "person",
    pinned: true,
    retrievedCount: 3,
  };

  test("of a recorded run is made from its rollouts, each text once, with the true score appended", () => {
    const { tips, isExact } = viewOf(iterationEvents(1)).memory;
    expect(isExact).toBe(false);
    expect(tips).toHaveLength(4);
    expect(tips[0]?.text).toMatch(/^kitchen ; go hallway ; open door 0 score \d( \d)*$/);
  });

  test("of a recorded run that shares tips is one bucket for all variations", () => {
    const [started, ...events] = [...runEvents(), ...iterationEvents(1)];
    if (started?.type !== "runStarted") throw new Error("a run starts");
    const config = { ...(started.config as object), tipScope: "task" };
    const buckets = new Set(viewOf([{ ...started, config }, ...events]).memory.tips.map(({ bucket }) => bucket));
    expect([...buckets].map(bucketLabel)).toEqual(["all variations"]);
  });

  test("counts in a recorded run how often a tip was read", () => {
    const written = { ...rollout(1, 0), tip: "kitchen ; no focus ;", score: 30 };
    const events = [{ type: "rolloutsFinished", iteration: 1, rollouts: [written] } as const, ...iterationEvents(2)];
    const read = viewOf(events).memory.tips.find(({ text }) => text === "kitchen ; no focus ; score 3 0");
    expect(read?.retrievedCount).toBe(2);
  });

  test("of a live run is what its worker sent", () => {
    const message: WorkerMessage = { type: "tips", runId: "a", tips: [tip] };
    const exact = reduceMessage(viewOf(runEvents()), message);
    expect(exact.memory.tips).toMatchObject([{ id: 9, text: "go kitchen", pinned: true, stored: tip }]);
    expect(reduceView(exact, iterationEvents(9)).memory).toEqual(exact.memory);
  });
});

describe("worker messages", () => {
  const messages = (...all: readonly WorkerMessage[]) => all.reduce(reduceMessage, viewOf([])).worker;

  test("say backend, progress, state and what is saved", () => {
    const progress = { stage: "compiling", fraction: 0.5, remainingMs: 900, text: "Compiling" } as const;
    const loading = messages(
      { type: "backend", runId: "a", backend: "wasm", isEmulated: false, reason: "There is no WebGPU." },
      { type: "progress", runId: "a", progress },
    );
    expect(loading).toMatchObject({ state: "starting", backend: "wasm", progress });
    const running = messages(
      { type: "progress", runId: "a", progress },
      { type: "state", runId: "a", state: "running" },
      { type: "saved", runId: "a", iteration: 4, at: 1, error: null },
    );
    expect(running).toMatchObject({ state: "running", progress: null, saved: { iteration: 4, at: 1, error: null } });
  });

  test("end the run only when the failure answers no request", () => {
    const error = { name: "DeviceError", message: "The device was lost." };
    expect(messages({ type: "failed", runId: "a", requestId: 3, error })?.state).toBe("starting");
    expect(messages({ type: "failed", runId: "a", requestId: null, error })).toMatchObject({
      state: "failed",
      error: error.message,
    });
  });
});
