/**
 * @file How alike two short texts are, 0…100: `token_set_ratio` of thefuzz 0.19 over the matching blocks of Python's
 * difflib. The reward counts more than 85 as the same; its quirks (a subset of the words is 100) are WebShop's own.
 */

/** From this length on, difflib starts no block at characters that are frequent in the second text. */
const LONG_TEXT = 200;

/** A block of equal characters: where it starts in both texts, and its length. */
interface Block {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

/** Half-open ranges of both texts. */
interface Window {
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
}

/** Characters that stand in more than one percent of a long text. */
function frequentCharacters(text: string): ReadonlySet<string> {
  if (text.length < LONG_TEXT) return new Set();
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const limit = Math.floor(text.length / 100) + 1;
  return new Set([...counts].filter(([, count]) => count > limit).map(([character]) => character));
}

/** The longest block of equal characters; among several the first in `a`, then the first in `b`. */
function longestBlock(a: string, b: string, window: Window, ignored: ReadonlySet<string>): Block {
  const { aStart, aEnd, bStart, bEnd } = window;
  let best: Block = { a: aStart, b: bStart, size: 0 };
  let above = new Uint16Array(b.length + 1);
  for (let i = aStart; i < aEnd; i++) {
    const row = new Uint16Array(b.length + 1);
    for (let j = bStart; j < bEnd; j++) {
      if (a[i] !== b[j] || ignored.has(b[j]!)) continue;
      const size = above[j]! + 1;
      row[j + 1] = size;
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size };
    }
    above = row;
  }
  return ignored.size === 0 ? best : widened(a, b, window, best);
}

/** The block with the ignored characters around it that are equal too. */
function widened(a: string, b: string, { aStart, aEnd, bStart, bEnd }: Window, block: Block): Block {
  let { a: i, b: j, size } = block;
  while (i > aStart && j > bStart && a[i - 1] === b[j - 1]) {
    i -= 1;
    j -= 1;
    size += 1;
  }
  while (i + size < aEnd && j + size < bEnd && a[i + size] === b[j + size]) size += 1;
  return { a: i, b: j, size };
}

/** Characters in matching blocks (Ratcliff and Obershelp): the longest block, then the same left and right of it. */
function matchingCharacters(a: string, b: string): number {
  const ignored = frequentCharacters(b);
  const windows: Window[] = [{ aStart: 0, aEnd: a.length, bStart: 0, bEnd: b.length }];
  let matches = 0;
  for (let window = windows.pop(); window !== undefined; window = windows.pop()) {
    const { aStart, aEnd, bStart, bEnd } = window;
    const { a: i, b: j, size } = longestBlock(a, b, window, ignored);
    if (size === 0) continue;
    matches += size;
    windows.push({ aStart, aEnd: i, bStart, bEnd: j }, { aStart: i + size, aEnd, bStart: j + size, bEnd });
  }
  return matches;
}

/** The nearest whole number, halves to the even one, as Python rounds. */
function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below === 0.5) return below + (below % 2);
  return Math.round(value);
}

/** Similarity of two texts, 0…100: 2 · matching characters / both lengths, rounded. */
function ratio(a: string, b: string): number {
  if (a === b) return 100;
  if (a === "" || b === "") return 0;
  return roundHalfToEven(100 * ((2 * matchingCharacters(a, b)) / (a.length + b.length)));
}

/** Distinct words in lower case; everything but ASCII letters, digits and `_` separates. Other characters vanish. */
function wordSet(text: string): Set<string> {
  const plain = Array.from(text, (character) => (character.charCodeAt(0) < 128 ? character : "")).join("");
  return new Set(
    plain
      .toLowerCase()
      .split(/\W+/)
      .filter((word) => word !== ""),
  );
}

function joined(words: Iterable<string>): string {
  return [...words].sort().join(" ");
}

/** Similarity of two texts as sets of words, 0…100; 100 if the words of one are a subset of the other's. */
export function tokenSetRatio(first: string, second: string): number {
  const a = wordSet(first);
  const b = wordSet(second);
  if (a.size === 0 || b.size === 0) return 0;
  const common = joined([...a].filter((word) => b.has(word)));
  const commonAndA = `${common} ${joined([...a].filter((word) => !b.has(word)))}`.trim();
  const commonAndB = `${common} ${joined([...b].filter((word) => !a.has(word)))}`.trim();
  return Math.max(ratio(common, commonAndA), ratio(common, commonAndB), ratio(commonAndA, commonAndB));
}
