/** @file What a case of a WASM kernel is, and its inputs. */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../../src/core/base/random.ts";
import { DEFAULT_MODEL } from "../../../src/model/parameters.ts";
import { MAX_POSITIONS } from "../../../src/model/training.ts";
import { wasmRuntime, type WasmRuntime } from "../../../src/model/wasm/kernel-module.ts";
import { MODEL_SIZES, ROW_LENGTH } from "../../bench/results.ts";

const FLOAT_BYTES = 4;
/** One token in so many is scored, as in the benchmark's updates. */
const SCORED_EVERY = 5;

/** Results by name. */
export type Outputs = Readonly<Record<string, tf.Tensor>>;

/** A computation with its inputs. */
export interface OpenCase {
  /** The sizes, to be read. */
  readonly shape: string;
  readonly ours: () => Outputs;
  readonly plain: () => Outputs;
  /** Puts back what `ours` overwrites. */
  readonly restore?: () => void;
  /** Frees what no scope of tfjs does. */
  readonly close?: () => void;
  /** Multiplications and additions, where they are what costs. */
  readonly flops?: number;
  /** Bytes that are read or written at least, where they are what costs. */
  readonly bytes?: number;
}

/** A computation at several sizes. Inputs belong to the scope of tfjs in which one is opened. */
export interface KernelCase {
  readonly name: string;
  /** How far an output may be from plain ops, absolutely, where it is not {@link TOLERANCE}. */
  readonly tolerance: Readonly<Record<string, number>>;
  readonly checked: readonly (() => OpenCase)[];
  readonly timed: readonly (() => OpenCase)[];
}

/** How far outputs may be from plain ops. */
export const TOLERANCE = { relative: 2e-5, absolute: 2e-6 };

/** A case for sizes of one kind. */
export function kernelCase<Sizes extends readonly number[]>(
  name: string,
  sizes: { readonly checked: readonly Sizes[]; readonly timed: readonly Sizes[] },
  open: (sizes: Sizes) => OpenCase,
  tolerance: KernelCase["tolerance"] = {},
): KernelCase {
  const opening = (each: Sizes) => () => open(each);
  return { name, tolerance, checked: sizes.checked.map(opening), timed: sizes.timed.map(opening) };
}

const [, MIDDLE] = MODEL_SIZES as readonly [unknown, (typeof MODEL_SIZES)[number]];

/**
 * What an update of the middle model on rows of 128 tokens gives a kernel at a time, and a decoding step of 32 episodes.
 */
export const TIMED = {
  width: MIDDLE.width,
  inner: 4 * MIDDLE.width,
  heads: MIDDLE.heads,
  headSize: MIDDLE.width / MIDDLE.heads,
  vocabulary: DEFAULT_MODEL.vocabularySize,
  /** Of one micro-batch. */
  positions: MAX_POSITIONS["wasm"]!,
  rows: MAX_POSITIONS["wasm"]! / ROW_LENGTH,
  length: ROW_LENGTH,
  predictions: Math.round(MAX_POSITIONS["wasm"]! / SCORED_EVERY),
  episodes: 32,
} as const;

const random = Random.fromSeed(3);

/** The kernels; cases are opened on the wasm backend alone. */
export function runtime(): WasmRuntime {
  return wasmRuntime(4)!;
}

/** Uniform in ±scale. */
export function noise(size: number, scale = 1): Float32Array {
  return Float32Array.from({ length: size }, () => scale * (2 * random.uniform() - 1));
}

/** Noise, [rows, columns]. */
export function matrix(rows: number, columns: number, scale = 1): tf.Tensor2D {
  return tf.tensor2d(noise(rows * columns, scale), [rows, columns]);
}

/** Noise, [size]. */
export function vector(size: number): tf.Tensor1D {
  return tf.tensor1d(noise(size));
}

/** Indices below a bound, [count]. */
export function indices(count: number, bound: number): Int32Array {
  return Int32Array.from({ length: count }, () => random.integer(bound));
}

/** Bytes of so many floats. */
export function bytesOf(...counts: readonly number[]): number {
  return FLOAT_BYTES * counts.reduce((sum, count) => sum + count, 0);
}

/** A tensor that a kernel overwrites, and what puts its first numbers back. */
export function overwritten(values: tf.Tensor2D): { readonly tensor: tf.Tensor2D; readonly restore: () => void } {
  const fresh = values.dataSync().slice() as Float32Array;
  const tensor = tf.tensor2d(fresh.slice(), values.shape);
  const { addressOf, floatsAt } = runtime();
  return { tensor, restore: () => floatsAt(addressOf(tensor), fresh.length).set(fresh) };
}
