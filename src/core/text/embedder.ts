/**
 * @file State embeddings: the binary bag of words of a text, of unit length. It stands in for the sentence embedder
 * of the paper (all-MiniLM-L6-v2, App. F.1); it is stored as the sorted set of its words.
 */

/** A binary bag of words: distinct token ids, ascending. */
export type Embedding = readonly number[];

/** The embedding of a text's tokens. */
export function embed(tokens: Iterable<number>): Embedding {
  return [...new Set(tokens)].sort((a, b) => a - b);
}

/** Cosine similarity of two bags of words, 0…1; 0 if either is empty. */
export function cosineSimilarity(a: Embedding, b: Embedding): number {
  if (a.length === 0 || b.length === 0) return 0;
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const difference = a[i]! - b[j]!;
    if (difference === 0) shared += 1;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return shared / Math.sqrt(a.length * b.length);
}
