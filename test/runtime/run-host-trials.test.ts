/** @file What the host tells of policies that are tried on a new task. */
import { beforeEach, describe, expect, test } from "vitest";
import type { EvaluationRecord } from "../../src/core/events/training-event.ts";
import { MemoryStore } from "../../src/storage/memory-store.ts";
import type { RunStore } from "../../src/storage/run-store.ts";
import { fakeRunHooks, type FakeRunHooks } from "../support/fake-run.ts";
import { HostHarness, RUN } from "../support/host-harness.ts";

let store: RunStore;
let hooks: FakeRunHooks;

beforeEach(() => {
  store = new MemoryStore("in memory");
  hooks = fakeRunHooks();
});

describe("trials of frozen policies", () => {
  const PLAN = { policies: [], task: "boil", preset: "easy", house: 0, seed: 1, trials: 1, episodes: 1 } as const;
  const RECORD: EvaluationRecord = {
    ...{ iteration: 1, meanReturn: 5, successRate: 0, episodeCount: 1, perVariation: [] },
    memory: "on",
    split: "test",
  };

  test("are told one by one, and the run before is closed", async () => {
    const page = new HostHarness(store, hooks, {
      tryPolicies: async ({ onTrial }) => onTrial(0, RECORD),
    });
    await page.start({ autoRun: false });
    await page.host.handle({ type: "tryPolicies", ...RUN, ...PLAN, backend: "auto" });
    expect(page.of("trial")).toEqual([{ type: "trial", ...RUN, policy: 0, record: RECORD }]);
    expect(page.of("state").at(-1)?.state).toBe("finished");
    expect(page.opener.sessions[0]?.isDisposed).toBe(true);
  });

  test("end at a pause", async () => {
    const page: HostHarness = new HostHarness(store, hooks, {
      tryPolicies: async ({ goesOn }) => {
        await page.host.handle({ type: "pause", ...RUN });
        if (goesOn()) throw new Error("goes on");
      },
    });
    await page.host.handle({ type: "tryPolicies", ...RUN, ...PLAN, backend: "auto" });
    expect(page.of("state").map(({ state }) => state)).toEqual(["paused"]);
  });

  test("that fail say why", async () => {
    const page = new HostHarness(store, hooks, {
      tryPolicies: async () => Promise.reject(new Error("no such task")),
    });
    await page.host.handle({ type: "tryPolicies", ...RUN, ...PLAN, backend: "auto" });
    expect(page.of("failed")).toMatchObject([{ requestId: null, error: { message: "no such task" } }]);
  });
});
