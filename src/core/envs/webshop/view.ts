/** @file The open page for people, with the action that each button sends. Never shown to the policy. */
import type { PageButton, ProductView, PurchaseView, ResultView, ShopView } from "../env.ts";
import { asinOf, titleOf, type Product } from "./catalogue.ts";
import type { Goal } from "./goals.ts";
import { buttonsOf, productOf, shownResults, type Button, type ShopState, type Visit } from "./pages.ts";
import { paragraphsOf } from "./render.ts";

/** WebShop's public data has no ratings. */
const NO_RATING = "N.A.";

/** Searches that the open page's search bar may be tried with: the type of product, and what else is asked for. */
export function suggestedSearches({ goal }: Visit, { page }: ShopState): string[] {
  if (page !== "search") return [];
  const { query, attributes, goalOptions } = goal;
  const phrases = [
    [query],
    ...attributes.map((attribute) => [attribute, query]),
    [...attributes, query],
    [...attributes, query, ...goalOptions],
  ];
  return [...new Set(phrases.map((words) => words.join(" ")))];
}

/** The action that presses a button. */
export function actionOf({ words }: Button): string {
  return `click ${words}`;
}

function pageButtonOf(button: Button): PageButton {
  return { label: button.label, action: actionOf(button) };
}

function categoryOf({ type }: Product): string[] {
  return type.path.split(" › ");
}

function resultViews(visit: Visit, state: ShopState, buttons: readonly Button[]): ResultView[] {
  const products = buttons.filter(({ kind }) => kind === "product");
  return shownResults(visit, state).map((product, i) => ({
    ...pageButtonOf(products[i]!),
    title: titleOf(product),
    asin: asinOf(product),
    category: categoryOf(product),
    price: product.price,
    visited: state.visited.includes(product.number),
  }));
}

function productView(product: Product, { options }: ShopState): ProductView {
  return {
    title: titleOf(product),
    asin: asinOf(product),
    category: categoryOf(product),
    price: product.price,
    rating: NO_RATING,
    options: product.options.map(({ name, values }) => ({
      name,
      values: values.map((value) => ({ label: value, action: `click ${value}`, chosen: options[name] === value })),
    })),
  };
}

function purchaseView({ purchase }: ShopState, goal: Goal): PurchaseView | null {
  if (purchase === null) return null;
  const { reward, typeFactor, attributeMatches, optionMatches, priceOk } = purchase;
  return {
    reward,
    typeFactor,
    attributesMet: attributeMatches,
    attributesWanted: goal.attributes.length,
    optionsMet: optionMatches,
    optionsWanted: goal.goalOptions.length,
    priceOk,
  };
}

/** Everything on the open page. */
export function shopView(visit: Visit, state: ShopState): ShopView {
  const { goal, shop } = visit;
  const { page, query, resultsPage } = state;
  const buttons = buttonsOf(visit, state);
  const product = productOf(visit, state);
  return {
    kind: "shop",
    page,
    instruction: goal.sentence,
    searchTerms: query,
    searches: suggestedSearches(visit, state).map((words) => ({ label: words, action: `search ${words}` })),
    buttons: buttons.filter(({ kind }) => kind === "page").map(pageButtonOf),
    results:
      page === "results"
        ? { page: resultsPage, total: shop.search(query).length, products: resultViews(visit, state, buttons) }
        : null,
    product: product === null ? null : productView(product, state),
    text: product === null ? null : paragraphsOf(page, product),
    purchase: purchaseView(state, goal),
  };
}
