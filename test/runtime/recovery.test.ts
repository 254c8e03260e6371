/** @file What a host does by itself after a fault: a lost device, a number that is not finite, an alarm, no memory. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { DeviceError, NotFiniteError, OutOfMemoryError, StorageError } from "../../src/core/base/errors.ts";
import type { TrainingEvent } from "../../src/core/events/training-event.ts";
import { GpuLosses } from "../../src/runtime/gpu-losses.ts";
import { decodeSessionFile } from "../../src/runtime/session-file.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { fakeRunHooks, type FakeRunHooks, type FakeSession } from "../support/fake-run.ts";
import { CONFIG, HostHarness, RUN } from "../support/host-harness.ts";

let store: RunStore;
let hooks: FakeRunHooks;

beforeEach(() => {
  store = new MemoryStore("in memory");
  hooks = fakeRunHooks();
});

/** Lets the device be lost in the middle of these iterations, and come back as `next` for the following session. */
function loseIn(iterations: readonly number[], next: FakeRunHooks["backend"] = "webgpu"): void {
  hooks.backend = "webgpu";
  const left = [...iterations];
  let lose = armed();
  hooks.duringIteration = async (session) => {
    if (session.iteration + 1 !== left[0]) return;
    left.shift();
    const loseThis = lose;
    lose = armed();
    if (left.length === 0) hooks.backend = next;
    loseThis();
    throw new DeviceError("mapAsync: Device was lost");
  };
}

/** A new device; returns what loses it. */
function armed(): () => void {
  let lose = (): void => {};
  hooks.deviceLost = new Promise((resolve) => (lose = () => resolve("The GPU was lost (unknown)")));
  return lose;
}

async function storedEvents(): Promise<TrainingEvent[]> {
  return (await store.readEvents(RUN.runId)).flat();
}

async function weightOfWholeRun(): Promise<number> {
  const whole = new HostHarness(new MemoryStore("other"), fakeRunHooks());
  await whole.start();
  await whole.untilState("finished");
  return whole.opener.sessions[0]!.weight;
}

function iterationsIn(events: readonly TrainingEvent[]): number[] {
  return events.flatMap((event) => (event.type === "iterationFinished" ? [event.summary.iteration] : []));
}

describe("a lost device", () => {
  test("is replaced from memory: nothing is told twice, the curve has a mark, the run ends as if nothing was", async () => {
    loseIn([3]);
    const openRun = vi.spyOn(store, "openRun");
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(openRun).toHaveBeenCalledTimes(1); // at the start; the store is not needed to go on
    expect(page.events(true)).toEqual([]);
    expect(page.opener.requests.map(({ checkpoint }) => checkpoint?.iteration ?? 0)).toEqual([0, 2]);
    const told = page.of("events").flatMap(({ events }) => events);
    expect(iterationsIn(told)).toEqual([1, 2, 3, 4]);
    const stored = await storedEvents();
    expect(iterationsIn(stored)).toEqual([1, 2, 3, 4]);
    expect(stored.filter(({ type }) => type === "incident")).toEqual([
      {
        type: "incident",
        iteration: 2,
        kind: "deviceLost",
        text: expect.stringMatching(/^GPU lost; on webgpu/) as string,
      },
    ]);
    expect(page.opener.sessions.at(-1)?.weight).toBe(await weightOfWholeRun());
  });

  test("costs no iteration even where none could be saved", async () => {
    loseIn([3]);
    vi.spyOn(store, "commit").mockRejectedValue(new StorageError("save run: no room left"));
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(page.opener.requests.at(-1)?.checkpoint?.iteration).toBe(2);
    expect(page.opener.sessions.at(-1)?.weight).toBe(await weightOfWholeRun());
  });

  test("that is lost in the first iteration begins that iteration anew", async () => {
    loseIn([1], "wasm");
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(page.of("backend").at(-1)).toMatchObject({
      backend: "wasm",
      reason: expect.stringMatching(/lost once\. Restart the browser/) as string,
    });
    expect(page.opener.sessions.at(-1)?.weight).toBe(await weightOfWholeRun());
  });

  test("is asked for twice more, then the run goes on with WebAssembly and says how to get the GPU back", async () => {
    loseIn([1, 2, 3], "wasm");
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(page.opener.requests.map(({ backend }) => backend)).toEqual(["auto", "auto", "auto", "wasm"]);
    expect(page.of("backend").at(-1)?.reason).toContain("The GPU was lost 3 times. Restart the browser");
    expect(page.of("failed")).toEqual([]);
  });

  test("while a save is under way leaves the save whole, and the run goes on", async () => {
    let lose = armed();
    hooks.backend = "webgpu";
    const commit = store.commit.bind(store);
    vi.spyOn(store, "commit").mockImplementationOnce(async (what) => {
      lose();
      await new Promise((resolve) => setImmediate(resolve));
      lose = armed();
      return commit(what);
    });
    hooks.duringIteration = async (session) => {
      if (session === page.opener.sessions[0] && session.iteration === 1) throw new DeviceError("Device was lost");
    };
    const page: HostHarness = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(decodeSessionFile((await store.openRun(RUN.runId))!.payload!).iteration).toBe(4);
    expect(iterationsIn(await storedEvents())).toEqual([1, 2, 3, 4]);
    expect(page.opener.sessions).toHaveLength(2);
  });

  test("is replaced while the run is paused, which stays so", async () => {
    const lose = armed();
    hooks.backend = "webgpu";
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    armed();
    lose();
    await vi.waitFor(() => expect(page.opener.sessions).toHaveLength(2));
    await vi.waitFor(() => expect(page.of("state")).toHaveLength(2));
    expect(page.of("state").map(({ state }) => state)).toEqual(["paused", "paused"]);
    await page.host.handle({ type: "resume", ...RUN });
    await page.untilState("finished");
  });

  test("in a single step still does that step only", async () => {
    loseIn([1]);
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    await page.host.handle({ type: "step", ...RUN });
    await page.until("saved", (message: { iteration: number }) => message.iteration === 1);
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("paused"));
    expect(page.opener.sessions.at(-1)?.iteration).toBe(1);
  });

  test("does not bring back a run that another tab has taken meanwhile", async () => {
    let [stolen, release] = [(): void => {}, (): void => {}];
    loseIn([2]);
    const lost = hooks.duringIteration;
    vi.spyOn(store, "saveChanges").mockImplementation(() => new Promise((resolve) => (release = resolve)));
    const page: HostHarness = new HostHarness(store, hooks, {
      lock: async (_runId, request) => {
        stolen = request.onStolen;
        return () => {};
      },
    });
    hooks.duringIteration = async (session: FakeSession) => {
      // A change that is being stored keeps the host from going on at once.
      if (session.iteration === 1)
        void page.host.handle({ type: "setConfig", ...RUN, changes: { learningRate: 0.002 } });
      await new Promise((resolve) => setImmediate(resolve));
      await lost(session);
    };
    await page.start();
    await vi.waitFor(() => expect(page.opener.sessions[0]?.isDisposed).toBe(true));
    stolen();
    release();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(page.of("elsewhere")).toMatchObject([{ taken: true }]);
    expect(page.opener.sessions).toHaveLength(1);
  });

  test("keeps a person's changes since the last save", async () => {
    loseIn([2]);
    const lost = hooks.duringIteration;
    const page: HostHarness = new HostHarness(store, hooks);
    hooks.duringIteration = async (session: FakeSession) => {
      if (session.iteration === 1) {
        hooks.duringIteration = lost;
        await page.host.handle({ type: "setConfig", ...RUN, changes: { learningRate: 0.002 } });
        await page.host.handle({
          type: "editTip",
          ...RUN,
          edit: { type: "add", bucket: "b", text: "open door", score: 9 },
        });
      }
      await lost(session);
    };
    await page.start();
    await page.untilState("finished");
    expect(page.opener.sessions).toHaveLength(2);
    expect(page.opener.sessions[1]).toMatchObject({ config: { learningRate: 0.002 } });
    expect(
      page
        .of("tips")
        .at(-1)
        ?.tips.filter(({ author }) => author === "person"),
    ).toHaveLength(1);
  });
});

describe("the losses of a GPU", () => {
  test("that lie ten minutes apart never make it be given up", () => {
    const losses = new GpuLosses();
    for (let i = 0; i < 20; i++) {
      expect(losses.note(i * 10 * 60_000)).toBe(true);
      expect(losses.choice("auto")).toBe("auto");
    }
  });

  test("are a reason not to ask for it, whatever the clock says, and no reason to change another wish", () => {
    const losses = new GpuLosses();
    expect(losses.advice("wasm")).toBeNull();
    for (const now of [3, 2, 1]) losses.note(now);
    expect([losses.choice("auto"), losses.choice("webgpu"), losses.choice("cpu")]).toEqual(["wasm", "wasm", "cpu"]);
    expect(losses.note(4)).toBe(false);
  });
});

describe("a number that is not finite", () => {
  const BROKEN = 'update: a finite gradient, got NaN in "layer0.mlpIn"';

  /** Fails in the third iteration for as long as the learning rate is not below this. */
  function failAbove(learningRate: number): void {
    hooks.duringIteration = async (session) => {
      if (session.iteration !== 2 || session.config.learningRate <= learningRate) return;
      session.weight = NaN; // what the session had in hand is not used again
      throw new NotFiniteError(BROKEN);
    };
  }

  test("pauses the run at the iteration before, and names tensor and iteration", async () => {
    failAbove(0);
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.until("halted");
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("paused"));
    expect(page.of("halted")).toMatchObject([{ iteration: 2, kind: "notFinite", reason: BROKEN }]);
    expect(page.of("failed")).toEqual([]);
    expect(page.opener.sessions.at(-1)).toMatchObject({ iteration: 2, isDisposed: false });
    expect(page.opener.sessions.at(-1)?.weight).not.toBeNaN();
    expect(page.opener.sessions[0]?.isDisposed).toBe(true);
  });

  test("is got over with half the learning rate, and the run has every iteration once", async () => {
    failAbove(CONFIG.learningRate / 2);
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.until("halted");
    await page.host.handle({ type: "setConfig", ...RUN, changes: { learningRate: CONFIG.learningRate / 2 } });
    await page.host.handle({ type: "resume", ...RUN });
    await page.untilState("finished");
    const stored = await storedEvents();
    expect(iterationsIn(stored)).toEqual([1, 2, 3, 4]);
    expect(stored.filter(({ type }) => type === "incident")).toMatchObject([{ iteration: 2, kind: "notFinite" }]);
    expect(page.opener.sessions.at(-1)?.weight).not.toBeNaN();
  });

  test("in the first iteration pauses a run that has not begun", async () => {
    hooks.duringIteration = () => Promise.reject(new NotFiniteError(BROKEN));
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.until("halted");
    expect(page.of("halted")).toMatchObject([{ iteration: 0 }]);
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("paused"));
  });
});

describe("an alarm", () => {
  /** The second iteration's ratios explode. */
  async function start(onAlarm: "tell" | "pause"): Promise<HostHarness> {
    hooks.update = (iteration) => ({ ...hooks.calmUpdate, meanRatio: iteration === 2 ? 5 : 1 });
    const page = new HostHarness(store, hooks);
    await page.start({ config: { ...CONFIG, onAlarm } });
    return page;
  }

  test("is told and stored, and the run goes on", async () => {
    const page = await start("tell");
    await page.untilState("finished");
    expect(page.of("halted")).toEqual([]);
    const stored = await storedEvents();
    expect(stored.filter(({ type }) => type === "incident")).toMatchObject([
      { iteration: 2, kind: "alarm", text: expect.stringContaining("Ratio explosion") as string },
    ]);
  });

  test("pauses the run after the iteration, which is saved, if that is wanted", async () => {
    const page = await start("pause");
    await page.until("halted");
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("paused"));
    expect(page.of("halted")).toMatchObject([{ iteration: 2, kind: "alarm" }]);
    expect((await store.openRun(RUN.runId))?.header.iteration).toBe(2);
  });

  test("is not raised again by the history told after a reload", async () => {
    const page = await start("pause");
    await page.until("halted");
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("paused"));
    hooks.update = () => ({ ...hooks.calmUpdate, meanRatio: 5 }); // still the same trouble
    const after = new HostHarness(store, hooks);
    await after.start();
    await after.untilState("finished");
    expect(after.of("halted")).toEqual([]);
  });
});

describe("a device without memory", () => {
  test("that takes half a batch is told, with the iteration", async () => {
    hooks.duringIteration = async (session) => {
      if (session.iteration === 1) hooks.onHalved("It gets half at a time now.");
    };
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect((await storedEvents()).filter(({ type }) => type === "incident")).toEqual([
      { type: "incident", iteration: 1, kind: "halfBatch", text: "It gets half at a time now." },
    ]);
  });

  test("that does not even take half stops the run, and what was saved is whole", async () => {
    hooks.duringIteration = async (session) => {
      if (session.iteration === 2) throw new OutOfMemoryError("update: memory on the device for half a batch");
    };
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.until("failed");
    expect(page.of("failed")).toMatchObject([{ requestId: null, error: { name: "OutOfMemoryError" } }]);
    expect(decodeSessionFile((await store.openRun(RUN.runId))!.payload!).iteration).toBe(2);
  });
});
