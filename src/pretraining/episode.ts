/**
 * @file What all families of the corpus share: the shape of a finished episode, its tokens with a loss weight each, and
 * which tips of a chain a later episode is shown.
 */
import type { Random } from "../core/base/random.ts";
import type { LanguageModelRow } from "../core/policy/policy.ts";
import { scoreTokens } from "../core/rollout/remember.ts";
import { encode, TOKEN } from "../core/text/tokenizer.ts";

/** How the actions of an episode are chosen. `mixed` begins with the oracle and goes on with the prior. */
export type EpisodeStyle = "plain" | "with-tips" | "mixed" | "oracle" | "wander";

/** A finished corpus episode. */
export interface CorpusEpisode {
  readonly style: EpisodeStyle;
  readonly row: LanguageModelRow;
  /** The true tip's words, without score. */
  readonly tip: readonly string[];
  readonly score: number;
  readonly actions: readonly string[];
  readonly tipsShown: readonly string[];
}

/** Loss weights that every family has. */
export interface EpisodeWeights {
  readonly action: number;
  readonly tip: number;
  /** What the world says, views of a place excepted. */
  readonly answer: number;
  readonly firstObservation: number;
}

/** Tips as later episodes of the chain can be shown them. */
export interface ChainTip {
  readonly text: string;
  readonly score: number;
}

/** Mostly one tip is shown. */
const TIP_COUNTS: readonly number[] = [1, 1, 1, 1, 2, 3];

/**
 * A few of the chain's tips, best score first, as retrieval would find them. Often only some of the earlier episodes
 * count, so that poor tips are read as well as good ones.
 *
 * @param counts how many are shown, one of these at random
 */
export function chooseTips<Tip extends ChainTip>(all: readonly Tip[], random: Random, counts = TIP_COUNTS): Tip[] {
  const tips = random.chance(0.5) ? all : random.sample(all, 1 + random.integer(2));
  const distinct = tips.filter((tip, i) => tips.findIndex((other) => other.text === tip.text) === i);
  const count = random.pick(counts);
  return random
    .shuffled(distinct)
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}

/** A tip as a rollout is shown it, delimiters and true score included. */
export function shownTipTokens({ text, score }: ChainTip): number[] {
  return [TOKEN.tipStart, ...encode(`${text} ; score`), ...scoreTokens(score), TOKEN.tipEnd];
}

/** Tokens of a sequence, each with its loss weight. */
export class WeightedTokens {
  readonly #tokens: number[] = [];
  readonly #weights: number[] = [];

  append(tokens: readonly number[], weight: number): void {
    for (const token of tokens) {
      this.#tokens.push(token);
      this.#weights.push(weight);
    }
  }

  build(): LanguageModelRow {
    return { tokens: this.#tokens, weights: this.#weights };
  }
}
