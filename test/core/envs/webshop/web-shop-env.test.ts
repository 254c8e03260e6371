import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asinOf } from "../../../../src/core/envs/webshop/catalogue.ts";
import type { ShopState } from "../../../../src/core/envs/webshop/pages.ts";
import type { WebShopEnv } from "../../../../src/core/envs/webshop/web-shop-env.ts";
import type { ShopView } from "../../../../src/core/envs/env.ts";
import { WORDS } from "../../../../src/core/text/vocabulary.ts";
import { createWebShopEnv } from "../../../../src/core/envs/webshop/create-env.ts";
import { goldActions, play, ref, start } from "./play.ts";

/** A goal with a product that has colour and size, and at least two pages of results for its noun. */
function clothesShopper(preset = "text_rich"): WebShopEnv {
  const goals = start().visit.shop.goals;
  const goal = goals.findIndex(
    ({ product: { type }, namedOptions }) => type.noun === "shirt" && namedOptions.length === 2,
  );
  return start(goal, { preset });
}

/** Goes to the page of the first shirt; its option values. */
function openShirt(env: WebShopEnv): { colors: readonly string[]; sizes: readonly string[] } {
  play(env, ["search shirt", "click b1"]);
  const [color, size] = env.view().product!.options;
  return { colors: color!.values.map(({ label }) => label), sizes: size!.values.map(({ label }) => label) };
}

/** What a state is, but for the turns. */
function placeOf({ state }: WebShopEnv): ShopState {
  return { ...state, turns: 0 };
}

describe("the pages", () => {
  it("begin with the instruction and the search page", () => {
    const env = createWebShopEnv(ref(0));
    const { instruction } = env.visit.goal;
    expect(env.reset()).toEqual({ text: `${instruction} . search`, score: 0, reward: 0, done: false, moves: 0 });
  });

  it("of results show three products with title and price, the page and the number found", () => {
    const env = start();
    const { text } = env.step("search shirt");
    const found = env.visit.shop.search("shirt");
    expect(found).toHaveLength(42);
    expect(text).toMatch(/^page 1 results 4 2 b1 \w+ shirt.* \d b2 \w+ shirt.* b3 \w+ shirt/);
    expect(text).not.toContain("b4");
    expect(env.view().results!.products.map(({ asin }) => asin)).toEqual(found.slice(0, 3).map(asinOf));
  });

  it("of results end at 50 products, but go on empty for ever", () => {
    const env = start();
    expect(env.step("search free").text).toMatch(/^page 1 results 5 0 b1/);
    const texts = play(
      env,
      Array.from({ length: 13 }, () => "click next"),
    ).map(({ text }) => text);
    expect(texts.slice(6, 10)).toEqual([
      expect.stringMatching(/^page 8 results 5 0 b1/),
      expect.stringMatching(/^page 9 results 5 0 b1/),
      expect.stringMatching(/^page 1 0 results 5 0 b1/),
      expect.stringMatching(/^page 1 1 results 5 0 b1/),
    ]);
    const beyond = start();
    expect(
      play(beyond, ["search pillow bulb", ...Array.from({ length: 14 }, () => "click next")]).at(-1)!.text,
    ).toMatch(/^page 1 5 results 4 \d$/);
    expect(start().step("search bulb").text).toBe("page 1 results 0");
  });

  it("of results have a previous page from the second on", () => {
    const env = start();
    const first = env.step("search shirt").text;
    expect(env.step("click prev").text).toBe(first);
    expect(env.step("click next").text).toMatch(/^page 2/);
    expect(env.step("click prev").text).toBe(first);
    expect(env.step("click back").text).toBe("search");
  });

  it("of a product show title, price, options and what can be opened", () => {
    const env = start();
    const { colors, sizes } = openShirt(env);
    const { title, price } = env.view().product!;
    const digits = String(price).split("").join(" ");
    expect(env.step("click nothing").text).toBe(
      `${title} price ${digits} ; color ${colors.join(" ")} ; size ${sizes.join(" ")} ; description features reviews buy`,
    );
  });

  it("about a product show its texts, and lead back to it with the chosen options", () => {
    const env = start();
    const { colors } = openShirt(env);
    const item = env.step(`click ${colors[1]!}`).text;
    const { attributes, titleAttributes } = env.visit.shop.products[env.state.product!]!;
    expect(env.step("click description").text).toBe(`description ${attributes[4]!}`);
    expect(env.step("click prev").text).toBe(item);
    expect(env.step("click features").text).toBe(`features ${attributes.slice(titleAttributes, 4).join(" ; ")}`);
    env.step("click prev");
    expect(env.step("click reviews").text).toBe("reviews empty");
    expect(env.step("click buy").text).toBe("reviews empty");
    expect(env.step("click prev").text).toBe(item);
    expect(env.step("click attributes").text).toBe(item);
  });

  it("list the mined attributes only in a shop that is built so", () => {
    const env = start(0, { preset: "text_rich,attributes" });
    openShirt(env);
    expect(env.step("click nothing").text).toMatch(/; description features reviews attributes buy$/);
    const { attributes } = env.visit.shop.products[env.state.product!]!;
    expect(env.step("click attributes").text).toBe(`attributes ${attributes.join(" ; ")}`);
  });

  it("may hold ten results", () => {
    const env = start(0, { preset: "page-10" });
    expect(env.step("search shirt").text).toMatch(/ b10 \w+ shirt/);
    env.step("click b10");
    expect(env.state.product).toBe(env.visit.shop.search("shirt")[9]!.number);
  });
});

describe("options", () => {
  it("are replaced within their group and kept beside others", () => {
    const env = start();
    const { colors, sizes } = openShirt(env);
    play(env, [`click ${colors[0]!}`, `click ${sizes[0]!}`, `click ${colors[1]!}`, `click ${colors[1]!}`]);
    expect(env.state.options).toEqual({ color: colors[1], size: sizes[0] });
  });

  it("are shown in text_rich and hidden in text", () => {
    for (const [preset, isShown] of [
      ["text_rich", true],
      ["text", false],
      ["easy", true],
      ["none", true],
    ] as const) {
      const env = start(0, { preset });
      const { colors, sizes } = openShirt(env);
      const before = env.step("click nothing").text;
      const [, after] = play(env, [`click ${colors[0]!}`, `click ${sizes[0]!}`]);
      expect(after!.text).toBe(isShown ? `clicked ${colors[0]!} ${sizes[0]!} ${before}` : before);
      expect(env.state.options).toEqual({ color: colors[0], size: sizes[0] });
      // Opened products are marked on the page of results.
      expect(env.step("click prev").text.includes("clicked b1")).toBe(isShown);
    }
  });

  it("are forgotten on every page of results", () => {
    for (const leave of ["click prev", "search shirt", "search[lamp]"]) {
      const env = start();
      const { colors } = openShirt(env);
      play(env, [`click ${colors[0]!}`, leave]);
      expect(env.state.options).toEqual({});
      expect(env.step("click b1").text).not.toMatch(/^clicked/);
    }
  });
});

describe("actions", () => {
  it("search from any page, and begin at the first page of results", () => {
    for (const way of [
      [],
      ["search shirt"],
      ["search shirt", "click b1"],
      ["search shirt", "click b1", "click features"],
    ]) {
      const env = start();
      play(env, way);
      expect(env.step("search lamp").text).toMatch(/^page 1 results 4 \d b1 \w+ lamp/);
    }
  });

  it("may be written as WebShop does, in any case, with its own button texts", () => {
    const plain = start();
    const real = start();
    play(plain, ["search slim fit shirt", "click next", "click prev", "click b2", "click features", "click prev"]);
    const code = asinOf(plain.visit.shop.products[plain.state.product!]!);
    play(real, [
      "search[Slim Fit SHIRT]",
      "click[Next >]",
      "click[< Prev]",
      `click[${code.toLowerCase()}]`,
      "click[Features]",
      "click[< prev]",
    ]);
    expect(real.state).toEqual(plain.state);
    expect(play(real, ["click[back to search]"])[0]!.text).toBe("search");
    expect(play(plain, ["CLICK [Buy Now]"])[0]!.done).toBe(true);
  });

  it.each([
    ...["click red shirt", "click b4", "click search", "search[]", "search", "search  ", "click[]", "click", ""],
    ...["think[shirt]", "buy", "next", "click B07XYZ1234", "look around", "searchshirt"],
  ])("that mean nothing change nothing: %j", (action) => {
    for (const way of [
      [],
      ["search shirt"],
      ["search shirt", "click b1"],
      ["search shirt", "click b1", "click reviews"],
    ]) {
      const env = start();
      const last = play(env, way).at(-1)?.text;
      const before = placeOf(env);
      const { text, reward, score, done } = env.step(action);
      expect([placeOf(env), reward, score, done]).toEqual([before, 0, 0, false]);
      if (last !== undefined) expect(text).toBe(last);
    }
  });
});

describe("the end", () => {
  it("is the purchase, with the score", () => {
    const env = clothesShopper();
    const actions = goldActions(env);
    const steps = play(env, actions);
    expect(steps.slice(0, -1).every(({ reward, score, done }) => reward === 0 && score === 0 && !done)).toBe(true);
    expect(steps.at(-1)).toEqual({
      text: "done score 1 0 0",
      score: 100,
      reward: 100,
      done: true,
      moves: actions.length,
    });
    expect(env.step("click back")).toEqual({ text: "done", score: 100, reward: 0, done: true, moves: actions.length });
    expect(env.validActions()).toEqual([]);
  });

  it("without options is worth what is met", () => {
    const env = clothesShopper();
    const actions = goldActions(env).filter((action) => !/^click (?!b\d|next|buy)/.test(action));
    const last = play(env, actions).at(-1)!;
    const { attributes, goalOptions } = env.visit.goal;
    const share = (attributes.length + 1) / (attributes.length + goalOptions.length + 1);
    expect(last.score).toBeCloseTo(100 * share, 10);
    expect(last.text).toBe(
      `done score ${String(Math.round(100 * share))
        .split("")
        .join(" ")}`,
    );
  });

  it("is the fifteenth action", () => {
    const env = start();
    const steps = play(
      env,
      Array.from({ length: 15 }, () => "search shirt"),
    );
    expect(steps.map(({ done }) => done)).toEqual([...Array.from({ length: 14 }, () => false), true]);
    expect(env.step("search lamp").text).toBe("done");
  });
});

describe("any text as an action", { timeout: 60_000 }, () => {
  const word = fc.constantFrom(...WORDS, "search", "click", "b1", "b2", "buy", "[", "]", "next");
  const action = fc.oneof(
    fc.array(word, { maxLength: 5 }).map((words) => words.join(" ")),
    fc.constantFrom("search shirt", "click b1", "click b2", "click next", "click prev", "click features", "click back"),
    fc.string(),
    fc.string({ unit: "binary" }).map((text) => `search[${text}]`),
  );

  it("is answered, scored from 0 to 100, and answered the same again, also from a JSON copy", () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 16 }), fc.nat(15), fc.nat(999), (actions, cut, goal) => {
        const env = start(goal);
        const steps = play(env, actions);
        for (const { score } of steps) expect(score >= 0 && score <= 100).toBe(true);
        expect(play(start(goal), actions)).toEqual(steps);
        const other = start(goal);
        play(other, actions.slice(0, cut));
        const copy = JSON.parse(JSON.stringify(other.state)) as ShopState;
        const fresh = start(goal);
        fresh.restore(copy);
        expect(play(fresh, actions.slice(cut))).toEqual(steps.slice(cut));
        expect(fresh.view()).toEqual(env.view());
      }),
      { numRuns: 200 },
    );
  });
});

describe("the view for people", () => {
  /** Every button on the page, whatever it is. */
  const allButtons = ({ searches, buttons, results, product, page }: ShopView) => [
    ...searches,
    ...buttons,
    ...(results?.products ?? []),
    ...(page === "item" ? product!.options.flatMap(({ values }) => values) : []),
  ];

  it("has a button for every valid action and no other", () => {
    const env = start();
    for (const action of ["", "search free", "click next", "click b2", "click reviews", "click prev"]) {
      env.step(action);
      const actions = allButtons(env.view()).map((button) => button.action);
      expect(actions.toSorted()).toEqual(env.validActions().toSorted());
    }
  });

  it("shows page, results, choices, texts and what the purchase earned", () => {
    const env = clothesShopper();
    const { goal } = env.visit;
    expect(env.view()).toMatchObject({ kind: "shop", page: "search", results: null, product: null, purchase: null });
    expect(env.view().instruction).toContain(`price lower than ${goal.priceUpper}.00 dollars`);
    const [search, ...rest] = goldActions(env);
    env.step(search!);
    expect(env.view()).toMatchObject({ page: "results", searchTerms: search!.slice(7), results: { page: 1 } });
    play(env, rest.slice(0, -1));
    const { product } = env.view();
    const chosen = product!.options.map(({ values }) => values.find((value) => value.chosen)?.label);
    expect(chosen).toEqual(goal.goalOptions);
    expect(product).toMatchObject({ category: ["Clothing", "Tops", "Shirts"], rating: "N.A." });
    env.step("click features");
    expect(env.view().text!.length).toBeGreaterThanOrEqual(3);
    play(env, ["click prev", "click buy"]);
    expect(env.view()).toMatchObject({
      page: "done",
      buttons: [],
      purchase: {
        reward: 1,
        typeFactor: 1,
        attributesMet: goal.attributes.length,
        attributesWanted: goal.attributes.length,
        optionsMet: 2,
        optionsWanted: 2,
        priceOk: true,
      },
    });
  });
});

describe("a task reference", () => {
  it.each([
    [{ preset: "cosy" }, /^worlds: a preset of easy, none, text_rich, text, attributes, page-1…10, .* got cosy$/],
    [{ preset: "page-11" }, /got page-11$/],
    [{ preset: "products-999" }, /got products-999$/],
    [{ preset: "toString" }, /got toString$/],
    [{ variation: 1000 }, /^worlds: a variation of 0…999 for webshop, got 1000$/],
    [{ house: -1 }, /^worlds: a house number of 0, 1, 2, …, got -1$/],
    [{ task: "fly" }, /^worlds: a task of webshop, got fly$/],
  ])("with %o is refused", (wrong, message) => {
    expect(() => createWebShopEnv({ ...ref(0), ...wrong })).toThrow(message);
  });

  it("may ask for a larger catalogue", () => {
    expect(start(0, { preset: "text,products-2000" }).visit.shop.products).toHaveLength(2000);
  });
});
