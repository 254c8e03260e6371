/** @file All kernels in one WebAssembly module that runs on tfjs' memory, and the bridge from tensors to addresses. */
import * as tf from "@tensorflow/tfjs-core";
import { DeviceError } from "../../core/base/errors.ts";
import { assemble } from "./assembler.ts";
import { copyRowsKernel, rotaryKernel, transposeKernel } from "./layout-kernels.ts";
import { matMulKernel } from "./mat-mul.ts";
import {
  addBiasKernel,
  addToRowsKernel,
  biasGeluKernel,
  columnSumKernel,
  gatherRowsKernel,
  geluBackwardKernel,
  layerNormBackwardKernel,
  layerNormKernel,
  sumLookupsKernel,
} from "./row-kernels.ts";
import {
  causalSoftmaxKernel,
  softmaxBackwardKernel,
  tokenSlopesKernel,
  tokenStatisticsKernel,
} from "./softmax-kernels.ts";

const LANES = 4;
const SOURCES = [
  matMulKernel,
  transposeKernel,
  copyRowsKernel,
  rotaryKernel,
  layerNormKernel,
  layerNormBackwardKernel,
  biasGeluKernel,
  geluBackwardKernel,
  columnSumKernel,
  addBiasKernel,
  sumLookupsKernel,
  addToRowsKernel,
  gatherRowsKernel,
  causalSoftmaxKernel,
  softmaxBackwardKernel,
  tokenStatisticsKernel,
  tokenSlopesKernel,
];

type KernelName =
  | "matMul"
  | "transpose"
  | "copyRows"
  | "rotary"
  | "layerNorm"
  | "layerNormBackward"
  | "biasGelu"
  | "geluBackward"
  | "columnSum"
  | "addBias"
  | "sumLookups"
  | "addToRows"
  | "gatherRows"
  | "causalSoftmax"
  | "softmaxBackward"
  | "tokenStatistics"
  | "tokenSlopes";

/** The kernels; parameters are documented where they are assembled. */
export type Kernels = Readonly<Record<KernelName, (...parameters: number[]) => void>>;

/** The parts of tfjs' wasm backend that are used here; not in its public types. */
interface WasmBackend {
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory } };
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
}

/** Kernels bound to the backend's memory. */
export interface WasmRuntime {
  readonly kernels: Kernels;
  /** A new tensor that holds whatever the memory held. Tracked by `tf.tidy`. */
  readonly allocate: Allocator;
  /** A new tensor of zeros. */
  readonly zeros: Allocator;
  /** Byte address of a tensor. Valid as long as the tensor lives. */
  readonly addressOf: (tensor: tf.Tensor) => number;
  /** The numbers at an address. Valid until the memory grows: do not keep. */
  readonly floatsAt: (address: number, count: number) => Float32Array;
}

/** Makes a float32 tensor of one or two axes. */
interface Allocator {
  (shape: readonly [number, number]): tf.Tensor2D;
  (shape: readonly [number]): tf.Tensor1D;
}

let runtime: WasmRuntime | null = null;

/**
 * The kernels if the wasm backend is current and they were installed, else null: then plain ops run.
 *
 * @param width rows must be whole vectors of four floats
 */
export function wasmRuntime(width: number): WasmRuntime | null {
  return runtime !== null && width % LANES === 0 && tf.getBackend() === "wasm" ? runtime : null;
}

/**
 * Compiles the kernels into the running wasm backend; does nothing the second time.
 *
 * @throws {DeviceError} if the engine has no SIMD
 */
export async function installWasmRuntime(): Promise<void> {
  if (runtime !== null) return;
  if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new DeviceError("this WebAssembly has no SIMD");
  const backend = tf.backend() as unknown as WasmBackend;
  const { memory } = backend.wasm.asm;
  const { instance } = await WebAssembly.instantiate(assemble(SOURCES.map((source) => source())), { env: { memory } });
  const addressOf = (tensor: tf.Tensor): number => backend.dataIdMap.get(tensor.dataId).memoryOffset;
  const floatsAt = (address: number, count: number): Float32Array => new Float32Array(memory.buffer, address, count);
  const allocate = (shape: readonly number[]): tf.Tensor =>
    tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, "float32"));
  const zeros = (shape: readonly number[]): tf.Tensor => {
    const tensor = allocate(shape);
    floatsAt(addressOf(tensor), tensor.size).fill(0);
    return tensor;
  };
  runtime = {
    kernels: instance.exports as unknown as Kernels,
    allocate: allocate as Allocator,
    zeros: zeros as Allocator,
    addressOf,
    floatsAt,
  };
}
