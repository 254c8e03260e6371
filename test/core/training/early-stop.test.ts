/** @file A run may end some iterations after its held-out return reached a mark; until then it is the same run. */
import { describe, expect, it } from "vitest";
import type { RunConfig } from "../../../src/core/training/run-config.ts";
import { eventsOf, finishRun, startRun, type Run } from "./training-fixtures.ts";

/** Held-out return is 60 where the blue door is found, less before. */
const LONG: Partial<RunConfig> = { iterations: 20, evaluateEvery: 2, learningRate: 0.01 };
const STOPS: Partial<RunConfig> = { ...LONG, stopReturn: 50, stopDelay: 3 };

const curveOf = (run: Run) => eventsOf(run, "evaluated").map(({ evaluation }) => evaluation);

/** The end of a run that stops, by the evaluations of one that does not. */
async function whole(): Promise<{ run: Run; reached: number; last: number }> {
  const run = await startRun({ config: LONG });
  await finishRun(run);
  const reached = curveOf(run).find(({ meanReturn }) => meanReturn >= 50)!.iteration;
  return { run, reached, last: reached + 3 };
}

describe("a run with a return at which it stops", () => {
  it("does so many iterations more, is evaluated then, and was the same run until then", async () => {
    const { run: long, reached, last } = await whole();
    expect(reached).toBeGreaterThan(0);
    expect(last).toBeLessThan(20);
    const run = await startRun({ config: STOPS });
    await finishRun(run);
    expect(run.session.iteration).toBe(last);
    expect(curveOf(run).at(-1)!.iteration).toBe(last);
    const lastOf = (type: string) => run.events.findLastIndex((event) => event.type === type);
    expect(lastOf("evaluated")).toBeLessThan(lastOf("iterationFinished"));
    const summaries = eventsOf(long, "iterationFinished").slice(0, last);
    expect(eventsOf(run, "iterationFinished")).toEqual(summaries);
    expect(eventsOf(run, "runFinished")[0]).toMatchObject({ iteration: last });
  });

  it("does all its iterations if the return is not reached, or only near the end", async () => {
    for (const changes of [{ stopReturn: 61 }, { stopReturn: 50, stopDelay: 100 }]) {
      const run = await startRun({ config: { ...STOPS, ...changes } });
      await finishRun(run);
      expect(run.session.iteration).toBe(20);
    }
  });

  it("ends where it would have, from whichever iteration it is restored", async () => {
    const { last } = await whole();
    for (let at = 0; at <= last; at++) {
      const before = await startRun({ config: STOPS });
      while (before.session.iteration < at) await before.session.runIteration();
      const checkpoint = structuredClone(await before.session.checkpoint());
      const after = await startRun({ checkpoint });
      await finishRun(after);
      expect(after.session.iteration, `restored at ${at}`).toBe(last);
    }
  });

  it("goes on once it is no longer to stop, and stops by the last evaluation once it is again", async () => {
    const { last } = await whole();
    const run = await startRun({ config: STOPS });
    await finishRun(run);
    run.session.updateConfig({ stopReturn: 0 });
    expect(run.session.isFinished).toBe(false);
    await run.session.runIteration();
    run.session.updateConfig({ stopReturn: 55 });
    const { iteration } = curveOf(run).at(-1)!;
    await finishRun(run);
    expect(iteration).toBeGreaterThanOrEqual(last);
    expect(run.session.iteration).toBe(iteration + 3);
  });

  it("has its trials with memory at its end, if its method needs them", async () => {
    const run = await startRun({ config: { ...STOPS, method: "reflexion", stopReturn: 1 } });
    await finishRun(run);
    expect(run.session.iteration).toBe(3);
    expect(curveOf(run).filter(({ memory }) => memory === "on")).toHaveLength(10);
  });
});
