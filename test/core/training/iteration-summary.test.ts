import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import type { LossConfig, UpdateRow, UpdateStats } from "../../../src/core/policy/policy.ts";
import type { Trajectory } from "../../../src/core/rollout/trajectory.ts";
import { EMPTY_ROLLOUTS_HASH, extendRolloutsHash, weightsHash } from "../../../src/core/training/fingerprint.ts";
import {
  mergeStats,
  numbersOf,
  splitIntoMinibatches,
  summariseIteration,
  tokenUpdateRecords,
} from "../../../src/core/training/iteration-summary.ts";
import { lowProbabilityMask } from "../../../src/model/losses.ts";
import { settingsOf } from "../algorithms/algorithm-fixtures.ts";

const TIMES = { rollout: 1, tipWriting: 2, retrieval: 3, update: 4, evaluation: 5 };
const STATS: UpdateStats = {
  loss: 1,
  meanRatio: 1,
  clipFraction: 0,
  maskedFraction: 0,
  entropy: 0.5,
  klToBase: 0.1,
  gradNorm: 2,
  tokenCount: 10,
  logProbs: [[-1]],
};

function trajectory(score: number, mode: Trajectory["mode"], tokens: readonly number[] = [1, 2]): Trajectory {
  return { rolloutId: "r", score, mode, sequence: { tokens, segments: [] } } as unknown as Trajectory;
}

describe("the summary of an iteration", () => {
  const facts = {
    iteration: 3,
    trajectories: [
      trajectory(100, "off-policy", [1, 2, 3]),
      trajectory(43, "on-policy"),
      trajectory(-100, "on-policy"),
      trajectory(43, "on-policy-with-tips"),
    ],
    stats: STATS,
    expectedModeCounts: { "on-policy": 3, "on-policy-with-tips": 0.5, "off-policy": 0.5 },
    totalTokenCount: 1000,
    tipCount: 7,
    times: TIMES,
  };

  it("averages returns, all and by whether tips were read", () => {
    expect(summariseIteration(facts)).toEqual({
      iteration: 3,
      meanReturn: 21.5,
      successRate: 0.25,
      meanReturnWithTips: 71.5,
      meanReturnWithoutTips: -28.5,
      successRateWithTips: 0.5,
      successRateWithoutTips: 0,
      bestScore: 100,
      modeCounts: { "on-policy": 2, "on-policy-with-tips": 1, "off-policy": 1 },
      expectedModeCounts: facts.expectedModeCounts,
      episodeCount: 4,
      tokenCount: 9,
      totalTokenCount: 1000,
      tipCount: 7,
      update: numbersOf(STATS),
      times: TIMES,
    });
  });

  it("has no number where there is nothing to average", () => {
    const plain = summariseIteration({ ...facts, trajectories: facts.trajectories.slice(1, 3), stats: null });
    expect(plain).toMatchObject({ meanReturnWithTips: null, meanReturnWithoutTips: -28.5, update: null });
    expect(plain).toMatchObject({ successRateWithTips: null, successRateWithoutTips: 0 });
    const tipped = summariseIteration({ ...facts, trajectories: facts.trajectories.slice(0, 1) });
    expect(tipped).toMatchObject({ meanReturnWithTips: 100, meanReturnWithoutTips: null });
    expect(tipped).toMatchObject({ successRateWithTips: 1, successRateWithoutTips: null });
  });

  it("leaves out the log-probs of every token", () => {
    expect(numbersOf(STATS)).not.toHaveProperty("logProbs");
    expect({ ...numbersOf(STATS), logProbs: STATS.logProbs }).toEqual(STATS);
  });
});

describe("minibatches", () => {
  it("hold every row once, in parts that differ by at most one row", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 16 }), fc.nat(), (rowCount, count, seed) => {
        const rows = Array.from({ length: rowCount }, (_, i) => i);
        const parts = splitIntoMinibatches(rows, count, Random.fromSeed(seed));
        expect(parts.flat().toSorted((a, b) => a - b)).toEqual(rows);
        expect(parts).toHaveLength(Math.min(count, rowCount));
        const sizes = parts.map((part) => part.length);
        if (rowCount > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("are shuffled by the stream they are given", () => {
    const rows = Array.from({ length: 12 }, (_, i) => i);
    const split = (seed: number) => splitIntoMinibatches(rows, 3, Random.fromSeed(seed));
    expect(split(1)).toEqual(split(1));
    expect(split(1)).not.toEqual(split(2));
  });
});

describe("the statistics of several steps", () => {
  it("are means weighted by tokens, with the largest gradient norm", () => {
    const second = { ...STATS, loss: 4, meanRatio: 1.3, klToBase: 0.4, gradNorm: 1, tokenCount: 30, logProbs: [[-2]] };
    const merged = mergeStats([STATS, second]);
    expect(merged.loss).toBeCloseTo((1 * 10 + 4 * 30) / 40, 12);
    expect(merged.meanRatio).toBeCloseTo(1.225, 12);
    expect(merged.klToBase).toBeCloseTo(0.325, 12);
    expect(merged).toMatchObject({ entropy: 0.5, gradNorm: 2, tokenCount: 40, logProbs: [[-1], [-2]] });
  });

  it("have no KL unless every step measured it", () => {
    expect(mergeStats([STATS, { ...STATS, klToBase: null }]).klToBase).toBeNull();
  });

  it("of one step are that step's", () => {
    expect(mergeStats([STATS])).toEqual(STATS);
  });
});

describe("the record of an update's tokens", () => {
  const LOSS: LossConfig = { ...settingsOf().loss, minTokenLogProb: -5 };
  /** Two responses: positions 3, 4 and 8, 9, 10. */
  const row = (offPolicy: boolean): UpdateRow => ({
    tokens: [],
    lossPositions: [3, 4, 8, 9, 10],
    oldLogProbs: [-1, -1, -2, -2, -2],
    advantages: [],
    offPolicy,
  });
  const NOW = [-1, -1 + Math.log(2), -2, -5, -2];
  const recordsOf = (offPolicy: boolean, loss = LOSS) =>
    tokenUpdateRecords(
      [{ trajectory: trajectory(0, "off-policy"), row: row(offPolicy) }],
      { ...STATS, logProbs: [NOW] },
      loss,
    );

  it("tells each token's ratio of new to old probability", () => {
    const [record] = recordsOf(true);
    expect(record!.rolloutId).toBe("r");
    [1, 2, 1, Math.exp(-3), 1].forEach((ratio, i) => {
      expect(record!.ratios[i]).toBeCloseTo(ratio, 12);
    });
  });

  it("tells which tokens were masked: at or under δ, in off-policy rows only", () => {
    expect(recordsOf(true)[0]!.masked).toEqual([false, false, false, true, false]);
    expect(recordsOf(false)[0]!.masked).toEqual([false, false, false, false, false]);
    expect(recordsOf(true, { ...LOSS, minTokenLogProb: -Infinity })[0]!.masked).not.toContain(true);
  });

  it("masks the whole response in which an unlikely token stands, and no other, if the scope says so", () => {
    const scope = { ...LOSS, maskScope: "response" as const };
    expect(recordsOf(true, scope)[0]!.masked).toEqual([false, false, true, true, true]);
    expect(recordsOf(false, scope)[0]!.masked).not.toContain(true);
  });

  it("masks what the loss masks", () => {
    const starts = fc.uniqueArray(fc.nat(30), { minLength: 1 }).map((all) => all.toSorted((a, b) => a - b));
    const scope = fc.constantFrom<LossConfig["maskScope"]>("token", "response");
    fc.assert(
      fc.property(starts, scope, fc.boolean(), fc.nat(), (lossPositions, maskScope, offPolicy, seed) => {
        const random = Random.fromSeed(seed);
        const logProbs = lossPositions.map(() => -10 * random.uniform());
        const any: UpdateRow = { ...row(offPolicy), lossPositions, oldLogProbs: logProbs };
        const loss = { ...LOSS, maskScope };
        const stats = { ...STATS, logProbs: [logProbs] };
        const [record] = tokenUpdateRecords([{ trajectory: trajectory(0, "off-policy"), row: any }], stats, loss);
        expect(record!.masked).toEqual(lowProbabilityMask(any, logProbs, loss));
      }),
    );
  });
});

describe("fingerprints", () => {
  const rollouts = [trajectory(43, "on-policy"), trajectory(100, "off-policy", [4, 5])];
  const hash = extendRolloutsHash(EMPTY_ROLLOUTS_HASH, rollouts);

  it("of rollouts are SHA-256 of the one before and of every rollout in order", () => {
    const text = `${"0".repeat(64)}r on-policy 43 1 2\nr off-policy 100 4 5\n`;
    expect(hash).toBe(createHash("sha256").update(text).digest("hex"));
  });

  it("of rollouts change with anything that makes a difference", () => {
    const [first, second] = rollouts as [Trajectory, Trajectory];
    const others = [
      extendRolloutsHash(hash, []),
      extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [second, first]),
      extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [first]),
      extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [first, { ...second, score: 99 }]),
      extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [first, { ...second, mode: "on-policy" }]),
      extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [first, { ...second, rolloutId: "s" }]),
      extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [first, trajectory(100, "off-policy", [45])]),
      extendRolloutsHash(extendRolloutsHash(EMPTY_ROLLOUTS_HASH, [first]), [second]),
    ];
    expect(new Set([hash, ...others]).size).toBe(others.length + 1);
  });

  it("of weights see names, shapes and every bit, but not the order of the names", () => {
    const tensor = (shape: readonly number[], ...values: number[]) => ({ shape, data: Float32Array.from(values) });
    const a = ["a", tensor([2], 1, 2)] as const;
    const b = ["b", tensor([1], 3)] as const;
    const whole = weightsHash(new Map([a, b]));
    expect(weightsHash(new Map([b, a]))).toBe(whole);
    // The same numbers in the middle of a larger buffer.
    const buffer = Float32Array.of(9, 1, 2, 9);
    expect(weightsHash(new Map([b, ["a", { shape: [2], data: buffer.subarray(1, 3) }]]))).toBe(whole);
    const others = [
      new Map([a]),
      new Map([["c", a[1]] as const, b]),
      new Map([["a", tensor([1, 2], 1, 2)] as const, b]),
      new Map([["a", tensor([2], 1, 2 + 2 ** -22)] as const, b]),
      new Map([["a", tensor([2], 2, 1)] as const, b]),
    ];
    expect(new Set([whole, ...others.map(weightsHash)]).size).toBe(others.length + 1);
  });
});
