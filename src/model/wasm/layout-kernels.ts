/** @file Kernels that move or turn numbers: transpose, copy of rows, rotary positions. Addresses and strides in bytes. */
import { F32, f32, f32x4, FunctionScope, I32, i32, sequence, V128, v128, whileLoop } from "./assembler.ts";
import type { Code, KernelSource, Local } from "./assembler.ts";
import { at, FLOAT_BYTES, repeat, VECTOR_BYTES } from "./loops.ts";

/** transpose(x, xRow, out, outRow, rows, columns): out(j, i) = x(i, j). */
export function transposeKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, I32, I32]);
  const [x, xRow, out, outRow, rows, columns] = [0, 1, 2, 3, 4, 5].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const [row, column, from, to] = scope.localsOf(I32, 4) as [Local, Local, Local, Local];
  const body = repeat(
    row,
    rows.get,
    sequence(
      from.set(x.get),
      to.set(out.get),
      repeat(
        column,
        columns.get,
        sequence(f32.store(to.get, f32.load(from.get)), from.advance(FLOAT_BYTES), to.advance(outRow.get)),
      ),
      x.advance(xRow.get),
      out.advance(FLOAT_BYTES),
    ),
  );
  return { name: "transpose", scope, body };
}

/** copyRows(x, xRow, out, outRow, rows, columns) */
export function copyRowsKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, I32, I32]);
  const [x, xRow, out, outRow, rows, columns] = [0, 1, 2, 3, 4, 5].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local, Local],
  ];
  const [row, offset, bytes] = scope.localsOf(I32, 3) as [Local, Local, Local];
  const copy = eachColumn(offset, bytes, {
    vector: v128.store(at(out, offset), v128.load(at(x, offset))),
    scalar: f32.store(at(out, offset), f32.load(at(x, offset))),
  });
  const body = sequence(
    bytes.set(i32.mul(columns.get, i32.const(FLOAT_BYTES))),
    repeat(row, rows.get, sequence(copy, x.advance(xRow.get), out.advance(outRow.get))),
  );
  return { name: "copyRows", scope, body };
}

/**
 * rotary(x, xRow, cos, sin, rows, heads, halfBytes, sign): in place, the two halves of each head turn by the angles of
 * the row; cos and sin advance by halfBytes a row. A sign of −1 turns back.
 */
export function rotaryKernel(): KernelSource {
  const scope = new FunctionScope([I32, I32, I32, I32, I32, I32, I32, F32]);
  const [x, xRow, cos, sin, rows, heads, half, sign] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => scope.parameter(i)) as [
    ...[Local, Local, Local, Local, Local, Local, Local, Local],
  ];
  const [row, head, offset, first, second] = scope.localsOf(I32, 5) as [Local, Local, Local, Local, Local];
  const [a, b, s, signs] = scope.localsOf(V128, 4) as [Local, Local, Local, Local];
  const [a1, b1, s1] = scope.localsOf(F32, 3) as [Local, Local, Local];
  const vector = sequence(
    a.set(v128.load(at(first, offset))),
    b.set(v128.load(at(second, offset))),
    s.set(f32x4.mul(v128.load(at(sin, offset)), signs.get)),
    v128.store(at(first, offset), f32x4.sub(f32x4.mul(a.get, v128.load(at(cos, offset))), f32x4.mul(b.get, s.get))),
    v128.store(at(second, offset), f32x4.add(f32x4.mul(a.get, s.get), f32x4.mul(b.get, v128.load(at(cos, offset))))),
  );
  const scalar = sequence(
    a1.set(f32.load(at(first, offset))),
    b1.set(f32.load(at(second, offset))),
    s1.set(f32.mul(f32.load(at(sin, offset)), sign.get)),
    f32.store(at(first, offset), f32.sub(f32.mul(a1.get, f32.load(at(cos, offset))), f32.mul(b1.get, s1.get))),
    f32.store(at(second, offset), f32.add(f32.mul(a1.get, s1.get), f32.mul(b1.get, f32.load(at(cos, offset))))),
  );
  const oneRow = sequence(
    first.set(x.get),
    repeat(
      head,
      heads.get,
      sequence(
        second.set(i32.add(first.get, half.get)),
        eachColumn(offset, half, { vector, scalar }),
        first.set(i32.add(second.get, half.get)),
      ),
    ),
    x.advance(xRow.get),
    cos.advance(half.get),
    sin.advance(half.get),
  );
  const body = sequence(signs.set(f32x4.splat(sign.get)), repeat(row, rows.get, oneRow));
  return { name: "rotary", scope, body };
}

/** Runs over `bytes` four floats at a time, then one at a time. */
function eachColumn(offset: Local, bytes: Local, body: { readonly vector: Code; readonly scalar: Code }): Code {
  const lastVector = i32.add(offset.get, i32.const(VECTOR_BYTES - 1));
  return sequence(
    offset.set(i32.const(0)),
    whileLoop(i32.ltS(lastVector, bytes.get), sequence(body.vector, offset.advance(VECTOR_BYTES))),
    whileLoop(i32.ltS(offset.get, bytes.get), sequence(body.scalar, offset.advance(FLOAT_BYTES))),
  );
}
