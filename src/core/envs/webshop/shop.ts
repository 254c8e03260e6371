/** @file A catalogue with its search index and its goals, made once for all the episodes that shop in it. */
import { Random } from "../../base/random.ts";
import { drawCatalogue, indexedText, type Product } from "./catalogue.ts";
import { drawGoals, type Goal } from "./goals.ts";
import { SearchIndex } from "./search-index.ts";

/** Results of a search at most. */
const MAX_RESULTS = 50;
/** WebShop's seed of the order of goals. */
const GOAL_SEED = 233;
const CATALOGUE_SEED = 1;
/** Shops kept at hand: that of a run, that of its control arm, and those a visitor plays in. */
const KEPT_SHOPS = 4;
/** Searches that a shop remembers; the shoppers of one goal ask for the same. */
const KEPT_SEARCHES = 512;

/** What decides a shop. */
export interface ShopParameters {
  /** Number of the catalogue: other numbers have other products and goals. */
  readonly seed: number;
  readonly products: number;
}

/** A shop. Nothing in it changes but what it remembers. */
export class Shop {
  readonly products: readonly Product[];
  readonly goals: readonly Goal[];
  readonly #index: SearchIndex;
  readonly #searches = new Map<string, readonly Product[]>();

  constructor(products: readonly Product[], goals: readonly Goal[]) {
    this.products = products;
    this.goals = goals;
    this.#index = new SearchIndex(indexedTexts(this.products));
  }

  /** The products that a search finds, best first; at equal scores the earlier in the catalogue. */
  search(query: string): readonly Product[] {
    const known = this.#searches.get(query);
    if (known !== undefined) return known;
    const found = this.#index.search(query, MAX_RESULTS).map(({ document }) => this.products[document]!);
    if (this.#searches.size >= KEPT_SEARCHES) this.#searches.clear();
    this.#searches.set(query, found);
    return found;
  }
}

/** Texts one by one: those of a large catalogue are not needed together. */
function* indexedTexts(products: readonly Product[]): Generator<string> {
  for (const product of products) yield indexedText(product);
}

/** The shop of these parameters, made anew. */
export function drawShop({ seed, products: size }: ShopParameters): Shop {
  const products = drawCatalogue(size, Random.fromSeed(CATALOGUE_SEED).fork(`catalogue ${seed}`));
  return new Shop(products, drawGoals(products, Random.fromSeed(GOAL_SEED).fork(`goals ${seed}`)));
}

const SHOPS = new Map<string, Shop>();

/** The shop of these parameters: the same object as long as it is among the last few asked for. */
export function shopOf(parameters: ShopParameters): Shop {
  const key = `${parameters.seed}/${parameters.products}`;
  const shop = SHOPS.get(key) ?? drawShop(parameters);
  SHOPS.delete(key);
  SHOPS.set(key, shop);
  for (const oldest of SHOPS.keys()) if (SHOPS.size > KEPT_SHOPS) SHOPS.delete(oldest);
  return shop;
}
