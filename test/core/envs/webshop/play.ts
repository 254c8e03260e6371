import { Random } from "../../../../src/core/base/random.ts";
import { createWebShopEnv } from "../../../../src/core/envs/webshop/create-env.ts";
import { descriptionOf, featuresOf, titleOf, type Product } from "../../../../src/core/envs/webshop/catalogue.ts";
import type { WebShopEnv } from "../../../../src/core/envs/webshop/web-shop-env.ts";
import type { Observation, TaskRef } from "../../../../src/core/envs/env.ts";

/** A reference to a goal of the default catalogue, unless told otherwise. */
export function ref(variation: number, more: Partial<TaskRef> = {}): TaskRef {
  return { world: "webshop", task: "webshop", variation, preset: "text_rich", house: 0, ...more };
}

/** A fresh episode, already reset. */
export function start(variation = 0, more: Partial<TaskRef> = {}): WebShopEnv {
  const env = createWebShopEnv(ref(variation, more));
  env.reset();
  return env;
}

/** Does the actions; the observations of each. */
export function play(env: WebShopEnv, actions: readonly string[]): Observation[] {
  return actions.map((action) => env.step(action));
}

/** Searches among which one shows a product early, from what stands on its pages. */
function searchesFor(product: Product): string[] {
  const { type, attributes, options } = product;
  const values = options.flatMap((group) => group.values).join(" ");
  const found = [titleOf(product), featuresOf(product)[0]!, descriptionOf(product)].join(" ");
  return [
    type.noun,
    ...attributes.map((attribute) => `${attribute} ${type.noun}`),
    titleOf(product),
    found,
    `${found} ${values}`,
  ];
}

/** A shortest purchase of the goal's own product, for someone who knows the whole shop. */
export function goldActions({ visit: { shop, goal, settings } }: WebShopEnv): string[] {
  const places = searchesFor(goal.product)
    .map((query) => ({ query, rank: shop.search(query).indexOf(goal.product) }))
    .filter(({ rank }) => rank >= 0)
    .toSorted((a, b) => a.rank - b.rank);
  const { query, rank } = places[0]!;
  const page = Math.floor(rank / settings.perPage);
  return [
    `search ${query}`,
    ...Array.from({ length: page }, () => "click next"),
    `click b${1 + (rank % settings.perPage)}`,
    ...goal.namedOptions.map(([, value]) => `click ${value}`),
    "click buy",
  ];
}

/** Buys the first result of a search for what is asked for, without looking. */
export function hastyActions({ visit: { goal } }: WebShopEnv): string[] {
  return [`search ${[...goal.attributes, goal.query].join(" ")}`, "click b1", "click buy"];
}

/** Random valid actions to the end. */
export function playRandomly(env: WebShopEnv, random: Random, told: (observation: Observation) => void): Observation {
  for (;;) {
    const observation = env.step(random.pick(env.validActions()));
    told(observation);
    if (observation.done) return observation;
  }
}
