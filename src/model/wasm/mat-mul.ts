/**
 * @file Matrix product with arbitrary strides: C = A·B or C += A·B, where a row of B and of C is contiguous. Strides
 * make transposes of A, heads inside a wide matrix and causal halves free. Tiles of 4 rows × 8 columns stay in registers;
 * every number is summed in the order of k, so a result does not depend on its place in the matrix.
 */
import { F32, f32, f32x4, FunctionScope, I32, i32, ifElse, sequence, V128, v128, whileLoop } from "./assembler.ts";
import type { Code, KernelSource, Local } from "./assembler.ts";

const LANES = 4;
const FLOAT_BYTES = 4;
/** Rows and vectors of four columns of the main tile: 8 sums, 2 columns and 1 broadcast fit 16 registers. */
const TILE_ROWS = 4;

interface Arguments {
  readonly a: Local;
  readonly aRow: Local;
  readonly aStep: Local;
  readonly b: Local;
  readonly bStep: Local;
  readonly c: Local;
  readonly cRow: Local;
  readonly rows: Local;
  readonly columns: Local;
  readonly depth: Local;
  readonly isAdding: Local;
}

interface Variables {
  readonly i: Local;
  readonly j: Local;
  readonly k: Local;
  readonly aRows: readonly Local[];
  readonly bAt: Local;
  readonly cAt: Local;
  readonly sums: readonly Local[];
  readonly bValues: readonly Local[];
  readonly aValue: Local;
  readonly scalarSum: Local;
}

/**
 * matMul(a, aRow, aStep, b, bStep, c, cRow, rows, columns, depth, isAdding): addresses and strides in bytes.
 * A(i, k) is at a + i·aRow + k·aStep, B(k, j) at b + k·bStep + 4j, C(i, j) at c + i·cRow + 4j.
 */
export function matMulKernel(): KernelSource {
  const scope = new FunctionScope(new Array<typeof I32>(11).fill(I32));
  const [a, aRow, aStep, b, bStep, c, cRow, rows, columns, depth, isAdding] = Array.from({ length: 11 }, (_, i) =>
    scope.parameter(i),
  ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];
  const args: Arguments = { a, aRow, aStep, b, bStep, c, cRow, rows, columns, depth, isAdding };
  const [i, j, k, bAt, cAt] = scope.localsOf(I32, 5) as [Local, Local, Local, Local, Local];
  const variables: Variables = {
    ...{ i, j, k, bAt, cAt },
    aRows: scope.localsOf(I32, TILE_ROWS),
    sums: scope.localsOf(V128, 8),
    bValues: scope.localsOf(V128, 8),
    aValue: scope.local(V128),
    scalarSum: scope.local(F32),
  };
  const body = sequence(
    i.set(i32.const(0)),
    whileLoop(i32.ltS(i32.add(i.get, i32.const(TILE_ROWS - 1)), rows.get), rowBlock(args, variables, TILE_ROWS)),
    whileLoop(i32.ltS(i.get, rows.get), rowBlock(args, variables, 1)),
  );
  return { name: "matMul", scope, body };
}

/** All columns of `height` rows from i on. A single row gets wide tiles, so that its sums do not wait for each other. */
function rowBlock(args: Arguments, variables: Variables, height: number): Code {
  const { i, j } = variables;
  const widths = height === 1 ? [8, 2, 1] : [2, 1];
  return sequence(
    j.set(i32.const(0)),
    ...widths.map((vectors) =>
      whileLoop(
        i32.ltS(i32.add(j.get, i32.const(vectors * LANES - 1)), args.columns.get),
        vectorTile(args, variables, height, vectors),
      ),
    ),
    whileLoop(i32.ltS(j.get, args.columns.get), scalarTile(args, variables, height)),
    i.advance(height),
  );
}

/** Points aRows, bAt and cAt at the tile. */
function pointAtTile({ a, aRow, b, c, cRow }: Arguments, v: Variables, height: number): Code {
  const column = i32.shl(v.j.get, i32.const(2));
  return sequence(
    v.aRows[0]!.set(i32.add(a.get, i32.mul(v.i.get, aRow.get))),
    ...v.aRows.slice(1, height).map((row, r) => row.set(i32.add(v.aRows[r]!.get, aRow.get))),
    v.bAt.set(i32.add(b.get, column)),
    v.cAt.set(i32.add(i32.add(c.get, i32.mul(v.i.get, cRow.get)), column)),
  );
}

function vectorTile(args: Arguments, v: Variables, height: number, vectors: number): Code {
  const sums = Array.from({ length: height }, (_, r) => v.sums.slice(r * vectors, (r + 1) * vectors));
  const eachRowOfC = (visit: (row: readonly Local[]) => Code): Code =>
    sequence(...sums.map((row, r) => sequence(visit(row), r < height - 1 ? v.cAt.advance(args.cRow.get) : [])));
  const rewind = height === 1 ? [] : v.cAt.set(i32.sub(v.cAt.get, i32.mul(args.cRow.get, i32.const(height - 1))));
  const step = sequence(
    ...v.bValues.slice(0, vectors).map((value, n) => value.set(v128.load(v.bAt.get, n * 16))),
    ...sums.map((row, r) =>
      sequence(
        v.aValue.set(v128.load32Splat(v.aRows[r]!.get)),
        ...row.map((sum, n) => sum.set(f32x4.add(sum.get, f32x4.mul(v.aValue.get, v.bValues[n]!.get)))),
        v.aRows[r]!.advance(args.aStep.get),
      ),
    ),
    v.bAt.advance(args.bStep.get),
  );
  return sequence(
    pointAtTile(args, v, height),
    ifElse(
      args.isAdding.get,
      sequence(
        eachRowOfC((row) => sequence(...row.map((sum, n) => sum.set(v128.load(v.cAt.get, n * 16))))),
        rewind,
      ),
      sequence(...sums.flat().map((sum) => sum.set(v128.zero()))),
    ),
    repeat(v.k, args.depth, step),
    eachRowOfC((row) => sequence(...row.map((sum, n) => v128.store(v.cAt.get, sum.get, n * 16)))),
    v.j.advance(vectors * LANES),
  );
}

/** One column at a time, for the last columns. */
function scalarTile(args: Arguments, v: Variables, height: number): Code {
  const column = Array.from({ length: height }, (_, r) =>
    sequence(
      pointAtTile(args, v, height),
      r === 0 ? [] : v.cAt.advance(i32.mul(args.cRow.get, i32.const(r))),
      ifElse(args.isAdding.get, v.scalarSum.set(f32.load(v.cAt.get)), v.scalarSum.set(f32.const(0))),
      repeat(
        v.k,
        args.depth,
        sequence(
          v.scalarSum.set(f32.add(v.scalarSum.get, f32.mul(f32.load(v.aRows[r]!.get), f32.load(v.bAt.get)))),
          v.aRows[r]!.advance(args.aStep.get),
          v.bAt.advance(args.bStep.get),
        ),
      ),
      f32.store(v.cAt.get, v.scalarSum.get),
    ),
  );
  return sequence(...column, v.j.advance(1));
}

function repeat(counter: Local, count: Local, body: Code): Code {
  return sequence(
    counter.set(count.get),
    whileLoop(counter.get, sequence(body, counter.set(i32.sub(counter.get, i32.const(1))))),
  );
}

/** Bytes between rows of a contiguous matrix. */
export function rowBytes(columns: number): number {
  return columns * FLOAT_BYTES;
}
