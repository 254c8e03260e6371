import { describe, expect, it } from "vitest";
import type { LossConfig, UpdateRow } from "../../src/core/policy/policy.ts";
import {
  clippedObjective,
  lowProbabilityMask,
  noSums,
  surrogateLoss,
  weightedCrossEntropy,
} from "../../src/model/losses.ts";
import "../support/to-be-all-close.ts";
import { LOSS } from "./backends.ts";

function row(logRatios: readonly number[], advantages: readonly number[], partial: Partial<UpdateRow> = {}): UpdateRow {
  return {
    tokens: [1, 2, 3, 4, 5, 6, 7, 8],
    lossPositions: logRatios.map((_, i) => i + 1),
    oldLogProbs: logRatios.map((ratio) => -1 - ratio),
    advantages,
    offPolicy: false,
    ...partial,
  };
}

function run(of: UpdateRow, logProbs: readonly number[], config: LossConfig, base: readonly number[] | null = null) {
  const size = logProbs.length;
  const sums = noSums();
  const slopes = { logProb: new Float32Array(size), entropy: new Float32Array(size) };
  const entropies = logProbs.map((_, i) => 0.5 + i);
  surrogateLoss(of, { logProbs, entropies, baseLogProbs: base }, config, { sums, slopes });
  return { sums, slopes };
}

describe("the clipped objective", () => {
  it("is ratio times advantage inside the clip range, with that as slope in the log-probability", () => {
    expect(clippedObjective(1.1, 2, LOSS)).toEqual({ value: 2.2, slope: 2.2, isClipped: false });
    expect(clippedObjective(0.9, -2, LOSS)).toEqual({ value: -1.8, slope: -1.8, isClipped: false });
  });

  it("gains nothing above 1 + ε_high for a good token, nor below 1 − ε_low for a bad one", () => {
    expect(clippedObjective(1.5, 2, LOSS)).toEqual({ value: 2.6, slope: 0, isClipped: true });
    expect(clippedObjective(0.5, -2, LOSS)).toEqual({ value: -1.6, slope: 0, isClipped: true });
  });

  it("still pulls back where the ratio has moved the wrong way", () => {
    expect(clippedObjective(0.5, 2, LOSS)).toEqual({ value: 1, slope: 1, isClipped: false });
    expect(clippedObjective(1.5, -2, LOSS)).toEqual({ value: -3, slope: -3, isClipped: false });
  });

  it("bounds the loss of a bad token at dualClip times the advantage", () => {
    expect(clippedObjective(9.9, -1, LOSS).isClipped).toBe(false);
    expect(clippedObjective(12, -1, LOSS)).toEqual({ value: -10, slope: 0, isClipped: true });
  });
});

describe("the surrogate loss of a row", () => {
  it("sums minus the objective over tokens and keeps the statistics", () => {
    const { sums, slopes } = run(row([0, Math.log(2), Math.log(0.5)], [1, 1, -1]), [-1, -1, -1], LOSS);
    expect(sums.loss).toBeCloseTo(-(1 + 1.3 - 0.8), 10);
    expect(sums.ratio).toBeCloseTo(3.5, 10);
    expect(sums.clipped).toBe(2);
    expect(sums.entropy).toBeCloseTo(0.5 + 1.5 + 2.5, 10);
    expect(sums.tokenCount).toBe(3);
    expect(slopes.logProb).toBeAllClose([-1, 0, 0]);
  });

  it("leaves an off-policy token out if its probability is at or under the bound, but counts it", () => {
    const config = { ...LOSS, minTokenLogProb: -5 };
    const of = row([0, 0, 0], [1, 1, 1], { offPolicy: true, oldLogProbs: [-1, -5, -6] });
    const { sums, slopes } = run(of, [-1, -5, -6], config);
    expect(sums.masked).toBe(2);
    expect(sums.tokenCount).toBe(3);
    expect(sums.loss).toBeCloseTo(-1, 10);
    expect(slopes.logProb).toBeAllClose([-1, 0, 0]);
  });

  it("never masks an on-policy token", () => {
    const { sums } = run(row([0], [1], { oldLogProbs: [-9] }), [-9], { ...LOSS, minTokenLogProb: -5 });
    expect(sums.masked).toBe(0);
  });

  it("masks the whole response in response scope, and only that response", () => {
    const config: LossConfig = { ...LOSS, minTokenLogProb: -5, maskScope: "response" };
    const of = row([0, 0, 0, 0], [1, 1, 1, 1], { offPolicy: true, lossPositions: [1, 2, 5, 6] });
    expect(lowProbabilityMask(of, [-1, -7, -1, -1], config)).toEqual([true, true, false, false]);
    expect(lowProbabilityMask(of, [-1, -1, -7, -1], config)).toEqual([false, false, true, true]);
    expect(lowProbabilityMask(of, [-1, -7, -1, -1], { ...config, maskScope: "token" })).toEqual([
      ...[false, true, false, false],
    ]);
  });

  it("adds β times the k3 estimate of the KL to the base, with its slope 1 − base/π", () => {
    const config = { ...LOSS, klCoefficient: 0.1 };
    const { sums, slopes } = run(row([0], [0]), [-1], config, [-2]);
    const k3 = Math.exp(-1) + 1 - 1;
    expect(sums.klToBase).toBeCloseTo(k3, 10);
    expect(sums.loss).toBeCloseTo(0.1 * k3, 10);
    expect(slopes.logProb[0]).toBeCloseTo(0.1 * (1 - Math.exp(-1)), 6);
  });

  it("subtracts the entropy bonus", () => {
    const { sums, slopes } = run(row([0], [0]), [-1], { ...LOSS, entropyCoefficient: 0.2 });
    expect(sums.loss).toBeCloseTo(-0.2 * 0.5, 10);
    expect(slopes.entropy[0]).toBeCloseTo(-0.2, 6);
  });

  it("has slopes that finite differences confirm, clipped or not", () => {
    const config = { ...LOSS, klCoefficient: 0.3 };
    const advantages = [1, -1, 2, -0.5];
    const of = row([0.1, 0.05, -0.5, 0.4], advantages);
    const logProbs = [-1, -1.2, -0.8, -1.1];
    const base = [-1.5, -0.7, -1, -1];
    const { slopes } = run(of, logProbs, config, base);
    const differences = logProbs.map((_, i) => {
      const moved = (by: number): number =>
        run(
          of,
          logProbs.map((value, k) => (k === i ? value + by : value)),
          config,
          base,
        ).sums.loss;
      return (moved(1e-6) - moved(-1e-6)) / 2e-6;
    });
    expect(slopes.logProb).toBeAllClose(differences, { relative: 1e-5, absolute: 1e-6 });
  });

  it("keeps ratios finite when a token has become impossible or certain", () => {
    const { sums } = run(row([0, 0], [1, -1], { oldLogProbs: [-500, -500] }), [-0.1, -0.1], LOSS);
    expect(Number.isFinite(sums.ratio)).toBe(true);
    expect(sums.loss).toBeCloseTo(-1.3 + 10, 10);
  });

  it("lets NaN through to the loss", () => {
    expect(run(row([0], [NaN]), [-1], LOSS).sums.loss).toBeNaN();
    expect(run(row([0], [1]), [NaN], LOSS).sums.loss).toBeNaN();
  });
});

describe("the weighted cross-entropy", () => {
  it("is the sum of weight times surprise, with minus the weights as slopes", () => {
    const slopes = new Float32Array(3);
    expect(weightedCrossEntropy([1, 0.5, 2], [-1, -2, -0.25], slopes)).toBeCloseTo(2.5, 10);
    expect(slopes).toBeAllClose([-1, -0.5, -2]);
  });
});
