import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cosineSimilarity, embed } from "../../../src/core/text/embedder.ts";

const TOKENS = fc.array(fc.nat(40), { maxLength: 30 });

/** Cosine of 0/1 vectors, the long way. */
function denseCosine(a: readonly number[], b: readonly number[]): number {
  const dense = (tokens: readonly number[]) => Array.from({ length: 41 }, (_, id) => Number(tokens.includes(id)));
  const [u, v] = [dense(a), dense(b)];
  const product = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  const norms = Math.sqrt(product(u, u)) * Math.sqrt(product(v, v));
  return norms === 0 ? 0 : product(u, v) / norms;
}

describe("embeddings of texts", () => {
  it("are the distinct words, ascending", () => {
    expect(embed([5, 100, 5, 2, 10])).toEqual([2, 5, 10, 100]);
    expect(embed([])).toEqual([]);
  });

  it("have the cosine similarity of dense 0/1 vectors", () => {
    fc.assert(
      fc.property(TOKENS, TOKENS, (a, b) => {
        expect(cosineSimilarity(embed(a), embed(b))).toBeCloseTo(denseCosine(a, b), 12);
      }),
    );
  });

  it("are as similar one way as the other, fully to themselves, and not at all to nothing", () => {
    fc.assert(
      fc.property(TOKENS, TOKENS, (a, b) => {
        const [x, y] = [embed(a), embed(b)];
        expect(cosineSimilarity(x, y)).toBe(cosineSimilarity(y, x));
        expect(cosineSimilarity(x, x)).toBe(x.length === 0 ? 0 : 1);
        expect(cosineSimilarity(x, [])).toBe(0);
      }),
    );
  });

  it("know neither order nor repetition of words", () => {
    expect(cosineSimilarity(embed([1, 2, 3]), embed([3, 3, 2, 1, 1]))).toBe(1);
    // Two of three words shared by two of four: 2 / √12.
    expect(cosineSimilarity(embed([1, 2, 3]), embed([2, 3, 4, 5]))).toBeCloseTo(2 / Math.sqrt(12), 12);
  });
});
