import { describe, expect, it } from "vitest";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import type { DeviceCalls, IterationProfile } from "../../src/protocol/messages.ts";
import { IterationProfiler } from "../../src/runtime/iteration-profile.ts";
import { iterationEvents } from "../support/run-fixtures.ts";

/** A profiler with a clock and a device that the test moves by hand. */
function harness(hasDevice: boolean) {
  const told: IterationProfile[] = [];
  let now = 0;
  let dispatches = 0;
  const calls = (): DeviceCalls => {
    return { dispatches, submits: 2 * dispatches, readBacks: 0, pipelines: 0, bytes: 100 * dispatches };
  };
  const profiler = new IterationProfiler({
    clock: { now: () => now },
    deviceCalls: () => (hasDevice ? calls() : null),
    tell: (profile) => told.push(profile),
  });
  const call = (name: Parameters<IterationProfiler["watch"]>[0], ms: number, dispatched = 0): void => {
    const end = profiler.watch(name);
    now += ms;
    dispatches += dispatched;
    end?.();
  };
  const pass = (ms: number): void => void (now += ms);
  return { profiler, told, call, pass };
}

const events = iterationEvents(3);
const [started, finished] = ["iterationStarted", "iterationFinished"].map((type) =>
  events.find((event) => event.type === type),
) as [TrainingEvent, TrainingEvent];

describe("the profile of an iteration", () => {
  it("adds up the calls of each kind and leaves the rest to the worlds", () => {
    const { profiler, told, call, pass } = harness(false);
    profiler.hear(started);
    pass(10);
    for (const ms of [20, 30]) call("generate", ms);
    call("logProbs", 5);
    call("update", 40);
    call("save", 1);
    profiler.hear(finished);
    expect(told).toEqual([
      {
        ...{ iteration: 3, isDone: true, wallMs: 106 },
        calls: [
          { kind: "writing", count: 2, ms: 50, device: null },
          { kind: "scoring", count: 1, ms: 5, device: null },
          { kind: "learning", count: 1, ms: 40, device: null },
          { kind: "other", count: 1, ms: 1, device: null },
        ],
      },
    ]);
  });

  it("counts what each kind of call asks of the device", () => {
    const { profiler, told, call } = harness(true);
    profiler.hear(started);
    call("generate", 1, 3);
    call("generate", 1, 4);
    call("update", 1, 40);
    profiler.hear(finished);
    expect(
      told[0]!.calls.map(({ kind, device }) => [kind, device?.dispatches, device?.submits, device?.bytes]),
    ).toEqual([
      ["writing", 7, 14, 700],
      ["learning", 40, 80, 4000],
    ]);
  });

  it("is told while a long iteration runs, twice a second at most", () => {
    const { profiler, told, call } = harness(false);
    profiler.hear(started);
    for (let i = 0; i < 12; i++) call("generate", 100);
    expect(told.map(({ isDone, wallMs }) => [isDone, wallMs])).toEqual([
      [false, 500],
      [false, 1000],
    ]);
  });

  it("begins anew with each iteration and hears nothing between two", () => {
    const { profiler, told, call } = harness(false);
    call("generate", 100);
    profiler.hear(started);
    call("update", 7);
    profiler.hear(finished);
    call("generate", 100);
    expect(told.map(({ calls }) => calls)).toEqual([[{ kind: "learning", count: 1, ms: 7, device: null }]]);
  });
});
