/**
 * @file What base policies read, by recipe. `base` makes the shipped base of the first tasks, `science` one for all
 * ScienceWorld-style tasks, `general` one for both worlds; `avoiding` goes on with that one.
 * Changing a recipe changes its base: pretrain again and renew its card.
 */
import type { Random } from "../core/base/random.ts";
import { ConfigError } from "../core/base/errors.ts";
import type { ChainSource } from "./batches.ts";
import { generateChain, type CorpusConfig } from "./corpus.ts";
import { generateGuidedChain, type GuidedConfig } from "./guided/guided-chain.ts";
import { generateShopChain, type ShopCorpusConfig } from "./shop/shop-corpus.ts";
import { DEFAULT_SHOP_PRIOR } from "./shop/shopping.ts";
import { DEFAULT_PRIOR } from "./situation.ts";

/** Loss weight of a tip's tokens, in every family. */
export const TIP_WEIGHT = 1.6;

/** Random worlds in which parts are wired and carried and living things are found (learning-recipe.md §3, §7). */
export const BASE_CORPUS: CorpusConfig = {
  mix: { wiring: 0.35, carry: 0.25, find: 0.2, haul: 0.2 },
  prior: DEFAULT_PRIOR,
  episodesPerWorld: 7,
  weights: { action: 1, plainConnection: 4, tip: TIP_WEIGHT, answer: 0.05, firstObservation: 0.1 },
};

/** Disguised worlds of the other tasks. */
export const GUIDED_CORPUS: GuidedConfig = {
  prior: { followThrough: 0.9, spontaneous: 0.05, rash: 0.3, firstOption: 0.8, goToNamedRoom: 0.7, wander: 0.05 },
  episodesPerWorld: 7,
  weights: { action: 1, tip: TIP_WEIGHT, answer: 0.05, firstObservation: 0.1 },
};

/** The same, with more of what the first one did not teach: to leave what a tip calls bad, and to give answers in their order. */
export const AVOIDING_CORPUS: GuidedConfig = {
  ...GUIDED_CORPUS,
  weights: { ...GUIDED_CORPUS.weights, afterBad: 12 },
  alternatives: 0.7,
  tipCounts: [1, 1, 2, 3, 3],
  ordersAnswers: true,
};

/** Shopping in random catalogues. */
export const SHOP_CORPUS: ShopCorpusConfig = {
  prior: DEFAULT_SHOP_PRIOR,
  episodesPerShop: 8,
  otherGoals: 3,
  mainGoal: 0.5,
  ownTipsOnly: 0.5,
  slip: 0.02,
  weights: { action: 1, tip: TIP_WEIGHT, answer: 0.05, firstObservation: 0.1 },
};

/** One kind of chains, and how many of all are of it. */
interface Family {
  readonly name: string;
  readonly share: number;
  readonly config: object;
  readonly chains: ChainSource;
}

/** What a base policy reads. */
export interface Recipe {
  readonly name: string;
  readonly families: readonly Family[];
}

function missionFamily(share: number, crossedByChance: number): Family {
  const config = { ...BASE_CORPUS, prior: { ...BASE_CORPUS.prior, crossedByChance } };
  return { name: "missions", share, config, chains: (random) => generateChain(random, config) };
}

function guidedFamily(share: number, config = GUIDED_CORPUS): Family {
  return { name: "guided", share, config, chains: (random) => generateGuidedChain(random, config) };
}

function shopFamily(share: number): Family {
  return { name: "shop", share, config: SHOP_CORPUS, chains: (random) => generateShopChain(random, SHOP_CORPUS) };
}

const RECIPES: Readonly<Record<string, (crossedByChance: number) => readonly Family[]>> = {
  base: (crossedByChance) => [missionFamily(1, crossedByChance)],
  science: (crossedByChance) => [missionFamily(0.35, crossedByChance), guidedFamily(0.65)],
  general: (crossedByChance) => [missionFamily(0.3, crossedByChance), guidedFamily(0.5), shopFamily(0.2)],
  avoiding: (crossedByChance) => [
    missionFamily(0.25, crossedByChance),
    guidedFamily(0.6, AVOIDING_CORPUS),
    shopFamily(0.15),
  ],
};

/** What recipes are called. */
export const RECIPE_NAMES: readonly string[] = Object.keys(RECIPES);

/**
 * The recipe of a name.
 *
 * @param crossedByChance probability of wiring crossed without a tip, for the study of the prior
 * @throws {ConfigError} if there is none
 */
export function recipeNamed(name: string, crossedByChance = 0): Recipe {
  const families = RECIPES[name];
  if (families === undefined) {
    throw new ConfigError(`recipe: one of ${RECIPE_NAMES.join(", ")}, got "${name}"`);
  }
  return { name, families: families(crossedByChance) };
}

/** What a base policy has read: bases are named after their recipes; those of other names are made by `base`. */
export function recipeOfBase(name: string): Recipe {
  return recipeNamed(name in RECIPES ? name : "base");
}

/** Chains of a recipe. Where there is one family alone, nothing is drawn to choose it. */
export function chainsOf({ families }: Recipe): ChainSource {
  if (families.length === 1) return families[0]!.chains;
  const total = families.reduce((sum, { share }) => sum + share, 0);
  return (random: Random) => {
    let choice = random.fork("family").uniform() * total;
    const chosen = families.find(({ share }) => (choice -= share) < 0) ?? families.at(-1)!;
    return chosen.chains(random);
  };
}

/** How the base policies are trained. */
export const BASE_TRAINING = {
  peakLearningRate: 3e-3,
  rowsPerStep: 32,
  /** Shards of a step: fixed, so that the result does not depend on how many processes share them. */
  shards: 4,
  tokens: 16_000_000,
} as const;
