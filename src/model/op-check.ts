/**
 * @file Whether a backend computes what it should: each kind of op that the policy uses, once, against values from
 * formulas in double precision. A driver that computes nonsense is named before anything is learned with it.
 */
import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "../core/base/errors.ts";

/** Largest difference from the formula. Half-precision shortcuts of a driver are off by more. */
const TOLERANCE = 1e-3;
const ROWS = 37;
const COLUMNS = 45;
const OUT = 29;

interface OpCheck {
  readonly op: string;
  readonly compute: (a: tf.Tensor2D, b: tf.Tensor2D) => tf.Tensor;
  /** One value of the result, row and column (column 0 of a vector). */
  readonly expected: (row: number, column: number) => number;
  readonly columns: number;
}

/** Deterministic numbers between −1 and 1 without a pattern that a wrong index would hide. */
function entry(row: number, column: number, salt: number): number {
  return Math.sin(1 + row * 12.9898 + column * 78.233 + salt * 37.719);
}

const left = (row: number, column: number): number => entry(row, column, 0);
const right = (row: number, column: number): number => entry(row, column, 1);

function overRow(row: number, read: (value: number) => number): number {
  let sum = 0;
  for (let column = 0; column < COLUMNS; column++) sum += read(left(row, column));
  return sum;
}

function dot(row: number, column: number): number {
  let sum = 0;
  for (let i = 0; i < COLUMNS; i++) sum += left(row, i) * right(i, column);
  return sum;
}

const ROW_ORDER = Array.from({ length: ROWS }, (_, i) => (i * 7 + 3) % ROWS);

const CHECKS: readonly OpCheck[] = [
  { op: "matMul", columns: OUT, compute: (a, b) => tf.matMul(a, b), expected: dot },
  {
    op: "transpose",
    columns: ROWS,
    compute: (a) => tf.transpose(a),
    expected: (row, column) => left(column, row),
  },
  {
    op: "add",
    columns: COLUMNS,
    compute: (a) => tf.add(a, tf.tensor1d(Array.from({ length: COLUMNS }, (_, i) => right(0, i)))),
    expected: (row, column) => left(row, column) + right(0, column),
  },
  { op: "mul", columns: COLUMNS, compute: (a) => tf.mul(a, a), expected: (row, column) => left(row, column) ** 2 },
  {
    op: "exp",
    columns: COLUMNS,
    compute: (a) => tf.exp(a),
    expected: (row, column) => Math.exp(left(row, column)),
  },
  {
    op: "sigmoid",
    columns: COLUMNS,
    compute: (a) => tf.sigmoid(a),
    expected: (row, column) => 1 / (1 + Math.exp(-left(row, column))),
  },
  { op: "sum", columns: 1, compute: (a) => tf.sum(a, 1), expected: (row) => overRow(row, (value) => value) },
  {
    op: "softmax",
    columns: COLUMNS,
    compute: (a) => tf.softmax(a),
    expected: (row, column) => Math.exp(left(row, column)) / overRow(row, Math.exp),
  },
  {
    op: "gather",
    columns: COLUMNS,
    compute: (a) => tf.gather(a, tf.tensor1d(ROW_ORDER, "int32")),
    expected: (row, column) => left(ROW_ORDER[row]!, column),
  },
];

/**
 * Computes every op once on the current backend.
 *
 * @throws {DeviceError} with the name of the first op that is wrong or that the driver refuses
 */
export async function checkOps(backend: string): Promise<void> {
  for (const check of CHECKS) {
    const problem = await problemOf(check);
    if (problem !== null) throw new DeviceError(`${backend} computes "${check.op}" wrongly: ${problem}`);
  }
}

async function problemOf({ op, compute, expected, columns }: OpCheck): Promise<string | null> {
  let result: tf.Tensor | null = null;
  try {
    result = tf.tidy(() => compute(matrix(ROWS, COLUMNS, left), matrix(COLUMNS, OUT, right)));
    const values = await result.data();
    for (let i = 0; i < values.length; i++) {
      const wanted = expected(Math.floor(i / columns), i % columns);
      if (!(Math.abs(values[i]! - wanted) < TOLERANCE)) return `${wanted.toPrecision(4)} came out as ${values[i]}`;
    }
    return values.length > 0 ? null : "nothing came out";
  } catch (error) {
    return `${op} failed: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    result?.dispose();
  }
}

function matrix(rows: number, columns: number, at: (row: number, column: number) => number): tf.Tensor2D {
  const values = Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
  return tf.tensor2d(values, [rows, columns]);
}
