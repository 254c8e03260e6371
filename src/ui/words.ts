/** @file Lists that are filtered by words. */

/** Whether a text has all words of a filter, in any order and case; parts of words count. */
export function hasAllWords(text: string, filter: string): boolean {
  const lower = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
