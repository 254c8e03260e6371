/** @file Purchases as WebShop writes them down, with its field names, and what they earn. */
import * as v from "valibot";
import { ConfigError } from "../../base/errors.ts";
import { SHOP_TAGGER } from "./catalogue.ts";
import { purchaseReward, taggerOf, type Purchase } from "./reward.ts";

const TEXT = v.string("a text");
const NUMBER = v.pipe(v.number("a number"), v.finite("a finite number"));
const TEXTS = v.array(TEXT, "a list of texts");
/** Fields that may be absent or null. */
const OPTIONAL_TEXT = v.nullish(TEXT);
const TEXT_OR_EMPTY = v.nullish(TEXT, "");
const TEXTS_OR_NONE = v.nullish(TEXTS, []);

/** Values, or values by option name. */
const OPTIONS = v.union([TEXTS, v.record(TEXT, TEXT)], "a list of texts, or texts by name");

const PRODUCT = v.looseObject(
  {
    Title: OPTIONAL_TEXT,
    name: OPTIONAL_TEXT,
    BulletPoints: v.nullish(v.union([TEXT, TEXTS], "a text or a list of texts"), []),
    Description: TEXT_OR_EMPTY,
    Attributes: TEXTS_OR_NONE,
    query: v.nullish(TEXT, null),
    product_category: TEXT_OR_EMPTY,
  },
  "an object",
);

const GOAL = v.looseObject(
  {
    name: TEXT_OR_EMPTY,
    query: v.nullish(TEXT, null),
    product_category: TEXT_OR_EMPTY,
    attributes: TEXTS_OR_NONE,
    goal_options: v.nullish(OPTIONS, []),
    price_upper: NUMBER,
  },
  "an object",
);

const RECORD = v.looseObject(
  { goal: GOAL, product: PRODUCT, options: v.nullish(OPTIONS, []), price: NUMBER, nouns: v.nullish(TEXTS) },
  "an object",
);

type PurchaseRecord = v.InferOutput<typeof RECORD>;

function parseRecord(value: unknown): PurchaseRecord {
  const parsed = v.safeParse(RECORD, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = v.getDotPath(issue) ?? "the line";
  throw new ConfigError(`webshop-reward: ${path}: ${describe(issue)}`);
}

/** What was asked for and what came; valibot words a missing key its own way. */
function describe({ input, message }: v.BaseIssue<unknown>): string {
  return input === undefined ? "a value, got nothing" : `${message}, got ${JSON.stringify(input)}`;
}

function purchaseOf({ goal, product, options, price }: PurchaseRecord): Purchase {
  const title = product.Title ?? product.name ?? "";
  const { BulletPoints: bullets } = product;
  return {
    product: {
      title,
      name: product.name ?? title,
      bulletPoints: typeof bullets === "string" ? [bullets] : bullets,
      description: product.Description,
      attributes: product.Attributes,
      query: product.query,
      productCategory: product.product_category,
    },
    goal: {
      name: goal.name,
      query: goal.query,
      productCategory: goal.product_category,
      attributes: goal.attributes,
      goalOptions: goal.goal_options,
      priceUpper: goal.price_upper,
    },
    price,
    options: Array.isArray(options) ? options : Object.values(options),
  };
}

/** A reward and its parts, with WebShop's names. */
export interface RewardRecord {
  readonly reward: number;
  readonly r_type: number;
  readonly n_att: number;
  readonly n_opt: number;
  readonly price_ok: boolean;
}

/**
 * What a purchase earns. `nouns` are the words that the tagger would call nouns; without them the shop's own are.
 * Absent texts are empty, absent lists have nothing in them; an absent query matches none.
 *
 * @throws {ConfigError} if the record is no purchase, or where WebShop fails
 */
export function rewardOfRecord(value: unknown): RewardRecord {
  const record = parseRecord(value);
  const tagger = Array.isArray(record.nouns) ? taggerOf(record.nouns) : SHOP_TAGGER;
  const { reward, typeFactor, attributeMatches, optionMatches, priceOk } = purchaseReward(purchaseOf(record), tagger);
  return { reward, r_type: typeFactor, n_att: attributeMatches, n_opt: optionMatches, price_ok: priceOk };
}
