/**
 * @file Writes token by token: one pass through the model for all live requests, then the host draws. The first pass
 * reads everything that is new; requests that stopped leave the batch.
 */
import type { Writer, Writing } from "./decoding-batch.ts";
import { isUnfinished, recordToken } from "./decoding-batch.ts";
import { decodeSegments } from "./decoder.ts";
import type { DeviceWeights } from "./device-weights.ts";
import type { KvCache, Segment } from "./kv-cache.ts";
import { drawToken, tokenUniform } from "./sampler.ts";

/** Implements {@link Writer} on any backend. */
export class StepwiseWriter implements Writer {
  readonly #cache: KvCache;
  readonly #weights: () => DeviceWeights;

  /** @param weights the current weights, asked for at every pass */
  constructor(cache: KvCache, weights: () => DeviceWeights) {
    this.#cache = cache;
    this.#weights = weights;
  }

  async write(writings: readonly Writing[]): Promise<void> {
    this.#readOnly(writings.filter(({ request }) => request.maxTokens === 0));
    let live = writings.filter(isUnfinished);
    while (live.length > 0) {
      await this.#writeOne(live);
      live = live.filter(isUnfinished);
    }
  }

  close(): void {
    this.#cache.dispose();
  }

  /** All but the last token: the next call reads that together with its own. */
  #readOnly(writings: readonly Writing[]): void {
    const unread = writings.filter(({ episode }) => episode.tokens.length - episode.cached > 1);
    if (unread.length === 0) return;
    this.#decode(unread.map((writing) => segmentOf(writing, writing.episode.tokens.slice(0, -1)))).dispose();
    for (const { episode } of unread) episode.cached = episode.tokens.length - 1;
  }

  async #writeOne(live: readonly Writing[]): Promise<void> {
    const logits = this.#decode(live.map((writing) => segmentOf(writing, writing.episode.tokens)));
    const vocabularySize = logits.shape[1];
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    live.forEach((writing, row) => {
      const { temperature, key, turn } = writing.request;
      const own = values.subarray(row * vocabularySize, (row + 1) * vocabularySize);
      const { token, logProb, entropy } = drawToken(own, temperature, tokenUniform(key, turn, writing.tokens.length));
      writing.episode.cached = writing.episode.tokens.length;
      recordToken(writing, token, logProb, entropy);
    });
  }

  #decode(segments: readonly Segment[]) {
    return decodeSegments(this.#weights(), this.#cache, segments);
  }
}

function segmentOf({ request, episode }: Writing, tokens: readonly number[]): Segment {
  return { episode: request.episode, tokens, start: episode.cached };
}
