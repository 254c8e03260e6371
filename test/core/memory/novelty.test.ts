import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoveltyTable } from "../../../src/core/memory/novelty.ts";
import { cosineSimilarity, type Embedding } from "../../../src/core/text/embedder.ts";

const SIMILAR = 0.9;
const KITCHEN: Embedding = [1, 2, 3, 4];
const HALLWAY: Embedding = [1, 5, 6, 7];

function visits(table: NoveltyTable, states: readonly Embedding[], bucket = "a"): number[] {
  const episode = table.episode(bucket, SIMILAR);
  return states.map((state) => episode.visit(state));
}

describe("the intrinsic reward 1/n", () => {
  it("is 1 for a new state, then 1/2, 1/3 within the same episode", () => {
    expect(visits(new NoveltyTable(), [KITCHEN, HALLWAY, KITCHEN, KITCHEN])).toEqual([1, 1, 1 / 2, 1 / 3]);
  });

  it("counts earlier episodes once they are recorded", () => {
    const table = new NoveltyTable();
    table.record("a", [KITCHEN, KITCHEN, HALLWAY], SIMILAR);
    expect(visits(table, [KITCHEN, KITCHEN, HALLWAY])).toEqual([1 / 3, 1 / 4, 1 / 2]);
  });

  it("is the same for all episodes of an iteration: none sees what another one visits", () => {
    const table = new NoveltyTable();
    const first = table.episode("a", SIMILAR);
    const second = table.episode("a", SIMILAR);
    expect([first.visit(KITCHEN), second.visit(KITCHEN), first.visit(KITCHEN)]).toEqual([1, 1, 1 / 2]);
    expect(table.state()).toEqual([]);
  });

  it("is counted per task variation", () => {
    const table = new NoveltyTable();
    table.record("a", [KITCHEN], SIMILAR);
    expect(visits(table, [KITCHEN], "a")).toEqual([1 / 2]);
    expect(visits(table, [KITCHEN], "b")).toEqual([1]);
  });

  it("takes a state for the most similar known one, and for a new one at or under the threshold", () => {
    const table = new NoveltyTable();
    table.record("a", [[1, 2, 3, 4]], 0.75);
    // Cosine 3/4: not above the threshold, so it is a state of its own.
    table.record("a", [[1, 2, 3, 9]], 0.75);
    // Cosines 4/√20 ≈ 0.89 and 3/√20 ≈ 0.67.
    table.record("a", [[1, 2, 3, 4, 5]], 0.75);
    expect(table.state()).toEqual([
      [
        "a",
        [
          { state: [1, 2, 3, 4], count: 2 },
          { state: [1, 2, 3, 9], count: 1 },
        ],
      ],
    ]);
  });

  it("lists a state as it was first seen", () => {
    const table = new NoveltyTable();
    table.record(
      "a",
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4, 5],
      ],
      0.5,
    );
    expect(table.state()[0]![1]).toEqual([{ state: [1, 2, 3, 4], count: 2 }]);
  });

  it("equals counting the long way when states are alike only if they are equal", () => {
    const state = fc.constantFrom<Embedding>([1], [2], [3], [1, 2], [2, 3]);
    const episodes = fc.array(fc.array(state, { maxLength: 6 }), { maxLength: 5 });
    fc.assert(
      fc.property(episodes, fc.array(state, { maxLength: 6 }), (past, now) => {
        const table = new NoveltyTable();
        for (const states of past) table.record("a", states, 0.99);
        const episode = table.episode("a", 0.99);
        const seen = past.flat().map(String);
        for (const next of now) {
          seen.push(String(next));
          expect(episode.visit(next)).toBe(1 / seen.filter((other) => other === String(next)).length);
        }
      }),
    );
    expect(cosineSimilarity([1, 2], [2, 3])).toBeLessThan(0.99);
  });

  it("goes on from its stored state, apart from the original", () => {
    const table = new NoveltyTable();
    table.record("a", [KITCHEN], SIMILAR);
    const stored = table.state();
    const copy = NoveltyTable.fromState(JSON.parse(JSON.stringify(stored)) as typeof stored);
    copy.record("a", [KITCHEN], SIMILAR);
    expect(visits(copy, [KITCHEN])).toEqual([1 / 3]);
    expect(visits(table, [KITCHEN])).toEqual([1 / 2]);
    table.record("a", [KITCHEN], SIMILAR);
    expect(stored[0]![1][0]!.count).toBe(1);
  });
});
