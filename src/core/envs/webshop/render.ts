/** @file Pages as text for the policy. Buttons that a kind of page always has are not told. */
import { descriptionOf, featuresOf, titleOf, type Product } from "./catalogue.ts";
import { digitsOf } from "./goals.ts";
import { productOf, shownResults, type ShopState, type Visit } from "./pages.ts";

/** `page 1 results 4 2 b1 acme mug heavy duty 2 5 b2 …`; products that were opened are marked in `text_rich`. */
function resultsText(visit: Visit, state: ShopState): string {
  const { shop, settings } = visit;
  const total = shop.search(state.query).length;
  const isMarked = (product: Product) => settings.mode === "text_rich" && state.visited.includes(product.number);
  const products = shownResults(visit, state).map(
    (product, i) => `${isMarked(product) ? "clicked " : ""}b${i + 1} ${titleOf(product)} ${digitsOf(product.price)}`,
  );
  return [`page ${digitsOf(state.resultsPage)} results ${digitsOf(total)}`, ...products].join(" ");
}

/** `clicked white acme mug heavy duty price 2 5 ; color white red blue ; description features reviews buy`. */
function itemText({ settings }: Visit, { options }: ShopState, product: Product): string {
  const chosen = Object.values(options);
  const marks = settings.mode === "text_rich" && chosen.length > 0 ? `clicked ${chosen.join(" ")} ` : "";
  return [
    `${marks}${titleOf(product)} price ${digitsOf(product.price)}`,
    ...product.options.map(({ name, values }) => `${name} ${values.join(" ")}`),
    `description features reviews${settings.showAttributes ? " attributes" : ""} buy`,
  ].join(" ; ");
}

/** Paragraphs of a page about a product. Reviews are empty, as in WebShop's public data. */
export function paragraphsOf(page: ShopState["page"], product: Product): readonly string[] | null {
  switch (page) {
    case "description":
      return [descriptionOf(product)];
    case "features":
      return featuresOf(product);
    case "reviews":
      return [];
    case "attributes":
      return product.attributes;
    default:
      return null;
  }
}

/** The open page in vocabulary words. */
export function pageText(visit: Visit, state: ShopState): string {
  const product = productOf(visit, state);
  if (state.purchase !== null) return `done score ${digitsOf(Math.round(100 * state.purchase.reward))}`;
  if (state.page === "results") return resultsText(visit, state);
  if (product === null) return "search";
  const paragraphs = paragraphsOf(state.page, product);
  if (paragraphs === null) return itemText(visit, state, product);
  return `${state.page} ${paragraphs.length === 0 ? "empty" : paragraphs.join(" ; ")}`;
}
