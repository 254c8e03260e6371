import { beforeEach, describe, expect, test, vi } from "vitest";
import { decodeSessionFile } from "../../src/runtime/session-file.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { fakeRunHooks, type FakeRunHooks } from "../support/fake-run.ts";
import { CONFIG, gate, HostHarness, RUN, type MessageOf } from "../support/host-harness.ts";

let store: RunStore;
let hooks: FakeRunHooks;

beforeEach(() => {
  store = new MemoryStore("in memory");
  hooks = fakeRunHooks();
});

describe("a run", () => {
  test("goes from start to finish, telling backend, states, events, tips and what is saved", async () => {
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(page.of("backend")).toEqual([
      { type: "backend", ...RUN, backend: "cpu", reason: "Using cpu.", isEmulated: false },
    ]);
    expect(page.of("state").map(({ state }) => state)).toEqual(["running", "finished"]);
    expect(page.events(false).filter((type) => type === "iterationFinished")).toHaveLength(4);
    expect(page.events(false)[0]).toBe("runStarted");
    expect(page.of("saved").map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4, 4]);
    expect(page.of("tips").at(-1)?.tips).toHaveLength(4);
    expect((await store.openRun("run-1"))?.header).toMatchObject({ finished: true, head: 4 });
    expect(page.of("failed")).toEqual([]);
  });

  test("tells how its policy works once that is known", async () => {
    hooks.workingWay = Promise.resolve("Learning a whole step in one submit.");
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    expect(page.of("backend").map(({ reason }) => reason)).toEqual([
      "Using cpu.",
      "Using cpu. Learning a whole step in one submit.",
    ]);
  });

  test("that is not kept goes to its end in memory, and leaves the stored runs alone", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ isKept: false, fresh: true });
    await page.untilState("finished");
    expect(page.events(false).filter((type) => type === "iterationFinished")).toHaveLength(4);
    expect(await store.listRuns()).toEqual([]);
    expect(page.of("failed")).toEqual([]);
  });

  test("is only shown, not continued, without autoRun", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    expect(page.of("state").map(({ state }) => state)).toEqual(["paused"]);
    expect(page.opener.sessions[0]?.iteration).toBe(0);
  });

  test("pauses after the iteration in flight, which is saved", async () => {
    const { reached, release } = gate(hooks);
    const page = new HostHarness(store, hooks);
    await page.start();
    await reached;
    await page.host.handle({ type: "pause", ...RUN });
    release();
    await page.untilState("paused");
    expect(page.opener.sessions[0]?.iteration).toBe(1);
    expect((await store.openRun("run-1"))?.header.head).toBe(1);
  });

  test("paused while it is still loading does not begin", async () => {
    const page = new HostHarness(store, hooks);
    const started = page.start();
    await page.host.handle({ type: "pause", ...RUN });
    await started;
    expect(page.of("state").map(({ state }) => state)).toEqual(["paused"]);
  });

  test("steps one iteration and goes on when resumed", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    await page.host.handle({ type: "step", ...RUN });
    await page.until("saved", (message: MessageOf<"saved">) => message.iteration === 1);
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("paused"));
    expect(page.opener.sessions[0]?.iteration).toBe(1);
    await page.host.handle({ type: "resume", ...RUN });
    await page.untilState("finished");
  });

  test("tells events that come together in one message", async () => {
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    expect(page.of("events").length).toBeLessThan(page.events(false).length / 2);
  });
});

describe("after a reload", () => {
  test("the run goes on where it was, its history told first", async () => {
    const before = new HostHarness(store, hooks);
    await before.start({ autoRun: false });
    for (const iteration of [1, 2]) {
      await before.host.handle({ type: "step", ...RUN });
      await before.until("saved", (message: MessageOf<"saved">) => message.iteration === iteration);
    }
    const after = new HostHarness(store, hooks);
    await after.start({ autoRun: false });
    expect(after.events(true).filter((type) => type === "iterationFinished")).toHaveLength(2);
    expect(after.of("tips")[0]?.tips).toHaveLength(2);
    expect(after.of("saved")[0]?.iteration).toBe(2);
    expect(after.opener.sessions[0]?.iteration).toBe(2);
  });

  test.each([1, 2, 3])("a run killed after %i iterations ends like one that was never killed", async (kill) => {
    const whole = new HostHarness(store, hooks);
    await whole.start({ runId: "whole" });
    await whole.untilState("finished");
    const killed = new HostHarness(store, hooks);
    await killed.start({ autoRun: false });
    for (let iteration = 1; iteration <= kill; iteration++) {
      await killed.host.handle({ type: "step", ...RUN });
      await killed.until("saved", (message: MessageOf<"saved">) => message.iteration === iteration);
    }
    const resumed = new HostHarness(store, hooks);
    await resumed.start();
    await resumed.untilState("finished");
    const [a, b] = [await store.openRun("whole"), await store.openRun("run-1")];
    expect(decodeSessionFile(b!.payload!)).toEqual(decodeSessionFile(a!.payload!));
    expect(b?.header.iteration).toBe(4);
  });

  test("a finished run is shown as finished, its result told last", async () => {
    const before = new HostHarness(store, hooks);
    await before.start();
    await before.untilState("finished");
    const after = new HostHarness(store, hooks);
    await after.start();
    expect(after.of("state").map(({ state }) => state)).toEqual(["finished"]);
    expect(after.of("events").at(-1)).toMatchObject({ replay: true, events: [{ type: "runFinished" }] });
  });

  test("fresh begins the run anew", async () => {
    const before = new HostHarness(store, hooks);
    await before.start();
    await before.untilState("finished");
    const after = new HostHarness(store, hooks);
    await after.start({ fresh: true, autoRun: false });
    expect(after.events(true)).toEqual([]);
    expect(after.opener.requests[0]?.checkpoint).toBeNull();
  });

  test("what a person changed after the last save is still there", async () => {
    const before = new HostHarness(store, hooks);
    await before.start({ autoRun: false });
    await before.host.handle({ type: "step", ...RUN });
    await before.until("saved", (message: MessageOf<"saved">) => message.iteration === 1);
    await before.host.handle({ type: "editTip", ...RUN, edit: { type: "pin", tipId: 1, pinned: true } });
    await before.host.handle({
      type: "editTip",
      ...RUN,
      edit: { type: "add", bucket: "b", text: "open door", score: 30 },
    });
    await before.host.handle({ type: "setConfig", ...RUN, changes: { learningRate: 0.002 } });
    const after = new HostHarness(store, hooks);
    await after.start({ autoRun: false });
    const tips = after.of("tips")[0]!.tips;
    expect(tips.map(({ pinned, author }) => [pinned, author])).toEqual([
      [true, "policy"],
      [false, "person"],
    ]);
    expect(after.opener.sessions[0]?.config.learningRate).toBe(0.002);
  });
});

describe("changes while a run is on", () => {
  test("reach the run in the middle of an iteration and are told at once", async () => {
    const { reached, release } = gate(hooks);
    const page = new HostHarness(store, hooks);
    await page.start();
    await reached;
    await page.host.handle({ type: "setConfig", ...RUN, changes: { temperature: 0.5 } });
    await page.host.handle({
      type: "editTip",
      ...RUN,
      edit: { type: "add", bucket: "b", text: "open door", score: 9 },
    });
    expect(page.of("tips").at(-1)?.tips).toHaveLength(1);
    expect(page.opener.sessions[0]?.config.temperature).toBe(0.5);
    release();
    await page.untilState("finished");
    expect((await store.openRun("run-1"))?.header.pendingChanges).toEqual([]);
  });

  test("a tip by hand ends with its score and has the key of its variation", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    await page.host.handle({
      type: "editTip",
      ...RUN,
      edit: { type: "add", bucket: "b", text: "open door", score: 30 },
    });
    expect(page.of("tips").at(-1)?.tips[0]).toMatchObject({ key: [3, 4], author: "person", score: 30 });
    expect(page.of("tips").at(-1)?.tips[0]?.tokens.length).toBeGreaterThan(4);
  });

  test("a cleared memory comes back whole by one edit, pins and order with it", async () => {
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    await page.host.handle({ type: "editTip", ...RUN, edit: { type: "pin", tipId: 2, pinned: true } });
    const { tips } = page.of("tips").at(-1)!;
    await page.host.handle({ type: "editTip", ...RUN, edit: { type: "clear" } });
    expect(page.of("tips").at(-1)?.tips).toEqual([]);
    await page.host.handle({ type: "editTip", ...RUN, edit: { type: "restore", tips: tips.toReversed() } });
    expect(tips).toHaveLength(4);
    expect(page.of("tips").at(-1)?.tips).toEqual(tips);
    const after = new HostHarness(store, hooks);
    await after.start();
    expect(after.of("tips")[0]?.tips).toEqual(tips);
  });

  test("that cannot be done are refused without ending the run", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    await page.host.handle({ type: "editTip", ...RUN, edit: { type: "delete", tipId: 99 } });
    expect(page.of("failed")).toMatchObject([{ requestId: 0, error: { name: "ConfigError" } }]);
    expect(page.of("tips")).toHaveLength(2);
    await page.host.handle({ type: "resume", ...RUN });
    await page.untilState("finished");
  });
});

describe("a finished run that is given more iterations", () => {
  const more = { type: "setConfig", ...RUN, changes: { iterations: 6 } } as const;

  async function finishedRun(): Promise<HostHarness> {
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    return page;
  }

  async function expectSixIterations(page: HostHarness): Promise<void> {
    await vi.waitFor(() => expect(page.of("state").at(-1)?.state).toBe("finished"));
    expect(page.opener.sessions.at(-1)?.iteration).toBe(6);
    expect((await store.openRun("run-1"))?.header).toMatchObject({ finished: true, head: 6 });
  }

  test("is paused, goes on, and tells its result again", async () => {
    const page = await finishedRun();
    await page.host.handle(more);
    expect(page.of("state").at(-1)?.state).toBe("paused");
    await page.host.handle({ type: "resume", ...RUN });
    await expectSixIterations(page);
    expect(page.opener.sessions).toHaveLength(1);
    expect(page.events(false).filter((type) => type === "runFinished")).toHaveLength(2);
  });

  test("ends like one that had them from the start", async () => {
    const page = await finishedRun();
    await page.host.handle(more);
    await page.host.handle({ type: "resume", ...RUN });
    await expectSixIterations(page);
    const whole = new HostHarness(store, hooks);
    await whole.start({ runId: "whole", config: { ...CONFIG, iterations: 6 } });
    await whole.untilState("finished");
    const [a, b] = [await store.openRun("whole"), await store.openRun("run-1")];
    expect(decodeSessionFile(b!.payload!)).toEqual(decodeSessionFile(a!.payload!));
  });

  test("is finished again when they are taken back", async () => {
    const page = await finishedRun();
    await page.host.handle(more);
    await page.host.handle({ ...more, changes: { iterations: 4 } });
    expect(page.of("state").map(({ state }) => state)).toEqual(["running", "finished", "paused", "finished"]);
  });

  test("waits after a reload, too, and goes on", async () => {
    const before = await finishedRun();
    await before.host.handle(more);
    const after = new HostHarness(store, hooks);
    await after.start({ autoRun: false });
    expect(after.of("state").map(({ state }) => state)).toEqual(["paused"]);
    await after.host.handle({ type: "resume", ...RUN });
    await expectSixIterations(after);
  });

  test("goes on by itself when they come while it tells its result", async () => {
    const page = new HostHarness(store, hooks);
    hooks.duringFinish = async (session) => {
      if (session.config.iterations === 4) await page.host.handle(more);
    };
    await page.start();
    await expectSixIterations(page);
  });
});

describe("inspection", () => {
  test("gives the tokens of an action with and without tips", async () => {
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    await page.host.handle({ type: "inspect", ...RUN, requestId: 7, rolloutId: "4.g.0", turn: 0 });
    const [answer] = page.of("inspected");
    expect(answer).toMatchObject({ requestId: 7 });
    expect(answer?.tokens).toHaveLength(2);
    expect(answer?.tokens[0]?.withTips.probability).toBeCloseTo(0.75);
    expect(answer?.tokens[0]?.withoutTips.top).toHaveLength(2);
  });

  test("finds rollouts of before the reload", async () => {
    const before = new HostHarness(store, hooks);
    await before.start();
    await before.untilState("finished");
    const after = new HostHarness(store, hooks);
    await after.start();
    await after.host.handle({ type: "inspect", ...RUN, requestId: 1, rolloutId: "2.g.0", turn: 0 });
    expect(after.of("inspected")).toHaveLength(1);
  });

  test.each([
    ["a rollout that is not known", { rolloutId: "none", turn: 0 }],
    ["a turn that did not happen", { rolloutId: "4.g.0", turn: 5 }],
  ])("of %s is refused", async (_, what) => {
    const page = new HostHarness(store, hooks);
    await page.start();
    await page.untilState("finished");
    await page.host.handle({ type: "inspect", ...RUN, requestId: 3, ...what });
    expect(page.of("failed")).toMatchObject([{ requestId: 3, error: { name: "ConfigError" } }]);
  });
});

describe("checkpoint files", () => {
  test("a saved run loads into another page, paused, and ends alike", async () => {
    const source = new HostHarness(store, hooks);
    await source.start({ autoRun: false });
    await source.host.handle({ type: "step", ...RUN });
    await source.until("saved", (message: MessageOf<"saved">) => message.iteration === 1);
    await vi.waitFor(() => expect(source.of("state").at(-1)?.state).toBe("paused"));
    await source.host.handle({ type: "exportCheckpoint", ...RUN, requestId: 1 });
    await source.until("checkpoint");
    const { bytes } = source.of("checkpoint")[0]!;

    const target = new HostHarness(new MemoryStore("other"), hooks);
    await target.host.handle({
      type: "importCheckpoint",
      backend: "auto",
      ...RUN,
      requestId: 2,
      bytes: bytes.slice(0),
    });
    expect(target.of("checkpoint")).toMatchObject([{ requestId: 2 }]);
    expect(target.of("state").map(({ state }) => state)).toEqual(["paused"]);
    expect(target.opener.sessions[0]?.iteration).toBe(1);

    for (const page of [source, target]) {
      await page.host.handle({ type: "resume", ...RUN });
      await page.untilState("finished");
    }
    expect(target.opener.sessions[0]?.weight).toBe(source.opener.sessions[0]?.weight);
  });

  test("exporting in the middle of an iteration gives the last finished one", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    await page.host.handle({ type: "step", ...RUN });
    await vi.waitFor(() => expect(page.of("saved").at(-1)?.iteration).toBe(1));
    const { reached, release } = gate(hooks);
    await page.host.handle({ type: "resume", ...RUN });
    await reached;
    await page.host.handle({ type: "exportCheckpoint", ...RUN, requestId: 1 });
    await page.until("checkpoint");
    expect(decodeSessionFile(new Uint8Array(page.of("checkpoint")[0]!.bytes)).iteration).toBe(1);
    release();
    await page.untilState("finished");
  });

  test("a file that is no run is refused and the run stays", async () => {
    const page = new HostHarness(store, hooks);
    await page.start({ autoRun: false });
    await page.host.handle({
      type: "importCheckpoint",
      backend: "auto",
      ...RUN,
      requestId: 5,
      bytes: new ArrayBuffer(100),
    });
    expect(page.of("failed")).toMatchObject([{ requestId: 5, error: { name: "CheckpointError" } }]);
    await page.host.handle({ type: "resume", ...RUN });
    await page.untilState("finished");
  });
});

describe("pretraining", () => {
  test("tells its progress, keeps no run, and can be stopped by a pause", async () => {
    let stoppedAfter = 0;
    const page = new HostHarness(store, hooks, {
      pretrain: async ({ seed, tokens, backend, onProgress, goesOn }) => {
        expect([seed, tokens, backend]).toEqual([3, 1000, "wasm"]);
        for (; goesOn(); stoppedAfter++) {
          onProgress({ stage: "pretraining", fraction: 0.5, remainingMs: 10, text: "Training" });
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
    });
    const done = page.host.handle({ type: "pretrain", ...RUN, seed: 3, tokens: 1000, backend: "wasm" });
    await page.until("progress");
    await page.host.handle({ type: "pause", ...RUN });
    await done;
    expect(stoppedAfter).toBeGreaterThan(0);
    expect(page.of("progress").at(-1)?.progress).toBeNull();
    expect(page.of("state").map(({ state }) => state)).toEqual(["paused"]);
  });
});

test("a question whether it lives is answered while an iteration is in flight", async () => {
  const { reached, release } = gate(hooks);
  const page = new HostHarness(store, hooks);
  await page.start();
  await reached;
  await page.host.handle({ type: "ping", ...RUN });
  expect(page.of("pong")).toEqual([{ type: "pong", ...RUN }]);
  release();
  await page.untilState("finished");
});
