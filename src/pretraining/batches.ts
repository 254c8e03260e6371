/** @file The corpus as training batches: rows of similar length together, so that little is padded. */
import type { Random } from "../core/base/random.ts";
import type { LanguageModelRow, OptimizerConfig } from "../core/policy/policy.ts";
import type { CorpusEpisode } from "./episode.ts";

/** Chains longer than the context are left out; this many batches are sorted together. */
const BATCHES_PER_POOL = 24;

/** Makes a chain of episodes from a stream of its own. */
export type ChainSource = (random: Random) => readonly CorpusEpisode[];

/** An endless, seeded supply of batches. */
export class CorpusBatches {
  readonly #random: Random;
  readonly #source: ChainSource;
  readonly #rowsPerBatch: number;
  readonly #maxTokens: number;
  #chainCount = 0;
  #pool: LanguageModelRow[][] = [];

  constructor(
    random: Random,
    source: ChainSource,
    size: { readonly rowsPerBatch: number; readonly maxTokens: number },
  ) {
    this.#random = random;
    this.#source = source;
    this.#rowsPerBatch = size.rowsPerBatch;
    this.#maxTokens = size.maxTokens;
  }

  /** The next batch of rows. */
  next(): LanguageModelRow[] {
    if (this.#pool.length === 0) this.#fill();
    return this.#pool.pop()!;
  }

  #fill(): void {
    const wanted = BATCHES_PER_POOL * this.#rowsPerBatch;
    const rows: LanguageModelRow[] = [];
    while (rows.length < wanted) {
      const chain = this.#source(this.#random.fork(`chain ${this.#chainCount++}`));
      rows.push(...chain.map(({ row }) => row).filter(({ tokens }) => tokens.length <= this.#maxTokens));
    }
    const sorted = rows.slice(0, wanted).sort((a, b) => a.tokens.length - b.tokens.length);
    const batches = Array.from({ length: BATCHES_PER_POOL }, (_, i) =>
      sorted.slice(i * this.#rowsPerBatch, (i + 1) * this.#rowsPerBatch),
    );
    this.#pool = this.#random.fork(`pool ${this.#chainCount}`).shuffled(batches);
  }
}

/** So many rows of a corpus, drawn afresh from `random`; those longer than `maxTokens` are left out. */
export function corpusRows(
  random: Random,
  source: ChainSource,
  { count, maxTokens }: { readonly count: number; readonly maxTokens: number },
): LanguageModelRow[] {
  const rows: LanguageModelRow[] = [];
  for (let chain = 0; rows.length < count; chain++) {
    const episodes = source(random.fork(`chain ${chain}`));
    rows.push(...episodes.map(({ row }) => row).filter(({ tokens }) => tokens.length <= maxTokens));
  }
  return rows.slice(0, count);
}

/** AdamW of pretraining at a fraction 0…1 of the run: warm-up, then cosine down to 3 % (learning-recipe.md §3). */
export function pretrainingOptimizer(fraction: number, step: number, peakLearningRate: number): OptimizerConfig {
  const warmUp = Math.min(1, (step + 1) / 100);
  const cosine = Math.max(0.03, 0.5 * (1 + Math.cos(Math.PI * Math.min(1, fraction))));
  return {
    learningRate: peakLearningRate * warmUp * cosine,
    beta1: 0.9,
    beta2: 0.98,
    weightDecay: 0.01,
    maxGradNorm: 1,
  };
}

/** Sums of −log π by what the token is, for monitoring. */
export interface CrossEntropySums {
  action: number;
  actionCount: number;
  tip: number;
  tipCount: number;
}

/** Adds the log-probs of a batch to the sums: weights of at least 1 are actions, those of exactly `tipWeight` tips. */
export function addCrossEntropy(
  sums: CrossEntropySums,
  rows: readonly LanguageModelRow[],
  logProbs: readonly Float32Array[],
  tipWeight: number,
): void {
  rows.forEach(({ weights }, i) => {
    weights.forEach((weight, position) => {
      if (weight < 1) return;
      const loss = -logProbs[i]![position]!;
      if (weight === tipWeight) {
        sums.tip += loss;
        sums.tipCount += 1;
      } else {
        sums.action += loss;
        sums.actionCount += 1;
      }
    });
  });
}
