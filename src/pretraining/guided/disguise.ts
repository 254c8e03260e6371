/**
 * @file Worlds under other names. A disguise swaps words within classes (rooms, colours, animals, …) in everything the
 * agent reads and writes, so that what the corpus shows is true in its world and holds no fact of the real ones: where
 * things stand, what mixes to what, what lives longest, what conducts, at what heat something melts.
 */
import type { Random } from "../../core/base/random.ts";
import { ROOM_NAMES } from "../../core/envs/science/world.ts";
import { wordsOf } from "../../core/text/vocabulary.ts";

/** Words that keep their meaning because the same word stands for something else too, or names itself by its state. */
const FIXED: ReadonlySet<string> = new Set([
  "orange",
  "gold",
  "unknown",
  "paper",
  "paint",
  "bee",
  "tree",
  "soil",
  "flower",
  "fruit",
]);

const CLASSES: readonly (readonly string[])[] = [
  ROOM_NAMES,
  wordsOf("colours"),
  wordsOf("animals"),
  [...wordsOf("plants"), "apple", "banana"],
  wordsOf("substances"),
  ["dough", "rust", "acetate", "smores", "sandwich", "nuts", "salad", "bread", "peanut", "jam", "marshmallow"],
  ["almond", "cashew", "potato", "apricot"],
  wordsOf("letters"),
  ["foil", "plastic", "rubber", "glass", "leather", "candle", "sandpaper", "cloth", "wood"],
  ["tall", "short"],
  ["round", "wrinkly"],
].map((words) => words.filter((word) => !FIXED.has(word)));

/** Swaps words in a text, and back. */
export interface Disguise {
  readonly apply: (text: string) => string;
  readonly undo: (text: string) => string;
}

/** A random disguise: a permutation of each class. */
export function randomDisguise(random: Random): Disguise {
  const told = new Map<string, string>();
  const meant = new Map<string, string>();
  for (const words of CLASSES) {
    const shuffled = random.shuffled(words);
    words.forEach((word, i) => {
      told.set(word, shuffled[i]!);
      meant.set(shuffled[i]!, word);
    });
  }
  return { apply: (text) => swap(text, told), undo: (text) => swap(text, meant) };
}

function swap(text: string, words: ReadonlyMap<string, string>): string {
  return text
    .split(" ")
    .map((word) => words.get(word) ?? word)
    .join(" ");
}
