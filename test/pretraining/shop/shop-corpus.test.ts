import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { mean } from "../../../src/core/base/stats.ts";
import { parseShopPreset } from "../../../src/core/envs/webshop/preset.ts";
import { PRODUCT_TYPES } from "../../../src/core/envs/webshop/product-types.ts";
import { shopOf } from "../../../src/core/envs/webshop/shop.ts";
import { tokenSetRatio } from "../../../src/core/envs/webshop/token-set-ratio.ts";
import { MAX_TURNS, WebShopEnv } from "../../../src/core/envs/webshop/web-shop-env.ts";
import { decode, encode, TOKEN } from "../../../src/core/text/tokenizer.ts";
import { successRate } from "../../../src/core/training/evaluator.ts";
import { DEFAULT_CONFIG } from "../../../src/core/training/run-config.ts";
import type { ChainTip, CorpusEpisode, EpisodeStyle } from "../../../src/pretraining/episode.ts";
import { parseShopTip } from "../../../src/pretraining/shop/parsed-shop-tip.ts";
import { randomShopWorld, type ShopWorld } from "../../../src/pretraining/shop/random-shop.ts";
import { knowingPlan, plannedAction } from "../../../src/pretraining/shop/scripted-shoppers.ts";
import { generateShopChain, generateShopEpisode } from "../../../src/pretraining/shop/shop-corpus.ts";
import { SHOP_CORPUS } from "../../../src/pretraining/recipe.ts";
import { pickWeighted, priorChoices } from "../../../src/pretraining/shop/shop-prior.ts";
import { rememberPage, startShopperMemory, type Shopping } from "../../../src/pretraining/shop/shopping.ts";
import { skilledPlan, type ShoppingPlan } from "../../../src/pretraining/shop/shopping-plan.ts";
import { witnessedTip } from "./purchase-facts.ts";

const ROOT = Random.fromSeed(21).fork("shop corpus test");
const CHAINS = Array.from({ length: 60 }, (_, i) => generateShopChain(ROOT.fork(`chain ${i}`), SHOP_CORPUS));
const EPISODES = CHAINS.flat();
const STYLES = ["plain", "with-tips", "mixed", "oracle", "wander"] as const;
/** The policy's context. */
const CONTEXT = 512;

/** A real catalogue, in which nothing of the corpus happens. */
const REAL: ShopWorld = (() => {
  const shop = shopOf({ seed: 0, products: 1000 });
  return { shop, settings: parseShopPreset("easy"), goals: shop.goals.slice(400, 700) };
})();

function ofStyle(style: EpisodeStyle): CorpusEpisode[] {
  return EPISODES.filter((episode) => episode.style === style);
}

function actionWeights({ row: { tokens, weights } }: CorpusEpisode): number[][] {
  return tokens.flatMap((token, i) =>
    token === TOKEN.prompt ? [weights.slice(i + 1, tokens.indexOf(TOKEN.actionEnd, i) + 1)] : [],
  );
}

/** Scores of a way of shopping for the real catalogue's goals. */
function scoresOf(
  choose: (shopping: Shopping, plan: ShoppingPlan) => string,
  planOf: (env: WebShopEnv) => ShoppingPlan,
) {
  return REAL.goals.map((goal, i) => {
    const env = new WebShopEnv(
      { world: "webshop", task: "x", variation: i, preset: "easy", house: 0 },
      { ...REAL, goal },
    );
    const memory = startShopperMemory();
    const random = ROOT.fork(`shopper ${i}`);
    const plan = planOf(env);
    let observation = env.reset();
    while (!observation.done) {
      observation = env.step(
        choose({ visit: env.visit, state: env.state, memory, random, prior: SHOP_CORPUS.prior }, plan),
      );
      rememberPage(memory, env.state);
    }
    return observation.score;
  });
}

/** What the prior earns when its choices are sharpened as a low temperature does. */
function priorScores(temperature: number): number[] {
  return scoresOf(
    (shopping) =>
      pickWeighted(
        priorChoices(shopping).map(([action, weight]) => [action, weight ** (1 / temperature)] as const),
        shopping.random.uniform(),
      ),
    ({ visit }) => skilledPlan(visit.goal, false),
  );
}

describe("the shop's part of the corpus", () => {
  it("is the same for the same seed and another one for another", () => {
    const chain = (label: string) => generateShopChain(ROOT.fork(label), SHOP_CORPUS);
    expect(chain("a")).toEqual(chain("a"));
    expect(chain("a")).not.toEqual(chain("b"));
  });

  it("has episodes of every style, in sequences that begin and end as rollouts do and fit the context", () => {
    for (const style of STYLES) expect(ofStyle(style).length).toBeGreaterThan(20);
    for (const episode of EPISODES) {
      const { tokens, weights } = episode.row;
      expect(weights).toHaveLength(tokens.length);
      expect(tokens.length).toBeLessThan(CONTEXT);
      expect(tokens[0]).toBe(TOKEN.bos);
      expect(decode(tokens.slice(1, 2))).toBe("want");
      const written = [...encode(episode.tip.join(" ")), ...encode("; score")];
      expect(tokens.slice(tokens.indexOf(TOKEN.summary) + 1)).toEqual(written);
      expect(actionWeights(episode)).toHaveLength(episode.actions.length);
      for (const action of episode.actions) {
        expect(encode(action).length + 1).toBeLessThanOrEqual(DEFAULT_CONFIG.maxActionTokens);
      }
    }
  });

  it("carries no action loss where the skilled or the wanderer acted, full loss where the prior or the reader did", () => {
    for (const style of ["oracle", "wander"] as const) {
      for (const episode of ofStyle(style)) expect(new Set(actionWeights(episode).flat())).toEqual(new Set([0]));
    }
    for (const style of ["plain", "with-tips"] as const) {
      for (const episode of ofStyle(style)) expect(new Set(actionWeights(episode).flat())).toEqual(new Set([1]));
    }
    for (const episode of ofStyle("mixed")) {
      const counts = actionWeights(episode).map((weights) => weights[0]! > 0);
      expect(counts.lastIndexOf(false)).toBeLessThan(counts.includes(true) ? counts.indexOf(true) : Infinity);
    }
  });

  it("puts the tip loss on the true tip and none on pages", () => {
    const { tip, answer, firstObservation } = SHOP_CORPUS.weights;
    for (const { row, tip: words } of EPISODES) {
      const summary = row.tokens.indexOf(TOKEN.summary);
      expect(new Set(row.weights.slice(summary + 1))).toEqual(new Set([tip]));
      expect(words.length + 2).toBeLessThanOrEqual(DEFAULT_CONFIG.maxTipTokens);
      const told = new Set(row.weights.slice(0, summary));
      for (const weight of told) expect([0, answer, firstObservation, 1]).toContain(weight);
    }
  });

  it("shows tips of earlier episodes of the same shop only, the best first", () => {
    for (const chain of CHAINS) {
      chain.forEach(({ style, tipsShown }, i) => {
        const earlier = chain.slice(0, i);
        const scores = tipsShown.map((shown) =>
          Math.max(...earlier.filter(({ tip }) => tip.join(" ") === shown).map(({ score }) => score)),
        );
        for (const score of scores) expect(score).toBeGreaterThanOrEqual(0);
        expect(tipsShown.length > 0).toBe(style === "with-tips");
        expect(new Set(tipsShown).size).toBe(tipsShown.length);
      });
    }
  });
});

describe("a random shop", () => {
  const worlds = Array.from({ length: 30 }, (_, i) => randomShopWorld(ROOT.fork(`shop ${i}`), 3));

  it("has types with phrases, options and prices of their own, so that no real catalogue can be learned", () => {
    for (const { shop } of worlds) {
      const types = [...new Set(shop.products.map(({ type }) => type))];
      for (const { noun, attributes } of types) {
        const real = PRODUCT_TYPES.find((type) => type.noun === noun)!;
        expect(attributes).toHaveLength(real.attributes.length);
        expect(attributes.filter((phrase) => real.attributes.includes(phrase)).length).toBeLessThan(12);
      }
    }
  });

  it("has no two phrases of a type that the reward takes for the same, and no value in two options", () => {
    for (const { shop } of worlds) {
      for (const { attributes, options } of new Set(shop.products.map(({ type }) => type))) {
        for (const [i, phrase] of attributes.entries()) {
          for (const other of attributes.slice(0, i)) expect(tokenSetRatio(phrase, other)).toBeLessThanOrEqual(85);
        }
        const values = options.flatMap((option) => option.values);
        expect(new Set(values).size).toBe(values.length);
      }
    }
  });

  it("has goals of one type mostly, all of which its own product meets", () => {
    let alike = 0;
    for (const world of worlds) {
      for (const goal of world.goals) {
        alike += Number(goal.query === world.goals[0]!.query);
        const plan = knowingPlan({ shop: world.shop, goal, settings: world.settings });
        const env = new WebShopEnv(
          { world: "webshop", task: "x", variation: 0, preset: "easy", house: 0 },
          { ...world, goal },
        );
        const memory = startShopperMemory();
        let observation = env.reset();
        while (!observation.done) {
          const { visit, state } = env;
          observation = env.step(plannedAction({ visit, state, memory, random: ROOT, prior: SHOP_CORPUS.prior }, plan));
        }
        expect(observation.score).toBe(100);
      }
    }
    expect(alike / worlds.length).toBeGreaterThan(2.5);
    expect(alike / worlds.length).toBeLessThan(4);
  });
});

describe("a true tip of the shop", () => {
  it("says what the pages and the score showed, no more and no less", () => {
    const kinds = new Set<string>();
    for (let i = 0; i < 120; i++) {
      const random = ROOT.fork(`truth ${i}`);
      const world = randomShopWorld(random.fork("world"), 0);
      const goal = world.goals[0]!;
      for (const style of ["wander", "plain", "oracle", "mixed"] as const) {
        const options = { style, shown: [], config: SHOP_CORPUS, random: random.fork(style) };
        const { tip, actions } = generateShopEpisode(world, goal, options);
        const text = tip.join(" ");
        expect(text).toBe(witnessedTip(world, goal, actions));
        for (const part of text.split(" ; ")) kinds.add(part.split(" ")[0]!);
        if (text.includes("next")) kinds.add("next");
      }
    }
    const all = ["search", "next", "got", "features", "description", "opt", "need", "price", "lack", "no"];
    expect([...kinds].sort()).toEqual(all.sort());
  });

  it("is understood by the reader", () => {
    const tip =
      "search bpa free mug next ; got b2 acme mug ; features ; opt red 4 ; need white ; price high ; lack heavy duty";
    expect(parseShopTip(tip)).toEqual({
      search: ["bpa", "free", "mug"],
      page: 2,
      bought: { button: "b2", noun: "mug" },
      checked: ["features"],
      chosen: ["red", "4"],
      need: ["white"],
      isPriceHigh: true,
      lack: ["heavy", "duty"],
    });
    expect(parseShopTip("no buy")).toMatchObject({ search: [], bought: null });
  });
});

describe("the scripted shoppers, on goals of a real catalogue", () => {
  const plain = (temperature: number) => {
    const scores = priorScores(temperature);
    return { score: mean(scores), success: successRate(scores) };
  };

  it("the prior earns what the paper's untrained policy does, at either temperature", () => {
    for (const { score, success } of [plain(1), plain(0.4)]) {
      expect(score).toBeGreaterThan(24);
      expect(score).toBeLessThan(38);
      expect(success).toBeGreaterThan(0.03);
      expect(success).toBeLessThan(0.1);
    }
  });

  it("the prior hardly ever reads about a product", () => {
    const reading = ofStyle("plain").filter(({ actions }) =>
      actions.some((action) => /features|description/.test(action)),
    );
    expect(reading.length / ofStyle("plain").length).toBeLessThan(0.08);
  });

  it("knowing the shop is worth everything, checking is worth something", () => {
    expect(Math.min(...scoresOf(plannedAction, ({ visit }) => knowingPlan(visit)))).toBe(100);
    const checking = scoresOf(plannedAction, ({ visit }) => skilledPlan(visit.goal, true));
    const hasty = scoresOf(plannedAction, ({ visit }) => skilledPlan(visit.goal, false));
    expect(successRate(checking)).toBeGreaterThan(successRate(hasty) + 0.08);
    expect(mean(hasty)).toBeGreaterThan(85);
  });

  it("the reader gets from the prior's tips to nearly what checking is worth, trial by trial", () => {
    const tips = new Map<number, ChainTip[]>();
    const means: number[] = [];
    for (let trial = 1; trial <= 4; trial++) {
      const scores = REAL.goals.map((goal, i) => {
        const known = tips.get(i) ?? [];
        const shown = known.toSorted((a, b) => b.score - a.score).slice(0, 1);
        const style = shown.length > 0 ? "with-tips" : "plain";
        const random = ROOT.fork(`trial ${trial} goal ${i}`);
        const { tip, score } = generateShopEpisode(REAL, goal, { style, shown, config: SHOP_CORPUS, random });
        tips.set(i, [...known, { text: tip.join(" "), score }]);
        return score;
      });
      means.push(mean(scores));
    }
    expect(means[0]).toBeLessThan(45);
    expect(means[1]).toBeGreaterThan(70);
    expect(means[3]).toBeGreaterThan(85);
  });

  it("the reader reads about a product only after a tip that was about reading or about what was not seen", () => {
    const config = { ...SHOP_CORPUS, slip: 0 };
    let reading = 0;
    for (let i = 0; i < 40; i++) {
      for (const { style, actions, tipsShown } of generateShopChain(ROOT.fork(`no slips ${i}`), config)) {
        if (style !== "with-tips" || !actions.some((action) => /features|description/.test(action))) continue;
        reading += 1;
        expect(tipsShown.map(parseShopTip).some(({ checked, lack }) => checked.length > 0 || lack.length > 0)).toBe(
          true,
        );
      }
    }
    expect(reading).toBeGreaterThan(20);
  });

  it("never takes more turns than an episode has", () => {
    expect(Math.max(...EPISODES.map(({ actions }) => actions.length))).toBeLessThanOrEqual(MAX_TURNS);
  });
});
