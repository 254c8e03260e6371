/**
 * @file The kernels of the update plan one at a time: the plan's own buffers and bind groups for some rows, written, run
 * and read as the parity check and the benchmark need it.
 */
import type { LossConfig } from "../../src/core/policy/policy.ts";
import { compileKernel } from "../../src/model/webgpu/compile-kernel.ts";
import { UpdateBuffers, updateLayouts } from "../../src/model/webgpu/update/update-buffers.ts";
import { encodeCall, encodeChunk, type PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import { LANES, type UpdateShape } from "../../src/model/webgpu/update/update-shape.ts";
import {
  backwardSteps,
  forwardSteps,
  OPTIMIZER_STEPS,
  type Step,
  updateKernels,
} from "../../src/model/webgpu/update/update-steps.ts";
import type { Kernel } from "../../src/model/webgpu/update/wgsl.ts";

const WORD_BYTES = 4;

/** Settings of the only step that is ever taken. */
export const STAGE_OPTIMIZER = { learningRate: 0.01, beta1: 0.9, beta2: 0.95, weightDecay: 0.1, maxGradNorm: 0.5 };

/** What a stage is for. */
export interface StageOptions {
  readonly shape: UpdateShape;
  readonly rows: readonly PlanRow[];
  readonly parameters: Float32Array;
  readonly loss: LossConfig;
}

/** All dispatches of an optimizer step, in the order of the plan. */
export function planSteps({ config }: UpdateShape): Step[] {
  return [...forwardSteps(config), ...backwardSteps(config), ...OPTIMIZER_STEPS];
}

interface Compiled {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
}

type Grown = Awaited<ReturnType<UpdateBuffers["fit"]>>;

/** Kernels, bind groups and buffers that can be written and read. */
export class PlanStage {
  readonly positions: number;
  readonly predictions: number;
  readonly buffers: UpdateBuffers;
  readonly grown: Grown;
  readonly #device: GPUDevice;
  readonly #options: StageOptions;
  readonly #compiled: ReadonlyMap<string, Compiled>;

  private constructor(
    device: GPUDevice,
    options: StageOptions,
    parts: { readonly buffers: UpdateBuffers; readonly compiled: ReadonlyMap<string, Compiled>; readonly grown: Grown },
  ) {
    this.#device = device;
    this.#options = options;
    this.#compiled = parts.compiled;
    this.buffers = parts.buffers;
    this.grown = parts.grown;
    const { rows, shape, loss } = options;
    const { words, positions, predictions } = encodeChunk(rows, shape.config.vocabularySize);
    this.positions = positions;
    this.predictions = predictions;
    const { capacity, predictionCapacity } = parts.grown;
    device.queue.writeBuffer(parts.grown.inputs, 0, words);
    const { beta1, beta2, learningRate, weightDecay, maxGradNorm } = STAGE_OPTIMIZER;
    const call = {
      ...{ positions, predictions, capacity, predictionCapacity, firstPrediction: 0, isLater: 0, isCrossEntropy: 0 },
      ...{ ...loss, maskResponses: loss.maskScope === "response" ? 1 : 0, measureKl: 1 },
      ...{ inverseTemperature: 1 / loss.temperature, scale: 1 / predictions, stepSize: learningRate / (1 - beta1) },
      ...{ beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, secondCorrection: 1 / (1 - beta2) },
      ...{ decay: learningRate * weightDecay, maxGradNorm },
    };
    device.queue.writeBuffer(parts.buffers.call, 0, encodeCall(call));
    this.resetState();
  }

  /** Compiles all kernels and makes the buffers. The caller closes the stage. */
  static async open(device: GPUDevice, options: StageOptions): Promise<PlanStage> {
    const { shape, rows } = options;
    const layouts = updateLayouts(device);
    const compiled = new Map<string, Compiled>();
    for (const [name, kernel] of Object.entries<Kernel>(updateKernels(shape))) {
      const main = kernel.writesWeights === true ? layouts.writing : layouts.reading;
      const layout = device.createPipelineLayout({ bindGroupLayouts: [main, layouts.step] });
      compiled.set(name, { kernel, pipeline: await compileKernel(device, name, kernel.code, layout) });
    }
    const buffers = new UpdateBuffers(device, shape, layouts);
    const { positions, predictions } = encodeChunk(rows, shape.config.vocabularySize);
    const grown = await buffers.fit({ positions, predictions, results: predictions });
    return new PlanStage(device, options, { buffers, compiled, grown });
  }

  /** The first weights again, and no moments. */
  resetState(): void {
    const { parameters } = this.#options;
    const moments = new Float32Array(parameters.length);
    this.buffers.setState(parameters, moments, moments);
  }

  /** Numbers of a field, [rows, size of the field]. */
  write(field: string, values: Float32Array): void {
    this.#device.queue.writeBuffer(this.grown.arena, this.placeOf(field), values as Float32Array<ArrayBuffer>);
  }

  /** Runs one kernel, some times in one pass, and waits for it. */
  async run({ kernel: name, layer }: Step, times = 1): Promise<void> {
    const device = this.#device;
    const { kernel, pipeline } = this.#compiled.get(name)!;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, kernel.writesWeights === true ? this.grown.groups.writing : this.grown.groups.current);
    pass.setBindGroup(1, this.buffers.layerGroups[layer]);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...kernel.workgroups(this));
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  }

  /** Bytes before a field ("x/0", or "logits") in the arena. */
  placeOf(name: string): number {
    const [field, layer = "0"] = name.split("/") as [string, string?];
    const { layerStride, positionSize, fields } = this.#options.shape;
    const { offset, section } = fields.get(field)!;
    const { capacity, predictionCapacity } = this.grown;
    const unit =
      section === "position"
        ? (offset + Number(layer) * layerStride) * capacity
        : positionSize * capacity + offset * predictionCapacity;
    return unit * LANES * WORD_BYTES;
  }

  /** Floats of a buffer; offset and size in bytes. */
  async read(buffer: GPUBuffer, offset: number, size: number): Promise<Float32Array> {
    const readable = this.#device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, readable, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(readable.getMappedRange().slice(0));
    readable.destroy();
    return values;
  }

  /** Frees the buffers. */
  close(): void {
    this.buffers.dispose();
  }
}
