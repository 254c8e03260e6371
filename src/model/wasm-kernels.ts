/**
 * @file Makes tfjs' WebAssembly backend fast and complete enough to train on: every float matrix product goes through
 * XNNPACK (tfjs does so only for batch 1 without transposes; the rest is a scalar loop), and the gradient of a row
 * lookup exists.
 */
import * as tf from "@tensorflow/tfjs-core";

interface TensorPlace {
  readonly id: number;
  readonly memoryOffset: number;
}

/** The parts of tfjs' wasm backend that are used here; not in its public types. */
export interface WasmBackend extends tf.KernelBackend {
  readonly wasm: {
    readonly tfjs: {
      registerTensor(id: number, size: number, offset: number): void;
      disposeData(id: number): void;
    };
    readonly asm: Record<string, (...values: number[]) => void> & { readonly memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(offset: number): void;
    readonly HEAPU8: Uint8Array;
  };
  readonly dataIdMap: { get(dataId: object): TensorPlace };
  dataIdNextNumber: number;
  makeOutput(shape: readonly number[], dtype: tf.DataType): tf.TensorInfo;
  typedArrayFromHeap(info: tf.TensorInfo): Float32Array | Int32Array;
}

type KernelArguments = Parameters<tf.KernelFunc>[0];

/** Below this many numbers a matrix of a batch is not worth a call of its own. */
const MIN_BATCHED_SIZE = 1024;
const BATCH_MAT_MUL = "BatchMatMul";
let isInstalled = false;

/** The wasm backend if it is the current one. */
export function currentWasmBackend(): WasmBackend | null {
  return tf.getBackend() === "wasm" ? (tf.backend() as WasmBackend) : null;
}

/** Registers the kernels; does nothing the second time. The backend must be running. */
export function installWasmKernels(): void {
  if (isInstalled) return;
  isInstalled = true;
  const original = tf.getKernel(BATCH_MAT_MUL, "wasm").kernelFunc;
  const transpose = tf.getKernel("Transpose", "wasm").kernelFunc;
  tf.unregisterKernel(BATCH_MAT_MUL, "wasm");
  tf.registerKernel({
    kernelName: BATCH_MAT_MUL,
    backendName: "wasm",
    kernelFunc: (call) => matMulThroughXnnPack(call, original, transpose),
  });
  tf.registerKernel({ kernelName: "UnsortedSegmentSum", backendName: "wasm", kernelFunc: unsortedSegmentSum });
}

function matMulThroughXnnPack(call: KernelArguments, original: tf.KernelFunc, transpose: tf.KernelFunc): tf.TensorInfo {
  const backend = call.backend as WasmBackend;
  const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const batch = sizeOf(a.shape.slice(0, -2));
  const isSmall = batch > 1 && sizeOf(a.shape.slice(-2)) < MIN_BATCHED_SIZE;
  const isFloat = a.dtype === "float32" && b.dtype === "float32";
  if (isSmall || !isFloat || batch !== sizeOf(b.shape.slice(0, -2))) return original(call) as tf.TensorInfo;

  const flip = (x: tf.TensorInfo): tf.TensorInfo => {
    const [rows, columns] = x.shape.slice(-2) as [number, number];
    const view = { dataId: x.dataId, shape: [batch, rows, columns], dtype: x.dtype };
    return transpose({ inputs: { x: view }, backend, attrs: { perm: [0, 2, 1] } }) as tf.TensorInfo;
  };
  const left = transposeA ? flip(a) : a;
  const right = transposeB ? flip(b) : b;
  const [m, k] = left.shape.slice(-2) as [number, number];
  const n = right.shape.at(-1)!;
  const out = backend.makeOutput([...a.shape.slice(0, -2), m, n], "float32");
  multiplyEach(backend, [left, right, out], { batch, m, k, n });
  if (transposeA) backend.disposeData(left.dataId);
  if (transposeB) backend.disposeData(right.dataId);
  return out;
}

/** One XNNPACK call per matrix of the batch, on views into the three tensors. */
function multiplyEach(
  backend: WasmBackend,
  tensors: readonly [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo],
  { batch, m, k, n }: { batch: number; m: number; k: number; n: number },
): void {
  const { tfjs, asm } = backend.wasm;
  const places = tensors.map(({ dataId }) => backend.dataIdMap.get(dataId));
  const shapes = backend.wasm._malloc(24);
  new Int32Array(asm.memory.buffer, shapes, 6).set([1, m, k, 1, k, n]);
  const multiply = (aId: number, bId: number, outId: number): void =>
    asm[BATCH_MAT_MUL]!(aId, shapes, 3, bId, shapes + 12, 3, 0, 0, outId);
  if (batch === 1) {
    multiply(places[0]!.id, places[1]!.id, places[2]!.id);
  } else {
    const sizes = [m * k, k * n, m * n];
    for (let i = 0; i < batch; i++) {
      const ids = places.map(({ memoryOffset }, which) => {
        const id = backend.dataIdNextNumber++;
        tfjs.registerTensor(id, sizes[which]!, memoryOffset + i * sizes[which]! * 4);
        return id;
      });
      multiply(ids[0]!, ids[1]!, ids[2]!);
      for (const id of ids) tfjs.disposeData(id);
    }
  }
  backend.wasm._free(shapes);
}

/** out[segmentIds[i]] += x[i] for rows; rows with a negative id are left out. */
function unsortedSegmentSum(call: KernelArguments): tf.TensorInfo {
  const backend = call.backend as WasmBackend;
  const { x, segmentIds } = call.inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
  const { numSegments } = call.attrs as unknown as { numSegments: number };
  const out = backend.makeOutput([numSegments, ...x.shape.slice(segmentIds.shape.length)], x.dtype);
  const source = backend.typedArrayFromHeap(x);
  const ids = backend.typedArrayFromHeap(segmentIds);
  const target = backend.typedArrayFromHeap(out);
  target.fill(0);
  const width = ids.length === 0 ? 0 : source.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const start = ids[i]! * width;
    if (start < 0) continue;
    for (let j = 0; j < width; j++) target[start + j]! += source[i * width + j]!;
  }
  return out;
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
