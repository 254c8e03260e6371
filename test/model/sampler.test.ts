import { describe, expect, it } from "vitest";
import { philox4x32, Random } from "../../src/core/base/random.ts";
import { drawToken, tokenUniform } from "../../src/model/sampler.ts";
import "../support/to-be-all-close.ts";

const LOGITS = new Float32Array([0.5, -1, 2, 0, 1.5]);
const softmax = (temperature: number): number[] => {
  const weights = Array.from(LOGITS, (logit) => Math.exp(logit / temperature));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
};

describe("the token stream", () => {
  it("is Philox 4×32-10 with the known answers of Random123", () => {
    expect(philox4x32([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(philox4x32([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });

  it("is named by key, turn and index, each of which matters", () => {
    const draws = [
      tokenUniform([1, 2], 3, 4),
      tokenUniform([1, 2], 3, 5),
      tokenUniform([1, 2], 4, 4),
      tokenUniform([2, 2], 3, 4),
    ];
    expect(new Set(draws).size).toBe(4);
    expect(tokenUniform([1, 2], 3, 4)).toBe(draws[0]);
  });
});

describe("drawing a token", () => {
  it("takes the token in whose share of the unit interval the number falls", () => {
    const cumulative = softmax(1).map((_, i, p) => p.slice(0, i + 1).reduce((a, b) => a + b));
    expect(drawToken(LOGITS, 1, 0).token).toBe(0);
    for (let i = 0; i < 4; i++) {
      expect(drawToken(LOGITS, 1, cumulative[i]! - 1e-9).token).toBe(i);
      expect(drawToken(LOGITS, 1, cumulative[i]! + 1e-9).token).toBe(i + 1);
    }
  });

  it("draws each token as often as its probability says", () => {
    const random = Random.fromSeed(7);
    const counts = [0, 0, 0, 0, 0];
    const draws = 20_000;
    for (let i = 0; i < draws; i++) counts[drawToken(LOGITS, 0.8, random.uniform()).token]! += 1;
    const shares = counts.map((count) => count / draws);
    expect(shares).toBeAllClose(softmax(0.8), { relative: 0, absolute: 0.012 });
  });

  it("reports log-probability and entropy at the sampling temperature", () => {
    const p = softmax(0.5);
    const { token, logProb, entropy } = drawToken(LOGITS, 0.5, 0.3);
    expect(token).toBe(2);
    expect(logProb).toBeCloseTo(Math.log(p[2]!), 10);
    expect(entropy).toBeCloseTo(-p.reduce((sum, value) => sum + value * Math.log(value), 0), 10);
  });

  it("takes the first of the likeliest at temperature 0 and reports at temperature 1", () => {
    const logits = new Float32Array([1, 3, 3, 0]);
    const { token, logProb } = drawToken(logits, 0, 0.999);
    expect(token).toBe(1);
    expect(logProb).toBeCloseTo(3 - Math.log(Math.exp(1) + 2 * Math.exp(3) + 1), 6);
  });

  it("answers with a token however large the logits are and whatever rounding leaves", () => {
    expect(drawToken(new Float32Array([1e30, -1e30]), 1, 0.5).token).toBe(0);
    expect(drawToken(new Float32Array(512).fill(1 / 3), 1, 1 - 2 ** -24).token).toBe(511);
  });
});
