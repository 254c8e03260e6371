/**
 * @file Shoppers that follow a plan: the reader, whose plan comes from tips; the skilled one, which checks before it
 * buys; the one that knows the whole shop. The last two only make episodes worth a tip.
 */
import { titleOf, type Product } from "../../core/envs/webshop/catalogue.ts";
import { productOf, shownResults, type Visit } from "../../core/envs/webshop/pages.ts";
import {
  checkedPages,
  isRightType,
  missingValues,
  turnsLeft,
  unchosenValues,
  unseenAttributes,
  type Shopping,
} from "./shopping.ts";
import { attributeSearch, fullSearch, type ResultPlace, type ShoppingPlan } from "./shopping-plan.ts";

/** Turns that another product takes: back to the results, open it, read about it, return. */
const ANOTHER_PRODUCT = 4;
/** Turns that reading one page about a product takes. */
const ONE_PAGE = 2;
/** Pages of results that are looked through. */
const MAX_PAGES = 2;

/** The plan's next action. */
export function plannedAction(shopping: Shopping, plan: ShoppingPlan): string {
  const { page } = shopping.state;
  if (page === "search") return `search ${plan.search}`;
  if (page === "results") return resultAction(shopping, plan);
  return page === "item" ? itemAction(shopping, plan) : "click prev";
}

function resultAction(shopping: Shopping, plan: ShoppingPlan): string {
  const { visit, state, memory } = shopping;
  const shown = shownResults(visit, state);
  const known = knownHere(shopping, plan);
  if (known !== null) return known;
  const right = shown.filter((product) => isRightType(visit, product));
  const open = right.filter((product) => !memory.rejected.has(product.number) && !isAvoided(shopping, plan, product));
  const affordable = open.filter(({ price }) => !plan.mindsPrice || price <= visit.goal.priceUpper);
  const best = plan.checks ? mostPromising(shopping, affordable) : affordable[0];
  if (best !== undefined) return `click b${shown.indexOf(best) + 1}`;
  const hasTime = hasTurnsFor(shopping, 2);
  if (hasTime && right.length > 0 && state.resultsPage < MAX_PAGES) return "click next";
  if (hasTime && state.query !== visit.goal.query) return `search ${otherSearch(shopping)}`;
  const last = open[0] ?? right[0];
  return last === undefined ? "click b1" : `click b${shown.indexOf(last) + 1}`;
}

/** Towards the product that the plan knows, if this is the search by which it was found. */
function knownHere({ visit, state, memory }: Shopping, { known }: ShoppingPlan): string | null {
  if (known?.query !== state.query || state.resultsPage > known.page) return null;
  if (state.resultsPage < known.page) return "click next";
  const product = shownResults(visit, state)[Number(known.button.slice(1)) - 1];
  return product === undefined || memory.rejected.has(product.number) ? null : `click ${known.button}`;
}

function isAvoided({ visit, state }: Shopping, { avoid }: ShoppingPlan, product: Product): boolean {
  return avoid.some((place) => productAt(visit, place) === product && place.query === state.query);
}

function productAt({ shop, settings }: Visit, { query, page, button }: ResultPlace): Product | undefined {
  return shop.search(query)[(page - 1) * settings.perPage + Number(button.slice(1)) - 1];
}

/** The first one whose title tells most of the wanted attributes. */
function mostPromising(shopping: Shopping, products: readonly Product[]): Product | undefined {
  const told = (product: Product): number =>
    shopping.visit.goal.attributes.filter((attribute) => titleOf(product).includes(attribute)).length;
  return products.toSorted((a, b) => told(b) - told(a))[0];
}

/** The type alone, after a search with more words did not show it. */
function otherSearch({ visit: { goal }, state }: Shopping): string {
  const narrower = [fullSearch(goal), attributeSearch(goal)];
  const next = narrower.indexOf(state.query) === 0 && narrower[1] !== narrower[0] ? narrower[1] : undefined;
  return next ?? goal.query!;
}

function itemAction(shopping: Shopping, plan: ShoppingPlan): string {
  const { visit, state, memory } = shopping;
  const product = productOf(visit, state)!;
  const isSettled = isKnown(shopping, plan, product);
  const look = isSettled ? null : inspection(shopping, plan, product);
  if (look === "click prev") memory.rejected.add(product.number);
  if (look !== null) return look;
  const wanted = plan.choosesOptions ? unchosenValues(visit, product, state.options) : [];
  return wanted.length > 0 ? `click ${wanted[0]!}` : "click buy";
}

/** The plan's product, if what the page says of it is as it should be. */
function isKnown({ visit }: Shopping, { known }: ShoppingPlan, product: Product): boolean {
  if (known === null || productAt(visit, known) !== product) return false;
  return product.price <= visit.goal.priceUpper && missingValues(visit, product).length === 0;
}

/** What is still to be found out about a product before it is bought, or leaving it; null if nothing. */
function inspection(shopping: Shopping, plan: ShoppingPlan, product: Product): string | null {
  const { visit, memory } = shopping;
  const canLeave = hasTurnsFor(shopping, ANOTHER_PRODUCT);
  const isWrong =
    !isRightType(visit, product) ||
    (plan.mindsPrice && product.price > visit.goal.priceUpper) ||
    (plan.mindsValues && missingValues(visit, product).length > 0);
  if (isWrong) return canLeave ? "click prev" : null;
  if (!plan.checks || unseenAttributes(shopping, product).length === 0) return null;
  const read = checkedPages(memory, product);
  const unread = (["features", "description"] as const).find((page) => !read.includes(page));
  if (unread !== undefined) return hasTurnsFor(shopping, ONE_PAGE) ? `click ${unread}` : null;
  return canLeave ? "click prev" : null;
}

/** Whether turns are left for something before the options are chosen and the product is bought. */
function hasTurnsFor(shopping: Shopping, turns: number): boolean {
  return turnsLeft(shopping) >= turns + shopping.visit.goal.goalOptions.length + 1;
}

/** The shortest way to the goal's own product, for someone who knows the shop. */
export function knowingPlan({ shop, goal, settings }: Visit): ShoppingPlan {
  const { product } = goal;
  const searches = [attributeSearch(goal), fullSearch(goal), goal.query!, titleOf(product)];
  const places = searches
    .map((query) => ({ query, rank: shop.search(query).indexOf(product) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => Math.floor(a.rank / settings.perPage) - Math.floor(b.rank / settings.perPage));
  // Its title finds it: no more than a handful of products have the same brand and type.
  const place = places[0]!;
  const known = {
    query: place.query,
    page: 1 + Math.floor(place.rank / settings.perPage),
    button: `b${1 + (place.rank % settings.perPage)}`,
  };
  const skills = { choosesOptions: true, mindsPrice: true, mindsValues: true, checks: false };
  return { search: place.query, known, avoid: [], ...skills };
}
