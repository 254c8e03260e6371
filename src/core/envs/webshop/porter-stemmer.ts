/**
 * @file Porter's stemmer (M. F. Porter, "An algorithm for suffix stripping", 1980), with the two changes that its
 * author made later and Lucene has too: `bli` → `ble` and `logi` → `log` in step 2.
 */

/** Suffix, what replaces it. Within a step no suffix stands after one that it ends with. */
type Rule = readonly [suffix: string, replacement: string];

const STEP_2: readonly Rule[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["izer", "ize"],
  ["bli", "ble"],
  ["alli", "al"],
  ["entli", "ent"],
  ["eli", "e"],
  ["ousli", "ous"],
  ["ization", "ize"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["iveness", "ive"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["aliti", "al"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["logi", "log"],
];

const STEP_3: readonly Rule[] = [
  ["icate", "ic"],
  ["ative", ""],
  ["alize", "al"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
];

const STEP_4: readonly string[] =
  "al ance ence er ic able ible ant ement ment ent sion tion ou ism ate iti ous ive ize".split(" ");

function isConsonant(word: string, i: number): boolean {
  const letter = word[i]!;
  if (letter === "y") return i === 0 || !isConsonant(word, i - 1);
  return !"aeiou".includes(letter);
}

/** Number of times a vowel is followed by a consonant. */
function measure(stem: string): number {
  let count = 0;
  for (let i = 1; i < stem.length; i++) if (isConsonant(stem, i) && !isConsonant(stem, i - 1)) count += 1;
  return count;
}

function hasVowel(stem: string): boolean {
  for (let i = 0; i < stem.length; i++) if (!isConsonant(stem, i)) return true;
  return false;
}

function endsInDoubleConsonant(word: string): boolean {
  const last = word.length - 1;
  return last >= 1 && word[last] === word[last - 1] && isConsonant(word, last);
}

/** Consonant, vowel, consonant at the end, the last not w, x or y: then a short syllable keeps its e. */
function endsInShortSyllable(word: string): boolean {
  const last = word.length - 1;
  if (last < 2 || "wxy".includes(word[last]!)) return false;
  return isConsonant(word, last) && !isConsonant(word, last - 1) && isConsonant(word, last - 2);
}

/** Without a plural s. */
function step1a(word: string): string {
  if (word.endsWith("sses") || word.endsWith("ies")) return word.slice(0, -2);
  return word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

/** Without -ed and -ing. */
function step1b(word: string): string {
  if (word.endsWith("eed")) return measure(word.slice(0, -3)) > 0 ? word.slice(0, -1) : word;
  const suffix = ["ed", "ing"].find((candidate) => word.endsWith(candidate));
  if (suffix === undefined) return word;
  const stem = word.slice(0, -suffix.length);
  if (!hasVowel(stem)) return word;
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem;
}

function step1c(word: string): string {
  return word.endsWith("y") && hasVowel(word.slice(0, -1)) ? `${word.slice(0, -1)}i` : word;
}

/** The first rule whose suffix fits, if something is left before it. */
function replaceSuffix(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const stem = word.slice(0, -rule[0].length);
  return measure(stem) > 0 ? stem + rule[1] : word;
}

function step4(word: string): string {
  const suffix = STEP_4.find((candidate) => word.endsWith(candidate));
  if (suffix === undefined) return word;
  // Of -sion and -tion the first letter stays.
  const kept = word.length - suffix.length + (suffix.endsWith("ion") ? 1 : 0);
  return measure(word.slice(0, kept)) > 1 ? word.slice(0, kept) : word;
}

function step5(word: string): string {
  let result = word;
  if (result.endsWith("e")) {
    const stem = result.slice(0, -1);
    const syllables = measure(stem);
    if (syllables > 1 || (syllables === 1 && !endsInShortSyllable(stem))) result = stem;
  }
  return result.endsWith("ll") && measure(result) > 1 ? result.slice(0, -1) : result;
}

/** The stem of a lower-case English word; words of one or two letters stay as they are. */
export function stem(word: string): string {
  if (word.length <= 2) return word;
  const inflected = step1c(step1b(step1a(word)));
  return step5(step4(replaceSuffix(replaceSuffix(inflected, STEP_2), STEP_3)));
}
