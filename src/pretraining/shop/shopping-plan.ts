/** @file How to shop: what a skilled shopper minds, and what the tips that a reader was shown make it mind. */
import type { Goal } from "../../core/envs/webshop/goals.ts";
import { PRODUCT_TYPES } from "../../core/envs/webshop/product-types.ts";
import type { ChainTip } from "../episode.ts";
import { fits, parseShopTip, type ParsedShopTip } from "./parsed-shop-tip.ts";

/** A product by where it is found. */
export interface ResultPlace {
  readonly query: string;
  readonly page: number;
  /** Its button, `b1` … */
  readonly button: string;
}

/** What to do in a shop. */
export interface ShoppingPlan {
  /** Words of the first search. */
  readonly search: string;
  /** A product that is worth buying, if it is what it should be; null: choose one. */
  readonly known: ResultPlace | null;
  /** Products that were found wanting. */
  readonly avoid: readonly ResultPlace[];
  /** Chooses the options that are asked for. */
  readonly choosesOptions: boolean;
  /** Leaves out what costs too much. */
  readonly mindsPrice: boolean;
  /** Takes nothing that does not come in the wanted options. */
  readonly mindsValues: boolean;
  /** Reads about a product until all attributes were seen, else takes another one. */
  readonly checks: boolean;
}

const PHRASE_WORDS: ReadonlySet<string> = new Set(
  PRODUCT_TYPES.flatMap(({ attributes }) => attributes.flatMap((phrase) => phrase.split(" "))),
);
const NOUNS: ReadonlySet<string> = new Set(PRODUCT_TYPES.map(({ noun }) => noun));
const VALUES: ReadonlySet<string> = new Set(
  PRODUCT_TYPES.flatMap(({ options }) => options.flatMap(({ values }) => values)),
);

/** Everything that is asked for, as the instruction says it. */
export function fullSearch(goal: Goal): string {
  return [...goal.attributes, goal.query!, ...goal.goalOptions].join(" ");
}

/** The attributes and the type. */
export function attributeSearch(goal: Goal): string {
  return [...goal.attributes, goal.query!].join(" ");
}

/** Minds everything, or everything but the pages about a product. */
export function skilledPlan(goal: Goal, checks: boolean): ShoppingPlan {
  const search = fullSearch(goal);
  const skills = { choosesOptions: true, mindsPrice: true, mindsValues: checks, checks };
  return { search, known: null, avoid: [], ...skills };
}

/**
 * What tips teach, the best first. A product that was right but for options that were not chosen is bought again with
 * them; what was wrong with a product is minded from now on, whoever wanted it; what a search or a check brought is done
 * likewise for this goal.
 */
export function planFromTips(goal: Goal, tips: readonly ChainTip[]): ShoppingPlan {
  const all = tips.map(({ text, score }) => ({ score, tip: parseShopTip(text) }));
  const fitting = all.filter(({ tip }) => fits(tip, goal));
  const right = fitting.find(({ score, tip }) => score > 0 && tip.lack.length === 0 && !tip.isPriceHigh && tip.bought);
  const lessons = all.map(({ tip, score }) => lessonsOf(tip, score));
  const any = (lesson: keyof Lessons): boolean => lessons.some((each) => each[lesson]);
  const known = right === undefined ? null : placeOf(right.tip);
  const search = any("valueSearch") ? fullSearch(goal) : any("attributeSearch") ? attributeSearch(goal) : goal.query!;
  return {
    search: known?.query ?? search,
    known,
    avoid: fitting.filter((each) => each !== right && each.tip.bought !== null).map(({ tip }) => placeOf(tip)!),
    choosesOptions: any("options"),
    mindsPrice: any("price"),
    mindsValues: any("values"),
    checks: any("check"),
  };
}

interface Lessons {
  readonly attributeSearch: boolean;
  readonly valueSearch: boolean;
  readonly options: boolean;
  readonly price: boolean;
  readonly values: boolean;
  readonly check: boolean;
}

/** What can be learned from a tip, whatever goal it was about. */
function lessonsOf({ search, chosen, need, lack, isPriceHigh, checked }: ParsedShopTip, score: number): Lessons {
  const lackedPhrase = lack.some((word) => PHRASE_WORDS.has(word) && !NOUNS.has(word));
  const lackedValue = lack.some((word) => VALUES.has(word));
  const isGood = score >= 50;
  return {
    attributeSearch: lackedPhrase || (isGood && search.some((word) => PHRASE_WORDS.has(word))),
    valueSearch: lackedValue || (isGood && search.some((word) => VALUES.has(word))),
    options: need.length > 0 || chosen.length > 0,
    price: isPriceHigh,
    values: lackedValue,
    check: lackedPhrase || checked.length > 0,
  };
}

function placeOf({ search, page, bought }: ParsedShopTip): ResultPlace | null {
  return bought === null ? null : { query: search.join(" "), page, button: bought.button };
}
