import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/base/random.ts";
import { assemble, FunctionScope, I32, sequence, V128, v128 } from "../../../src/model/wasm/assembler.ts";
import { exponential } from "../../../src/model/wasm/exponential.ts";
import { matMulKernel } from "../../../src/model/wasm/mat-mul.ts";
import "../../support/to-be-all-close.ts";

const memory = new WebAssembly.Memory({ initial: 4 });
const floats = new Float32Array(memory.buffer);
const [A, B, C] = [0, 16_384, 32_768];
let matMul: (...parameters: number[]) => void;
let exp4: (from: number, to: number) => void;

/** exp4(from, to): four exponentials. */
function exponentialKernel() {
  const scope = new FunctionScope([I32, I32]);
  const value = scope.local(V128);
  const exp = exponential(scope);
  const body = sequence(
    exp.setUp,
    exp.into(value, v128.load(scope.parameter(0).get)),
    v128.store(scope.parameter(1).get, value.get),
  );
  return { name: "exp4", scope, body };
}

beforeAll(async () => {
  const { instance } = await WebAssembly.instantiate(assemble([matMulKernel(), exponentialKernel()]), {
    env: { memory },
  });
  ({ matMul, exp4 } = instance.exports as unknown as { matMul: typeof matMul; exp4: typeof exp4 });
});

function fill(): void {
  const random = Random.fromSeed(5);
  for (let i = 0; i < floats.length; i++) floats[i] = 2 * random.uniform() - 1;
}

describe("the matrix product", () => {
  const sizes = [1, 2, 3, 4, 5, 8, 9, 33];
  const shapes = sizes.flatMap((rows) => sizes.map((columns) => [rows, columns] as const));

  it.each(["as it is", "transposed"])("is the sum of products for every remainder of the tiles, A %s", (storage) => {
    for (const [rows, columns] of shapes) {
      for (const depth of [1, 7]) {
        fill();
        const [rowStride, step] = storage === "transposed" ? [1, rows + 2] : [depth + 3, 1];
        const [bStep, cRow] = [columns + 1, columns + 5];
        const before = floats.slice(C, C + rows * cRow);
        const addresses = [A * 4, rowStride * 4, step * 4, B * 4, bStep * 4, C * 4, cRow * 4];
        matMul(...addresses, rows, columns, depth, 0);
        const product = floats.slice(C, C + rows * cRow);
        matMul(...addresses, rows, columns, depth, 1);
        const expected = before.slice();
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            for (let k = 0; k < depth; k++) sum += floats[A + i * rowStride + k * step]! * floats[B + k * bStep + j]!;
            expected[i * cRow + j] = sum;
          }
        }
        expect(product).toBeAllClose(expected, { relative: 1e-5, absolute: 1e-6 });
        const doubled = expected.map((value, at) => (at % cRow < columns ? 2 * value : value));
        expect(floats.slice(C, C + rows * cRow)).toBeAllClose(doubled, { relative: 1e-5, absolute: 1e-6 });
      }
    }
  });

  it("gives a row the same bits wherever it stands", () => {
    fill();
    const [rows, columns, depth] = [9, 37, 21];
    matMul(A * 4, depth * 4, 4, B * 4, columns * 4, C * 4, columns * 4, rows, columns, depth, 0);
    const together = floats.slice(C, C + rows * columns);
    for (let i = 0; i < rows; i++) {
      matMul((A + i * depth) * 4, depth * 4, 4, B * 4, columns * 4, C * 4, columns * 4, 1, columns, depth, 0);
      expect(floats.slice(C, C + columns)).toEqual(together.slice(i * columns, (i + 1) * columns));
    }
  });
});

describe("the exponential", () => {
  it("is within three units in the last place of e^x over its range", () => {
    let worst = 0;
    for (let x = -87; x <= 87; x += 0.01) {
      floats.set([x, -x, x / 100, 0], A);
      exp4(A * 4, C * 4);
      for (let lane = 0; lane < 4; lane++) {
        const exact = Math.exp(floats[A + lane]!);
        worst = Math.max(worst, Math.abs(floats[C + lane]! - exact) / exact);
      }
      expect(floats[C + 3]).toBe(1);
    }
    expect(worst).toBeLessThan(3 * 2 ** -23);
  });

  it("stays finite beyond its range and lets NaN through", () => {
    floats.set([-1e30, 1e30, NaN, -Infinity], A);
    exp4(A * 4, C * 4);
    expect(floats[C]).toBeLessThan(2e-38);
    expect(floats[C + 1]).toBeGreaterThan(6e37);
    expect(floats[C + 1]).toBeLessThan(Infinity);
    expect(floats[C + 2]).toBeNaN();
    expect(floats[C + 3]).toBeLessThan(2e-38);
  });
});
