/** @file Lucene's English analyser, for text in letters, digits and apostrophes: words, possessives, stop words, stems. */
import { stem } from "./porter-stemmer.ts";

/** Lucene's English stop words. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with".split(
    " ",
  ),
);

/** Words of a text: letters and digits, with apostrophes inside and points between digits. */
const WORD = /[\p{L}\p{N}_]+(?:['’][\p{L}\p{N}_]+|(?<=\p{N})[.,](?=\p{N})\p{N}+)*/gu;

/** Turns texts into index terms and remembers what became of each word. */
export class Analyser {
  readonly #terms = new Map<string, string | null>();

  /** The terms of a text, in order, with repeats. */
  terms(text: string): string[] {
    const terms: string[] = [];
    for (const word of text.toLowerCase().match(WORD) ?? []) {
      const term = this.#term(word);
      if (term !== null) terms.push(term);
    }
    return terms;
  }

  #term(word: string): string | null {
    let term = this.#terms.get(word);
    if (term === undefined) {
      const plain = word.replace(/['’]s$/, "");
      term = STOP_WORDS.has(plain) ? null : stem(plain);
      this.#terms.set(word, term);
    }
    return term;
  }
}
