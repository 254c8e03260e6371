import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import {
  estimateMean,
  firstReaching,
  meanHeight,
  median,
  pairedDifferences,
  quantile,
} from "../../src/experiments/statistics.ts";

const random = (): Random => Random.fromSeed(7);

describe("bootstrap intervals", () => {
  it("say nothing of one run, and that equal runs are equal", () => {
    expect(estimateMean([43], random())).toEqual({ count: 1, mean: 43, deviation: null, interval: null });
    expect(estimateMean([100, 100, 100], random())).toEqual({
      count: 3,
      mean: 100,
      deviation: 0,
      interval: [100, 100],
    });
  });

  it("of two runs reach from one to the other: each is drawn twice in a quarter of the resamples", () => {
    expect(estimateMean([0, 100], random())).toEqual({
      count: 2,
      mean: 50,
      deviation: 50 * Math.SQRT2,
      interval: [0, 100],
    });
  });

  it("are near mean ± 1.96 standard errors for many values", () => {
    // 0…99: mean 49.5, standard deviation √((100² − 1) / 12) = 28.87 with n in the denominator, standard error 2.887.
    const { mean, interval } = estimateMean(
      Array.from({ length: 100 }, (_, i) => i),
      random(),
    );
    expect(mean).toBe(49.5);
    expect(interval![0]).toBeCloseTo(49.5 - 1.96 * 2.887, 0);
    expect(interval![1]).toBeCloseTo(49.5 + 1.96 * 2.887, 0);
  });

  it("are the same for the same seed", () => {
    expect(estimateMean([1, 5, 7], random())).toEqual(estimateMean([1, 5, 7], random()));
  });
});

describe("quantiles", () => {
  it("lie linearly between neighbours", () => {
    expect(quantile([10, 20, 30, 40], 0.5)).toBe(25);
    expect(quantile([10, 20, 30, 40], 0.1)).toBeCloseTo(13, 12);
    expect(quantile([10, 20, 30, 40], 1)).toBe(40);
    expect(quantile([], 0.5)).toBeNaN();
  });

  it("give the median of values in any order", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1])).toBe(2.5);
  });
});

describe("curves", () => {
  const curve = [
    { iteration: 0, value: 30 },
    { iteration: 10, value: 50 },
    { iteration: 15, value: 100 },
  ];

  it("have the mean height of their trapezoids", () => {
    // 10 · 40 + 5 · 75 = 775 over 15 iterations.
    expect(meanHeight(curve)).toBeCloseTo(775 / 15, 12);
    expect(meanHeight(curve.slice(0, 1))).toBeNull();
    expect(meanHeight([])).toBeNull();
  });

  it("reach a level at the first point that is there", () => {
    expect(firstReaching(curve, 50)).toBe(10);
    expect(firstReaching(curve, 95)).toBe(15);
    expect(firstReaching(curve, 101)).toBeNull();
  });
});

describe("paired differences", () => {
  it("take only the pairs that both have", () => {
    const a = new Map([
      ["house 1", 97],
      ["house 2", 90],
      ["house 3", 80],
    ]);
    const b = new Map([
      ["house 2", 43],
      ["house 1", 40],
    ]);
    expect(pairedDifferences(a, b)).toEqual([57, 47]);
  });
});
