import { beforeEach, expect, test, vi } from "vitest";
import { DeviceError, StorageError, TakenOverError } from "../../src/core/base/errors.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { LockRequest } from "../../src/runtime/browser-lock.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { fakeRunHooks, type FakeRunHooks } from "../support/fake-run.ts";
import { gate, HostHarness, RUN } from "../support/host-harness.ts";

let store: RunStore;
let hooks: FakeRunHooks;

beforeEach(() => {
  store = new MemoryStore("in memory");
  hooks = fakeRunHooks();
});

test("a run that another tab trains is shown as it was saved, and not started", async () => {
  const first = new HostHarness(store, hooks);
  await first.start();
  await first.untilState("finished");
  const page = new HostHarness(store, hooks, { lock: async () => null });
  await page.start();
  expect(page.of("elsewhere")).toMatchObject([{ taken: false }]);
  expect(page.events(true).filter((type) => type === "iterationFinished")).toHaveLength(4);
  expect(page.of("failed")).toEqual([]);
  expect(page.opener.sessions).toEqual([]);
});

test("a run that another tab wants is committed after its iteration and goes on there", async () => {
  const { lock, wanted } = oneLock();
  const { reached, release } = gate(hooks);
  const first = new HostHarness(store, hooks, { lock });
  await first.start();
  await reached;
  wanted();
  release();
  hooks.duringIteration = async () => {};
  const second = new HostHarness(store, hooks, { lock });
  await second.start({ takeOver: true });
  await second.untilState("finished");
  expect(first.of("elsewhere")).toMatchObject([{ taken: true }]);
  expect(first.of("saved").at(-1)).toMatchObject({ iteration: 1 });
  expect(first.opener.sessions).toMatchObject([{ iteration: 1, isDisposed: true }]);
  expect(second.opener.sessions).toMatchObject([{ iteration: 4 }]);
  const whole = new HostHarness(new MemoryStore("other"), fakeRunHooks());
  await whole.start();
  await whole.untilState("finished");
  expect(second.opener.sessions[0]?.weight).toBe(whole.opener.sessions[0]?.weight);
});

test("a run whose lock was stolen ends, and nothing of it is told afterwards", async () => {
  const { lock, stolen } = oneLock();
  const { reached, release } = gate(hooks);
  const page = new HostHarness(store, hooks, { lock });
  await page.start();
  await reached;
  stolen();
  vi.spyOn(store, "commit").mockRejectedValue(new TakenOverError("save run: taken"));
  release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(page.of("elsewhere")).toMatchObject([{ taken: true }]);
  expect(page.of("failed")).toEqual([]);
  expect(page.opener.sessions[0]?.iteration).toBe(1);
});

test("a run that another tab writes, although there are no locks, ends with its next commit", async () => {
  vi.spyOn(store, "commit").mockRejectedValue(new TakenOverError("save run: taken"));
  const page = new HostHarness(store, hooks);
  await page.start();
  await page.until("elsewhere");
  expect(page.of("elsewhere")).toMatchObject([{ taken: true }]);
  expect(page.of("failed")).toEqual([]);
  expect(page.opener.sessions).toMatchObject([{ iteration: 1, isDisposed: true }]);
});

test("a device that cannot be opened fails with its sentence", async () => {
  const page = new HostHarness(store, hooks, {
    openRun: async () => {
      throw new DeviceError("no device here");
    },
  });
  await page.start();
  expect(page.of("failed")).toMatchObject([{ requestId: null, error: { message: "no device here" } }]);
  expect(page.of("progress").at(-1)?.progress).toBeNull();
});

test("training goes on when nothing can be saved, and says so until it can", async () => {
  const commit = vi.spyOn(store, "commit");
  commit.mockRejectedValueOnce(new StorageError("save run: The browser has no room left for this page."));
  const page = new HostHarness(store, hooks);
  await page.start();
  await page.untilState("finished");
  expect(page.of("saved").slice(1, 3)).toMatchObject([
    { iteration: 0, error: /no room left/ },
    { iteration: 2, error: "in memory" },
  ]);
});

test("a failed iteration stops the run, and resume goes on from the last commit", async () => {
  const page = new HostHarness(store, hooks);
  hooks.duringIteration = async (session) => {
    if (session.iteration === 2) {
      session.weight = NaN;
      throw new DeviceError("compile: a kernel that the driver takes");
    }
  };
  await page.start();
  await page.until("failed");
  expect(page.of("failed")).toMatchObject([{ requestId: null, error: { message: /kernel/ } }]);
  expect(page.events(false)).toContain("runFailed");
  expect(page.opener.sessions[0]?.isDisposed).toBe(true);
  hooks.duringIteration = async () => {};
  await page.host.handle({ type: "resume", ...RUN });
  await page.untilState("finished");
  expect(page.opener.sessions[1]?.weight).not.toBeNaN();
});

test("a lost device is replaced and the run goes on from the last commit by itself", async () => {
  let lose = (): void => {};
  hooks.deviceLost = new Promise((resolve) => (lose = () => resolve("The GPU was lost.")));
  hooks.duringIteration = async (session) => {
    if (session.iteration !== 2) return;
    hooks.duringIteration = async () => {};
    hooks.deviceLost = new Promise(() => undefined);
    hooks.backend = "wasm";
    lose();
    throw new DeviceError("mapAsync: device lost");
  };
  const page = new HostHarness(store, hooks);
  await page.start();
  await page.untilState("finished");
  expect(page.of("backend").map(({ backend }) => backend)).toEqual(["cpu", "wasm"]);
  expect(page.opener.sessions).toHaveLength(2);
  expect(page.of("failed")).toEqual([]);
  const whole = new HostHarness(new MemoryStore("other"), fakeRunHooks());
  await whole.start();
  await whole.untilState("finished");
  expect(page.opener.sessions[1]?.weight).toBe(whole.opener.sessions[0]?.weight);
});

test("a run whose device is lost even without a GPU stops", async () => {
  hooks.deviceLost = Promise.resolve("The GPU was lost.");
  hooks.duringIteration = async () => {
    throw new DeviceError("device lost");
  };
  const page = new HostHarness(store, hooks);
  await page.start();
  await page.until("failed");
  expect(page.opener.sessions).toHaveLength(4);
});

test("starting another run ends the one before, after its iteration", async () => {
  const { reached, release } = gate(hooks);
  const page = new HostHarness(store, hooks);
  await page.start();
  await reached;
  const started = page.start({ runId: "run-2", autoRun: false });
  release();
  await started;
  expect(page.opener.sessions[0]).toMatchObject({ iteration: 1, isDisposed: true });
  expect((await store.openRun("run-1"))?.header.head).toBe(1);
  expect(page.of("state").at(-1)).toMatchObject({ runId: "run-2", state: "paused" });
});

test("a command for a run that was never started is refused", async () => {
  const page = new HostHarness(store, hooks);
  await page.host.handle({ type: "exportCheckpoint", runId: "ghost", requestId: 4 });
  expect(page.of("failed")).toMatchObject([{ runId: "ghost", requestId: 4 }]);
});

/** A lock as two tabs see it: the second to ask waits for the first to let go. */
function oneLock() {
  let holder: LockRequest | null = null;
  let released = Promise.resolve();
  const lock = async (_runId: string, request: LockRequest): Promise<() => void> => {
    await released;
    holder = request;
    let release = (): void => {};
    released = new Promise((resolve) => (release = resolve));
    return release;
  };
  return { lock, wanted: () => holder?.onWanted(), stolen: () => holder?.onStolen() };
}

test("changes by hand are told as done when they are stored, or refused, so that the page repeats them to another worker until then", async () => {
  const page = new HostHarness(store, hooks);
  await page.start({ autoRun: false });
  const counts = () => page.of("changed").map(({ count }) => count);
  await page.host.handle({ type: "setConfig", ...RUN, changes: { temperature: 0.5 } });
  expect(counts()).toEqual([1]);
  expect((await store.openRun("run-1"))?.header.pendingChanges).toHaveLength(1);
  const edits = [{ type: "delete", tipId: 99 } as const, { type: "clear" } as const];
  for (const edit of edits) await page.host.handle({ type: "editTip", ...RUN, edit });
  expect(counts()).toEqual([1, 2, 3]);
  await page.host.handle({ type: "step", ...RUN });
  expect(counts()).toEqual([1, 2, 3]);
});
