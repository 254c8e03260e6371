/**
 * @file Intrinsic reward (§4.1): 1/n, where n counts how often a similar state was reached. Computed from
 * observation text only, never from hidden state.
 */
import { cosineSimilarity, type Embedding } from "../text/embedder.ts";

/** A distinct state and how often one like it was reached. */
export interface SeenState {
  readonly state: Embedding;
  readonly count: number;
}

/** The distinct states per task variation, as plain data for a checkpoint. */
export type NoveltyState = readonly (readonly [bucket: string, states: readonly SeenState[]])[];

/** Counts the states of one episode on top of those of earlier iterations, so that the batch order does not matter. */
export interface EpisodeNovelty {
  /** Counts the state and returns its intrinsic reward 1/n, n including this time. */
  visit(state: Embedding): number;
}

/** Distinct states reached so far, by task variation. */
export class NoveltyTable {
  #buckets = new Map<string, { state: Embedding; count: number }[]>();

  /** The table that `state()` described. */
  static fromState(state: NoveltyState): NoveltyTable {
    const table = new NoveltyTable();
    for (const [bucket, states] of state)
      table.#buckets.set(
        bucket,
        states.map((seen) => ({ ...seen })),
      );
    return table;
  }

  state(): NoveltyState {
    return [...this.#buckets].map(([bucket, states]) => [bucket, states.map((seen) => ({ ...seen }))]);
  }

  /** Starts an episode; nothing is written to the table until {@link record}. */
  episode(bucket: string, minSimilarity: number): EpisodeNovelty {
    const past = this.#buckets.get(bucket) ?? [];
    const own: { state: Embedding; count: number }[] = [];
    return {
      visit: (state) => {
        const before = findSimilar(past, state, minSimilarity)?.count ?? 0;
        const seen = findSimilar(own, state, minSimilarity);
        if (seen === undefined) own.push({ state, count: 1 });
        else seen.count += 1;
        return 1 / (before + (seen?.count ?? 1));
      },
    };
  }

  /** Adds the states of a finished episode: counted with a similar one, or added to the list of distinct states. */
  record(bucket: string, states: readonly Embedding[], minSimilarity: number): void {
    const past = this.#buckets.get(bucket) ?? [];
    this.#buckets.set(bucket, past);
    for (const state of states) {
      const seen = findSimilar(past, state, minSimilarity);
      if (seen === undefined) past.push({ state, count: 1 });
      else seen.count += 1;
    }
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
