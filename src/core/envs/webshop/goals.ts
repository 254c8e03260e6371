/** @file What shoppers want: an instruction, and what a purchase has to meet. Like WebShop's goals that people wrote. */
import type { Random } from "../../base/random.ts";
import type { Split } from "../env.ts";
import { titleOf, type Product } from "./catalogue.ts";
import type { RewardGoal } from "./reward.ts";

/** Goals of a catalogue, whatever its size: instructions are written by people, not by products. */
export const GOAL_COUNT = 1000;
/** WebShop's order: test goals first, then eval, then train. There 500 and 1000 of 12,087. */
const TEST_GOALS = 200;
const DEV_GOALS = 200;

/** Price bounds that WebShop has: 10, 20, …, 990; one of the first few above the price. */
const BOUND_STEP = 10;
const LARGEST_BOUND = 990;
const BOUND_CANDIDATES = 4;
/** Bound of a goal that names none, because too few candidates are left. */
const NO_BOUND = 1_000_000;
/** Share of a product's options that a shopper cares about. */
const OPTION_PROBABILITY = 0.8;
/** Share of goals with two attributes; the others have one. */
const SECOND_ATTRIBUTE_PROBABILITY = 0.75;

/** What one shopper wants. */
export interface Goal extends RewardGoal {
  /** The product that the goal was made from; others may do as well. */
  readonly product: Product;
  readonly goalOptions: readonly string[];
  /** The wanted options with their names, as the instruction says them. */
  readonly namedOptions: readonly (readonly [name: string, value: string])[];
  /** Vocabulary words, at most 16. */
  readonly instruction: string;
  /** The same as a sentence for people. */
  readonly sentence: string;
}

/** The goals of each split. */
export const GOAL_SPLITS: Readonly<Record<Split, readonly number[]>> = {
  test: range(0, TEST_GOALS),
  dev: range(TEST_GOALS, TEST_GOALS + DEV_GOALS),
  train: range(TEST_GOALS + DEV_GOALS, GOAL_COUNT),
};

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}

/** The larger of two random candidates among the first four above the price. */
export function drawPriceBound(price: number, random: Random): number {
  const lowest = (Math.floor(price / BOUND_STEP) + 1) * BOUND_STEP;
  const candidates = Array.from({ length: BOUND_CANDIDATES }, (_, i) => lowest + i * BOUND_STEP).filter(
    (bound) => bound >= BOUND_STEP && bound <= LARGEST_BOUND,
  );
  if (candidates.length < 2) return NO_BOUND;
  return Math.max(...random.sample(candidates, 2));
}

/** A number as vocabulary words, digit by digit. */
export function digitsOf(value: number): string {
  return String(value).split("").join(" ");
}

/** A goal that this product meets. */
export function drawGoal(product: Product, random: Random): Goal {
  const { type, options } = product;
  const attributes = random.sample(product.attributes, 1 + Number(random.chance(SECOND_ATTRIBUTE_PROBABILITY)));
  const namedOptions = options
    .filter(() => random.chance(OPTION_PROBABILITY))
    .map(({ name, values }) => [name, random.pick(values)] as const);
  const priceUpper = drawPriceBound(product.price, random);
  const wanted = namedOptions.map(([name, value]) => `${name} ${value}`);
  const words = ["want", ...attributes, type.noun, ...wanted, `price lower than ${digitsOf(priceUpper)}`];
  const details = namedOptions.map(([name, value]) => `, ${name}: ${value}`).join("");
  return {
    product,
    name: titleOf(product),
    query: type.noun,
    productCategory: type.path,
    attributes,
    goalOptions: namedOptions.map(([, value]) => value),
    namedOptions,
    priceUpper,
    instruction: words.join(" "),
    sentence: `I want ${attributes.join(", ")} ${type.noun}${details}, and price lower than ${priceUpper.toFixed(2)} dollars`,
  };
}

/** The goals of a catalogue, in the order that the splits cut. */
export function drawGoals(products: readonly Product[], random: Random): Goal[] {
  return random.sample(products, GOAL_COUNT).map((product) => drawGoal(product, random));
}
