import { describe, expect, it } from "vitest";
import { Random } from "../../../../src/core/base/random.ts";
import {
  asinOf,
  descriptionOf,
  drawCatalogue,
  featuresOf,
  indexedText,
  rewardProductOf,
  SHOP_TAGGER,
  titleOf,
} from "../../../../src/core/envs/webshop/catalogue.ts";
import { drawPriceBound, GOAL_COUNT, GOAL_SPLITS } from "../../../../src/core/envs/webshop/goals.ts";
import { PRODUCT_TYPES } from "../../../../src/core/envs/webshop/product-types.ts";
import { purchaseReward } from "../../../../src/core/envs/webshop/reward.ts";
import { drawShop, shopOf } from "../../../../src/core/envs/webshop/shop.ts";
import { tokenSetRatio } from "../../../../src/core/envs/webshop/token-set-ratio.ts";

const SHOP = shopOf({ seed: 0, products: 1000 });

describe("a catalogue", () => {
  it("is the same every time, and another for another seed", () => {
    const again = drawShop({ seed: 0, products: 1000 });
    expect(again.products).toEqual(SHOP.products);
    expect(again.goals).toEqual(SHOP.goals);
    expect(shopOf({ seed: 1, products: 1000 }).products.map(titleOf)).not.toEqual(SHOP.products.map(titleOf));
  });

  it("is shared by all who ask for it, and the last few are kept", () => {
    expect(shopOf({ seed: 0, products: 1000 })).toBe(SHOP);
    for (const seed of [11, 12, 13]) shopOf({ seed, products: 1000 });
    expect(shopOf({ seed: 0, products: 1000 })).toBe(SHOP);
    for (const seed of [14, 15, 16, 17]) shopOf({ seed, products: 1000 });
    expect(shopOf({ seed: 0, products: 1000 })).not.toBe(SHOP);
  });

  it("has five departments, three levels of category, and as many products of every type", () => {
    const types = SHOP.products.map(({ type }) => type);
    expect(new Set(types.map(({ category }) => category)).size).toBe(5);
    for (const type of PRODUCT_TYPES) {
      expect(type.path.split(" › ")).toHaveLength(3);
      const count = types.filter((other) => other === type).length;
      expect(count === 41 || count === 42).toBe(true);
    }
  });

  it("tells every attribute of a product somewhere, and finds by title, description, first feature and options", () => {
    let inTitle = 0;
    for (const product of SHOP.products) {
      const { attributes, options, price, type } = product;
      const [lowest, highest] = type.prices;
      expect(new Set(attributes).size).toBe(5);
      const texts = [titleOf(product), ...featuresOf(product), descriptionOf(product)];
      for (const attribute of attributes) expect(texts.some((text) => text.includes(attribute))).toBe(true);
      inTitle += Number(titleOf(product).includes(attributes[0]!));
      for (const { values } of options) expect(values.length).toBeGreaterThanOrEqual(2);
      expect(price % 5 === 0 && price >= lowest && price <= highest).toBe(true);
      const hidden = featuresOf(product).slice(1);
      for (const attribute of hidden) expect(indexedText(product)).not.toContain(attribute);
    }
    expect(inTitle).toBeGreaterThan(400);
    expect(inTitle).toBeLessThan(600);
  });

  it("indexes options as WebShop writes them", () => {
    const product = { ...SHOP.products[0]!, options: [{ name: "color", values: ["red", "blue", "white"] }] };
    expect(indexedText(product)).toContain(" color: red, blue, and white");
  });

  it("has a code of ten characters for every product, all different", () => {
    const codes = drawCatalogue(20_000, Random.fromSeed(1)).map(asinOf);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of codes) expect(code).toMatch(/^B0[0-9A-Z]{8}$/);
  });

  it("begins alike whatever its size", () => {
    const larger = drawCatalogue(3000, Random.fromSeed(5));
    expect(drawCatalogue(1000, Random.fromSeed(5))).toEqual(larger.slice(0, 1000));
    for (const size of [999, 100_001, 1500.5]) {
      expect(() => drawCatalogue(size, Random.fromSeed(5))).toThrow(`drawCatalogue: 1000…100000 products, got ${size}`);
    }
  });

  it("has no two attributes of a type that the reward takes for the same", () => {
    for (const { attributes, options } of PRODUCT_TYPES) {
      for (const list of [attributes, ...options.map(({ values }) => values)]) {
        for (const [i, a] of list.entries()) {
          for (const b of list.slice(i + 1)) expect([a, b, tokenSetRatio(a, b) > 85]).toEqual([a, b, false]);
        }
      }
    }
  });

  it("takes 100,000 products", { timeout: 60_000 }, () => {
    const shop = drawShop({ seed: 3, products: 100_000 });
    expect(shop.goals).toHaveLength(GOAL_COUNT);
    expect(shop.search("waterproof steel chair")).toHaveLength(50);
  });
});

describe("the goals", () => {
  it("are split in WebShop's order: test, dev, train", () => {
    const { test, dev, train } = GOAL_SPLITS;
    expect([test[0], test.at(-1), dev[0], dev.at(-1), train[0], train.at(-1)]).toEqual([0, 199, 200, 399, 400, 999]);
    expect(SHOP.goals).toHaveLength(GOAL_COUNT);
  });

  it("ask for what their product has, and say it", () => {
    for (const { product, attributes, namedOptions, goalOptions, priceUpper, instruction } of SHOP.goals) {
      expect(attributes.length === 1 || attributes.length === 2).toBe(true);
      for (const attribute of attributes) expect(product.attributes).toContain(attribute);
      for (const [name, value] of namedOptions) {
        expect(product.options.find((group) => group.name === name)!.values).toContain(value);
      }
      expect(goalOptions).toEqual(namedOptions.map(([, value]) => value));
      const wanted = namedOptions.map(([name, value]) => ` ${name} ${value}`).join("");
      const bound = String(priceUpper).split("").join(" ");
      expect(instruction).toBe(`want ${attributes.join(" ")} ${product.type.noun}${wanted} price lower than ${bound}`);
      expect(instruction.split(" ").length).toBeLessThanOrEqual(16);
    }
  });

  it("are met by their own product, and by few others", () => {
    let others = 0;
    for (const goal of SHOP.goals.slice(0, 100)) {
      // Other types have no noun in common, or the brand alone.
      for (const product of SHOP.products.filter(({ type }) => type === goal.product.type)) {
        const options = goal.namedOptions
          .filter(([name, value]) =>
            product.options.some((group) => group.name === name && group.values.includes(value)),
          )
          .map(([, value]) => value);
        const purchase = { product: rewardProductOf(product), goal, price: product.price, options };
        const isMet = purchaseReward(purchase, SHOP_TAGGER).reward === 1;
        if (product === goal.product) expect(isMet).toBe(true);
        else others += Number(isMet);
      }
    }
    expect(others / 100).toBeGreaterThan(0.3);
    expect(others / 100).toBeLessThan(8);
  });
});

describe("the price bound", () => {
  it("is the larger of two of the first four steps of 10 above the price", () => {
    const random = Random.fromSeed(2);
    const counts = new Map<number, number>();
    for (let i = 0; i < 6000; i++) {
      const bound = drawPriceBound(20, random);
      counts.set(bound, (counts.get(bound) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([40, 50, 60]);
    for (const [bound, share] of [
      [40, 1 / 6],
      [50, 2 / 6],
      [60, 3 / 6],
    ] as const) {
      expect(Math.abs(counts.get(bound)! / 6000 - share)).toBeLessThan(0.03);
    }
  });

  it("ends at 990, and is none if fewer than two candidates are left", () => {
    const random = Random.fromSeed(3);
    const bounds = new Set(Array.from({ length: 200 }, () => drawPriceBound(965, random)));
    expect([...bounds].toSorted((a, b) => a - b)).toEqual([980, 990]);
    expect(drawPriceBound(975, random)).toBe(990);
    expect(drawPriceBound(980, random)).toBe(1_000_000);
    expect(drawPriceBound(2000, random)).toBe(1_000_000);
  });
});
