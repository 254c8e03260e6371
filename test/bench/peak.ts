/**
 * @file The most f32 operations a second that one core does in WebAssembly with SIMD: multiplications and additions on
 * registers alone; and how much of that the product of matrices gets, by shape.
 */
import type * as tf from "@tensorflow/tfjs-core";
import {
  assemble,
  f32x4,
  FunctionScope,
  I32,
  i32,
  sequence,
  V128,
  v128,
  whileLoop,
  type KernelSource,
} from "../../src/model/wasm/assembler.ts";
import { wasmRuntime } from "../../src/model/wasm/kernel-module.ts";
import type { BenchRecord } from "./results.ts";

/** Sums that do not wait for each other: enough to hide the time of an addition. */
const CHAINS = 12;
const ROUNDS = 2_000_000;
const REPETITIONS = 7;
const LANES = 4;
/** [rows, depth, columns] of products in an update of d 64 and d 128, and in a decoding step. */
const SHAPES = [
  [2048, 64, 256],
  [2048, 256, 64],
  [2048, 128, 512],
  [32, 64, 192],
  [32, 64, 512],
] as const;

function peakKernel(): KernelSource {
  const scope = new FunctionScope([I32]);
  const left = scope.parameter(0);
  const sums = scope.localsOf(V128, CHAINS);
  const factor = scope.local(V128);
  const step = sums.map((sum) => sum.set(f32x4.add(sum.get, f32x4.mul(sum.get, factor.get))));
  const body = sequence(
    whileLoop(left.get, sequence(...step, left.advance(-1))),
    v128.store(
      i32.const(0),
      sums.map(({ get }) => get).reduce((a, b) => f32x4.add(a, b)),
    ),
  );
  return { name: "peak", scope, body };
}

/** Measures on the running wasm backend. */
export async function measurePeak(): Promise<BenchRecord["peak"]> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(assemble([peakKernel()]), { env: { memory } });
  const peak = instance.exports["peak"] as (rounds: number) => void;
  const best = shortest(() => peak(ROUNDS));
  const gflops = (2 * CHAINS * LANES * ROUNDS) / best / 1e6;
  return { gflops, matMul: Object.fromEntries(SHAPES.map((shape) => [shape.join(" × "), matMulRate(shape)])) };
}

function matMulRate([rows, depth, columns]: readonly [number, number, number]): number {
  const { kernels, zeros, addressOf } = wasmRuntime(LANES)!;
  const matrices = [zeros([rows, depth]), zeros([depth, columns]), zeros([rows, columns])] as const;
  const [a, b, c] = matrices.map((matrix: tf.Tensor) => addressOf(matrix)) as [number, number, number];
  const flops = 2 * rows * depth * columns;
  const count = Math.max(1, Math.round(2e8 / flops));
  const best = shortest(() => {
    for (let i = 0; i < count; i++) {
      kernels.matMul(a, 4 * depth, 4, b, 4 * columns, c, 4 * columns, rows, columns, depth, 0);
    }
  });
  for (const matrix of matrices) matrix.dispose();
  return (count * flops) / best / 1e6;
}

/** Milliseconds of the best of a few runs: what the processor can do when nobody disturbs it. */
function shortest(work: () => void): number {
  work();
  const times = Array.from({ length: REPETITIONS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}
