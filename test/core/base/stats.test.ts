import { describe, expect, it } from "vitest";
import { indicesByKey } from "../../../src/core/base/collections.ts";
import { assertNever, ConfigError, ShapeError } from "../../../src/core/base/errors.ts";
import { dot, mean, sampleStd, sum } from "../../../src/core/base/stats.ts";

describe("statistics", () => {
  it("sums and averages, with 0 for nothing", () => {
    expect(sum([1, 2, 3.5])).toBe(6.5);
    expect(sum([])).toBe(0);
    expect(mean([1, 2, 6])).toBe(3);
    expect(mean([])).toBe(0);
  });

  it("divides the variance by n − 1", () => {
    // Squared deviations from 5: 9, 1, 1, 1, 0, 0, 4, 16 = 32; 32 / 7.
    expect(sampleStd([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(sampleStd([0, 10])).toBeCloseTo(Math.sqrt(50), 12);
  });

  it("has no spread for one value, none, or equal ones", () => {
    expect(sampleStd([])).toBe(0);
    expect(sampleStd([7])).toBe(0);
    expect(sampleStd([7, 7, 7])).toBe(0);
  });

  it("multiplies vectors of the same length only", () => {
    expect(dot(Float32Array.of(1, 2, 3), Float32Array.of(4, -5, 6))).toBe(12);
    expect(() => dot(Float32Array.of(1), Float32Array.of(1, 2))).toThrow(ShapeError);
    expect(() => dot(Float32Array.of(1), Float32Array.of(1, 2))).toThrow("dot: equal lengths, got 1 and 2");
  });
});

describe("indicesByKey", () => {
  it("groups positions, keys in order of first appearance", () => {
    expect([...indicesByKey(["b", "a", "b", "c", "a"])]).toEqual([
      ["b", [0, 2]],
      ["a", [1, 4]],
      ["c", [3]],
    ]);
    expect(indicesByKey([]).size).toBe(0);
  });
});

describe("assertNever", () => {
  it("tells what arrived where nothing should", () => {
    expect(() => assertNever({ type: "surprise" } as never)).toThrow(ConfigError);
    expect(() => assertNever({ type: "surprise" } as never)).toThrow('got {"type":"surprise"}');
  });
});
