/**
 * @file Intrinsic reward by counting (§4.1): 1/n, where n counts how often a similar state was reached; or 1/√n over
 * equal states (count bonus). Computed from observation text only, never from hidden state.
 */
import { cosineSimilarity, type Embedding } from "../text/embedder.ts";

/** Pays for states by how new they are. */
export interface NoveltyReward {
  /** Starts an episode of this bucket (task variation); nothing is learned until {@link record}. */
  episode(bucket: string, minSimilarity: number): EpisodeNovelty;
  /** Learns that the states of a finished episode were reached. */
  record(bucket: string, states: readonly Embedding[], minSimilarity: number): void;
}

/** Rewards of one episode on top of what earlier iterations reached, so that the batch order does not matter. */
export interface EpisodeNovelty {
  /** Counts the state and returns its intrinsic reward, this visit included. */
  visit(state: Embedding): number;
}

/** A distinct state and how often one like it was reached. */
export interface SeenState {
  readonly state: Embedding;
  readonly count: number;
}

/** The distinct states per task variation, as plain data for a checkpoint. */
export type NoveltyTableState = readonly (readonly [bucket: string, states: readonly SeenState[]])[];

/** How states are counted, and what a count n is worth. */
export type CountKind = "similar" | "equal";

/** A cosine over which two bags of words are equal. */
const EQUAL = 1 - 1e-9;

/** Distinct states reached so far, by task variation. */
export class NoveltyTable implements NoveltyReward {
  readonly #kind: CountKind;
  #buckets = new Map<string, { state: Embedding; count: number }[]>();

  /** @param kind `similar`: 1/n over similar states (the paper); `equal`: 1/√n over equal ones (Bellemare 2016) */
  constructor(kind: CountKind = "similar") {
    this.#kind = kind;
  }

  /** The table that `state()` described. */
  static fromState(state: NoveltyTableState, kind: CountKind = "similar"): NoveltyTable {
    const table = new NoveltyTable(kind);
    for (const [bucket, states] of state)
      table.#buckets.set(
        bucket,
        states.map((seen) => ({ ...seen })),
      );
    return table;
  }

  state(): NoveltyTableState {
    return [...this.#buckets].map(([bucket, states]) => [bucket, states.map((seen) => ({ ...seen }))]);
  }

  episode(bucket: string, minSimilarity: number): EpisodeNovelty {
    const threshold = this.#threshold(minSimilarity);
    const past = this.#buckets.get(bucket) ?? [];
    const own: { state: Embedding; count: number }[] = [];
    return {
      visit: (state) => {
        const before = findSimilar(past, state, threshold)?.count ?? 0;
        const seen = findSimilar(own, state, threshold);
        if (seen === undefined) own.push({ state, count: 1 });
        else seen.count += 1;
        const n = before + (seen?.count ?? 1);
        return this.#kind === "similar" ? 1 / n : 1 / Math.sqrt(n);
      },
    };
  }

  /** Adds the states of a finished episode: counted with a similar one, or added to the list of distinct states. */
  record(bucket: string, states: readonly Embedding[], minSimilarity: number): void {
    const threshold = this.#threshold(minSimilarity);
    const past = this.#buckets.get(bucket) ?? [];
    this.#buckets.set(bucket, past);
    for (const state of states) {
      const seen = findSimilar(past, state, threshold);
      if (seen === undefined) past.push({ state, count: 1 });
      else seen.count += 1;
    }
  }

  #threshold(minSimilarity: number): number {
    return this.#kind === "similar" ? minSimilarity : EQUAL;
  }
}

function findSimilar<Seen extends SeenState>(
  states: readonly Seen[],
  state: Embedding,
  minSimilarity: number,
): Seen | undefined {
  let best: Seen | undefined;
  let bestSimilarity = minSimilarity;
  for (const seen of states) {
    const similarity = cosineSimilarity(seen.state, state);
    if (similarity > bestSimilarity) {
      best = seen;
      bestSimilarity = similarity;
    }
  }
  return best;
}
