import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/core/base/errors.ts";
import { decode, encode, TOKEN, unknownWords, wordsIn } from "../../../src/core/text/tokenizer.ts";
import { VOCABULARY_SIZE, wordId, WORDS, wordsOf } from "../../../src/core/text/vocabulary.ts";

const FROZEN = readFileSync(join(import.meta.dirname, "../../golden/vocabulary.txt"), "utf8")
  .trim()
  .split(/\s+/);
const SOME_WORDS = fc.array(fc.constantFrom(...WORDS), { maxLength: 20 });

describe("the vocabulary", () => {
  it("has at most 512 words, each once, in lower case and without white space", () => {
    expect(VOCABULARY_SIZE).toBe(512);
    expect(WORDS.length).toBeLessThanOrEqual(VOCABULARY_SIZE);
    expect(new Set(WORDS).size).toBe(WORDS.length);
    for (const word of WORDS) expect(word).toMatch(/^[^\sA-Z]+$/);
  });

  it("begins with the words that released checkpoints know, in their order", () => {
    expect(FROZEN.length).toBeGreaterThan(400);
    expect(WORDS.slice(0, FROZEN.length)).toEqual(FROZEN);
  });

  it("finds every word by its id and no other", () => {
    WORDS.forEach((word, id) => {
      expect(wordId(word)).toBe(id);
    });
    expect(wordId("xylophone")).toBeUndefined();
    expect(wordId("toString")).toBeUndefined();
  });

  it("gives the words of a group in order", () => {
    expect(wordsOf("digits").slice(0, 3)).toEqual(["0", "1", "2"]);
    for (const colour of wordsOf("colours")) expect(wordId(colour)).toBeDefined();
  });
});

describe("the tokenizer", () => {
  it("gives back any text of its words", () => {
    fc.assert(
      fc.property(SOME_WORDS, (words) => {
        expect(decode(encode(words.join(" ")))).toBe(words.join(" "));
      }),
    );
  });

  it("knows neither case nor kinds of white space", () => {
    expect(encode("  Look\tAROUND \n")).toEqual(encode("look around"));
    expect(wordsIn(" \n ")).toEqual([]);
    expect(encode("")).toEqual([]);
  });

  it("names the word it does not know", () => {
    expect(() => encode("look at the xylophone")).toThrow(ConfigError);
    expect(() => encode("look at the xylophone")).toThrow('got "xylophone"');
  });

  it("lists unknown words once, in order, and nothing else", () => {
    expect(unknownWords("The zebra and THE yak saw a zebra")).toEqual(["zebra", "yak", "saw"]);
    fc.assert(fc.property(SOME_WORDS, (words) => unknownWords(words.join(" ")).length === 0));
  });

  it("shows ids without a word in brackets", () => {
    expect(decode([encode("look")[0]!, 511, 9999])).toBe("look <511> <9999>");
  });

  it("has seven different tokens of its own at the start of the vocabulary", () => {
    expect(Object.values(TOKEN).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(decode([TOKEN.bos, TOKEN.tipStart, TOKEN.tipEnd, TOKEN.summary, TOKEN.prompt, TOKEN.actionEnd])).toBe(
      "<bos> <tip> </tip> <sum> > <end>",
    );
  });
});
