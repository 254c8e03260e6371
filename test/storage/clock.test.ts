import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { DEFAULT_CONFIG } from "../../src/core/training/run-config.ts";
import { openRunStore } from "../../src/storage/open-run-store.ts";
import { makeCommit } from "../support/run-fixtures.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("runs stand in the order of their use, and iterations in the order of their ends, when the clock is set back", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const store = await openRunStore();
  for (const [i, runId] of ["first", "second", "third"].entries()) {
    vi.setSystemTime(new Date(2026, 5, 20 - i)); // each a day earlier
    await store.createRun(runId, DEFAULT_CONFIG);
    await store.commit(makeCommit(runId, 1));
    vi.setSystemTime(new Date(2026, 5, 20 - i, -5));
    await store.commit(makeCommit(runId, 2));
  }
  expect((await store.listRuns()).map(({ runId }) => runId)).toEqual(["third", "second", "first"]);
  const iterations = (await store.readEvents("first")).flat().flatMap((event) => {
    return event.type === "iterationFinished" ? [event.summary.iteration] : [];
  });
  expect(iterations).toEqual([1, 2]);
  await store.openRun("first");
  expect((await store.listRuns())[0]?.runId).toBe("first");
  await store.close();
});
