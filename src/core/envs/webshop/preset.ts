/** @file How a shop is told and how large it is, from the words of a preset. */
import { ConfigError } from "../../base/errors.ts";
import { CATALOGUE_SIZES } from "./catalogue.ts";

/** What the shopper is told of his own choices: everything (`text_rich`), or nothing (`text`). */
export type ObservationMode = "text" | "text_rich";

/** How pages are made. */
export interface ShopSettings {
  readonly mode: ObservationMode;
  /** Whether product pages have a button for the attributes, which WebShop hides by default. */
  readonly showAttributes: boolean;
  /** Results on a page. */
  readonly perPage: number;
  /** Products of the catalogue. */
  readonly products: number;
}

/** Presets by their plain names; `easy` and `none` name no mode of their own, so that a run's default task settings fit. */
const MODES: Readonly<Partial<Record<string, ObservationMode>>> = {
  easy: "text_rich",
  none: "text_rich",
  text_rich: "text_rich",
  text: "text",
};
const LARGEST_PAGE = 10;

/** The number after a word of the preset, or null if it is another word or out of range. */
function numberAfter(word: string, part: string, [least, most]: readonly [number, number]): number | null {
  const digits = new RegExp(`^${word}-(\\d{1,6})$`).exec(part)?.[1];
  const value = digits === undefined ? NaN : Number(digits);
  return value >= least && value <= most ? value : null;
}

/**
 * The settings of a preset: words joined by commas, later ones over earlier ones. Without any word for it: `text_rich`, no
 * attributes, 3 results a page, 1,000 products.
 *
 * @throws {ConfigError} at a word that means nothing
 */
export function parseShopPreset(preset: string): ShopSettings {
  const [fewest, most] = CATALOGUE_SIZES;
  let settings: ShopSettings = { mode: "text_rich", showAttributes: false, perPage: 3, products: fewest };
  for (const part of preset.split(",")) {
    const mode = Object.hasOwn(MODES, part) ? MODES[part] : undefined;
    const perPage = numberAfter("page", part, [1, LARGEST_PAGE]);
    const products = numberAfter("products", part, CATALOGUE_SIZES);
    if (mode !== undefined) settings = { ...settings, mode };
    else if (part === "attributes") settings = { ...settings, showAttributes: true };
    else if (perPage !== null) settings = { ...settings, perPage };
    else if (products !== null) settings = { ...settings, products };
    else {
      throw new ConfigError(
        `worlds: a preset of ${Object.keys(MODES).join(", ")}, attributes, page-1…${LARGEST_PAGE}, products-${fewest}…${most}, got ${preset}`,
      );
    }
  }
  return settings;
}
