import { beforeAll, describe, expect, it } from "vitest";
import type { LanguageModelRow, LossConfig, ModelConfig, UpdateRow } from "../../src/core/policy/policy.ts";
import { noSums, surrogateLoss } from "../../src/model/losses.ts";
import { parameterLayout } from "../../src/model/parameters.ts";
import type { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import "../support/to-be-all-close.ts";
import { BACKENDS, flatWeights, lively, LOSS, ODD, OPTIMIZER, startBackend, TINY } from "./backends.ts";
import { referenceLogProbs } from "./reference-transformer.ts";

const STEP = 1e-5;
/** Every so many weights are checked; a prime, so that all rows and columns are met. */
const STRIDE = 19;
/** For machines with other things to do. */
const SLOW_MS = 60_000;

/** Central differences of `loss` at every `stride`-th weight. */
function differences(loss: (weights: Float64Array) => number, weights: Float64Array, stride: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < weights.length; i += stride) {
    const value = weights[i]!;
    weights[i] = value + STEP;
    const above = loss(weights);
    weights[i] = value - STEP;
    const below = loss(weights);
    weights[i] = value;
    result.push((above - below) / (2 * STEP));
  }
  return result;
}

const every = (values: Float32Array, stride: number): number[] => [...values].filter((_, i) => i % stride === 0);

/** The gradient of one update, recovered from AdamW's first moment: after step 1 it is (1 − β₁)·gradient. */
async function updateGradient(policy: TransformerPolicy, rows: readonly UpdateRow[], loss: LossConfig) {
  const stats = await policy.update(rows, loss, OPTIMIZER);
  const { optimizer } = await policy.save();
  const first = Float32Array.from([...optimizer.first.values()].flatMap(({ data }) => [...data]));
  return { stats, gradient: first.map((moment) => moment / (1 - OPTIMIZER.beta1)) };
}

describe.each(BACKENDS)("on %s", (backend) => {
  beforeAll(() => startBackend(backend));

  const models: [string, ModelConfig][] = [
    ["sizes that suit the kernels", TINY],
    ["odd sizes", ODD],
  ];

  it.each(models)(
    "the gradient of the language-model loss agrees with finite differences, %s",
    async (_, config) => {
      const rows: LanguageModelRow[] = [
        [1, 2, 3, 4, 5, 6, 7],
        [8, 9],
        [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5],
      ].map((tokens) => ({ tokens, weights: tokens.map((_, i) => (i % 3 === 2 ? 0 : 0.5 + 0.1 * i)) }));
      const policy = await lively(config);
      const weights = flatWeights(await policy.save());
      const loss = (at: Float64Array): number => {
        let sum = 0;
        for (const { tokens, weights: importance } of rows) {
          const logProbs = referenceLogProbs(config, at, tokens);
          for (let i = 1; i < tokens.length; i++) sum -= importance[i]! * logProbs[i - 1]![tokens[i]!]!;
        }
        return sum;
      };
      const { gradient, lossSum } = await policy.languageModelGradients(rows);
      expect(gradient).toHaveLength(parameterLayout(config).size);
      expect(lossSum).toBeCloseTo(loss(weights), 4);
      expect(every(gradient, STRIDE)).toBeAllClose(differences(loss, weights, STRIDE), {
        relative: 1e-4,
        absolute: 2e-5,
      });
      policy.dispose();
    },
    SLOW_MS,
  );

  it(
    "the gradient of the surrogate agrees with finite differences, with clip, mask, KL, entropy and temperature",
    async () => {
      const config: LossConfig = {
        ...LOSS,
        minTokenLogProb: -3,
        klCoefficient: 0.2,
        entropyCoefficient: 0.3,
        temperature: 0.7,
      };
      const base = await lively(TINY, 5);
      const policy = await lively(TINY, 5);
      await policy.setBase();
      await policy.load(await (await lively(TINY, 6)).save());
      const rows: UpdateRow[] = [
        {
          tokens: [1, 2, 3, 4, 5, 6, 7],
          lossPositions: [2, 3, 6],
          oldLogProbs: [],
          advantages: [1, 1, 1],
          offPolicy: false,
        },
        { tokens: [8, 9, 10, 11], lossPositions: [1, 3], oldLogProbs: [], advantages: [-1.5, -1.5], offPolicy: true },
      ].map((row, r) => {
        const logProbs = [-2.1, -2.6, -1.9].slice(0, row.lossPositions.length);
        return { ...row, oldLogProbs: logProbs.map((value) => value - 0.1 * r) };
      });
      const weights = flatWeights(await policy.save());
      const baseWeights = flatWeights(await base.save());
      const tokenCount = 5;
      const surrogate = (at: Float64Array) => {
        const sums = noSums();
        for (const row of rows) {
          const size = row.lossPositions.length;
          const all = referenceLogProbs(TINY, at, row.tokens, config.temperature);
          const ofBase = referenceLogProbs(TINY, baseWeights, row.tokens, config.temperature);
          const pick = (from: number[][]): number[] => row.lossPositions.map((p) => from[p - 1]![row.tokens[p]!]!);
          const entropies = row.lossPositions.map((p) => -all[p - 1]!.reduce((sum, v) => sum + v * Math.exp(v), 0));
          const slopes = { logProb: new Float32Array(size), entropy: new Float32Array(size) };
          const outcome = { logProbs: pick(all), entropies, baseLogProbs: pick(ofBase) };
          surrogateLoss(row, outcome, config, { sums, slopes });
        }
        return sums;
      };
      const { stats, gradient } = await updateGradient(policy, rows, config);
      const sums = surrogate(weights);
      expect(stats.loss).toBeCloseTo(sums.loss / tokenCount, 5);
      expect(stats.klToBase).toBeCloseTo(sums.klToBase / tokenCount, 5);
      expect(stats.entropy).toBeCloseTo(sums.entropy / tokenCount, 5);
      expect(stats.meanRatio).toBeCloseTo(sums.ratio / tokenCount, 4);
      expect(sums.clipped + sums.masked).toBeGreaterThan(0);
      const slopes = differences((at) => surrogate(at).loss / tokenCount, weights, STRIDE);
      expect(every(gradient, STRIDE)).toBeAllClose(slopes, { relative: 2e-4, absolute: 1e-5 });
      expect(stats.gradNorm).toBeCloseTo(Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0)), 5);
      for (const each of [base, policy]) each.dispose();
    },
    SLOW_MS,
  );
});
