/** @file Open episodes: their tokens on the host, their keys and values in a cache, and the writing loop. */
import type * as tf from "@tensorflow/tfjs-core";
import { ConfigError, DeviceError, ShapeError } from "../core/base/errors.ts";
import type { Completion, DecodingBatch, GenerateRequest, ModelConfig } from "../core/policy/policy.ts";
import type { Segment } from "./kv-cache.ts";
import { drawToken, tokenUniform } from "./sampler.ts";
import { validateSequence } from "./sequence-batch.ts";

/** What a batch needs of the model. */
export interface DecodingModel {
  readonly config: ModelConfig;
  /** Reads new tokens into the cache; logits after each segment's last token, [segments, vocabulary]. */
  decode(segments: readonly Segment[]): tf.Tensor2D;
  /** Frees the cache. */
  close(): void;
}

/** An episode's tokens. The cache holds all but the last, because only reading the last tells what comes next. */
interface Episode {
  readonly tokens: number[];
  cached: number;
}

/** A request while it is answered. */
interface Writing {
  readonly request: GenerateRequest;
  readonly episode: Episode;
  readonly tokens: number[];
  readonly logProbs: number[];
  readonly entropies: number[];
}

/** Implements {@link DecodingBatch}: only the requested episodes are computed, and those that stopped leave the batch. */
export class TransformerDecodingBatch implements DecodingBatch {
  readonly #model: DecodingModel;
  readonly #episodes: readonly Episode[];
  #isClosed = false;
  #isBusy = false;

  constructor(model: DecodingModel, episodeCount: number) {
    this.#model = model;
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
    this.#model.close();
  }

  async #generate(requests: readonly GenerateRequest[]): Promise<Completion[]> {
    const writings = requests.map((request): Writing => {
      const episode = this.#episodes[request.episode]!;
      for (const token of request.append) episode.tokens.push(token);
      return { request, episode, tokens: [], logProbs: [], entropies: [] };
    });
    this.#readOnly(writings.filter(({ request }) => request.maxTokens === 0));
    let live = writings.filter(({ request }) => request.maxTokens > 0);
    while (live.length > 0) {
      await this.#writeOne(live);
      live = live.filter(isUnfinished);
    }
    return writings.map(({ tokens, logProbs, entropies }) => ({ tokens, logProbs, entropies }));
  }

  /** Nothing to compute: the next call reads these tokens together with its own. */
  #readOnly(writings: readonly Writing[]): void {
    const segments = writings
      .filter(({ episode }) => episode.tokens.length - episode.cached > 1)
      .map(({ request, episode }) => ({
        episode: request.episode,
        tokens: episode.tokens.slice(0, -1),
        start: episode.cached,
      }));
    if (segments.length === 0) return;
    this.#model.decode(segments).dispose();
    for (const { episode, tokens } of segments) this.#episodes[episode]!.cached = tokens.length;
  }

  async #writeOne(live: readonly Writing[]): Promise<void> {
    const logits = this.#model.decode(
      live.map(({ request, episode }) => ({ episode: request.episode, tokens: episode.tokens, start: episode.cached })),
    );
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    const { vocabularySize } = this.#model.config;
    live.forEach(({ request, episode, ...written }, row) => {
      const { temperature, key, turn } = request;
      const uniform = tokenUniform(key, turn, written.tokens.length);
      const draw = drawToken(values.subarray(row * vocabularySize, (row + 1) * vocabularySize), temperature, uniform);
      if (!Number.isFinite(draw.logProb))
        throw new DeviceError(`generate: finite logits, got log-prob ${draw.logProb}`);
      episode.cached = episode.tokens.length;
      episode.tokens.push(draw.token);
      written.tokens.push(draw.token);
      written.logProbs.push(draw.logProb);
      written.entropies.push(draw.entropy);
    });
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

  #validateRequest({ append, maxTokens, temperature }: GenerateRequest, episode: Episode): void {
    if (!(temperature >= 0 && temperature < Infinity)) {
      throw new ConfigError(`generate: a temperature of at least 0, got ${temperature}`);
    }
    if (!Number.isSafeInteger(maxTokens) || maxTokens < 0) {
      throw new ConfigError(`generate: a number of tokens, got ${maxTokens}`);
    }
    if (episode.tokens.length + append.length === 0) throw new ShapeError("generate: something to read, got nothing");
    const { contextLength } = this.#model.config;
    const length = episode.tokens.length + append.length + maxTokens;
    if (length > contextLength) throw new ShapeError(`generate: at most ${contextLength} tokens in all, got ${length}`);
    if (append.length > 0) validateSequence("generate", append, this.#model.config);
  }
}

function isUnfinished({ request, tokens }: Writing): boolean {
  return tokens.length < request.maxTokens && !request.stopTokens.includes(tokens.at(-1)!);
}
