import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../src/core/base/errors.ts";
import { parseEvents, parseRun, type RunFiles } from "../../src/experiments/recorded-runs.ts";
import { madeFiles } from "./made-runs.ts";

const FIXTURES = join(import.meta.dirname, "fixtures/runs/teaching");

function fixture(name: string): RunFiles {
  const read = (file: string): string => readFileSync(join(FIXTURES, name, file), "utf8");
  return { name, events: read("events.jsonl"), summary: read("summary.json") };
}

describe("a stored run", () => {
  it("is read as train wrote it", () => {
    const run = parseRun(fixture("empo2.house-1.seed-1"));
    expect(run.config).toMatchObject({ method: "empo2", house: 1, seed: 1, iterations: 3 });
    expect(run.backend).toBe("wasm");
    expect(run.curve.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
    expect(run.evaluations.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3]);
    expect(run.trials).toEqual([]);
    expect(run.end?.heldOutReturn).toBe(run.evaluations.at(-1)!.meanReturn);
    expect(run.end?.weightsHash).toMatch(/^[0-9a-f]{64}$/);
    expect(run.failure).toBeNull();
    expect(run.changedAt).toEqual([]);
  });

  it("keeps trials with memory on apart from the held-out curve", () => {
    const run = parseRun(fixture("reflexion.house-1.seed-1"));
    expect(run.evaluations).toEqual([]);
    expect(run.trials.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(run.end?.heldOutReturn).toBe(run.trials.at(-1)!.meanReturn);
  });

  it("has no end without a summary", () => {
    expect(parseRun({ ...fixture("grpo.house-1.seed-1"), summary: null }).end).toBeNull();
  });

  it("names what is wrong with it", () => {
    const files = madeFiles({ name: "a", heldOut: [[0, 43]] });
    expect(() => parseRun({ ...files, events: "" })).toThrow("run a: events that begin with runStarted, got none");
    expect(() => parseRun({ ...files, summary: "{}" })).toThrow(ConfigError);
    const twice = madeFiles({
      name: "b",
      heldOut: [
        [0, 43],
        [5, 50],
        [5, 50],
      ],
    });
    expect(() => parseRun(twice)).toThrow("run b: iterations in ascending order, got 5 after 5");
  });
});

describe("stored events", () => {
  const line = JSON.stringify({ type: "runFailed", iteration: 1, message: "no memory left", at: 5 });

  it("may end in a torn line", () => {
    expect(parseEvents(`${line}\n\n${line.slice(0, 30)}`)).toHaveLength(1);
    expect(parseEvents("")).toEqual([]);
  });

  it("may not be broken anywhere else", () => {
    expect(() => parseEvents(`${line}\n{"type":"runFailed"}\n${line}\n`)).toThrow("got line 2");
    expect(() => parseEvents(`null\n${line}\n`)).toThrow("got line 1");
  });
});
