/** @file The memory M of tips (§4.1): one bucket per task variation, retrieval by similarity, best score first. */
import { ConfigError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { cosineSimilarity, type Embedding } from "../text/embedder.ts";
import type { Tip } from "./tip.ts";

/** How tips are found for a state. */
export interface RetrievalConfig {
  /** Only tips more similar than this. Reference code: 0.5. */
  readonly minSimilarity: number;
  /** At most this many. Paper: 10. */
  readonly retrievalSize: number;
}

/** A tip found for a state, and how similar its key is, 0…1. */
export interface RetrievedTip {
  readonly tip: Tip;
  readonly similarity: number;
}

/**
 * Retr(o; M): the tips most useful in a state (§4.2): similar enough, best score first, pinned before others of the
 * same score, remaining ties in random order.
 */
export function retrieveTips(
  tips: readonly Tip[],
  state: Embedding,
  { minSimilarity, retrievalSize }: RetrievalConfig,
  random: Random,
): RetrievedTip[] {
  const similar = tips
    .map((tip) => ({ tip, similarity: cosineSimilarity(tip.key, state) }))
    .filter(({ similarity }) => similarity > minSimilarity);
  return random
    .shuffled(similar)
    .sort((a, b) => b.tip.score - a.tip.score || Number(b.tip.pinned) - Number(a.tip.pinned))
    .slice(0, retrievalSize);
}

function hasSameText(a: Pick<Tip, "tokens">, b: Pick<Tip, "tokens">): boolean {
  return a.tokens.length === b.tokens.length && a.tokens.every((token, i) => token === b.tokens[i]);
}

/** What a new tip needs; the memory gives it its id. */
export type NewTip = Pick<Tip, "bucket" | "tokens" | "score" | "iteration" | "key" | "author">;

/** Everything the memory holds, as plain data for a checkpoint. */
export interface TipMemoryState {
  readonly nextId: number;
  readonly tips: readonly Tip[];
}

/** The tips of a run, in order of writing. */
export class TipMemory {
  #tips = new Map<number, Tip>();
  /** Ids of each bucket's tips, in the same order. */
  #buckets = new Map<string, Set<number>>();
  #nextId = 1;

  /** The memory that `state()` described. */
  static fromState(state: TipMemoryState): TipMemory {
    const memory = new TipMemory();
    memory.#nextId = state.nextId;
    for (const tip of state.tips) memory.#put(tip);
    return memory;
  }

  state(): TipMemoryState {
    return { nextId: this.#nextId, tips: this.list() };
  }

  /** All tips, oldest first. */
  list(): Tip[] {
    return [...this.#tips.values()];
  }

  find(tipId: number): Tip | undefined {
    return this.#tips.get(tipId);
  }

  /** The bucket's tip of this text. */
  withText(bucket: string, tokens: readonly number[]): Tip | undefined {
    return this.bucket(bucket).find((tip) => hasSameText(tip, { tokens }));
  }

  get size(): number {
    return this.#tips.size;
  }

  /** The tips of one task variation, oldest first. */
  bucket(bucket: string): Tip[] {
    return [...(this.#buckets.get(bucket) ?? [])].map((id) => this.#tips.get(id)!);
  }

  /**
   * Adds a tip and drops the oldest unpinned ones over the capacity.
   *
   * @returns the tip, or null if the bucket has the same text already (App. F.1: no exact duplicates)
   */
  add(tip: NewTip, bucketCapacity: number): Tip | null {
    const bucket = this.bucket(tip.bucket);
    if (bucket.some((other) => hasSameText(other, tip))) return null;
    const added: Tip = { ...tip, id: this.#nextId++, pinned: false, retrievedCount: 0 };
    this.#put(added);
    const droppable = bucket.filter(({ pinned }) => !pinned);
    const excess = bucket.length + 1 - bucketCapacity;
    for (const { id } of droppable.slice(0, Math.max(0, excess))) this.#drop(id);
    return added;
  }

  /** Puts back a tip as it was, under its own id. */
  restore(tip: Tip): void {
    const others = this.list().filter(({ id }) => id !== tip.id);
    this.clear();
    for (const each of [...others, tip].sort((a, b) => a.id - b.id)) this.#put(each);
    this.#nextId = Math.max(this.#nextId, tip.id + 1);
  }

  /** @throws {ConfigError} if there is no such tip */
  remove(tipId: number): void {
    this.#drop(this.#require(tipId, "remove").id);
  }

  /** @throws {ConfigError} if there is no such tip */
  setPinned(tipId: number, pinned: boolean): void {
    this.#put({ ...this.#require(tipId, "pin"), pinned });
  }

  /** @throws {ConfigError} if there is no such tip */
  rewrite(tipId: number, tokens: readonly number[]): void {
    this.#put({ ...this.#require(tipId, "rewrite"), tokens, author: "person" });
  }

  /** Counts that the tips were shown; tips removed in the meantime are passed over. */
  countRetrievals(tipIds: Iterable<number>): void {
    for (const id of tipIds) {
      const tip = this.#tips.get(id);
      if (tip !== undefined) this.#put({ ...tip, retrievedCount: tip.retrievedCount + 1 });
    }
  }

  clear(): void {
    this.#tips.clear();
    this.#buckets.clear();
  }

  /** Adds a tip at the end, or changes one at its place; a tip never changes its bucket. */
  #put(tip: Tip): void {
    this.#tips.set(tip.id, tip);
    const ids = this.#buckets.get(tip.bucket);
    if (ids === undefined) this.#buckets.set(tip.bucket, new Set([tip.id]));
    else ids.add(tip.id);
  }

  #drop(tipId: number): void {
    const tip = this.#tips.get(tipId)!;
    this.#tips.delete(tipId);
    this.#buckets.get(tip.bucket)!.delete(tipId);
  }

  #require(tipId: number, operation: string): Tip {
    const tip = this.#tips.get(tipId);
    if (tip === undefined) throw new ConfigError(`memory ${operation}: an existing tip, got id ${tipId}`);
    return tip;
  }
}
