/** @file The contenders of the benchmark train the same model: what they say, learn and write agrees with ours. */
import { init } from "@jax-js/jax";
import { beforeAll, describe, expect, it } from "vitest";
import type { ModelConfig, Policy, UpdateRow, UpdateStats } from "../../src/core/policy/policy.ts";
import { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import { flatWeights, lively, LOSS, OPTIMIZER, startBackend } from "../model/backends.ts";
import "../support/to-be-all-close.ts";
import { JaxPolicy } from "./contenders/jax-policy.ts";

const MODEL: ModelConfig = { vocabularySize: 16, width: 16, layers: 2, heads: 2, contextLength: 64 };
const tokensOf = (length: number, step: number): number[] => Array.from({ length }, (_, i) => (i * step + 1) % 15);
const SETTINGS = { ...OPTIMIZER, weightDecay: 0.1, maxGradNorm: 0.5 };

/** Ratios on both sides of the clip, a dual clip, and a masked token. */
const ROWS: UpdateRow[] = [30, 21].map((length, r) => ({
  tokens: tokensOf(length, 5 + r),
  lossPositions: [2, 3, 9, length - 1],
  oldLogProbs: [-2, -4, -7, -2.6],
  advantages: [1, -1, -0.5, 0.5],
  offPolicy: r === 1,
}));

interface Outcome {
  readonly logProbs: readonly number[];
  readonly updates: readonly UpdateStats[];
  readonly weights: Float64Array;
  readonly written: readonly (readonly number[])[];
}

async function doAll(policy: Policy): Promise<Outcome> {
  const loss = { ...LOSS, dualClip: 3, minTokenLogProb: -2.5, temperature: 0.8 };
  const logProbs = await policy.logProbs(
    ROWS.map(({ tokens, lossPositions }) => ({ tokens, positions: lossPositions })),
    0.7,
  );
  const updates = [await policy.update(ROWS, loss, SETTINGS), await policy.update(ROWS, loss, SETTINGS)];
  const batch = policy.open(3);
  const request = (episode: number, append: number[], maxTokens: number, turn: number) => {
    return { episode, append, maxTokens, stopTokens: [0], temperature: 0.9, key: [5, episode] as const, turn };
  };
  const written = [
    ...(await batch.generate([request(0, tokensOf(12, 4), 5, 0), request(2, [3], 7, 0)])),
    ...(await batch.generate([request(1, [7, 7], 0, 1), request(0, [], 3, 1)])),
    ...(await batch.generate([request(1, [2], 4, 2)])),
  ].map(({ tokens }) => tokens);
  batch.close();
  return { logProbs: logProbs.flat(), updates, weights: flatWeights(await policy.save()), written };
}

describe("the model written for jax-js", () => {
  let ours: Outcome;
  let theirs: Outcome;

  beforeAll(async () => {
    await startBackend("wasm");
    await init("wasm");
    const policy: TransformerPolicy = await lively(MODEL, 4);
    const other = await JaxPolicy.fromState(await policy.save());
    [ours, theirs] = [await doAll(policy), await doAll(other)];
    policy.dispose();
    other.dispose();
  }, 120_000);

  it("gives tokens the same log-probs", () => {
    expect(theirs.logProbs).toBeAllClose(ours.logProbs, { absolute: 1e-4 });
  });

  it("takes the same steps on the clipped and masked surrogate", () => {
    theirs.updates.forEach(({ loss, gradNorm, meanRatio }, i) => {
      const expected = ours.updates[i]!;
      expect([loss, gradNorm, meanRatio]).toBeAllClose([expected.loss, expected.gradNorm, expected.meanRatio], {
        ...{ relative: 1e-3, absolute: 1e-4 },
      });
    });
    expect(theirs.weights).toBeAllClose(ours.weights, { absolute: 2e-3 });
  });

  it("writes the same tokens, however episodes take turns", () => {
    expect(theirs.written).toEqual(ours.written);
    expect(theirs.written.flat().length).toBeGreaterThan(10);
  });
});
