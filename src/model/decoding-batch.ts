/** @file Open episodes: their tokens, what may be asked of them, and who answers. */
import { ConfigError, NotFiniteError, ShapeError } from "../core/base/errors.ts";
import type { Completion, DecodingBatch, GenerateRequest, ModelConfig } from "../core/policy/policy.ts";
import { validateSequence } from "./sequence-batch.ts";

/** An episode's tokens. The cache holds all but the last, because only reading the last tells what comes next. */
export interface Episode {
  readonly tokens: number[];
  cached: number;
}

/** A request while it is answered. The request's tokens are already appended to the episode. */
export interface Writing {
  readonly request: GenerateRequest;
  readonly episode: Episode;
  readonly tokens: number[];
  readonly logProbs: number[];
  readonly entropies: number[];
}

/** Answers requests against a cache. */
export interface Writer {
  /** Reads what is new in each episode, writes, and records both; for `maxTokens` 0 it may leave one token unread. */
  write(writings: readonly Writing[]): Promise<void>;
  /** Frees the cache. */
  close(): void;
}

/** Implements {@link DecodingBatch}: only the requested episodes are computed, and those that stopped leave the batch. */
export class TransformerDecodingBatch implements DecodingBatch {
  readonly #config: ModelConfig;
  readonly #writer: Writer;
  readonly #episodes: readonly Episode[];
  #isClosed = false;
  #isBusy = false;

  constructor(config: ModelConfig, writer: Writer, episodeCount: number) {
    this.#config = config;
    this.#writer = writer;
    this.#episodes = Array.from({ length: episodeCount }, () => ({ tokens: [], cached: 0 }));
  }

  /**
   * Appends and writes. Throws before anything changed if a request does not fit.
   *
   * @throws {ShapeError} if tokens and completion would exceed the context length, however early the writing may stop
   */
  async generate(requests: readonly GenerateRequest[]): Promise<Completion[]> {
    if (this.#isClosed || this.#isBusy) {
      throw new ConfigError(`generate: an open batch that is at rest, got a ${this.#isClosed ? "closed" : "busy"} one`);
    }
    this.#validate(requests);
    this.#isBusy = true;
    try {
      return await this.#generate(requests);
    } finally {
      this.#isBusy = false;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#writer.close();
  }

  async #generate(requests: readonly GenerateRequest[]): Promise<Completion[]> {
    const writings = requests.map((request): Writing => {
      const episode = this.#episodes[request.episode]!;
      takeBack(episode, request.forget ?? 0);
      for (const token of request.append) episode.tokens.push(token);
      return { request, episode, tokens: [], logProbs: [], entropies: [] };
    });
    await this.#writer.write(writings);
    return writings.map(({ tokens, logProbs, entropies }) => ({ tokens, logProbs, entropies }));
  }

  #validate(requests: readonly GenerateRequest[]): void {
    const seen = new Set<number>();
    for (const request of requests) {
      const episode = this.#episodes[request.episode];
      if (episode === undefined || seen.has(request.episode)) {
        throw new ShapeError(`generate: each episode below ${this.#episodes.length} once, got ${request.episode}`);
      }
      seen.add(request.episode);
      this.#validateRequest(request, episode);
    }
  }

  #validateRequest(request: GenerateRequest, episode: Episode): void {
    const { append, maxTokens, temperature, forget = 0 } = request;
    const kept = episode.tokens.length - forget;
    if (!(temperature >= 0 && temperature < Infinity)) {
      throw new ConfigError(`generate: a temperature of at least 0, got ${temperature}`);
    }
    if (!Number.isSafeInteger(maxTokens) || maxTokens < 0) {
      throw new ConfigError(`generate: a number of tokens, got ${maxTokens}`);
    }
    if (!Number.isSafeInteger(forget) || forget < 0 || kept < 0) {
      throw new ShapeError(`generate: at most ${episode.tokens.length} tokens to forget, got ${forget}`);
    }
    if (kept + append.length === 0) throw new ShapeError("generate: something to read, got nothing");
    const { contextLength } = this.#config;
    const length = kept + append.length + maxTokens;
    if (length > contextLength) throw new ShapeError(`generate: at most ${contextLength} tokens in all, got ${length}`);
    if (append.length > 0) validateSequence("generate", append, this.#config);
  }
}

/** Forgets the episode's last tokens. The cache keeps them until others take their place; no one looks at them. */
function takeBack(episode: Episode, count: number): void {
  if (count === 0) return;
  episode.tokens.length -= count;
  // The last token left is read again, because only reading it tells what comes next.
  episode.cached = Math.min(episode.cached, Math.max(0, episode.tokens.length - 1));
}

/** Records a written token. */
export function recordToken(writing: Writing, token: number, logProb: number, entropy: number): void {
  if (!Number.isFinite(logProb)) throw new NotFiniteError(`generate: finite logits, got log-prob ${logProb}`);
  writing.episode.tokens.push(token);
  writing.tokens.push(token);
  writing.logProbs.push(logProb);
  writing.entropies.push(entropy);
}

/** Whether a request may write more. */
export function isUnfinished({ request, tokens }: Writing): boolean {
  return tokens.length < request.maxTokens && (tokens.length === 0 || !request.stopTokens.includes(tokens.at(-1)!));
}
