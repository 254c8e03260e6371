/** @file Numbers that move or turn: transposes, copies of columns, rotary positions, rows of tables and their gradients. */
import * as tf from "@tensorflow/tfjs-core";
import { rowsOf, sumByRow, sumByRowReference, sumOfRows } from "../../../src/model/kernels/embedding.ts";
import { rotate, rotaryTable, rotaryTensors } from "../../../src/model/rotary.ts";
import { rotation } from "../../../src/model/wasm/attention.ts";
import { rowBytes } from "../../../src/model/wasm/mat-mul.ts";
import { bytesOf, indices, type KernelCase, kernelCase, matrix, overwritten, runtime, TIMED } from "./kernel-case.ts";

type MatrixSizes = readonly [rows: number, columns: number];
type TurnSizes = readonly [rows: number, length: number, heads: number, headSize: number];
type LookupSizes = readonly [count: number, tableRows: number, width: number];

const { width, inner, heads, headSize, vocabulary, positions, rows, length, predictions } = TIMED;

const ids = (count: number, bound: number): tf.Tensor1D => tf.tensor1d(indices(count, bound), "int32");

/** Cases of layout and lookups. */
export const LAYOUT_CASES: readonly KernelCase[] = [
  kernelCase<MatrixSizes>(
    "transpose",
    {
      checked: [
        [1, 4],
        [7, 12],
        [33, 5],
      ],
      timed: [[width, inner]],
    },
    ([from, to]) => {
      const x = matrix(from, to);
      const ours = () => {
        const { kernels, allocate, addressOf } = runtime();
        const transposed = allocate([to, from]);
        kernels.transpose(addressOf(x), rowBytes(to), addressOf(transposed), rowBytes(from), from, to);
        return { transposed };
      };
      const plain = () => ({ transposed: tf.transpose(x) });
      return { shape: `${from} × ${to}`, bytes: bytesOf(2 * x.size), ours, plain };
    },
  ),
  kernelCase<MatrixSizes>(
    "a third of the columns",
    {
      checked: [
        [1, 4],
        [5, 7],
        [9, 20],
      ],
      timed: [[positions, width]],
    },
    ([count, columns]) => {
      const x = matrix(count, 3 * columns);
      const ours = () => {
        const { kernels, allocate, addressOf } = runtime();
        const copy = allocate([count, columns]);
        const from = addressOf(x) + 2 * rowBytes(columns);
        kernels.copyRows(from, rowBytes(3 * columns), addressOf(copy), rowBytes(columns), count, columns);
        return { copy };
      };
      const plain = () => ({ copy: tf.slice(x, [0, 2 * columns], [count, columns]) });
      return { shape: `${count} × ${columns}`, bytes: bytesOf(2 * count * columns), ours, plain };
    },
  ),
  kernelCase<TurnSizes>(
    "rotary positions",
    {
      checked: [
        [1, 3, 2, 4],
        [2, 9, 1, 12],
        [2, 5, 2, 16],
      ],
      timed: [[rows, length, heads, headSize]],
    },
    openRotary,
  ),
  kernelCase<LookupSizes>(
    "sum of three lookups",
    { checked: [[3, 6, 8]], timed: [[positions, vocabulary, width]] },
    ([count, tableRows, columns]) => {
      const tables = [matrix(tableRows, columns), matrix(tableRows, columns), matrix(tableRows, columns)] as const;
      const which = [ids(count, tableRows), ids(count, tableRows), ids(count, tableRows)] as const;
      const ours = () => ({ sum: sumOfRows(tables, which) });
      const plain = () => {
        const [a, b, c] = tables.map((table, i) => tf.gather(table, which[i]!)) as [tf.Tensor, tf.Tensor, tf.Tensor];
        return { sum: tf.add(tf.add(a, b), c) };
      };
      return { shape: `${count} × ${columns}`, bytes: bytesOf(4 * count * columns, 3 * count), ours, plain };
    },
  ),
  kernelCase<LookupSizes>(
    "lookup",
    { checked: [[3, 6, 8]], timed: [[predictions, positions, width]] },
    ([count, tableRows, columns]) => {
      const [table, which] = [matrix(tableRows, columns), ids(count, tableRows)];
      const [ours, plain] = [() => ({ rows: rowsOf(table, which) }), () => ({ rows: tf.gather(table, which) })];
      return { shape: `${count} × ${columns}`, bytes: bytesOf(2 * count * columns, count), ours, plain };
    },
  ),
  kernelCase<LookupSizes>(
    "slope of a lookup",
    {
      checked: [
        [4, 6, 8],
        [40, 3, 12],
      ],
      timed: [[positions, vocabulary, width]],
    },
    ([count, tableRows, columns]) => {
      const [slope, which] = [matrix(count, columns), ids(count, tableRows)];
      const ours = () => ({ table: sumByRow(slope, which, tableRows) });
      const plain = () => ({ table: sumByRowReference(slope, which, tableRows) });
      const bytes = bytesOf(3 * count * columns, count);
      return { shape: `${count} × ${columns} into ${tableRows} rows`, bytes, ours, plain };
    },
  ),
];

function openRotary([rowCount, rowLength, headCount, size]: TurnSizes) {
  const third = headCount * size;
  const x = matrix(rowCount * rowLength, 3 * third);
  const { tensor, restore } = overwritten(x);
  const rotary = rotaryTensors(rotaryTable(rowLength, size));
  const ours = () => {
    const start = runtime().addressOf(tensor);
    const turn = rotation(runtime(), { heads: headCount, rotary });
    for (let row = 0; row < rowCount; row++) turn(start + row * rowLength * rowBytes(3 * third), rowLength, 1);
    return { turned: tensor };
  };
  const angles = {
    cos: tf.reshape(rotary.cos, [1, rowLength, 1, size]),
    sin: tf.reshape(rotary.sin, [1, rowLength, 1, size]),
    swap: rotary.swap,
  };
  const plain = () => {
    const [turning, values] = tf.split(x, [2 * third, third], 1) as [tf.Tensor2D, tf.Tensor2D];
    const turned = rotate(tf.reshape(turning, [rowCount, rowLength, 2 * headCount, size]), angles, "forward");
    return { turned: tf.concat2d([tf.reshape(turned, [rowCount * rowLength, 2 * third]), values], 1) };
  };
  const shape = `${rowCount} rows of ${rowLength}, ${2 * headCount} × ${size}`;
  return { shape, bytes: bytesOf((4 / 3) * x.size), ours, plain, restore };
}
