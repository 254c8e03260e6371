import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenSetRatio } from "../../../../src/core/envs/webshop/token-set-ratio.ts";

describe("the token set ratio", () => {
  // Values of Python's difflib under thefuzz's steps; on 4000 random pairs, long ones among them, the two agreed.
  it.each([
    ["large", "x-large", 100],
    ["8", "8.5", 100],
    ["essential oil", "very essential oil", 100],
    ["pack of 2", "pack of 3", 89],
    ["bottle", "bottles", 92],
    ["x-large", "xx-large", 93],
    ["grey", "gray", 75],
    ["heavy duty", "Duty: HEAVY!", 100],
    ["queen size", "king size", 63],
    ["abcd bcde", "cdab ebcd", 44],
    ["café", "caf", 100],
    ["a_b", "a b", 67],
    ["long sleeve", "short sleeve", 71],
    ["wireless", "cordless", 62],
    ["!!", "!!", 0],
    ["", "", 0],
    // Long texts: frequent characters start no block.
    [`${"ab ".repeat(80)}xyz q`, `xyz ${"ba ".repeat(90)}q`, 88],
  ])("of “%s” and “%s” is %i", (a, b, expected) => {
    expect(tokenSetRatio(a, b)).toBe(expected);
  });

  it("is from 0 to 100, and 100 for the same words in any order", () => {
    const words = fc.array(fc.constantFrom("red", "blue", "x-large", "8", "pack"), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, words, (a, b) => {
        const value = tokenSetRatio(a.join(" "), b.join(" "));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(100);
        expect(Number.isInteger(value)).toBe(true);
        expect(tokenSetRatio(a.join(" "), a.toReversed().join("; "))).toBe(100);
      }),
    );
  });
});
