/** @file Products of matrices: forward, slope of the input, slope of the weights, and what is added to them. */
import * as tf from "@tensorflow/tfjs-core";
import { biasSlope, inputSlope, linear, weightSlope } from "../../../src/model/kernels/linear.ts";
import { rowBytes } from "../../../src/model/wasm/mat-mul.ts";
import { bytesOf, type KernelCase, kernelCase, matrix, runtime, TIMED, vector } from "./kernel-case.ts";

type LayerSizes = readonly [rows: number, inputs: number, outputs: number];
type MatrixSizes = readonly [rows: number, columns: number];

const { width, inner, vocabulary, positions, predictions, episodes } = TIMED;
const CHECKED: readonly LayerSizes[] = [
  [1, 4, 4],
  [5, 8, 12],
  [7, 20, 64],
  [130, 12, 36],
];

const shapeOf = ([rows, inputs, outputs]: LayerSizes): string => `${rows} rows, ${inputs} to ${outputs}`;
const flopsOf = ([rows, inputs, outputs]: LayerSizes): number => 2 * rows * inputs * outputs;

/** Cases of products. */
export const PRODUCT_CASES: readonly KernelCase[] = [
  kernelCase<LayerSizes>(
    "x·w",
    {
      checked: CHECKED,
      timed: [
        [positions, width, 3 * width],
        [positions, width, inner],
        [predictions, width, vocabulary],
        [episodes, width, 3 * width],
        [episodes, width, vocabulary],
      ],
    },
    (sizes) => {
      const [rows, inputs, outputs] = sizes;
      const [x, w] = [matrix(rows, inputs), matrix(inputs, outputs)];
      const [ours, plain] = [() => ({ product: linear(x, w) }), () => ({ product: tf.matMul(x, w) })];
      return { shape: shapeOf(sizes), flops: flopsOf(sizes), ours, plain };
    },
  ),
  kernelCase<LayerSizes>("x·w + residual", { checked: CHECKED, timed: [[positions, width, width]] }, (sizes) => {
    const [rows, inputs, outputs] = sizes;
    const [x, w, residual] = [matrix(rows, inputs), matrix(inputs, outputs), matrix(rows, outputs)];
    const ours = () => ({ sum: linear(x, w, { residual }) });
    const plain = () => ({ sum: tf.add(tf.matMul(x, w), residual) });
    return { shape: shapeOf(sizes), flops: flopsOf(sizes), ours, plain };
  }),
  kernelCase<LayerSizes>(
    "x·w + bias + residual",
    {
      checked: CHECKED,
      timed: [
        [positions, inner, width],
        [episodes, inner, width],
      ],
    },
    (sizes) => {
      const [rows, inputs, outputs] = sizes;
      const [x, w, residual, bias] = [
        ...([matrix(rows, inputs), matrix(inputs, outputs), matrix(rows, outputs)] as const),
        vector(outputs),
      ];
      const ours = () => ({ sum: linear(x, w, { residual, bias }) });
      const plain = () => ({ sum: tf.add(tf.add(tf.matMul(x, w), bias), residual) });
      return { shape: shapeOf(sizes), flops: flopsOf(sizes), ours, plain };
    },
  ),
  kernelCase<LayerSizes>("slope·wᵀ", { checked: CHECKED, timed: [[positions, inner, width]] }, (sizes) => {
    const [rows, inputs, outputs] = sizes;
    const [w, slope] = [matrix(inputs, outputs), matrix(rows, outputs)];
    const ours = () => ({ input: inputSlope(slope, w) });
    const plain = () => ({ input: tf.matMul(slope, w, false, true) });
    return { shape: shapeOf([rows, outputs, inputs]), flops: flopsOf(sizes), ours, plain };
  }),
  kernelCase<LayerSizes>(
    "xᵀ·slope",
    {
      checked: CHECKED,
      timed: [
        [positions, width, inner],
        [positions, inner, width],
      ],
    },
    (sizes) => {
      const [rows, inputs, outputs] = sizes;
      const [x, slope] = [matrix(rows, inputs), matrix(rows, outputs)];
      const ours = () => ({ weights: weightSlope(x, slope) });
      const plain = () => ({ weights: tf.matMul(x, slope, true, false) });
      return { shape: `${inputs} × ${outputs}, over ${rows} rows`, flops: flopsOf(sizes), ours, plain };
    },
    { weights: 2e-5 },
  ),
  kernelCase<MatrixSizes>(
    "sum of rows",
    {
      checked: [
        [1, 4],
        [130, 36],
      ],
      timed: [[positions, width]],
    },
    ([rows, columns]) => {
      const slope = matrix(rows, columns);
      const [ours, plain] = [() => ({ bias: biasSlope(slope) }), () => ({ bias: tf.sum(slope, 0) })];
      return { shape: `${rows} × ${columns}`, bytes: bytesOf(slope.size, columns), ours, plain };
    },
    { bias: 1e-5 },
  ),
  kernelCase<MatrixSizes>(
    "x + bias",
    {
      checked: [
        [1, 4],
        [9, 20],
      ],
      timed: [[positions, width]],
    },
    ([rows, columns]) => {
      const [x, bias] = [matrix(rows, columns), vector(columns)];
      const ours = () => {
        const { kernels, allocate, addressOf } = runtime();
        const sum = allocate([rows, columns]);
        kernels.addBias(addressOf(x), addressOf(bias), addressOf(sum), rows, rowBytes(columns));
        return { sum };
      };
      const shape = `${rows} × ${columns}`;
      return { shape, bytes: bytesOf(2 * x.size, columns), ours, plain: () => ({ sum: tf.add(x, bias) }) };
    },
  ),
];
