import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/core/base/errors.ts";
import { microBatches, sequenceBatch, validatePositions, validateSequence } from "../../src/model/sequence-batch.ts";

describe("laying rows side by side", () => {
  const rows = [[5, 6, 7], [8]];

  it("gives every position its token and the two before it, the pad token before the start", () => {
    const batch = sequenceBatch(rows, false);
    expect([...batch.tokens]).toEqual([5, 6, 7, 8]);
    expect([...batch.previous]).toEqual([0, 5, 6, 0]);
    expect([...batch.secondPrevious]).toEqual([0, 0, 5, 0]);
    expect([...batch.rowStarts]).toEqual([0, 3, 4]);
  });

  it("fills rows up to the longest where plain ops need a rectangle", () => {
    const batch = sequenceBatch(rows, true);
    expect([...batch.tokens]).toEqual([5, 6, 7, 8, 0, 0]);
    expect([...batch.rowStarts]).toEqual([0, 3, 6]);
  });
});

describe("micro-batches", () => {
  it("hold every row once, never more positions than allowed, and similar lengths together", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }), (lengths) => {
        const batches = microBatches(lengths, 1000);
        expect(batches.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
        for (const batch of batches) expect(batch.length * lengths[batch[0]!]!).toBeLessThanOrEqual(1000);
        const sorted = batches.flat().map((i) => lengths[i]!);
        expect(sorted).toEqual([...sorted].sort((a, b) => b - a));
      }),
    );
  });

  it("let a row that is too long go alone", () => {
    expect(microBatches([5, 2000, 7], 1000)).toEqual([[1], [2, 0]]);
  });
});

describe("validation", () => {
  const limits = { vocabularySize: 10, contextLength: 4 };

  it("refuses tokens outside the vocabulary and sequences that are empty or too long", () => {
    expect(() => validateSequence("test", [1, 9], limits)).not.toThrow();
    for (const tokens of [[], [1, 2, 3, 4, 5], [10], [-1], [1.5], [NaN]]) {
      expect(() => validateSequence("test", tokens, limits)).toThrow(ShapeError);
    }
  });

  it("refuses positions that do not ascend inside the sequence", () => {
    expect(() => validatePositions("test", [1, 3], 4)).not.toThrow();
    for (const positions of [[0], [2, 2], [3, 1], [4], [1.5], [NaN]]) {
      expect(() => validatePositions("test", positions, 4)).toThrow(ShapeError);
    }
  });
});
