/**
 * @file The pages and the moves between them. A state is plain data; a move is a function from one state to the next,
 * and what a page does not offer changes nothing.
 */
import { asinOf, rewardProductOf, SHOP_TAGGER, type Product } from "./catalogue.ts";
import type { Goal } from "./goals.ts";
import type { ShopSettings } from "./preset.ts";
import { purchaseReward, type PurchaseReward } from "./reward.ts";
import type { Shop } from "./shop.ts";

/** Pages about a product, in the order of their buttons. */
const SUB_PAGES = ["description", "features", "reviews", "attributes"] as const;
type SubPage = (typeof SUB_PAGES)[number];
/** The page that is open. */
export type PageKind = "search" | "results" | "item" | SubPage | "done";

/** An episode so far. Plain data: a JSON copy goes on the same way. */
export interface ShopState {
  readonly page: PageKind;
  /** Words of the last search; empty before the first. */
  readonly query: string;
  /** Page of the results, from 1. */
  readonly resultsPage: number;
  /** Number of the product that is looked at or was bought. */
  readonly product: number | null;
  /** Chosen values by option name. */
  readonly options: Readonly<Record<string, string>>;
  /** Products that were opened, in order. */
  readonly visited: readonly number[];
  /** Actions so far. */
  readonly turns: number;
  readonly purchase: PurchaseReward | null;
}

/** Where an episode takes place. */
export interface Visit {
  readonly shop: Shop;
  readonly goal: Goal;
  readonly settings: ShopSettings;
}

/** What can be clicked. */
export interface Button {
  /** What the policy writes after `click`. */
  readonly words: string;
  /** WebShop's own text, which is understood as well. */
  readonly label: string;
  readonly kind: "product" | "option" | "page";
  readonly press: () => ShopState;
}

/** The state in which an episode starts. */
export const START: ShopState = {
  page: "search",
  query: "",
  resultsPage: 1,
  product: null,
  options: {},
  visited: [],
  turns: 0,
  purchase: null,
};

/** The results of the last search that are on the open page. */
export function shownResults({ shop, settings }: Visit, { query, resultsPage }: ShopState): readonly Product[] {
  const start = (resultsPage - 1) * settings.perPage;
  return shop.search(query).slice(start, start + settings.perPage);
}

/**
 * The product that is looked at.
 *
 * @returns null on pages without one
 */
export function productOf({ shop }: Visit, { product }: ShopState): Product | null {
  return product === null ? null : shop.products[product]!;
}

/** A page of results; looking at one forgets the chosen options. */
function resultsView(state: ShopState, query: string, resultsPage: number): ShopState {
  return { ...state, page: "results", query, resultsPage, product: null, options: {} };
}

function pageButton(words: string, label: string, press: () => ShopState): Button {
  return { words, label, kind: "page", press };
}

/** Everything that can be clicked on the open page. */
export function buttonsOf(visit: Visit, state: ShopState): readonly Button[] {
  if (state.page === "search" || state.page === "done") return [];
  const back = pageButton("back", "Back to Search", () => ({ ...state, page: "search", product: null }));
  if (state.page === "results") return [back, ...resultButtons(visit, state)];
  const prev = (page: ShopState): Button => pageButton("prev", "< Prev", () => page);
  if (state.page === "item") {
    return [back, prev(resultsView(state, state.query, state.resultsPage)), ...itemButtons(visit, state)];
  }
  return [back, prev({ ...state, page: "item" })];
}

function resultButtons(visit: Visit, state: ShopState): Button[] {
  const { query, resultsPage, visited } = state;
  const turnTo = (page: number) => () => resultsView(state, query, page);
  const turns = [pageButton("next", "Next >", turnTo(resultsPage + 1))];
  if (resultsPage > 1) turns.unshift(pageButton("prev", "< Prev", turnTo(resultsPage - 1)));
  const products = shownResults(visit, state).map((product, i): Button => {
    const { number } = product;
    return {
      words: `b${i + 1}`,
      label: asinOf(product),
      kind: "product",
      press: () => ({
        ...state,
        page: "item",
        product: number,
        visited: visited.includes(number) ? visited : [...visited, number],
      }),
    };
  });
  return [...turns, ...products];
}

function itemButtons(visit: Visit, state: ShopState): Button[] {
  const product = productOf(visit, state)!;
  const values = product.options.flatMap(({ name, values }) =>
    values.map((value): Button => ({
      words: value,
      label: value,
      kind: "option",
      press: () => ({ ...state, options: { ...state.options, [name]: value } }),
    })),
  );
  const subPages = SUB_PAGES.filter((page) => page !== "attributes" || visit.settings.showAttributes).map((page) =>
    pageButton(page, page[0]!.toUpperCase() + page.slice(1), () => ({ ...state, page })),
  );
  return [...values, ...subPages, pageButton("buy", "Buy Now", () => bought(visit.goal, product, state))];
}

function bought(goal: Goal, product: Product, state: ShopState): ShopState {
  const purchase = purchaseReward(
    { product: rewardProductOf(product), goal, price: product.price, options: Object.values(state.options) },
    SHOP_TAGGER,
  );
  return { ...state, page: "done", purchase };
}

/** `search words` or `click words`; WebShop's `search[words]` and `click[words]` mean the same. */
function parse(action: string): { verb: string; argument: string } | null {
  const text = action.trim().toLowerCase();
  const match = /^(search|click)\s*\[(.*)\]/s.exec(text) ?? /^(search|click)\s+(.*)$/s.exec(text);
  if (match === null) return null;
  const argument = match[2]!.trim().replaceAll(/\s+/g, " ");
  return argument === "" ? null : { verb: match[1]!, argument };
}

/** The state after an action, but for the number of turns. */
function moved(visit: Visit, state: ShopState, action: string): ShopState {
  const parsed = parse(action);
  if (parsed === null) return state;
  // The search bar is on the first page only, but WebShop searches from everywhere.
  if (parsed.verb === "search") return resultsView(state, parsed.argument, 1);
  // Of two buttons with the same text the later counts.
  const button = buttonsOf(visit, state).findLast(
    ({ words, label }) => words === parsed.argument || label.toLowerCase() === parsed.argument,
  );
  return button?.press() ?? state;
}

/** The state after an action; an action that means nothing here only takes its turn. */
export function afterAction(visit: Visit, state: ShopState, action: string): ShopState {
  return { ...moved(visit, state, action), turns: state.turns + 1 };
}
