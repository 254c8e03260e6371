/** @file Work on each row by itself: LayerNorm, GELU, and what a distribution over tokens says. */
import * as tf from "@tensorflow/tfjs-core";
import { biasGelu, biasGeluReference, geluBackward, geluBackwardReference } from "../../../src/model/kernels/gelu.ts";
import {
  layerNorm,
  layerNormBackward,
  layerNormBackwardReference,
  layerNormReference,
} from "../../../src/model/kernels/layer-norm.ts";
import {
  tokenLogProbs,
  tokenLogProbsBackward,
  tokenLogProbsBackwardReference,
  tokenLogProbsReference,
} from "../../../src/model/kernels/token-log-probs.ts";
import { bytesOf, indices, type KernelCase, kernelCase, matrix, noise, TIMED, vector } from "./kernel-case.ts";

type MatrixSizes = readonly [rows: number, columns: number];
type SpreadSizes = readonly [rows: number, columns: number, scale: number];
type TokenSizes = readonly [rows: number, vocabulary: number, temperature: number];

const { width, inner, vocabulary, positions, predictions, episodes } = TIMED;

/** Numbers up to 60: from deep saturation to deep saturation. Timed where activations are. */
const GELU_SIZES = { checked: [[33, 8, 60]], timed: [[positions, inner, 3]] } as const;
const NORM_SIZES = {
  checked: [
    [1, 4],
    [9, 12],
  ],
  timed: [[positions, width]],
} as const;
const TOKEN_SIZES = {
  checked: [
    [5, 16, 1],
    [5, 16, 0.4],
    [5, 16, 2],
  ],
  timed: [[predictions, vocabulary, 1]],
} as const;

/** Cases of rows. */
export const ROW_CASES: readonly KernelCase[] = [
  kernelCase<MatrixSizes>(
    "LayerNorm",
    { ...NORM_SIZES, timed: [...NORM_SIZES.timed, [episodes, width]] },
    ([rows, columns]) => {
      const [x, gain, bias] = [matrix(rows, columns, 3), vector(columns), vector(columns)];
      const ours = () => ({ output: layerNorm(x, gain, bias).output });
      const plain = () => ({ output: layerNormReference(x, gain, bias).output });
      return { shape: `${rows} × ${columns}`, bytes: bytesOf(3 * x.size, rows), ours, plain };
    },
  ),
  kernelCase<MatrixSizes>(
    "slopes of LayerNorm",
    NORM_SIZES,
    ([rows, columns]) => {
      const [x, gain, bias] = [matrix(rows, columns, 3), vector(columns), vector(columns)];
      const [slope, residual] = [matrix(rows, columns), matrix(rows, columns)];
      const [own, plainly] = [layerNorm(x, gain, bias).trace, layerNormReference(x, gain, bias).trace];
      const ours = () => ({ ...layerNormBackward(slope, own, gain, residual) });
      const plain = () => ({ ...layerNormBackwardReference(slope, plainly, gain, residual) });
      return { shape: `${rows} × ${columns}`, bytes: bytesOf(4 * x.size, rows), ours, plain };
    },
    { gain: 1e-5, bias: 1e-5 },
  ),
  kernelCase<SpreadSizes>(
    "GELU of x + bias",
    GELU_SIZES,
    ([rows, columns, scale]) => {
      const [x, bias] = [matrix(rows, columns, scale), vector(columns)];
      const [ours, plain] = [() => ({ ...biasGelu(x, bias) }), () => ({ ...biasGeluReference(x, bias) })];
      return { shape: `${rows} × ${columns}`, bytes: bytesOf(3 * x.size), ours, plain };
    },
    { output: 1e-5, preActivation: 1e-5 },
  ),
  kernelCase<SpreadSizes>(
    "slopes of GELU",
    GELU_SIZES,
    ([rows, columns, scale]) => {
      const [x, slope] = [matrix(rows, columns, scale), matrix(rows, columns)];
      const [ours, plain] = [() => ({ ...geluBackward(slope, x) }), () => ({ ...geluBackwardReference(slope, x) })];
      return { shape: `${rows} × ${columns}`, bytes: bytesOf(3 * x.size), ours, plain };
    },
    { input: 1e-5, bias: 1e-4 },
  ),
  kernelCase<TokenSizes>("log-probs and entropies", TOKEN_SIZES, ([rows, tokens, temperature]) => {
    const logits = matrix(rows, tokens, 6);
    const targets = { tokens: indices(rows, tokens), temperature };
    const ours = () => said(tokenLogProbs(logits, targets));
    const plain = () => said(tokenLogProbsReference(logits, targets));
    return { shape: `${rows} × ${tokens}`, bytes: bytesOf(logits.size, 2 * rows), ours, plain };
  }),
  kernelCase<TokenSizes>("slopes of log-probs", TOKEN_SIZES, ([rows, tokens, temperature]) => {
    const logits = matrix(rows, tokens, 6);
    const targets = { tokens: indices(rows, tokens), temperature };
    const [own, plainly] = [tokenLogProbs(logits, targets), tokenLogProbsReference(logits, targets)];
    const slopes = { logProb: noise(rows), entropy: noise(rows) };
    const ours = () => ({ logits: tokenLogProbsBackward(own, targets, slopes) });
    const plain = () => ({ logits: tokenLogProbsBackwardReference(plainly, targets, slopes) });
    return { shape: `${rows} × ${tokens}`, bytes: bytesOf(2 * logits.size), ours, plain };
  }),
];

function said({ picked, entropy }: { readonly picked: tf.Tensor; readonly entropy: tf.Tensor }) {
  return { picked, entropy };
}
