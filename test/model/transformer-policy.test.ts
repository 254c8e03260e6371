import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, ConfigError, NotFiniteError, ShapeError } from "../../src/core/base/errors.ts";
import { Random } from "../../src/core/base/random.ts";
import type { LanguageModelRow, UpdateRow } from "../../src/core/policy/policy.ts";
import { decodePolicyState, encodePolicyState } from "../../src/model/checkpoint.ts";
import { TransformerPolicy } from "../../src/model/transformer-policy.ts";
import "../support/to-be-all-close.ts";
import { BACKENDS, flatWeights, lively, LOSS, OPTIMIZER, startBackend, TINY } from "./backends.ts";
import { referenceLogProbs } from "./reference-transformer.ts";

const random = Random.fromSeed(9);
const someTokens = (length: number): number[] => Array.from({ length }, () => random.integer(12));

const LM_ROWS: LanguageModelRow[] = [7, 20, 3, 12].map((length) => {
  const tokens = someTokens(length);
  return { tokens, weights: tokens.map((_, i) => 0.5 + (i % 3)) };
});

const UPDATE_ROWS: UpdateRow[] = [9, 16, 12].map((length, r) => {
  const tokens = someTokens(length);
  const lossPositions = [3, 4, 7, length - 1];
  return { tokens, lossPositions, oldLogProbs: [-2, -2.5, -1.5, -2], advantages: [1, 1, -1, 0.5], offPolicy: r === 1 };
});

describe.each(BACKENDS)("on %s", (backend) => {
  beforeAll(() => startBackend(backend));

  it("scores tokens as the slow reference does, at any temperature, in the order asked for", async () => {
    const policy = await lively(TINY);
    const weights = flatWeights(await policy.save());
    const sequences = [
      { tokens: [1, 2, 3], positions: [1, 2] },
      { tokens: someTokens(24), positions: [1, 5, 23] },
      { tokens: [4, 5], positions: [] },
      { tokens: [6, 7], positions: [1] },
    ];
    for (const temperature of [1, 0.4]) {
      const scores = await policy.logProbs(sequences, temperature);
      sequences.forEach(({ tokens, positions }, s) => {
        const all = referenceLogProbs(TINY, weights, tokens, temperature);
        expect(scores[s]!).toBeAllClose(
          positions.map((position) => all[position - 1]![tokens[position]!]!),
          { relative: 1e-4, absolute: 1e-5 },
        );
      });
    }
    policy.dispose();
  });

  it("names the likeliest next tokens with their probabilities", async () => {
    const policy = await lively(TINY);
    const tokens = [3, 1, 4, 1, 5];
    const all = referenceLogProbs(TINY, flatWeights(await policy.save()), tokens);
    const answers = await policy.distributions(tokens, [0, 4, 2], 3);
    [0, 4, 2].forEach((position, i) => {
      const ranked = all[position]!.map((logProb, token) => ({ token, p: Math.exp(logProb) })).sort(
        (a, b) => b.p - a.p,
      );
      expect(answers[i]!.tokens).toEqual(ranked.slice(0, 3).map(({ token }) => token));
      expect(answers[i]!.probabilities).toBeAllClose(
        ranked.slice(0, 3).map(({ p }) => p),
        { relative: 1e-4 },
      );
    });
    expect(await policy.distributions(tokens, [], 3)).toEqual([]);
    policy.dispose();
  });

  it("does the same twice, bit by bit", async () => {
    const run = async () => {
      const policy = TransformerPolicy.create(TINY, Random.fromSeed(4));
      await policy.setBase();
      const learned = [await policy.languageModelStep(LM_ROWS, OPTIMIZER)];
      const config = { ...LOSS, klCoefficient: 0.1, entropyCoefficient: 0.1 };
      const updated = [
        await policy.update(UPDATE_ROWS, config, OPTIMIZER),
        await policy.update(UPDATE_ROWS, config, OPTIMIZER),
      ];
      const state = await policy.save();
      policy.dispose();
      return { learned, updated, state };
    };
    expect(await run()).toEqual(await run());
  });

  it("leaves no tensor behind", async () => {
    const before = tf.memory().numTensors;
    const policy = await lively(TINY);
    await policy.setBase();
    const round = async () => {
      await policy.languageModelStep(LM_ROWS, OPTIMIZER);
      await policy.update(UPDATE_ROWS, { ...LOSS, klCoefficient: 0.1, entropyCoefficient: 0.1 }, OPTIMIZER);
      await policy.logProbs([{ tokens: [1, 2, 3], positions: [1, 2] }], 1);
      await policy.distributions([1, 2, 3], [2], 2);
      const batch = policy.open(3);
      const request = { append: [1, 2], maxTokens: 3, stopTokens: [], temperature: 1, key: [1, 2] as const, turn: 0 };
      await batch.generate([
        { ...request, episode: 1 },
        { ...request, episode: 0, maxTokens: 0, append: [1, 2, 3] },
      ]);
      batch.close();
      await policy.setBase();
      return tf.memory().numTensors;
    };
    const first = await round();
    expect(await round()).toBe(first);
    policy.dispose();
    policy.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("learns a short text by heart", async () => {
    const policy = TransformerPolicy.create(TINY, Random.fromSeed(2));
    const tokens = [1, 5, 2, 5, 3, 5, 4, 11, 9, 9, 7];
    const rows = [{ tokens, weights: tokens.map(() => 1) }];
    const losses: number[] = [];
    for (let i = 0; i < 80; i++)
      losses.push((await policy.languageModelStep(rows, { ...OPTIMIZER, maxGradNorm: 1 })).loss);
    expect(losses[0]).toBeGreaterThan(2);
    expect(losses.at(-1)).toBeLessThan(0.1);
    policy.dispose();
  });

  it("makes rewarded tokens likelier and punished ones less likely", async () => {
    const policy = await lively(TINY);
    const [before] = await policy.logProbs([{ tokens: [1, 2, 3, 4], positions: [2, 3] }], 1);
    const row: UpdateRow = {
      tokens: [1, 2, 3, 4],
      lossPositions: [2, 3],
      oldLogProbs: before!,
      advantages: [1, -1],
      offPolicy: false,
    };
    const stats = await policy.update([row], LOSS, OPTIMIZER);
    expect(stats.meanRatio).toBeCloseTo(1, 5);
    expect(stats.loss).toBeCloseTo(0, 5);
    expect(stats.klToBase).toBeNull();
    expect(stats.logProbs[0]).toBeAllClose(before!, { absolute: 1e-5 });
    const [after] = await policy.logProbs([{ tokens: [1, 2, 3, 4], positions: [2, 3] }], 1);
    expect(after![0]).toBeGreaterThan(before![0]!);
    expect(after![1]).toBeLessThan(before![1]!);
    policy.dispose();
  });

  it("refuses a step with a number that is not finite and changes nothing", async () => {
    const policy = await lively(TINY);
    await policy.languageModelStep(LM_ROWS, OPTIMIZER);
    const before = await policy.save();
    const broken = UPDATE_ROWS.map((row) => ({ ...row, advantages: row.advantages.map(() => NaN) }));
    await expect(policy.update(broken, LOSS, OPTIMIZER)).rejects.toThrow(/finite loss/);
    const infinite = LM_ROWS.map((row) => ({ ...row, weights: row.weights.map(() => 1e38) }));
    await expect(policy.languageModelStep(infinite, OPTIMIZER)).rejects.toThrow(NotFiniteError);
    const gradient = new Float32Array(policy.parameterCount);
    gradient[policy.parameterCount - 1] = Infinity;
    expect(() => policy.applyGradients(gradient, 1, OPTIMIZER)).toThrow(
      /finite gradient, got Infinity in "finalNorm.bias"/,
    );
    const tooFar = { ...OPTIMIZER, learningRate: 1e39 };
    await expect(policy.languageModelStep(LM_ROWS, tooFar)).rejects.toThrow(/finite weight, got .*Infinity in "/);
    expect(await policy.save()).toEqual(before);
    policy.dispose();
  });

  it("goes on after saving and loading as if nothing had happened", async () => {
    const policy = await lively(TINY);
    await policy.update(UPDATE_ROWS, LOSS, OPTIMIZER);
    const copy = await TransformerPolicy.fromState(decodePolicyState(encodePolicyState(await policy.save())));
    const [a, b] = [await policy.update(UPDATE_ROWS, LOSS, OPTIMIZER), await copy.update(UPDATE_ROWS, LOSS, OPTIMIZER)];
    expect(b).toEqual(a);
    expect(await copy.save()).toEqual(await policy.save());
    for (const each of [policy, copy]) each.dispose();
  });

  it("measures the KL to the base it was given, not to the current weights", async () => {
    const policy = await lively(TINY);
    await expect(policy.update(UPDATE_ROWS, { ...LOSS, klCoefficient: 0.1 }, OPTIMIZER)).rejects.toThrow(ConfigError);
    await policy.setBase();
    const first = await policy.update(UPDATE_ROWS, { ...LOSS, klCoefficient: 0.1 }, OPTIMIZER);
    expect(first.klToBase).toBeCloseTo(0, 6);
    const second = await policy.update(UPDATE_ROWS, { ...LOSS, klCoefficient: 0.1 }, OPTIMIZER);
    expect(second.klToBase).toBeGreaterThan(1e-4);
    const measured = await policy.update(UPDATE_ROWS, LOSS, OPTIMIZER, { measureKl: true });
    expect(measured.klToBase).toBeGreaterThan(1e-4);
    expect((await policy.update(UPDATE_ROWS, LOSS, OPTIMIZER)).klToBase).toBeNull();
    policy.dispose();
  });

  it("takes the same step from the gradients of two shards as from the whole batch", async () => {
    const [whole, sharded] = [await lively(TINY), await lively(TINY)];
    const stats = await whole.languageModelStep(LM_ROWS, OPTIMIZER);
    const shards = [
      await sharded.languageModelGradients(LM_ROWS.slice(0, 2)),
      await sharded.languageModelGradients(LM_ROWS.slice(2)),
    ] as const;
    const gradient = shards[0].gradient.map((value, i) => value + shards[1].gradient[i]!);
    const weightSum = shards[0].weightSum + shards[1].weightSum;
    const gradNorm = sharded.applyGradients(gradient, weightSum, OPTIMIZER);
    expect((shards[0].lossSum + shards[1].lossSum) / weightSum).toBeCloseTo(stats.loss, 6);
    expect(gradNorm).toBeCloseTo(stats.gradNorm, 5);
    const [a, b] = [flatWeights(await whole.save()), flatWeights(await sharded.save())];
    expect(b).toBeAllClose(a, { absolute: 1e-4 });
    for (const each of [whole, sharded]) each.dispose();
  });

  it("gives a shard without weights a gradient of zeros", async () => {
    const policy = await lively(TINY);
    const { gradient, lossSum, weightSum } = await policy.languageModelGradients([{ tokens: [1, 2], weights: [1, 0] }]);
    expect([lossSum, weightSum]).toEqual([0, 0]);
    expect(gradient).toHaveLength(policy.parameterCount);
    expect(gradient.every((value) => value === 0)).toBe(true);
    policy.dispose();
  });

  it("reports the log-prob of every weighted token of a language-model row", async () => {
    const policy = await lively(TINY);
    const tokens = [1, 2, 3, 4];
    const { logProbs } = await policy.languageModelStep([{ tokens, weights: [1, 0, 2, 1] }], {
      ...OPTIMIZER,
      learningRate: 0,
    });
    const [scores] = await policy.logProbs([{ tokens, positions: [2, 3] }], 1);
    expect(logProbs[0]!).toBeAllClose([0, 0, ...scores!], { absolute: 1e-5 });
    policy.dispose();
  });

  it("refuses rows, sequences and states that do not fit", async () => {
    const policy = await lively(TINY);
    const row = UPDATE_ROWS[0]!;
    const badRows: UpdateRow[] = [
      { ...row, lossPositions: [0, 4, 7, 8] },
      { ...row, lossPositions: [4, 3, 7, 8] },
      { ...row, oldLogProbs: [1] },
      { ...row, advantages: [] },
      { ...row, tokens: [...row.tokens.slice(1), 99] },
    ];
    for (const bad of badRows) await expect(policy.update([bad], LOSS, OPTIMIZER)).rejects.toThrow(ShapeError);
    await expect(policy.update([], LOSS, OPTIMIZER)).rejects.toThrow(ShapeError);
    await expect(policy.update([row], { ...LOSS, temperature: 0 }, OPTIMIZER)).rejects.toThrow(ConfigError);
    await expect(policy.languageModelStep([{ tokens: [1, 2], weights: [1] }], OPTIMIZER)).rejects.toThrow(ShapeError);
    await expect(policy.languageModelStep([{ tokens: [1, 2], weights: [1, 0] }], OPTIMIZER)).rejects.toThrow(
      ShapeError,
    );
    await expect(policy.logProbs([{ tokens: [], positions: [] }], 1)).rejects.toThrow(ShapeError);
    await expect(policy.distributions([1, 2], [2], 1)).rejects.toThrow(ShapeError);
    expect(() => policy.applyGradients(new Float32Array(3), 1, OPTIMIZER)).toThrow(ShapeError);
    const other = TransformerPolicy.create({ ...TINY, layers: 1 }, Random.fromSeed(1));
    await expect(policy.load(await other.save())).rejects.toThrow(CheckpointError);
    for (const each of [policy, other]) each.dispose();
    await expect(policy.logProbs([{ tokens: [1, 2], positions: [1] }], 1)).rejects.toThrow(ConfigError);
  });
});

describe("wasm and cpu", () => {
  it("take the same steps within rounding", async () => {
    const run = async (backend: (typeof BACKENDS)[number]) => {
      await startBackend(backend);
      const policy = await lively(TINY, 3);
      await policy.setBase();
      const config = { ...LOSS, klCoefficient: 0.1, entropyCoefficient: 0.05, temperature: 0.9 };
      const optimizer = { ...OPTIMIZER, learningRate: 1e-3, weightDecay: 0.1, maxGradNorm: 0.5 };
      const stats = [];
      for (let i = 0; i < 3; i++) stats.push(await policy.update(UPDATE_ROWS, config, optimizer));
      const weights = flatWeights(await policy.save());
      policy.dispose();
      return { losses: stats.map(({ loss }) => loss), norms: stats.map(({ gradNorm }) => gradNorm), weights };
    };
    const [wasm, cpu] = [await run("wasm"), await run("cpu")];
    expect(wasm.losses).toBeAllClose(cpu.losses, { relative: 1e-4 });
    expect(wasm.norms).toBeAllClose(cpu.norms, { relative: 1e-4 });
    // AdamW turns a gradient near zero into a full step of either sign; a step is 1e-3.
    expect(wasm.weights).toBeAllClose(cpu.weights, { absolute: 2e-4 });
  });
});
