/** @file What a scripted shopper knows when it chooses: the open page, what it has looked at so far, and how it behaves. */
import type { Random } from "../../core/base/random.ts";
import { descriptionOf, featuresOf, titleOf, type Product } from "../../core/envs/webshop/catalogue.ts";
import type { ShopState, Visit } from "../../core/envs/webshop/pages.ts";
import { MAX_TURNS } from "../../core/envs/webshop/web-shop-env.ts";

/** How the literal shopper behaves; part of the base policy's card. Weights of choices, relative to each other. */
export interface ShopPrior {
  /** Searches: the type; the first attribute, cut off there; all attributes and the type; the first and the type. */
  readonly searchType: number;
  readonly searchAttribute: number;
  readonly searchAttributesAndType: number;
  readonly searchAttributeAndType: number;
  /** Searches for an option that is wanted. */
  readonly searchOption: number;
  /** On results: the first product, each of the others, the next page, another search. */
  readonly firstResult: number;
  readonly otherResult: number;
  readonly nextPage: number;
  readonly searchAgain: number;
  /** On a product: buys; chooses a wanted option, and goes on choosing; chooses something else; reads; leaves. */
  readonly buy: number;
  readonly chooseOption: number;
  readonly chooseNextOption: number;
  readonly chooseWrongly: number;
  readonly readAbout: number;
  readonly leave: number;
}

/** The prior that earns about what the paper's untrained policy earns (26 points, 7.8 % success). */
export const DEFAULT_SHOP_PRIOR: ShopPrior = {
  searchType: 0.39,
  searchAttribute: 0.5,
  searchAttributesAndType: 0.08,
  searchAttributeAndType: 0.02,
  searchOption: 0.01,
  firstResult: 0.72,
  otherResult: 0.08,
  nextPage: 0.05,
  searchAgain: 0.07,
  buy: 0.45,
  chooseOption: 0.5,
  chooseNextOption: 1,
  chooseWrongly: 0.03,
  readAbout: 0.01,
  leave: 0.05,
};

/** Pages that tell attributes. */
export type CheckedPage = "features" | "description";

/** What a shopper remembers within an episode. */
export interface ShopperMemory {
  /** Pages about each product that were opened, in order. */
  readonly checked: Map<number, CheckedPage[]>;
  /** Products that were looked at and found wanting. */
  readonly rejected: Set<number>;
}

/** A fresh memory at the start of an episode. */
export function startShopperMemory(): ShopperMemory {
  return { checked: new Map(), rejected: new Set() };
}

/** One shopper on one page. */
export interface Shopping {
  readonly visit: Visit;
  readonly state: ShopState;
  readonly memory: ShopperMemory;
  readonly random: Random;
  readonly prior: ShopPrior;
}

/** Notes which page about a product was opened. */
export function rememberPage(memory: ShopperMemory, { page, product }: ShopState): void {
  if (product === null || (page !== "features" && page !== "description")) return;
  const pages = memory.checked.get(product) ?? [];
  if (!pages.includes(page)) memory.checked.set(product, [...pages, page]);
}

/** Actions that are left, the next one included. */
export function turnsLeft({ state }: Shopping): number {
  return MAX_TURNS - state.turns;
}

/** Pages about a product that were opened, in order. */
export function checkedPages({ checked }: ShopperMemory, product: Product): readonly CheckedPage[] {
  return checked.get(product.number) ?? [];
}

/** Wanted attributes that nothing which was shown of a product tells. */
export function unseenAttributes(
  { visit: { goal }, memory }: Pick<Shopping, "visit" | "memory">,
  product: Product,
): string[] {
  const pages = checkedPages(memory, product);
  const texts = [
    titleOf(product),
    ...(pages.includes("features") ? featuresOf(product) : []),
    ...(pages.includes("description") ? [descriptionOf(product)] : []),
  ];
  return goal.attributes.filter((attribute) => !texts.some((text) => text.includes(attribute)));
}

/** Wanted option values that a product does not come in. */
export function missingValues({ goal }: Pick<Visit, "goal">, { options }: Product): string[] {
  const isOffered = (name: string, value: string): boolean =>
    options.some((group) => group.name === name && group.values.includes(value));
  return goal.namedOptions.filter(([name, value]) => !isOffered(name, value)).map(([, value]) => value);
}

/** Wanted option values that a product comes in and that are not chosen. */
export function unchosenValues(visit: Pick<Visit, "goal">, product: Product, chosen: ShopState["options"]): string[] {
  const missing = new Set(missingValues(visit, product));
  return visit.goal.namedOptions
    .filter(([name, value]) => !missing.has(value) && chosen[name] !== value)
    .map(([, value]) => value);
}

/** Whether the title names the wanted type of product. */
export function isRightType({ goal }: Pick<Visit, "goal">, { type }: Product): boolean {
  return type.noun === goal.query;
}
