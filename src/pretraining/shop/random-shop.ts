/**
 * @file Random shops for the corpus. Everything that is a fact of the catalogues trained in later is drawn at random
 * here: which phrases can be true of a type of product, its options and prices, the products. What stays is grammar.
 */
import type { Random } from "../../core/base/random.ts";
import { drawProducts } from "../../core/envs/webshop/catalogue.ts";
import { drawGoal, type Goal } from "../../core/envs/webshop/goals.ts";
import { parseShopPreset, type ShopSettings } from "../../core/envs/webshop/preset.ts";
import { PRODUCT_TYPES, type OptionType, type ProductType } from "../../core/envs/webshop/product-types.ts";
import { Shop } from "../../core/envs/webshop/shop.ts";
import { tokenSetRatio } from "../../core/envs/webshop/token-set-ratio.ts";

/** Types of a shop, at least and at most, and products of each: about as many as a type has in a real catalogue. */
const TYPES: readonly [number, number] = [8, 16];
const PRODUCTS_PER_TYPE = 42;
/** Phrases of a type, as many as real types have. */
const PHRASES = 14;
/** Similarity above which the reward takes two phrases for the same. */
const SAME = 85;
const PRICE_STEP = 5;
/** Share of shops that do not show what was chosen. */
const PLAIN_TEXT = 0.1;

const ALL_PHRASES: readonly string[] = [...new Set(PRODUCT_TYPES.flatMap(({ attributes }) => attributes))];
const ALL_OPTIONS: readonly OptionType[] = [...new Set(PRODUCT_TYPES.flatMap(({ options }) => options))];

/** A shop of the corpus, and what is wanted in it, one goal after the other. */
export interface ShopWorld {
  readonly shop: Shop;
  readonly settings: ShopSettings;
  /** The first is the one most episodes are about; the others are alike, or of another type. */
  readonly goals: readonly Goal[];
}

/** A random shop with a goal and `others` that are mostly of the same type. */
export function randomShopWorld(random: Random, others: number): ShopWorld {
  const [fewest, most] = TYPES;
  const types = random
    .sample(PRODUCT_TYPES, fewest + random.integer(most - fewest + 1))
    .map((type) => randomType(type, random));
  const products = drawProducts(types.length * PRODUCTS_PER_TYPE, types, random.fork("products"));
  const wanted = random.pick(types);
  const alike = products.filter(({ type }) => type === wanted);
  const made = random.sample(alike, others + 1);
  const goals = made.map((product, i) =>
    drawGoal(i > 0 && random.chance(0.25) ? random.pick(products) : product, random),
  );
  const settings = parseShopPreset(random.chance(PLAIN_TEXT) ? "text" : "text_rich");
  return { shop: new Shop(products, goals), settings, goals };
}

/** The noun and its category with phrases, options and prices of any other type. */
function randomType(type: ProductType, random: Random): ProductType {
  const lowest = PRICE_STEP * (1 + random.integer(8));
  return {
    ...type,
    prices: [lowest, lowest + PRICE_STEP * (3 + random.integer(10))],
    options: randomOptions(random),
    attributes: unlikePhrases(random),
  };
}

/** One or two choices; no value in two of them, because a click on it would mean the later one. */
function randomOptions(random: Random): OptionType[] {
  const chosen: OptionType[] = [];
  for (const option of random.sample(ALL_OPTIONS, 1 + random.integer(2))) {
    const taken = chosen.flatMap(({ name, values }) => [name, ...values]);
    if (![option.name, ...option.values].some((word) => taken.includes(word))) chosen.push(option);
  }
  return chosen;
}

/** Phrases of which the reward takes none for another. */
function unlikePhrases(random: Random): string[] {
  const chosen: string[] = [];
  for (const phrase of random.shuffled(ALL_PHRASES)) {
    if (chosen.length === PHRASES) break;
    if (chosen.every((other) => tokenSetRatio(other, phrase) <= SAME)) chosen.push(phrase);
  }
  return chosen;
}
