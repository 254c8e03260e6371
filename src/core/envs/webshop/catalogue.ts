/** @file The products: drawn from the words of {@link PRODUCT_TYPES} by a seed. */
import { ConfigError } from "../../base/errors.ts";
import type { Random } from "../../base/random.ts";
import { BRANDS, PRODUCT_TYPES, type ProductType } from "./product-types.ts";
import { taggerOf, type RewardProduct, type Tagger } from "./reward.ts";

/** Products of a catalogue, at least and at most. */
export const CATALOGUE_SIZES: readonly [number, number] = [1000, 100_000];

/** Prices are multiples of this, dollars. */
const PRICE_STEP = 5;
/** Attributes of a product. */
const ATTRIBUTES = 5;
/** Letters and digits of a product code. */
const CODE_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CODE_LENGTH = 8;

/** Values that a product offers for one option. */
export interface OptionGroup {
  readonly name: string;
  readonly values: readonly string[];
}

/** A product. */
export interface Product {
  /** Position in the catalogue. */
  readonly number: number;
  readonly type: ProductType;
  readonly brand: string;
  /**
   * Five different phrases that are true of it: perhaps one in the title, three or four features, one in the
   * description. A search finds two or three of them, because only the first feature is in the index.
   */
  readonly attributes: readonly string[];
  /** How many of the attributes stand in the title: 1 or 0. */
  readonly titleAttributes: number;
  readonly options: readonly OptionGroup[];
  /** Dollars. */
  readonly price: number;
}

/** Nouns of the shop: kinds of products and, as real taggers have it, brands. */
export const SHOP_TAGGER: Tagger = taggerOf([...BRANDS, ...PRODUCT_TYPES.map(({ noun }) => noun)]);

/** What a product is called: brand, noun, perhaps an attribute. */
export function titleOf({ brand, type, attributes, titleAttributes }: Product): string {
  return [brand, type.noun, ...attributes.slice(0, titleAttributes)].join(" ");
}

/** The bullet points. */
export function featuresOf({ attributes, titleAttributes }: Product): readonly string[] {
  return attributes.slice(titleAttributes, -1);
}

/** The description text. */
export function descriptionOf({ attributes }: Product): string {
  return attributes.at(-1)!;
}

/** A code like WebShop's ASINs: `B` and nine characters, different for every product. */
export function asinOf({ number }: Product): string {
  // An affine permutation of all codes, so that neighbours look nothing alike.
  const codes = CODE_CHARACTERS.length ** CODE_LENGTH;
  let rest = Number((BigInt(number) * 1_000_000_007_119n + 987_654_321n) % BigInt(codes));
  let code = "";
  for (let i = 0; i < CODE_LENGTH; i++) {
    code = CODE_CHARACTERS[rest % CODE_CHARACTERS.length]! + code;
    rest = Math.floor(rest / CODE_CHARACTERS.length);
  }
  return `B0${code}`;
}

/** What the reward reads of a product. */
export function rewardProductOf(product: Product): RewardProduct {
  const title = titleOf(product);
  const { attributes, type } = product;
  return {
    name: title,
    title,
    bulletPoints: featuresOf(product),
    description: descriptionOf(product),
    attributes,
    query: type.noun,
    productCategory: type.path,
  };
}

/** The text by which a product is found: title, description, *first* feature and options (WebShop's index). */
export function indexedText(product: Product): string {
  const options = product.options.map(({ name, values }) => `${name}: ${listed(values)}`);
  return [titleOf(product), descriptionOf(product), featuresOf(product)[0]!, ...options].join(" ");
}

/** `red, green, and blue`. */
function listed(values: readonly string[]): string {
  if (values.length < 2) return values.join("");
  return `${values.slice(0, -1).join(", ")}, and ${values.at(-1)!}`;
}

function drawProduct(number: number, types: readonly ProductType[], random: Random): Product {
  // All types equally often, so that no type is rare in a small catalogue.
  const type = types[number % types.length]!;
  const [lowest, highest] = type.prices;
  return {
    number,
    type,
    brand: random.pick(BRANDS),
    attributes: random.sample(type.attributes, ATTRIBUTES),
    titleAttributes: random.integer(2),
    options: type.options.map(({ name, values, shown }) => {
      const offered = new Set(random.sample(values, shown - Number(random.chance(0.25))));
      return { name, values: values.filter((value) => offered.has(value)) };
    }),
    price: lowest + PRICE_STEP * random.integer((highest - lowest) / PRICE_STEP + 1),
  };
}

/** The first `count` products of a stream, of the given types in turn. */
export function drawProducts(count: number, types: readonly ProductType[], random: Random): Product[] {
  return Array.from({ length: count }, (_, number) => drawProduct(number, types, random));
}

/**
 * The first `size` products of a stream; a larger catalogue begins with the smaller one's products.
 *
 * @throws {ConfigError} if the size is out of range
 */
export function drawCatalogue(size: number, random: Random): Product[] {
  const [smallest, largest] = CATALOGUE_SIZES;
  if (!Number.isSafeInteger(size) || size < smallest || size > largest) {
    throw new ConfigError(`drawCatalogue: ${smallest}…${largest} products, got ${size}`);
  }
  return drawProducts(size, PRODUCT_TYPES, random);
}
