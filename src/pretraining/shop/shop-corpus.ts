/**
 * @file The shop's part of the pretraining corpus: chains of episodes in one random catalogue, most of them for one
 * goal, the others for goals that are alike or of another type, so that tips of the same goal and of others are read.
 * Loss is put on what the literal shopper and the reader do and on true tips, never on what the skilled ones did.
 */
import type { Random } from "../../core/base/random.ts";
import type { Goal } from "../../core/envs/webshop/goals.ts";
import type { Visit } from "../../core/envs/webshop/pages.ts";
import { WebShopEnv } from "../../core/envs/webshop/web-shop-env.ts";
import type { TaskRef } from "../../core/envs/env.ts";
import { encode, TOKEN } from "../../core/text/tokenizer.ts";
import {
  chooseTips,
  shownTipTokens,
  WeightedTokens,
  type ChainTip,
  type CorpusEpisode,
  type EpisodeStyle,
  type EpisodeWeights,
} from "../episode.ts";
import { purchaseTip } from "./purchase-tip.ts";
import { randomShopWorld, type ShopWorld } from "./random-shop.ts";
import { knowingPlan, plannedAction } from "./scripted-shoppers.ts";
import { priorAction } from "./shop-prior.ts";
import { rememberPage, startShopperMemory, type ShopPrior, type Shopping } from "./shopping.ts";
import { planFromTips, skilledPlan, type ShoppingPlan } from "./shopping-plan.ts";

/** What the shop's part of the corpus is made of; printed on the base policy's card. */
export interface ShopCorpusConfig {
  readonly prior: ShopPrior;
  readonly episodesPerShop: number;
  /** Goals of a chain besides the main one. */
  readonly otherGoals: number;
  /** Share of episodes, from the second, that are about the main goal. */
  readonly mainGoal: number;
  /** Share of reading episodes that are shown tips of their own goal only, as a memory per goal would show them. */
  readonly ownTipsOnly: number;
  /** Probability that the reader does what the prior would do. */
  readonly slip: number;
  readonly weights: EpisodeWeights;
}

const CORPUS_TASK: TaskRef = { world: "webshop", task: "corpus", variation: 0, preset: "none", house: 0 };
/** Tips that a reader is shown: one goal's tip rarely teaches everything, so more than in other families. */
const TIP_COUNTS = [1, 1, 2, 3];
/** Turns that a mixed episode lets the skilled shopper do, at most. */
const SKILLED_TURNS = 7;

/** The episodes of one random shop. */
export function generateShopChain(random: Random, config: ShopCorpusConfig): CorpusEpisode[] {
  const world = randomShopWorld(random.fork("world"), config.otherGoals);
  const tips: (ChainTip & { readonly goal: Goal })[] = [];
  return Array.from({ length: config.episodesPerShop }, (_, i) => {
    const episodeRandom = random.fork(`episode ${i}`);
    const goal = i === 0 || episodeRandom.chance(config.mainGoal) ? world.goals[0]! : episodeRandom.pick(world.goals);
    const ownOnly = episodeRandom.chance(config.ownTipsOnly);
    const known = tips.filter((tip) => !ownOnly || tip.goal === goal);
    const style = chooseStyle(episodeRandom, known.length === 0);
    const shown = style === "with-tips" ? chooseTips(known, episodeRandom, TIP_COUNTS) : [];
    const episode = generateShopEpisode(world, goal, { style, shown, config, random: episodeRandom });
    tips.push({ text: episode.tip.join(" "), score: episode.score, goal });
    return episode;
  });
}

function chooseStyle(random: Random, isWithoutTips: boolean): EpisodeStyle {
  const choice = random.uniform();
  if (isWithoutTips) return choice < 0.7 ? "plain" : choice < 0.85 ? "wander" : "oracle";
  if (choice < 0.1) return "mixed";
  if (choice < 0.22) return "plain";
  if (choice < 0.3) return "oracle";
  return choice < 0.38 ? "wander" : "with-tips";
}

/** How an episode in a shop is made. */
export interface ShopEpisodeOptions {
  readonly style: EpisodeStyle;
  /** Read by the style `with-tips` only. */
  readonly shown: readonly ChainTip[];
  readonly config: ShopCorpusConfig;
  readonly random: Random;
}

/** One episode in a shop, as tokens with a loss weight each. */
export function generateShopEpisode(
  { shop, settings }: ShopWorld,
  goal: Goal,
  { style, shown, config, random }: ShopEpisodeOptions,
): CorpusEpisode {
  const { weights, prior } = config;
  const env = new WebShopEnv(CORPUS_TASK, { shop, goal, settings });
  const memory = startShopperMemory();
  const choose = chooserOf(env, { style, shown, config, random });
  const row = new WeightedTokens();
  let observation = env.reset();
  row.append([TOKEN.bos], 0);
  row.append(encode(observation.text), weights.firstObservation);
  for (const tip of shown) row.append(shownTipTokens(tip), weights.firstObservation);
  const actions: string[] = [];
  while (!observation.done) {
    const { action, counts } = choose({ visit: env.visit, state: env.state, memory, random, prior });
    row.append([TOKEN.prompt], 0);
    row.append([...encode(action), TOKEN.actionEnd], counts ? weights.action : 0);
    observation = env.step(action);
    actions.push(action);
    rememberPage(memory, env.state);
    row.append(encode(observation.text), observation.done ? weights.answer : 0);
  }
  const tip = purchaseTip(env.visit, env.state, memory);
  row.append([TOKEN.summary], 0);
  row.append(encode(`${tip.join(" ")} ; score`), weights.tip);
  const tipsShown = shown.map(({ text }) => text);
  return { style, row: row.build(), tip, score: observation.score, actions, tipsShown };
}

/** Chooses an action, and says whether the policy is to learn it. */
type Chooser = (shopping: Shopping) => { readonly action: string; readonly counts: boolean };

function chooserOf(env: WebShopEnv, { style, shown, config, random }: ShopEpisodeOptions): Chooser {
  const { visit } = env;
  switch (style) {
    case "plain":
      return (shopping) => ({ action: priorAction(shopping), counts: true });
    case "with-tips": {
      const plan = planFromTips(visit.goal, shown);
      return (shopping) => ({
        action: random.chance(config.slip) ? priorAction(shopping) : plannedAction(shopping, plan),
        counts: true,
      });
    }
    case "oracle": {
      const plan = skilfulPlan(visit, random);
      return (shopping) => ({ action: plannedAction(shopping, plan), counts: false });
    }
    case "mixed": {
      const plan = skilfulPlan(visit, random);
      const turns = random.integer(SKILLED_TURNS);
      return (shopping) =>
        shopping.state.turns < turns
          ? { action: plannedAction(shopping, plan), counts: false }
          : { action: priorAction(shopping), counts: true };
    }
    case "wander": {
      const plan = skilfulPlan(visit, random);
      return (shopping) => ({ action: wanderAction(env, shopping, plan), counts: false });
    }
  }
}

/** Knows the shop, checks before it buys, or minds all but the pages about products. */
function skilfulPlan(visit: Visit, random: Random): ShoppingPlan {
  const choice = random.uniform();
  if (choice < 0.35) return knowingPlan(visit);
  return skilledPlan(visit.goal, choice < 0.8);
}

/** Now this, now that: makes episodes of every kind to write tips about. */
function wanderAction(env: WebShopEnv, shopping: Shopping, plan: ShoppingPlan): string {
  const choice = shopping.random.uniform();
  if (choice < 0.45) return plannedAction(shopping, plan);
  return choice < 0.75 ? priorAction(shopping) : shopping.random.pick(env.validActions());
}
