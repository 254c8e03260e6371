import { describe, expect, it } from "vitest";
import { normaliseColour } from "../../../../src/core/envs/webshop/colours.ts";
import {
  purchaseReward,
  taggerOf,
  type Purchase,
  type RewardGoal,
  type RewardProduct,
} from "../../../../src/core/envs/webshop/reward.ts";

const TAGGER = taggerOf(["acme", "mug", "lamp", "cup", "set"]);
const PRODUCT: RewardProduct = {
  name: "acme mug",
  title: "acme Mug dishwasher safe",
  bulletPoints: ["Lead free", "Keeps warm"],
  description: "A mug of BPA free plastic.",
  attributes: ["heavy duty"],
  query: "mug",
  productCategory: "Home › Kitchen › Mugs",
};
const GOAL: RewardGoal = {
  name: "acme mug",
  query: "mug",
  productCategory: "Home › Kitchen › Mugs",
  attributes: ["heavy duty"],
  goalOptions: ["white"],
  priceUpper: 40,
};

interface Changes {
  readonly product?: Partial<RewardProduct>;
  readonly goal?: Partial<RewardGoal>;
  readonly options?: readonly string[];
  readonly price?: number;
}

function rewardOf({ product, goal, options = ["white"], price = 25 }: Changes) {
  const purchase: Purchase = { product: { ...PRODUCT, ...product }, goal: { ...GOAL, ...goal }, options, price };
  return purchaseReward(purchase, TAGGER);
}

/** Whether the clicked values meet the only wanted option. */
function meets(goalOptions: RewardGoal["goalOptions"], ...options: readonly string[]): boolean {
  return rewardOf({ goal: { goalOptions }, options }).optionMatches === 1;
}

describe("the reward of a purchase", () => {
  it("is exactly 1 if everything is met, and says what was", () => {
    expect(rewardOf({})).toEqual({
      reward: 1,
      typeFactor: 1,
      attributeMatches: 1,
      optionMatches: 1,
      priceOk: true,
    });
  });

  it("is the share of attributes, options and price bound that are met", () => {
    expect(rewardOf({ options: [] }).reward).toBe(2 / 3);
    expect(rewardOf({ options: ["black"] }).reward).toBe(2 / 3);
    expect(rewardOf({ price: 40 }).priceOk).toBe(true);
    expect(rewardOf({ price: 40.01 }).reward).toBe(2 / 3);
    expect(rewardOf({ options: [], price: 50 }).reward).toBe(1 / 3);
    const goal = { attributes: ["heavy duty", "oven safe"], goalOptions: ["white", "large"] };
    expect(rewardOf({ goal }).reward).toBe(3 / 5);
    expect(rewardOf({ goal: { goalOptions: [] }, options: ["black"] }).reward).toBe(1);
  });

  it("does not ask for the goal's own product", () => {
    const product = { ...PRODUCT, name: "set of mug", title: "other mug", description: "" };
    expect(rewardOf({ product, goal: { name: "mug" } }).reward).toBe(1);
  });

  it("fails where WebShop fails", () => {
    expect(() => rewardOf({ goal: { attributes: [] } })).toThrow("purchaseReward: a goal with attributes, got none");
    expect(() => rewardOf({ goal: { priceUpper: 0 } })).toThrow("purchaseReward: a price bound above 0, got 0");
    expect(() => rewardOf({ goal: { priceUpper: -10 } })).toThrow("got -10");
  });
});

describe("an attribute is met", () => {
  const matches = (attribute: string) => rewardOf({ goal: { attributes: [attribute] } }).attributeMatches;

  it("by a mined attribute that is like it, or by standing in title, features or description", () => {
    expect(matches("duty heavy")).toBe(1);
    expect(matches("heavy duty steel")).toBe(1);
    expect(matches("dishwasher safe")).toBe(1);
    expect(matches("lead free")).toBe(1);
    expect(matches("bpa free")).toBe(1);
    expect(matches("oven safe")).toBe(0);
  });

  it("even across two features, and as part of a word, but not in other letters", () => {
    expect(matches("free keeps")).toBe(1);
    expect(matches("astic")).toBe(1);
    expect(matches("BPA free")).toBe(0);
  });
});

describe("an option is met", () => {
  it("by a subset of its words", () => {
    expect(meets(["large"], "x-large")).toBe(true);
    expect(meets(["8"], "8.5")).toBe(true);
    expect(meets(["large"], "small")).toBe(false);
  });

  it("by a near text", () => {
    expect(meets(["pack of 2"], "pack of 3")).toBe(true);
    expect(meets(["x-large"], "xx-large")).toBe(true);
    expect(meets(["bottle"], "bottles")).toBe(true);
  });

  it("not by grey for gray", () => {
    expect(meets(["gray"], "grey")).toBe(false);
  });

  it("by any clicked value, whatever option it belongs to", () => {
    expect(meets(["white"], "large", "white")).toBe(true);
    expect(meets(["white"])).toBe(false);
  });

  it("by its colour alone, the first of the list that is a part of the text", () => {
    expect(["navy blue", "rose gold", "black | white", "titanium", "layered", "plain"].map(normaliseColour)).toEqual([
      "blue",
      "gold",
      "black",
      "tan",
      "red",
      "plain",
    ]);
    expect(meets(["navy blue"], "sky blue")).toBe(true);
    expect(meets(["titanium"], "tan")).toBe(true);
    expect(meets(["layered"], "red")).toBe(true);
  });

  it("with a name, by its value and even by its name", () => {
    expect(meets({ size: "large" }, "large")).toBe(true);
    expect(meets({ size: "large" }, "size")).toBe(true);
    expect(meets({ size: "large" }, "small")).toBe(false);
    expect(meets({ color: "white" }, "white")).toBe(true);
    expect(meets({ color: "navy blue" }, "navy blue")).toBe(true);
  });

  it("with a name that WebShop reads as a pair: a part of its text is no colour", () => {
    expect(meets({ finish: "titanium" }, "titanium")).toBe(false);
    expect(meets(["titanium"], "titanium")).toBe(true);
  });

  it("once for every goal option", () => {
    expect(rewardOf({ goal: { goalOptions: ["white", "white"] } }).optionMatches).toBe(2);
  });
});

describe("the type of product", () => {
  const factor = (product: Partial<RewardProduct>, goal: Partial<RewardGoal> = {}) =>
    rewardOf({ product, goal }).typeFactor;
  const ELSEWHERE = { query: "lamp", productCategory: "Home › Lighting › Lamps" };

  it("is right by query, or by two levels of the category in any order, or by the title", () => {
    expect(factor({ query: "cup", productCategory: "Mugs › Kitchen" })).toBe(1);
    expect(factor(ELSEWHERE)).toBe(1);
    const name = "lamp cup set acme lamp";
    expect(factor({ ...ELSEWHERE, name: "acme" }, { name })).toBe(0.5);
    expect(factor({ ...ELSEWHERE, name: "acme cup" }, { name })).toBe(1);
    expect(factor({ query: "mug", productCategory: "", name: "acme" }, { name })).toBe(1);
    expect(factor({ query: "cup", productCategory: "Kitchen › Home", name: "acme" }, { name })).toBe(1);
    expect(factor({ query: "cup", productCategory: "Kitchen › Kitchen", name: "acme" }, { name })).toBe(0.5);
  });

  it("is wrong without a common noun, whatever query and category say", () => {
    expect(rewardOf({ product: { name: "white cup" } }).reward).toBe(0);
  });

  it("is right for another noun of the same brand", () => {
    expect(factor({ ...ELSEWHERE, name: "acme lamp" })).toBe(1);
  });

  it("is nearly wrong with less than a tenth of the nouns", () => {
    const name = `acme ${"lamp ".repeat(10)}`;
    expect(factor({ name: "acme" }, { name })).toBe(0.1);
    expect(factor({ ...ELSEWHERE, name: "acme" }, { name: `acme ${"lamp ".repeat(9)}` })).toBe(0.5);
  });

  it("is a matter of query and category if the goal's name has no nouns", () => {
    expect(factor({}, { name: "xyz" })).toBe(1);
    expect(factor(ELSEWHERE, { name: "xyz" })).toBe(0.5);
    expect(factor({ ...ELSEWHERE, query: null }, { name: "xyz", query: null })).toBe(0.5);
  });
});

it("a tagger finds its nouns in any case, with repeats and inside hyphens", () => {
  const tagger = taggerOf(["Shirt", "t-shirt", "mug"]);
  expect(tagger("Acme T-Shirt, (mug) mug-shirt SHIRTS")).toEqual(["t-shirt", "mug", "mug", "shirt"]);
});
