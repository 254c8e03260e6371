import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import {
  attention,
  attentionBackward,
  attentionBackwardReference,
  attentionReference,
} from "../../../src/model/attention.ts";
import { rowsOf, sumByRow, sumByRowReference, sumOfRows } from "../../../src/model/kernels/embedding.ts";
import { biasGelu, biasGeluReference, geluBackward, geluBackwardReference } from "../../../src/model/kernels/gelu.ts";
import {
  layerNorm,
  layerNormBackward,
  layerNormBackwardReference,
  layerNormReference,
} from "../../../src/model/kernels/layer-norm.ts";
import { biasSlope, inputSlope, linear, weightSlope } from "../../../src/model/kernels/linear.ts";
import {
  tokenLogProbs,
  tokenLogProbsBackward,
  tokenLogProbsBackwardReference,
  tokenLogProbsReference,
} from "../../../src/model/kernels/token-log-probs.ts";
import { rotaryTable, rotaryTensors } from "../../../src/model/rotary.ts";
import { sequenceBatch } from "../../../src/model/sequence-batch.ts";
import { wasmRuntime } from "../../../src/model/wasm/kernel-module.ts";
import "../../support/to-be-all-close.ts";
import { startBackend } from "../backends.ts";

const random = Random.fromSeed(3);
const noise = (size: number, scale = 1): Float32Array =>
  Float32Array.from({ length: size }, () => scale * (2 * random.uniform() - 1));
const matrix = (rows: number, columns: number, scale = 1): tf.Tensor2D =>
  tf.tensor2d(noise(rows * columns, scale), [rows, columns]);
const vector = (size: number): tf.Tensor1D => tf.tensor1d(noise(size));
const ids = (values: readonly number[]): tf.Tensor1D => tf.tensor1d([...values], "int32");

async function expectClose(actual: tf.Tensor, expected: tf.Tensor, absolute = 2e-6): Promise<void> {
  expect(actual.shape).toEqual(expected.shape);
  expect(await actual.data()).toBeAllClose(await expected.data(), { relative: 2e-5, absolute });
}

beforeAll(async () => {
  await startBackend("wasm");
  expect(wasmRuntime(8)).not.toBeNull();
});

describe("the wasm kernels agree with plain ops on", () => {
  it.each([
    [1, 4, 4],
    [5, 8, 12],
    [7, 20, 64],
    [130, 12, 36],
  ])("linear layers of %i rows, %i to %i", async (rows, inputs, outputs) => {
    const [x, w, slope] = [matrix(rows, inputs), matrix(inputs, outputs), matrix(rows, outputs)];
    const [residual, bias] = [matrix(rows, outputs), vector(outputs)];
    await expectClose(linear(x, w), tf.matMul(x, w));
    await expectClose(linear(x, w, { residual }), tf.add(tf.matMul(x, w), residual));
    await expectClose(linear(x, w, { residual, bias }), tf.add(tf.add(tf.matMul(x, w), bias), residual));
    await expectClose(inputSlope(slope, w), tf.matMul(slope, w, false, true));
    await expectClose(weightSlope(x, slope), tf.matMul(x, slope, true, false), 2e-5);
    await expectClose(biasSlope(slope), tf.sum(slope, 0), 1e-5);
  });

  it("LayerNorm forward and backward", async () => {
    const [x, gain, bias, slope, residual] = [matrix(9, 12, 3), vector(12), vector(12), matrix(9, 12), matrix(9, 12)];
    const [own, plain] = [layerNorm(x, gain, bias), layerNormReference(x, gain, bias)];
    await expectClose(own.output, plain.output);
    const back = layerNormBackward(slope, own.trace, gain, residual);
    const plainBack = layerNormBackwardReference(slope, plain.trace, gain, residual);
    await expectClose(back.input, plainBack.input);
    await expectClose(back.gain, plainBack.gain, 1e-5);
    await expectClose(back.bias, plainBack.bias, 1e-5);
  });

  it("GELU forward and backward, from deep saturation to deep saturation", async () => {
    const [x, bias, slope] = [matrix(33, 8, 60), vector(8), matrix(33, 8)];
    const [own, plain] = [biasGelu(x, bias), biasGeluReference(x, bias)];
    await expectClose(own.output, plain.output, 1e-5);
    const [back, plainBack] = [
      geluBackward(slope, own.preActivation),
      geluBackwardReference(slope, plain.preActivation),
    ];
    await expectClose(back.input, plainBack.input, 1e-5);
    await expectClose(back.bias, plainBack.bias, 1e-4);
  });

  it("lookups and the sums that belong to them", async () => {
    const tables = [matrix(6, 8), matrix(6, 8), matrix(6, 8)] as const;
    const which = [ids([0, 5, 3]), ids([1, 1, 2]), ids([4, 0, 0])] as const;
    const [a, b, c] = tables.map((table, i) => tf.gather(table, which[i]!));
    await expectClose(sumOfRows(tables, which), tf.add(tf.add(a!, b!), c!));
    await expectClose(rowsOf(tables[0], ids([5, 0, 5])), tf.gather(tables[0], ids([5, 0, 5])));
    const slope = matrix(4, 8);
    await expectClose(sumByRow(slope, ids([2, 0, 2, 5]), 6), sumByRowReference(slope, ids([2, 0, 2, 5]), 6));
  });

  it.each([1, 0.4, 2])("token log-probs, entropies and their slopes at temperature %f", async (temperature) => {
    const logits = matrix(5, 16, 6);
    const targets = { tokens: Int32Array.from([0, 15, 7, 7, 3]), temperature };
    const [own, plain] = [tokenLogProbs(logits, targets), tokenLogProbsReference(logits, targets)];
    await expectClose(own.picked, plain.picked);
    await expectClose(own.entropy, plain.entropy);
    const slopes = { logProb: noise(5), entropy: noise(5) };
    const back = tokenLogProbsBackward(own, targets, slopes);
    await expectClose(back, tokenLogProbsBackwardReference(plain, targets, slopes));
  });

  it.each([
    [1, 2, 4],
    [16, 1, 8],
    [17, 2, 12],
    [70, 2, 8],
  ])("attention over %i positions with %i heads of %i", async (length, heads, headSize) => {
    const width = heads * headSize;
    const rotary = rotaryTensors(rotaryTable(80, headSize));
    const rows = [0, 1].map(() => new Array<number>(length).fill(1));
    const shape = { heads, rotary, batch: sequenceBatch(rows, true) };
    const projections = matrix(2 * length, 3 * width, 2);
    const plain = attentionReference(projections, shape);
    const own = attention(tf.add(projections, 0), shape);
    await expectClose(own.output, plain.output);
    const slope = matrix(2 * length, width);
    const back = attentionBackward(slope, own.saved, shape);
    await expectClose(back, attentionBackwardReference(slope, plain.saved, shape), 2e-5);
  });

  it("attention over rows of different lengths, one after another", async () => {
    const [heads, width, lengths] = [2, 8, [19, 1, 6]];
    const rotary = rotaryTensors(rotaryTable(80, 4));
    const all = matrix(26, 3 * width);
    const slope = matrix(26, width);
    const shape = {
      heads,
      rotary,
      batch: sequenceBatch(
        lengths.map((n) => new Array<number>(n).fill(1)),
        false,
      ),
    };
    const own = attention(tf.add(all, 0), shape);
    const back = attentionBackward(slope, own.saved, shape);
    let start = 0;
    for (const length of lengths) {
      const rowShape = { heads, rotary, batch: sequenceBatch([new Array<number>(length).fill(1)], true) };
      const cut = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [start, 0], [length, x.shape[1]]);
      const plain = attentionReference(cut(all), rowShape);
      await expectClose(cut(own.output), plain.output);
      await expectClose(cut(back), attentionBackwardReference(cut(slope), plain.saved, rowShape), 2e-5);
      start += length;
    }
  });
});
