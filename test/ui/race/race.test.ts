import { describe, expect, test } from "vitest";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import type { WorkerMessage } from "../../../src/protocol/messages.ts";
import { methodResults } from "../../../src/ui/race/race-curves.ts";
import {
  isOver,
  nextRacers,
  racersOf,
  raceProgress,
  reduceRacer,
  usualWorkers,
  type Racer,
} from "../../../src/ui/race/race.ts";
import { totalMs } from "../../../src/ui/store/run-slice.ts";
import { runEvents } from "../support/run-events.ts";

const PLAN = { methods: ["empo2", "grpo"], seedCount: 2, iterations: 3 };
const SETTINGS = { ...DEFAULT_CONFIG, seed: 5, house: 4 };
const RUN = { runId: "r" };

function racers(changes: Partial<typeof PLAN> = {}): Racer[] {
  return racersOf({ ...PLAN, ...changes }, SETTINGS);
}

function after(racer: Racer, ...messages: readonly WorkerMessage[]): Racer {
  return messages.reduce(reduceRacer, racer);
}

/** Has done its three iterations; held out 11, 12 and 13 points after 10 at the start. */
function finished(racer: Racer, heldOutReturn = 13): Racer {
  const events = runEvents({ iterations: 3 });
  const end = {
    type: "runFinished",
    iteration: 3,
    weightsHash: "",
    rolloutsHash: "",
    heldOutReturn,
    heldOutSuccess: 0.5,
  };
  return after(
    racer,
    { type: "events", ...RUN, events: [...events, end as never], replay: false },
    { type: "state", ...RUN, state: "finished" },
  );
}

describe("the racers of a plan", () => {
  test("are all methods of a seed before the next seed, otherwise with the same settings", () => {
    expect(racers().map(({ key }) => key)).toEqual(["empo2-5", "grpo-5", "empo2-6", "grpo-6"]);
    expect(racers()[3]!.config).toEqual({ ...SETTINGS, method: "grpo", seed: 6, iterations: 3 });
  });

  test("do one iteration where there is nothing to learn", () => {
    const [naive, retrospex] = racers({ methods: ["naive", "retrospex"], seedCount: 1 });
    expect(naive!.config).toMatchObject({ iterations: 1, evaluateEvery: 0 });
    expect(retrospex!.config).toMatchObject({ iterations: 3, evaluateEvery: SETTINGS.evaluateEvery });
  });
});

describe("workers", () => {
  test("are given in order while there are free ones; a paused racer keeps its own", () => {
    const [first, second, ...rest] = racers();
    expect(nextRacers(racers(), 2).map(({ key }) => key)).toEqual(["empo2-5", "grpo-5"]);
    const paused: Racer[] = [{ ...first!, state: "paused" }, finished(second!), ...rest];
    expect(nextRacers(paused, 2).map(({ key }) => key)).toEqual(["empo2-6"]);
    expect(nextRacers(paused, 1)).toEqual([]);
  });

  test("leave a core to the page and one to each run that trains", () => {
    expect([1, 2, 4, 16].map((cores) => usualWorkers(cores, 0))).toEqual([1, 1, 3, 4]);
    expect(usualWorkers(4, 2)).toBe(1);
  });
});

describe("a racer", () => {
  const [racer] = racers() as [Racer];

  test("follows its worker to the end", () => {
    const started = after(
      racer,
      { type: "backend", ...RUN, backend: "wasm", reason: "", isEmulated: false },
      { type: "state", ...RUN, state: "running" },
    );
    expect(started).toMatchObject({ state: "running", backend: "wasm" });
    const emulated = { type: "backend", ...RUN, backend: "webgpu", reason: "", isEmulated: true } as const;
    expect(after(racer, emulated).backend).toBe("webgpu in software");
    const ended = finished(started);
    expect(ended).toMatchObject({ state: "finished", run: { iteration: 3 } });
    expect(isOver(ended)).toBe(true);
  });

  test("is unchanged by what it has no use for, so that nothing is drawn again", () => {
    expect(after(racer, { type: "tips", ...RUN, tips: [] })).toBe(racer);
    expect(after(racer, { type: "events", ...RUN, events: [], replay: false })).toBe(racer);
  });

  test("fails with a sentence; a refused request is no failure", () => {
    const error = { name: "DeviceError", message: "device: lost" };
    expect(after(racer, { type: "failed", ...RUN, requestId: 3, error })).toBe(racer);
    expect(after(racer, { type: "failed", ...RUN, requestId: null, error })).toMatchObject({
      state: "failed",
      error: "Lost.",
    });
  });
});

describe("progress", () => {
  test("is unknown before the first iteration, then estimated by method and shared by the workers", () => {
    const [first, second, third, fourth] = racers() as [Racer, Racer, Racer, Racer];
    expect(raceProgress([first, second], 2)).toEqual({ done: 0, total: 6, remainingMs: null });
    const ms = (racer: Racer): number => racer.run.curve.reduce((sum, { times }) => sum + totalMs(times), 0);
    const done = finished(first);
    const { done: count, total, remainingMs } = raceProgress([done, second, third, fourth], 1);
    expect({ count, total }).toEqual({ count: 3, total: 12 });
    expect(remainingMs).toBeCloseTo(3 * ms(done), 6);
    // With three workers the three that are left run side by side.
    expect(raceProgress([done, second, third, fourth], 3).remainingMs).toBeCloseTo(ms(done), 6);
    expect(raceProgress([done], 1).remainingMs).toBe(0);
  });

  test("counts a stopped racer as done with what it did", () => {
    const [first] = racers() as [Racer];
    expect(raceProgress([finished(first), { ...first, state: "stopped" }], 2)).toMatchObject({
      done: 3,
      remainingMs: 0,
    });
  });
});

describe("the curves", () => {
  test("are means over the seeds at iterations that all seeds that have begun have reached", () => {
    const [first, , third] = racers() as [Racer, Racer, Racer];
    const begun = after(third, { type: "events", ...RUN, events: runEvents({ iterations: 1 }), replay: false });
    const [result] = methodResults([finished(first), begun]);
    expect(result).toMatchObject({ method: "empo2", seedCount: 2, finishedCount: 1 });
    expect(result!.curve.map(({ iteration }) => iteration)).toEqual([0, 1]);
    expect(result!.curve[1]!.heldOutReturn).toMatchObject({ count: 2, mean: 11 });
    expect(result!.end!.heldOutReturn).toMatchObject({ count: 1, mean: 13, interval: null });
  });

  test("end with the mean of the finished seeds and its interval", () => {
    const [first, , third] = racers() as [Racer, Racer, Racer];
    const [result] = methodResults([finished(first, 10), finished(third, 20)]);
    expect(result!.end!.heldOutReturn).toMatchObject({ count: 2, mean: 15, interval: [10, 20] });
  });

  test("of a method that has not begun are empty", () => {
    expect(methodResults(racers())).toMatchObject([
      { method: "empo2", curve: [], end: null },
      { method: "grpo", curve: [], end: null },
    ]);
  });
});
