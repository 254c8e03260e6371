import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Analyser } from "../../../../src/core/envs/webshop/analyser.ts";
import { inverseDocumentFrequency, SearchIndex, storedLength } from "../../../../src/core/envs/webshop/search-index.ts";

const TERMS = ["mug", "lamp", "red", "steel", "free"];

/** BM25 straight from its formula, in double precision. */
function slowScores(documents: readonly string[], query: string): number[] {
  const words = documents.map((text) => text.split(" "));
  const mean = words.reduce((sum, list) => sum + list.length, 0) / words.length;
  return words.map((list) => {
    let score = 0;
    for (const term of query.split(" ")) {
      const having = words.filter((other) => other.includes(term)).length;
      const idf = Math.log(1 + (words.length - having + 0.5) / (having + 0.5));
      const count = list.filter((word) => word === term).length;
      score += (idf * count) / (count + 0.9 * (1 - 0.4 + (0.4 * list.length) / mean));
    }
    return score;
  });
}

describe("the analyser", () => {
  it("lower-cases, drops stop words and possessives, and stems", () => {
    expect(new Analyser().terms("The Shoes: it's for a Runner's machine-wash, 2.5 and 8")).toEqual([
      "shoe",
      "runner",
      "machin",
      "wash",
      "2.5",
      "8",
    ]);
  });

  it("finds nothing in what holds no words", () => {
    expect(new Analyser().terms("  ,;!? the THE ")).toEqual([]);
  });
});

describe("the search", () => {
  const documents = ["red mug", "red mug mug steel", "steel lamp", "lamp"];

  it("scores by Lucene's BM25, as reckoned by hand", () => {
    // Lengths 2 4 2 1, mean 2.25; `mug` stands in 2 of 4 documents: idf = ln 2.
    expect(inverseDocumentFrequency(2, 4)).toBeCloseTo(0.6931472, 7);
    // Document 0: 0.6931 · 1 / (1 + 0.9 · (0.6 + 0.4 · 2 / 2.25)); document 1: 0.6931 · 2 / (2 + 0.9 · (0.6 + 0.4 · 4 / 2.25)).
    const hits = new SearchIndex(documents).search("mug", 10);
    expect(hits.map(({ document }) => document)).toEqual([1, 0]);
    expect(hits[0]!.score).toBeCloseTo(0.4359416, 6);
    expect(hits[1]!.score).toBeCloseTo(0.3726598, 6);
  });

  it("counts a word that is asked for twice twice", () => {
    const index = new SearchIndex(documents);
    const once = index.search("mug", 10);
    expect(index.search("mug mugs", 10).map(({ score }) => score)).toEqual(once.map(({ score }) => 2 * score));
  });

  it("adds the scores of the words, and needs no more than one of them", () => {
    const index = new SearchIndex(documents);
    expect(index.search("steel mug", 10)).toHaveLength(3);
    expect(index.search("steel mug", 10)[0]!.document).toBe(1);
    expect(index.search("pillow", 10)).toEqual([]);
    expect(index.search("", 10)).toEqual([]);
  });

  it("puts the earlier document first at equal scores, and stops at the limit", () => {
    const index = new SearchIndex(["mug red", "mug steel", "red mug", "lamp"]);
    expect(index.search("mug", 10).map(({ document }) => document)).toEqual([0, 1, 2]);
    expect(index.search("mug", 2).map(({ document }) => document)).toEqual([0, 1]);
  });

  it("agrees with the formula on short documents", () => {
    const text = fc.array(fc.constantFrom(...TERMS), { minLength: 1, maxLength: 12 }).map((words) => words.join(" "));
    const distinct = fc.uniqueArray(fc.constantFrom(...TERMS), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), distinct, (texts, words) => {
        const expected = slowScores(texts, words.join(" "));
        const hits = new SearchIndex(texts).search(words.join(" "), texts.length);
        expect(hits).toHaveLength(expected.filter((score) => score > 0).length);
        hits.forEach(({ document, score }, i) => {
          expect(Math.abs(score - expected[document]!)).toBeLessThan(1e-5);
          if (i > 0) expect(score).toBeLessThanOrEqual(hits[i - 1]!.score);
        });
      }),
    );
  });
});

describe("the stored length", () => {
  it("is exact up to 40, then cut to four leading bits above 24", () => {
    for (let length = 0; length <= 40; length++) expect(storedLength(length)).toBe(length);
    expect([41, 42, 55, 56, 59, 60, 100, 1000].map(storedLength)).toEqual([40, 42, 54, 56, 56, 60, 96, 984]);
  });

  it("has no more than 256 values, so that it fits a byte", () => {
    const values = new Set(Array.from({ length: 200_000 }, (_, length) => storedLength(length)));
    expect(values.size).toBeLessThan(256);
  });

  it("decides scores: documents of 56 and 59 words rank alike", () => {
    const long = (length: number) => ["mug", ...Array.from({ length: length - 1 }, (_, i) => `x${i}`)].join(" ");
    const [first, second, third] = new SearchIndex([long(59), long(56), long(60)]).search("mug", 3);
    expect([first!.document, second!.document, third!.document]).toEqual([0, 1, 2]);
    expect(first!.score).toBe(second!.score);
    expect(third!.score).toBeLessThan(first!.score);
  });
});
