/**
 * @file Full-text search: BM25 as Lucene 8 computes it (`BM25Similarity`), in single precision and with its
 * one-byte document lengths, so that scores and ties are the same in every engine.
 */
import { Analyser } from "./analyser.ts";

/** Term saturation and length normalisation: Pyserini's defaults. */
const K1 = 0.9;
const B = 0.4;
/** Lengths up to here are stored exactly. */
const EXACT_LENGTHS = 24;
const { fround } = Math;

/** A found document. */
export interface SearchHit {
  /** Position of the document. */
  readonly document: number;
  readonly score: number;
}

/** Where a term stands: documents in ascending order, and how often in each. */
interface Postings {
  readonly documents: number[];
  readonly counts: number[];
}

/**
 * The length that Lucene's norm byte stands for: exact below 24; above, what exceeds 24 keeps its four leading bits.
 */
export function storedLength(length: number): number {
  const rest = length - EXACT_LENGTHS;
  if (rest < 16) return length;
  const step = 2 ** (28 - Math.clz32(rest));
  return EXACT_LENGTHS + Math.floor(rest / step) * step;
}

/** Inverse document frequency of a term in `documentsWithTerm` of `documentCount` documents, float32. */
export function inverseDocumentFrequency(documentsWithTerm: number, documentCount: number): number {
  return fround(Math.log(1 + (documentCount - documentsWithTerm + 0.5) / (documentsWithTerm + 0.5)));
}

/** What a term adds to the score of a document in which it stands `count` times, float32; `lengthNorm` inverse. */
function termScore(weight: number, count: number, inverseLengthNorm: number): number {
  return fround(weight - fround(weight / fround(1 + fround(count * inverseLengthNorm))));
}

/** An index over documents, numbered as they come. */
export class SearchIndex {
  readonly #analyser = new Analyser();
  readonly #postings = new Map<string, Postings>();
  /** 1 / (k1 · (1 − b + b · length / mean length)) per document. */
  readonly #inverseLengthNorms: Float32Array;
  /** Scores of the search under way; zero between searches. */
  readonly #scores: Float64Array;

  constructor(documents: Iterable<string>) {
    const lengths: number[] = [];
    let termCount = 0;
    for (const text of documents) {
      const terms = this.#analyser.terms(text);
      for (const term of terms) this.#add(term, lengths.length);
      lengths.push(terms.length);
      termCount += terms.length;
    }
    const meanLength = fround(termCount / lengths.length);
    this.#inverseLengthNorms = Float32Array.from(lengths, (length) => {
      const relative = fround(fround(fround(B) * storedLength(length)) / meanLength);
      return 1 / fround(fround(K1) * fround(fround(1 - fround(B)) + relative));
    });
    this.#scores = new Float64Array(lengths.length);
  }

  /** Number of documents. */
  get size(): number {
    return this.#scores.length;
  }

  /**
   * The best documents for a bag of words: the better score first, at equal scores the earlier document. A word that
   * is asked for twice counts twice.
   */
  search(query: string, limit: number): SearchHit[] {
    const wanted = new Map<string, number>();
    for (const term of this.#analyser.terms(query)) wanted.set(term, (wanted.get(term) ?? 0) + 1);
    const found: number[] = [];
    for (const [term, boost] of wanted) this.#accumulate(term, boost, found);
    const best = bestOf(found, this.#scores, limit);
    for (const document of found) this.#scores[document] = 0;
    return best;
  }

  #add(term: string, document: number): void {
    const known = this.#postings.get(term);
    const postings: Postings = known ?? { documents: [], counts: [] };
    if (known === undefined) this.#postings.set(term, postings);
    if (postings.documents.at(-1) === document) postings.counts[postings.counts.length - 1]! += 1;
    else {
      postings.documents.push(document);
      postings.counts.push(1);
    }
  }

  #accumulate(term: string, boost: number, found: number[]): void {
    const postings = this.#postings.get(term);
    if (postings === undefined) return;
    const { documents, counts } = postings;
    const weight = fround(boost * inverseDocumentFrequency(documents.length, this.size));
    documents.forEach((document, i) => {
      if (this.#scores[document] === 0) found.push(document);
      this.#scores[document]! += termScore(weight, counts[i]!, this.#inverseLengthNorms[document]!);
    });
  }
}

function isBetter(a: SearchHit, b: SearchHit): boolean {
  return a.score > b.score || (a.score === b.score && a.document < b.document);
}

/** The best of the found documents, best first, by insertion: there are few places. */
function bestOf(found: readonly number[], scores: Float64Array, limit: number): SearchHit[] {
  const best: SearchHit[] = [];
  for (const document of found) {
    const hit: SearchHit = { document, score: fround(scores[document]!) };
    if (best.length === limit && !isBetter(hit, best[limit - 1]!)) continue;
    let place = best.length;
    while (place > 0 && isBetter(hit, best[place - 1]!)) place -= 1;
    best.splice(place, 0, hit);
    if (best.length > limit) best.pop();
  }
  return best;
}
