import { Random } from "../../../../src/core/base/random.ts";
import { createWebShopEnv } from "../../../../src/core/envs/webshop/create-env.ts";
import { descriptionOf, featuresOf, titleOf, type Product } from "../../../../src/core/envs/webshop/catalogue.ts";
import { MAX_TURNS, type WebShopEnv } from "../../../../src/core/envs/webshop/web-shop-env.ts";
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

/** Searches for everything that is asked for, and buys the first result with every option that it has. */
export function thoroughSearchActions({ visit: { goal } }: WebShopEnv): string[] {
  return [
    `search ${[...goal.attributes, goal.query, ...goal.goalOptions].join(" ")}`,
    "click b1",
    ...goal.goalOptions.map((value) => `click ${value}`),
    "click buy",
  ];
}

/** Whether turns are left for something before the purchase. */
function hasTurns({ state, visit }: WebShopEnv, turns: number): boolean {
  return MAX_TURNS - state.turns >= turns + visit.goal.goalOptions.length + 1;
}

/** Looks at the open product: whether it has every option, and every attribute on it or on its pages. */
function isRight(env: WebShopEnv): boolean {
  const { goal } = env.visit;
  const { title, options } = env.view().product!;
  const isOffered = goal.namedOptions.every(([name, value]) =>
    options.some((group) => group.name === name && group.values.some(({ label }) => label === value)),
  );
  if (!isOffered) return false;
  const missing = new Set(goal.attributes.filter((attribute) => !title.includes(attribute)));
  for (const page of ["features", "description"]) {
    if (missing.size === 0 || !hasTurns(env, 2)) break;
    const { text } = env.step(`click ${page}`);
    for (const attribute of missing) if (text.includes(attribute)) missing.delete(attribute);
    env.step("click prev");
  }
  return missing.size === 0;
}

/**
 * A shopper who knows the instruction and looks before buying: skips what costs too much or lacks an option, reads
 * features and description for the attributes that the title does not tell, and takes what there is when time is short.
 */
export function shopCarefully(env: WebShopEnv): Observation {
  const { goal } = env.visit;
  const buy = (): Observation => {
    for (const value of goal.goalOptions) env.step(`click ${value}`);
    return env.step("click buy");
  };
  env.step(`search ${[...goal.attributes, goal.query, ...goal.goalOptions].join(" ")}`);
  // Another product takes two turns to get to.
  for (; hasTurns(env, 2); env.step("click next")) {
    for (const { title, price, action } of env.view().results!.products) {
      if (price > goal.priceUpper || !title.includes(` ${goal.query!}`)) continue;
      env.step(action);
      if (isRight(env) || !hasTurns(env, 2)) return buy();
      env.step("click prev");
    }
  }
  env.step("click b1");
  return buy();
}

/** Random valid actions to the end. */
export function playRandomly(env: WebShopEnv, random: Random, told: (observation: Observation) => void): Observation {
  for (;;) {
    const observation = env.step(random.pick(env.validActions()));
    told(observation);
    if (observation.done) return observation;
  }
}
