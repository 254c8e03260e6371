/** @file Buffers and bind groups of the update plan. They are made once for a shape and only grow. */
import { OutOfMemoryError } from "../../../core/base/errors.ts";
import { rotaryTable } from "../../rotary.ts";
import {
  CALL_NUMBERS,
  constantOffsets,
  gradientOffsets,
  LANES,
  POSITION_INPUTS,
  PREDICTION_INPUTS,
  RESULT_HEADER,
  type UpdateShape,
} from "./update-shape.ts";
import { weightSlopeJobs } from "./weight-slope-kernels.ts";
import type { Kernel } from "./wgsl.ts";

const WORD_BYTES = 4;
const UNIT_BYTES = LANES * WORD_BYTES;
/** Offsets of uniforms are multiples of this. */
const UNIFORM_STRIDE = 256;
const LEAST_CAPACITY = 512;
/** Positions of one pass. More are cut into chunks, so that memory and the time of a pass stay bounded. */
const MOST_POSITIONS = 8192;
/** Bindings of group 0 that are storage. */
const STORAGE_COUNT = 6;

/** What a call needs room for. */
export interface Demand {
  readonly positions: number;
  /** Of the largest chunk. */
  readonly predictions: number;
  /** Of all chunks. */
  readonly results: number;
}

/** Layouts that all kernels share. */
export interface Layouts {
  readonly reading: GPUBindGroupLayout;
  readonly writing: GPUBindGroupLayout;
  readonly step: GPUBindGroupLayout;
}

/** Which weights a pass reads. */
export type WeightsOf = "current" | "base";

interface Growing {
  readonly capacity: number;
  readonly predictionCapacity: number;
  readonly resultCapacity: number;
  readonly arena: GPUBuffer;
  readonly inputs: GPUBuffer;
  readonly results: GPUBuffer;
  readonly readable: GPUBuffer;
  readonly groups: { readonly current: GPUBindGroup; readonly base: GPUBindGroup; readonly writing: GPUBindGroup };
}

/** GPUShaderStage.COMPUTE; the constant itself is missing in some runtimes. */
const COMPUTE = 4;

/** Layouts of the bind groups. */
export function updateLayouts(device: GPUDevice): Layouts {
  const main = (weights: GPUBufferBindingType): GPUBindGroupLayout => {
    const types: GPUBufferBindingType[] = [
      ...(["uniform", weights, "storage", "read-only-storage"] as const),
      ...(["read-only-storage", "storage", "storage"] as const),
    ];
    return device.createBindGroupLayout({
      entries: types.map((type, binding) => ({ binding, visibility: COMPUTE, buffer: { type } })),
    });
  };
  return {
    reading: main("read-only-storage"),
    writing: main("storage"),
    step: device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: COMPUTE, buffer: { type: "uniform" } }],
    }),
  };
}

/** The most positions of a pass of these kernels on a device, or why there can be none. */
export function mostPositions(
  shape: UpdateShape,
  kernels: readonly Kernel[],
  limits: GPUSupportedLimits,
): number | string {
  const { maxStorageBuffersPerShaderStage, maxStorageBufferBindingSize, maxBufferSize } = limits;
  const { maxComputeWorkgroupsPerDimension } = limits;
  if (maxStorageBuffersPerShaderStage < STORAGE_COUNT) {
    return `${STORAGE_COUNT} storage buffers for a kernel, the device has ${maxStorageBuffersPerShaderStage}`;
  }
  const most = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  const bytesFor = (positions: number): number =>
    Math.max(positions * (shape.positionSize + shape.predictionSize), gradientOffsets(shape).end) * UNIT_BYTES;
  const groupsFor = (positions: number): number =>
    kernels.reduce((max, { workgroups }) => {
      const [x, y = 1] = workgroups({ positions, predictions: positions });
      return Math.max(max, x, y);
    }, 0);
  const { contextLength } = shape.config;
  // A row is never cut, so a pass must take the longest.
  for (let positions = MOST_POSITIONS; positions >= Math.max(contextLength, LEAST_CAPACITY); positions /= 2) {
    if (bytesFor(positions) <= most && groupsFor(positions) <= maxComputeWorkgroupsPerDimension) return positions;
  }
  return (
    `buffers of ${bytesFor(contextLength)} bytes and ${groupsFor(contextLength)} workgroups, ` +
    `the device has ${most} and ${maxComputeWorkgroupsPerDimension}`
  );
}

/** All buffers of a plan. */
export class UpdateBuffers {
  readonly call: GPUBuffer;
  /** Weights, first and second moments, one after another. */
  readonly state: GPUBuffer;
  readonly gradients: GPUBuffer;
  /** Bind group of each layer, and of the statistics of a pass with base weights. */
  readonly layerGroups: readonly GPUBindGroup[];
  readonly baseGroup: GPUBindGroup;
  readonly stateBytes: number;
  readonly #device: GPUDevice;
  readonly #shape: UpdateShape;
  readonly #layouts: Layouts;
  readonly #constants: GPUBuffer;
  readonly #steps: GPUBuffer;
  readonly #base: GPUBuffer;
  #growing: Growing | null = null;

  constructor(device: GPUDevice, shape: UpdateShape, layouts: Layouts) {
    this.#device = device;
    this.#shape = shape;
    this.#layouts = layouts;
    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST } = GPUBufferUsage;
    const buffer = (size: number, usage: number): GPUBuffer => device.createBuffer({ size, usage: usage | COPY_DST });
    this.stateBytes = 3 * shape.layout.size * WORD_BYTES;
    this.call = buffer(Math.ceil(Object.keys(CALL_NUMBERS).length / LANES) * UNIT_BYTES, UNIFORM);
    this.state = buffer(this.stateBytes, STORAGE | COPY_SRC);
    this.#base = buffer(shape.layout.size * WORD_BYTES, STORAGE);
    this.gradients = buffer(gradientOffsets(shape).end * UNIT_BYTES, STORAGE | COPY_SRC);
    this.#constants = buffer(constantOffsets(shape).end * UNIT_BYTES, STORAGE);
    device.queue.writeBuffer(this.#constants, 0, constantsOf(shape));
    const { layers } = shape.config;
    this.#steps = buffer((layers + 1) * UNIFORM_STRIDE, UNIFORM);
    const stepGroup = (i: number, layer: number, isBase: number): GPUBindGroup => {
      device.queue.writeBuffer(this.#steps, i * UNIFORM_STRIDE, Uint32Array.of(layer, isBase));
      const resource = { buffer: this.#steps, offset: i * UNIFORM_STRIDE, size: 2 * WORD_BYTES };
      return device.createBindGroup({ layout: layouts.step, entries: [{ binding: 0, resource }] });
    };
    this.layerGroups = Array.from({ length: layers }, (_, layer) => stepGroup(layer, layer, 0));
    this.baseGroup = stepGroup(layers, 0, 1);
  }

  /** Buffers that fit a call; grown, and the old ones destroyed, if it needs more than any call before. */
  async fit({ positions, predictions, results }: Demand): Promise<Growing> {
    const old = this.#growing;
    if (
      old !== null &&
      positions <= old.capacity &&
      predictions <= old.predictionCapacity &&
      results <= old.resultCapacity
    ) {
      return old;
    }
    const device = this.#device;
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const grown = this.#grow({
      positions: bucket(positions, old?.capacity),
      predictions: bucket(predictions, old?.predictionCapacity),
      results: bucket(results, old?.resultCapacity),
    });
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    destroyGrowing(old);
    const error = errors.find((each) => each !== null);
    this.#growing = error == null ? grown : null;
    if (error == null) return grown;
    destroyGrowing(grown);
    throw new OutOfMemoryError(`update: memory on the device, got "${error.message}"`);
  }

  setState(parameters: Float32Array, first: Float32Array, second: Float32Array): void {
    [parameters, first, second].forEach((part, i) => {
      this.#device.queue.writeBuffer(this.state, i * part.byteLength, part as Float32Array<ArrayBuffer>);
    });
  }

  setBase(parameters: Float32Array): void {
    this.#device.queue.writeBuffer(this.#base, 0, parameters as Float32Array<ArrayBuffer>);
  }

  dispose(): void {
    const buffers = [this.call, this.state, this.gradients, this.#constants, this.#steps, this.#base];
    for (const buffer of buffers) buffer.destroy();
    destroyGrowing(this.#growing);
    this.#growing = null;
  }

  #grow({ positions, predictions, results }: Demand): Growing {
    const shape = this.#shape;
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const buffer = (words: number, usage: number): GPUBuffer => {
      return this.#device.createBuffer({ size: words * WORD_BYTES, usage });
    };
    const arena = buffer(
      LANES * (positions * shape.positionSize + predictions * shape.predictionSize),
      STORAGE | COPY_SRC | COPY_DST,
    );
    const words = positions * POSITION_INPUTS.length + predictions * PREDICTION_INPUTS.length;
    const inputs = buffer(words + 3 * (shape.config.vocabularySize + 1), STORAGE | COPY_DST);
    const resultWords = RESULT_HEADER + 2 * results;
    const result = buffer(resultWords, STORAGE | COPY_SRC);
    const readable = buffer(this.stateBytes / WORD_BYTES + resultWords, MAP_READ | COPY_DST);
    const group = (layout: GPUBindGroupLayout, weights: GPUBuffer): GPUBindGroup =>
      this.#device.createBindGroup({
        layout,
        entries: [this.call, weights, arena, inputs, this.#constants, this.gradients, result].map((each, binding) => {
          return { binding, resource: { buffer: each } };
        }),
      });
    const groups = {
      current: group(this.#layouts.reading, this.state),
      base: group(this.#layouts.reading, this.#base),
      writing: group(this.#layouts.writing, this.state),
    };
    return {
      ...{ capacity: positions, predictionCapacity: predictions, resultCapacity: results },
      ...{ arena, inputs, results: result, readable, groups },
    };
  }
}

function bucket(needed: number, current = LEAST_CAPACITY): number {
  let size = current;
  while (size < needed) size *= 2;
  return size;
}

function destroyGrowing(growing: Growing | null): void {
  if (growing === null) return;
  for (const buffer of [growing.arena, growing.inputs, growing.results, growing.readable]) buffer.destroy();
}

/** Cosines, sines, and for each unit of weights whether it decays (matrices do, gains and biases do not). */
function constantsOf(shape: UpdateShape): Float32Array<ArrayBuffer> {
  const { config, layout } = shape;
  const { sin, decays, jobs, end } = constantOffsets(shape);
  const rotary = rotaryTable(config.contextLength, config.width / config.heads);
  const constants = new Float32Array(end * LANES);
  constants.set(rotary.cos);
  constants.set(rotary.sin, sin * LANES);
  constants.set(weightSlopeJobs(shape).words, jobs * LANES);
  for (const { shape: extents, offset, size } of layout.specs) {
    const start = decays * LANES + offset / LANES;
    if (extents.length > 1) constants.fill(1, start, start + size / LANES);
  }
  return constants;
}
