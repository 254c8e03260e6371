/**
 * @file What an episode in a shop showed, told without the code that writes tips: the actions are done again, and only
 * the instruction, the open pages and the score count.
 */
import type { Goal } from "../../../src/core/envs/webshop/goals.ts";
import { WebShopEnv } from "../../../src/core/envs/webshop/web-shop-env.ts";
import type { ProductView, ShopView } from "../../../src/core/envs/env.ts";
import type { ShopWorld } from "../../../src/pretraining/shop/random-shop.ts";

/** The page from which a product was opened, and its place there. */
interface Opened {
  readonly page: number;
  readonly button: string;
}

function wasOffered({ options }: ProductView, name: string, value: string): boolean {
  return options.some((group) => group.name === name && group.values.some(({ label }) => label === value));
}

function isChosen({ options }: ProductView, name: string, value: string): boolean {
  return options.some(
    (group) => group.name === name && group.values.some((each) => each.label === value && each.chosen),
  );
}

/** How many attributes were met: points are equal shares, and options and price can be counted on the page. */
function attributesMet(goal: Goal, product: ProductView, score: number): number {
  const asked = goal.attributes.length + goal.namedOptions.length + 1;
  const met = Math.round((score / 100) * asked);
  const options = goal.namedOptions.filter(([name, value]) => isChosen(product, name, value)).length;
  return met - options - Number(product.price <= goal.priceUpper);
}

/** Looks over the shopper's shoulder. */
class Witness {
  #search = "";
  #opened: Opened = { page: 1, button: "" };
  /** Pages read about each product and everything seen of it, by code. */
  readonly #read = new Map<string, { readonly pages: readonly string[]; readonly text: string }>();

  see(action: string, before: ShopView, after: ShopView): void {
    if (action.startsWith("search ") && after.page === "results") this.#search = action.replace("search ", "");
    if (before.results !== null && after.page === "item") {
      this.#opened = { page: before.results.page, button: action.replace("click ", "") };
    }
    if (after.results !== null) this.#opened = { ...this.#opened, page: after.results.page };
    if (after.product !== null && (after.page === "features" || after.page === "description")) {
      const { pages, text } = this.#seenOf(after.product);
      if (pages.includes(after.page)) return;
      const told = `${text} ; ${after.text!.join(" ; ")}`;
      this.#read.set(after.product.asin, { pages: [...pages, after.page], text: told });
    }
  }

  tip(goal: Goal, { page, product }: ShopView, score: number): string {
    const facts = page === "done" && product !== null ? this.#purchase(goal, product, score) : ["no buy"];
    const words = this.#search.split(" ").slice(0, 8).join(" ");
    const searched = `search ${words}${" next".repeat(this.#opened.page - 1)}`;
    return [...(this.#search === "" ? [] : [searched]), ...facts].join(" ; ");
  }

  #seenOf({ asin, title }: ProductView) {
    return this.#read.get(asin) ?? { pages: [], text: title };
  }

  #purchase(goal: Goal, product: ProductView, score: number): string[] {
    const [brand, noun] = product.title.split(" ");
    const chosen = product.options.flatMap(({ values }) =>
      values.filter((value) => value.chosen).map(({ label }) => label),
    );
    const unchosen = goal.namedOptions.filter(
      ([name, value]) => wasOffered(product, name, value) && !isChosen(product, name, value),
    );
    const told = (word: string, words: readonly string[]) => (words.length > 0 ? [[word, ...words].join(" ")] : []);
    return [
      `got ${this.#opened.button} ${brand!} ${noun!}`,
      ...this.#seenOf(product)
        .pages.slice(0, 1)
        .map(() => this.#seenOf(product).pages.join(" ")),
      ...told("opt", chosen),
      ...told(
        "need",
        unchosen.map(([, value]) => value),
      ),
      ...(product.price > goal.priceUpper ? ["price high"] : []),
      ...told("lack", this.#lacking(goal, product, score)),
    ];
  }

  #lacking(goal: Goal, product: ProductView, score: number): string[] {
    const isOther = product.title.split(" ")[1] !== goal.query;
    const notOffered = goal.namedOptions.filter(([name, value]) => !wasOffered(product, name, value));
    const isFewer = attributesMet(goal, product, score) < goal.attributes.length && !(isOther && score === 0);
    const { text } = this.#seenOf(product);
    const unseen = isFewer ? goal.attributes.filter((attribute) => !text.includes(attribute)) : [];
    return [...(isOther ? [goal.query!] : []), ...unseen, ...notOffered.map(([, value]) => value)];
  }
}

/** The tip that a person would write who looked over the shopper's shoulder. */
export function witnessedTip({ shop, settings }: ShopWorld, goal: Goal, actions: readonly string[]): string {
  const task = { world: "webshop", task: "facts", variation: 0, preset: "none", house: 0 } as const;
  const env = new WebShopEnv(task, { shop, goal, settings });
  env.reset();
  const witness = new Witness();
  let score = 0;
  for (const action of actions) {
    const before = env.view();
    score = env.step(action).score;
    witness.see(action, before, env.view());
  }
  return witness.tip(goal, env.view(), score);
}
