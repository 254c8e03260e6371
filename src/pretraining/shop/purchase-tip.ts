/**
 * @file The true tip of an episode in a shop: what was searched for, which product was bought and what was read about
 * it, which options were chosen, what was wrong. The corpus teaches the policy to write it; it states only what that
 * episode showed, the score included.
 */
import { productOf, type ShopState, type Visit } from "../../core/envs/webshop/pages.ts";
import {
  checkedPages,
  isRightType,
  missingValues,
  unchosenValues,
  unseenAttributes,
  type ShopperMemory,
} from "./shopping.ts";

/** Words of a search that are kept. */
const MAX_SEARCH_WORDS = 8;

/** The tip's words without score. */
export function purchaseTip(visit: Visit, state: ShopState, memory: ShopperMemory): string[] {
  const facts = [searchWords(state), ...purchaseFacts(visit, state, memory)];
  return facts.filter((words) => words.length > 0).flatMap((words, i) => (i === 0 ? words : [";", ...words]));
}

/** The last search, and `next` for every page further. */
function searchWords({ query, resultsPage }: ShopState): string[] {
  if (query === "") return [];
  const pages = Array.from({ length: Math.min(resultsPage - 1, MAX_SEARCH_WORDS) }, () => "next");
  return ["search", ...query.split(" ").slice(0, MAX_SEARCH_WORDS), ...pages];
}

function purchaseFacts(visit: Visit, state: ShopState, memory: ShopperMemory): string[][] {
  const product = productOf(visit, state);
  if (state.purchase === null || product === null) return [["no", "buy"]];
  const place = visit.shop.search(state.query).indexOf(product) % visit.settings.perPage;
  const chosen = product.options.flatMap(({ name }) => state.options[name] ?? []);
  const unchosen = unchosenValues(visit, product, state.options);
  return [
    ["got", `b${place + 1}`, product.brand, product.type.noun],
    [...checkedPages(memory, product)],
    chosen.length === 0 ? [] : ["opt", ...chosen],
    unchosen.length === 0 ? [] : ["need", ...unchosen],
    product.price > visit.goal.priceUpper ? ["price", "high"] : [],
    lackWords(visit, state, memory),
  ];
}

/**
 * What the product does not have or, of attributes, was not seen to have. Whether any attribute is missing follows from
 * the score: it is known how many options and whether the price were met. Nothing follows from no points for another type.
 */
function lackWords(visit: Visit, state: ShopState, memory: ShopperMemory): string[] {
  const product = productOf(visit, state)!;
  const { goal } = visit;
  const { reward, attributeMatches } = state.purchase!;
  const isRight = isRightType(visit, product);
  const lacking = missingValues(visit, product);
  if ((isRight || reward > 0) && attributeMatches < goal.attributes.length) {
    lacking.unshift(...unseenAttributes({ visit, memory }, product));
  }
  if (!isRight) lacking.unshift(goal.query!);
  return lacking.length === 0 ? [] : ["lack", ...lacking.flatMap((text) => text.split(" "))];
}
