/**
 * @file What a purchase earns: WebShop's reward, exactly (its `goal.py`), with every quirk. Which words of a name are
 * nouns is asked from outside, because WebShop's tagger is a large model.
 */
import { ConfigError } from "../../base/errors.ts";
import { normaliseColour, normaliseColourPair } from "./colours.ts";
import { tokenSetRatio } from "./token-set-ratio.ts";

/** What the reward reads of a product. */
export interface RewardProduct {
  readonly name: string;
  readonly title: string;
  readonly bulletPoints: readonly string[];
  readonly description: string;
  /** Attribute phrases that were mined from its texts; a shopper does not see them. */
  readonly attributes: readonly string[];
  /** The search phrase it was found with, lower case; null if unknown, which matches nothing. */
  readonly query: string | null;
  /** Levels separated by `›`. */
  readonly productCategory: string;
}

/** What the reward reads of a goal. */
export interface RewardGoal extends Pick<RewardProduct, "name" | "query" | "productCategory"> {
  /** At least one. */
  readonly attributes: readonly string[];
  /** Values alone (goals that people wrote), or values by option name (generated goals). */
  readonly goalOptions: readonly string[] | Readonly<Record<string, string>>;
  /** Dollars, above 0. */
  readonly priceUpper: number;
}

/** A purchase. */
export interface Purchase {
  readonly product: RewardProduct;
  readonly goal: RewardGoal;
  /** Dollars. */
  readonly price: number;
  /** Values that were clicked. */
  readonly options: readonly string[];
}

/** A reward and what it is made of. */
export interface PurchaseReward {
  /** 0…1; exactly 1 is a success. */
  readonly reward: number;
  /** 1, 0.5, 0.1 or 0: whether this is the right type of product. */
  readonly typeFactor: number;
  readonly attributeMatches: number;
  readonly optionMatches: number;
  readonly priceOk: boolean;
}

/** Lower-case nouns of a product name, with repeats. */
export type Tagger = (name: string) => readonly string[];

/** Similarity above which two texts count as the same. */
const SAME = 85;

/** A tagger that knows its nouns by heart. Names are cut at spaces, then at punctuation unless a whole piece is known. */
export function taggerOf(nouns: Iterable<string>): Tagger {
  const known = new Set(Array.from(nouns, (noun) => noun.toLowerCase()));
  return (name) =>
    name
      .toLowerCase()
      .split(/\s+/)
      .map((piece) => piece.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ""))
      .flatMap((piece) => (known.has(piece) ? [piece] : piece.split(/[^\p{L}\p{N}.]+/u)))
      .filter((word) => known.has(word));
}

function distinctLevels(productCategory: string): Set<string> {
  return new Set(productCategory.split("›").map((level) => level.trim()));
}

/** 1 for the right type of product; the nouns of the names overrule query and category. */
function typeFactorOf(product: RewardProduct, goal: RewardGoal, tagger: Tagger): number {
  const goalLevels = distinctLevels(goal.productCategory);
  const commonLevels = [...distinctLevels(product.productCategory)].filter((level) => goalLevels.has(level)).length;
  const goalNouns = tagger(goal.name);
  const productNouns = new Set(tagger(product.name));
  const commonNouns = [...new Set(goalNouns)].filter((noun) => productNouns.has(noun)).length;
  const titleScore = goalNouns.length === 0 ? 0.2 : commonNouns / goalNouns.length;
  if (titleScore === 0) return 0;
  if (titleScore < 0.1) return 0.1;
  const queryMatch = product.query !== null && product.query === goal.query;
  return queryMatch || commonLevels >= 2 || titleScore > 0.2 ? 1 : 0.5;
}

function countAttributes({ attributes, title, bulletPoints, description }: RewardProduct, goal: RewardGoal): number {
  const texts = [title, bulletPoints.join(" "), description].map((text) => text.toLowerCase());
  return goal.attributes.filter(
    (wanted) =>
      attributes.some((attribute) => tokenSetRatio(attribute, wanted) > SAME) ||
      texts.some((text) => text.includes(wanted)),
  ).length;
}

function countOptions(clicked: readonly string[], { goalOptions }: RewardGoal): number {
  const values = clicked.map(normaliseColour);
  const wanted = isList(goalOptions)
    ? goalOptions.map(normaliseColour)
    : Object.entries(goalOptions).map(([name, value]) => normaliseColourPair(name, value));
  return wanted.filter((option) => values.some((value) => tokenSetRatio(value, option) > SAME)).length;
}

function isList(options: RewardGoal["goalOptions"]): options is readonly string[] {
  return Array.isArray(options);
}

/**
 * What a purchase earns: the share of attributes, options and the price bound that are met, times the type factor.
 *
 * @throws {ConfigError} where WebShop fails: a goal without attributes, or a price bound of 0 or less
 */
export function purchaseReward({ product, goal, price, options }: Purchase, tagger: Tagger): PurchaseReward {
  if (goal.attributes.length === 0) throw new ConfigError("purchaseReward: a goal with attributes, got none");
  if (!(goal.priceUpper > 0)) {
    throw new ConfigError(`purchaseReward: a price bound above 0, got ${goal.priceUpper}`);
  }
  const typeFactor = typeFactorOf(product, goal, tagger);
  const attributeMatches = countAttributes(product, goal);
  const optionMatches = countOptions(options, goal);
  const priceOk = price <= goal.priceUpper;
  const met = attributeMatches + optionMatches + Number(priceOk);
  const optionCount = isList(goal.goalOptions) ? goal.goalOptions.length : Object.keys(goal.goalOptions).length;
  const asked = goal.attributes.length + optionCount + 1;
  return { reward: (met / asked) * typeFactor, typeFactor, attributeMatches, optionMatches, priceOk };
}
