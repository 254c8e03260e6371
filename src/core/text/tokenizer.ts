import { ConfigError } from "../base/errors.ts";
import { WORDS, wordId } from "./vocabulary.ts";

/** Ids of the tokens with a meaning of their own in a sequence. */
export const TOKEN = {
  pad: requiredId("<pad>"),
  /** Starts every sequence. */
  bos: requiredId("<bos>"),
  /** Opens a retrieved tip. */
  tipStart: requiredId("<tip>"),
  /** Closes a tip, retrieved or written. */
  tipEnd: requiredId("</tip>"),
  /** After the last observation: the policy now writes its tip. */
  summary: requiredId("<sum>"),
  /** The policy now writes an action. */
  prompt: requiredId(">"),
  /** The policy ends its action. */
  actionEnd: requiredId("<end>"),
} as const;

function requiredId(word: string): number {
  const id = wordId(word);
  if (id === undefined) throw new ConfigError(`tokenizer: a word of the vocabulary, got "${word}"`);
  return id;
}

/** Words of a text: lower case, separated by white space. */
export function wordsIn(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}

/** Words of a text that the policy cannot read, each once. */
export function unknownWords(text: string): string[] {
  return [...new Set(wordsIn(text).filter((word) => wordId(word) === undefined))];
}

/**
 * Token ids of a text, one per word.
 *
 * @throws {ConfigError} naming the first word that is not in the vocabulary
 */
export function encode(text: string): number[] {
  return wordsIn(text).map(requiredId);
}

/** The text of token ids; ids without a word read `<id>`. */
export function decode(tokens: Iterable<number>): string {
  return Array.from(tokens, (id) => WORDS[id] ?? `<${String(id)}>`).join(" ");
}
