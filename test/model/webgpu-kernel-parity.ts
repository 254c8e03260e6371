/**
 * @file Runs every kernel of the update plan alone: the arena holds what the plain ops left before it and noise where it
 * writes, and must afterwards hold what the plain ops say, everywhere. Knows no test framework, so that it runs in Node
 * and in browsers.
 */
import type { ModelConfig } from "../../src/core/policy/policy.ts";
import { adamWStep, l2Norm, newOptimizerState } from "../../src/model/optimizer.ts";
import { compileKernel } from "../../src/model/webgpu/compile-kernel.ts";
import { UpdateBuffers, updateLayouts } from "../../src/model/webgpu/update/update-buffers.ts";
import { encodeCall, encodeChunk, type PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import {
  gradientOffsets,
  LANES,
  SLOTS,
  STATISTICS,
  updateShape,
  type UpdateShape,
} from "../../src/model/webgpu/update/update-shape.ts";
import {
  backwardSteps,
  forwardSteps,
  OPTIMIZER_STEPS,
  type Step,
  updateKernels,
} from "../../src/model/webgpu/update/update-steps.ts";
import type { Kernel } from "../../src/model/webgpu/update/wgsl.ts";
import { CHECKED_LOSS, type Fields, KernelReference } from "./webgpu-kernel-reference.ts";

/** How far a kernel's output is from plain ops, as a share of the largest number of that output. */
export interface KernelError {
  readonly kernel: string;
  readonly output: string;
  readonly error: number;
}

/** What the error of a kernel has to stay under. AdamW divides slopes by their size, however small they are. */
export function toleranceOf(kernel: string): number {
  return kernel === "adamW" ? 2e-4 : 2e-6;
}

const WORD_BYTES = 4;
const NOISE = 7e7;
const OPTIMIZER = { learningRate: 0.01, beta1: 0.9, beta2: 0.95, weightDecay: 0.1, maxGradNorm: 0.5 };

/** Rows of different lengths, with gaps between their responses, some off-policy. */
function checkedRows({ vocabularySize }: ModelConfig): PlanRow[] {
  return [11, 2, 23, 6].map((length, r): PlanRow => {
    const tokens = Array.from({ length }, (_, i) => (5 * i * (r + 1) + i * i + r) % vocabularySize);
    const positions = tokens.map((_, i) => i).filter((i) => i > 0 && (i % 5 !== 2 || length < 3));
    const oldLogProbs = positions.map((i) => -2.4 - 0.3 * Math.sin(i));
    const advantages = positions.map((i) => (i % 3) - 1.2);
    return { tokens, positions, oldLogProbs, advantages, offPolicy: r % 2 === 0 };
  });
}

/** Errors of all kernels for a model. Needs a tfjs backend for the plain ops. */
export async function kernelErrors(device: GPUDevice, config: ModelConfig): Promise<KernelError[]> {
  const rows = checkedRows(config);
  const reference = new KernelReference(config, rows);
  const shape = updateShape(reference.layout, config);
  if (typeof shape === "string") throw new Error(shape);
  const bench = await KernelBench.open(device, shape, reference);
  const errors: KernelError[] = [];
  const fields = noise(shape, bench);
  fields["bases"] = Float32Array.from({ length: 4 * bench.predictions }, (_, i) =>
    i % 4 === 2 ? -2 - (i % 7) / 5 : 0,
  );
  for (const step of [...forwardSteps(config), ...backwardSteps(config), ...OPTIMIZER_STEPS]) {
    const outputs = reference.after(step.kernel, step.layer, fields);
    await bench.run(step, fields);
    Object.assign(fields, outputs);
    const got = await bench.readArena();
    for (const [name, expected] of Object.entries(fields)) {
      const error = distance(got[name]!, expected);
      const isOutput = name in outputs;
      if (isOutput || error > 0)
        errors.push({ kernel: step.kernel, output: `${name}${isOutput ? "" : " (stray)"}`, error });
    }
    errors.push(...(await bench.otherErrors(step)));
  }
  bench.close();
  return errors;
}

function noise({ fields, config }: UpdateShape, { positions, predictions }: KernelBench): Fields {
  const all: Fields = {};
  for (const [name, { size, section }] of fields) {
    const rows = section === "position" ? positions : predictions;
    const filled = (): Float32Array => new Float32Array(rows * size * LANES).fill(NOISE);
    if (section === "prediction") all[name] = filled();
    else for (let layer = 0; layer < layersOf(name, config.layers); layer++) all[`${name}/${layer}`] = filled();
  }
  return all;
}

function layersOf(name: string, layers: number): number {
  if (name === "slopeAttended") return 1;
  return ["x", "stats1", "slopeX"].includes(name) ? layers + 1 : layers;
}

function distance(got: Float32Array, expected: Float32Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  let error = 0;
  expected.forEach((value, i) => {
    const difference = Math.abs(got[i]! - value);
    if (!(difference <= error)) error = difference;
  });
  return error / largest;
}

/** Kernels, bind groups and buffers that can be written and read. */
class KernelBench {
  readonly positions: number;
  readonly predictions: number;
  readonly #device: GPUDevice;
  readonly #shape: UpdateShape;
  readonly #reference: KernelReference;
  readonly #buffers: UpdateBuffers;
  readonly #pipelines: ReadonlyMap<string, { readonly kernel: Kernel; readonly pipeline: GPUComputePipeline }>;
  readonly #capacity: number;
  readonly #grown: Awaited<ReturnType<UpdateBuffers["fit"]>>;

  private constructor(
    device: GPUDevice,
    reference: KernelReference,
    parts: {
      shape: UpdateShape;
      buffers: UpdateBuffers;
      pipelines: ReadonlyMap<string, { kernel: Kernel; pipeline: GPUComputePipeline }>;
      grown: Awaited<ReturnType<UpdateBuffers["fit"]>>;
    },
  ) {
    this.#device = device;
    this.#reference = reference;
    this.#shape = parts.shape;
    this.#buffers = parts.buffers;
    this.#pipelines = parts.pipelines;
    this.#grown = parts.grown;
    this.#capacity = parts.grown.capacity;
    const { words, positions, predictions } = encodeChunk(reference.rows, reference.config.vocabularySize);
    this.positions = positions;
    this.predictions = predictions;
    const { capacity, predictionCapacity } = parts.grown;
    device.queue.writeBuffer(parts.grown.inputs, 0, words);
    const { beta1, beta2, learningRate, weightDecay, maxGradNorm } = OPTIMIZER;
    const call = {
      ...{ positions, predictions, capacity, predictionCapacity, firstPrediction: 0, isLater: 0, isCrossEntropy: 0 },
      ...{ ...CHECKED_LOSS, maskResponses: 1, measureKl: 1, inverseTemperature: 1 / CHECKED_LOSS.temperature },
      ...{ scale: 1 / predictions, stepSize: learningRate / (1 - beta1), beta1, beta2, rest1: 1 - beta1 },
      ...{ rest2: 1 - beta2, secondCorrection: 1 / (1 - beta2), decay: learningRate * weightDecay, maxGradNorm },
    };
    device.queue.writeBuffer(parts.buffers.call, 0, encodeCall(call));
    const moments = new Float32Array(reference.parameters.length);
    parts.buffers.setState(reference.parameters, moments, moments);
  }

  static async open(device: GPUDevice, shape: UpdateShape, reference: KernelReference): Promise<KernelBench> {
    const layouts = updateLayouts(device);
    const pipelines = new Map<string, { kernel: Kernel; pipeline: GPUComputePipeline }>();
    for (const [name, kernel] of Object.entries<Kernel>(updateKernels(shape))) {
      const main = kernel.writesWeights === true ? layouts.writing : layouts.reading;
      const layout = device.createPipelineLayout({ bindGroupLayouts: [main, layouts.step] });
      pipelines.set(name, { kernel, pipeline: await compileKernel(device, name, kernel.code, layout) });
    }
    const buffers = new UpdateBuffers(device, shape, layouts);
    const { positions, predictions } = encodeChunk(reference.rows, reference.config.vocabularySize);
    const grown = await buffers.fit({ positions, predictions, results: predictions });
    return new KernelBench(device, reference, { shape, buffers, pipelines, grown });
  }

  /** Runs one kernel on these fields. */
  async run({ kernel: name, layer }: Step, fields: Fields): Promise<void> {
    const device = this.#device;
    for (const [field, values] of Object.entries(fields)) {
      device.queue.writeBuffer(this.#grown.arena, this.#placeOf(field), values as Float32Array<ArrayBuffer>);
    }
    const { kernel, pipeline } = this.#pipelines.get(name)!;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, kernel.writesWeights === true ? this.#grown.groups.writing : this.#grown.groups.current);
    pass.setBindGroup(1, this.#buffers.layerGroups[layer]);
    pass.dispatchWorkgroups(...kernel.workgroups({ positions: this.positions, predictions: this.predictions }));
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  }

  async readArena(): Promise<Fields> {
    const all = await this.#read(this.#grown.arena, 0, this.#grown.arena.size);
    const names = Object.keys(noise(this.#shape, this));
    return Object.fromEntries(
      names.map((name) => {
        const start = this.#placeOf(name) / WORD_BYTES;
        const { size, section } = this.#shape.fields.get(name.split("/")[0]!)!;
        return [
          name,
          all.slice(start, start + (section === "position" ? this.positions : this.predictions) * size * LANES),
        ];
      }),
    );
  }

  /** Errors of what a kernel writes elsewhere than in the arena. */
  async otherErrors({ kernel }: Step): Promise<KernelError[]> {
    const { lookups: lookupsAt, sum } = gradientOffsets(this.#shape);
    const { gradient, lookups, layout, config } = this.#reference;
    const size = layout.size;
    const read = (at: number, count: number): Promise<Float32Array> =>
      this.#read(this.#buffers.gradients, at * LANES * WORD_BYTES, count * WORD_BYTES);
    if (kernel === "loss") return this.#statisticErrors();
    if (kernel === "weightSlope") {
      const slots = await read(0, SLOTS * size);
      const total = new Float32Array(size);
      for (let slot = 0; slot < SLOTS; slot++) {
        for (let i = 0; i < size; i++) total[i]! += slots[slot * size + i]!;
      }
      return layout.specs
        .filter(({ name }) => !name.includes("revious"))
        .map(({ name, offset, size: count }) => {
          const error = distance(total.subarray(offset, offset + count), gradient.subarray(offset, offset + count));
          return { kernel, output: name, error };
        });
    }
    const table = config.vocabularySize * config.width;
    const all = Float32Array.from(lookups.flatMap((slopes) => [...slopes]));
    if (kernel === "lookupSlope") {
      return [{ kernel, output: "lookups", error: distance(await read(lookupsAt, 3 * table), all) }];
    }
    if (kernel === "gradientSum") {
      all.forEach((slope, i) => (gradient[i]! += slope));
      return [{ kernel, output: "gradient", error: distance(await read(sum, size), gradient) }];
    }
    return kernel === "adamW" ? this.#stateErrors() : [];
  }

  close(): void {
    this.#buffers.dispose();
  }

  async #statisticErrors(): Promise<KernelError[]> {
    const results = await this.#read(this.#grown.results, 0, Object.keys(STATISTICS).length * WORD_BYTES);
    const { sums } = this.#reference;
    const names = ["loss", "ratio", "clipped", "masked", "entropy", "klToBase"] as const;
    return names.map((name) => {
      if (sums[name] === 0) throw new Error(`a check that can fail needs some ${name}`);
      const error = distance(results.subarray(STATISTICS[name], STATISTICS[name] + 1), Float32Array.of(sums[name]));
      return { kernel: "loss", output: `sum of ${name}`, error };
    });
  }

  async #stateErrors(): Promise<KernelError[]> {
    const { layout, gradient, parameters } = this.#reference;
    const state = newOptimizerState(layout.size);
    const expected = parameters.slice();
    adamWStep(layout, expected, state, { gradient, gradNorm: l2Norm(gradient), config: OPTIMIZER });
    const got = await this.#read(this.#buffers.state, 0, this.#buffers.stateBytes);
    const results = await this.#read(this.#grown.results, STATISTICS.squaredNorm * WORD_BYTES, WORD_BYTES);
    const part = (i: number): Float32Array => got.subarray(i * layout.size, (i + 1) * layout.size);
    return [
      { kernel: "adamW", output: "weights", error: distance(part(0), expected) },
      { kernel: "adamW", output: "first moments", error: distance(part(1), state.first) },
      { kernel: "adamW", output: "second moments", error: distance(part(2), state.second) },
      { kernel: "adamW", output: "squared norm", error: distance(results, Float32Array.of(l2Norm(gradient) ** 2)) },
    ];
  }

  /** Bytes. */
  #placeOf(name: string): number {
    const [field, layer = "0"] = name.split("/") as [string, string?];
    const { offset, section } = this.#shape.fields.get(field)!;
    const { layerStride, positionSize } = this.#shape;
    const unit =
      section === "position"
        ? (offset + Number(layer) * layerStride) * this.#capacity
        : positionSize * this.#capacity + offset * this.#grown.predictionCapacity;
    return unit * LANES * WORD_BYTES;
  }

  async #read(buffer: GPUBuffer, offset: number, size: number): Promise<Float32Array> {
    const readable = this.#device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, readable, 0, size);
    this.#device.queue.submit([encoder.finish()]);
    await readable.mapAsync(GPUMapMode.READ);
    const values = new Float32Array(readable.getMappedRange().slice(0));
    readable.destroy();
    return values;
  }
}
