/** @file Writes whole turns on the GPU with the turn kernel, in pieces short enough that no driver loses patience. */
import type { Writer, Writing } from "../decoding-batch.ts";
import { isUnfinished, recordToken } from "../decoding-batch.ts";
import { PAD_TOKEN } from "../sequence-batch.ts";
import type { DecodePlan, TurnRequest } from "./decode-plan.ts";

/** Tokens that one dispatch reads, and tokens that it writes, at most, for each request. */
const MAX_PIECE = 64;

/** Implements {@link Writer} with a {@link DecodePlan}. */
export class TurnWriter implements Writer {
  readonly #plan: DecodePlan;
  readonly #refreshWeights: () => void;
  readonly #cache: GPUBuffer;

  /**
   * @param refreshWeights called before every turn
   * @param cache of the plan; destroyed by `close`
   */
  constructor(plan: DecodePlan, refreshWeights: () => void, cache: GPUBuffer) {
    this.#plan = plan;
    this.#refreshWeights = refreshWeights;
    this.#cache = cache;
  }

  async write(writings: readonly Writing[]): Promise<void> {
    this.#refreshWeights();
    for (;;) {
      const open = writings.filter((writing) => unreadTokens(writing) > 0);
      if (open.length === 0) return;
      const pieces = open.map(pieceOf);
      const answers = await this.#plan.run(this.#cache, pieces);
      open.forEach((writing, i) => {
        const { tokens, logProbs, entropies } = answers[i]!;
        tokens.forEach((token, k) => recordToken(writing, token, logProbs[k]!, entropies[k]!));
        // The last written token is read by the next piece or the next turn.
        writing.episode.cached += pieces[i]!.tokens.length + Math.max(tokens.length - 1, 0);
      });
    }
  }

  close(): void {
    this.#cache.destroy();
  }
}

/** Tokens the kernel has to read before this request is answered; a request that only reads keeps its last one. */
function unreadTokens(writing: Writing): number {
  const { request, episode } = writing;
  const unread = episode.tokens.length - episode.cached;
  if (request.maxTokens === 0) return unread - 1;
  return isUnfinished(writing) ? unread : 0;
}

function pieceOf(writing: Writing): TurnRequest {
  const { request, episode } = writing;
  const unread = unreadTokens(writing);
  const reading = Math.min(unread, MAX_PIECE);
  const start = episode.cached;
  const writesNow = reading === unread && request.maxTokens > 0;
  const left = request.maxTokens - writing.tokens.length;
  return {
    ...request,
    tokens: episode.tokens.slice(start, start + reading),
    start,
    before: [episode.tokens[start - 1] ?? PAD_TOKEN, episode.tokens[start - 2] ?? PAD_TOKEN],
    writing: writesNow ? Math.min(left, MAX_PIECE) : 0,
    firstIndex: writing.tokens.length,
  };
}
