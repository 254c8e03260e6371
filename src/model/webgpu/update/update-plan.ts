/**
 * @file A whole optimizer step as one static plan: forward pass, loss, backward pass, gradient norm and AdamW in one
 * compute pass, one submit and one read-back. Rows are packed, so cost follows real tokens; buffers, bind groups and
 * pipelines are made once. It works on the device that tfjs uses but with buffers of its own.
 */
import { DeviceError } from "../../../core/base/errors.ts";
import type { LossConfig, OptimizerConfig } from "../../../core/policy/policy.ts";
import type { MicroBatches } from "../../micro-batches.ts";
import { compileKernel } from "../compile-kernel.ts";
import type { SequenceOutcome } from "../../training.ts";
import { mostPositions, UpdateBuffers, updateLayouts, type Layouts, type WeightsOf } from "./update-buffers.ts";
import { chunksOf, encodeCall, encodeChunk, type Chunk, type PlanRow } from "./update-inputs.ts";
import { type Call, gradientOffsets, LANES, RESULT_HEADER, STATISTICS, type UpdateShape } from "./update-shape.ts";
import {
  backwardSteps,
  forwardSteps,
  type KernelName,
  GRADIENT_STEPS,
  OPTIMIZER_STEPS,
  type Step,
  updateKernels,
} from "./update-steps.ts";
import type { Kernel } from "./wgsl.ts";

const WORD_BYTES = 4;

/** What is minimised. */
export type PlanLoss =
  /** Sum of weight·(−log π); advantages are the weights. */
  | { readonly type: "crossEntropy" }
  /** Clipped surrogate with KL if asked for. */
  | { readonly type: "surrogate"; readonly config: LossConfig; readonly measureKl: boolean };

/** One optimizer step. */
export interface PlanStep {
  readonly rows: readonly PlanRow[];
  readonly loss: PlanLoss;
  readonly temperature: number;
  /** The sum of losses is multiplied by this: 1/tokens for a mean. */
  readonly scale: number;
  readonly optimizer: OptimizerConfig;
  /** Number of this step, from 1. */
  readonly number: number;
}

/** The gradient of a sum of losses. */
export interface PlanGradient {
  /** ∂(sum of losses)/∂weights, flat, in the order of the layout. */
  readonly gradient: Float32Array;
  readonly sums: PlanOutcome["sums"];
  /** In the order of the rows. */
  readonly outcomes: readonly SequenceOutcome[];
}

/** How far a call goes: to log-probs, on to the gradient, or on to new weights. */
type Goal = "score" | "gradient" | "step";

/** What a step did. Nothing changed if `isSound` is false. */
export interface PlanOutcome {
  readonly isSound: boolean;
  /** Sums over loss tokens by name. */
  readonly sums: Readonly<Record<keyof typeof STATISTICS, number>>;
  /** L2 norm before clipping. */
  readonly gradNorm: number;
  /** In the order of the rows. */
  readonly outcomes: readonly SequenceOutcome[];
  /** New weights and moments, [weights] each. */
  readonly state: readonly [Float32Array, Float32Array, Float32Array];
}

type Pipelines = Readonly<Record<KernelName, GPUComputePipeline>>;

/** What follows the backward passes of all chunks. */
const LAST_STEPS: Readonly<Record<Goal, readonly Step[]>> = {
  score: [],
  gradient: GRADIENT_STEPS,
  step: OPTIMIZER_STEPS,
};

/** Settings of a call that does not learn. */
const NO_LOSS: Omit<Call, "positions" | "predictions" | "capacity" | "predictionCapacity" | "inverseTemperature"> = {
  ...{ firstPrediction: 0, isLater: 0, isCrossEntropy: 0, maskResponses: 0, measureKl: 0 },
  ...{ clipLow: 0, clipHigh: 0, dualClip: 0, minTokenLogProb: 0, klCoefficient: 0, entropyCoefficient: 0 },
  ...{ scale: 1, stepSize: 0, beta1: 0, beta2: 0, rest1: 0, rest2: 0, secondCorrection: 0, decay: 0, maxGradNorm: 0 },
};

/** Compiled kernels with weights and moments on the device. Calls wait for one another. */
export class UpdatePlan {
  readonly #device: GPUDevice;
  readonly #shape: UpdateShape;
  readonly #pipelines: Pipelines;
  readonly #kernels: Readonly<Record<KernelName, Kernel>>;
  readonly #buffers: UpdateBuffers;
  readonly #maxPositions: number;
  readonly #batches: MicroBatches;
  readonly #forward: readonly Step[];
  readonly #backward: readonly Step[];
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    device: GPUDevice,
    shape: UpdateShape,
    parts: { pipelines: Pipelines; layouts: Layouts; maxPositions: number; readonly batches: MicroBatches },
  ) {
    this.#device = device;
    this.#shape = shape;
    this.#pipelines = parts.pipelines;
    this.#kernels = updateKernels(shape);
    this.#buffers = new UpdateBuffers(device, shape, parts.layouts);
    this.#maxPositions = parts.maxPositions;
    this.#batches = parts.batches;
    this.#forward = forwardSteps(shape.config);
    this.#backward = backwardSteps(shape.config);
  }

  /**
   * Compiles all kernels without blocking.
   *
   * @returns the plan, or why the device's limits forbid it
   * @throws {DeviceError} if the driver refuses a kernel
   */
  static async compile(device: GPUDevice, shape: UpdateShape, batches: MicroBatches): Promise<UpdatePlan | string> {
    const kernels = Object.values<Kernel>(updateKernels(shape));
    const maxPositions = mostPositions(shape, kernels, device.limits);
    if (typeof maxPositions === "string") return maxPositions;
    const layouts = updateLayouts(device);
    const [reading, writing] = [layouts.reading, layouts.writing].map((main) =>
      device.createPipelineLayout({ bindGroupLayouts: [main, layouts.step] }),
    ) as [GPUPipelineLayout, GPUPipelineLayout];
    const compiled = await Promise.all(
      Object.entries(updateKernels(shape)).map(async ([name, kernel]: [string, Kernel]) => {
        const layout = kernel.writesWeights === true ? writing : reading;
        return [name, await compileKernel(device, kernel.name, kernel.code, layout)] as const;
      }),
    );
    const pipelines = Object.fromEntries(compiled) as Pipelines;
    return new UpdatePlan(device, shape, { pipelines, layouts, maxPositions, batches });
  }

  /** Copies weights and moments to the device. */
  setState(parameters: Float32Array, first: Float32Array, second: Float32Array): void {
    this.#buffers.setState(parameters, first, second);
  }

  /** Copies the weights that KL is measured against to the device. */
  setBase(parameters: Float32Array): void {
    this.#buffers.setBase(parameters);
  }

  /** Log-probs and entropies of the rows' scored tokens, in the order of the rows. */
  score(rows: readonly PlanRow[], temperature: number, weights: WeightsOf = "current"): Promise<SequenceOutcome[]> {
    return this.#inTurn(async () => {
      const call = { ...NO_LOSS, inverseTemperature: 1 / temperature };
      const results = await this.#run(rows, call, { forward: [weights], goal: "score" });
      return outcomesOf(rows, results);
    });
  }

  /** One step on weights and moments. */
  step(step: PlanStep): Promise<PlanOutcome> {
    return this.#inTurn(async () => {
      const needsBase = step.loss.type === "surrogate" && step.loss.measureKl;
      const forward: WeightsOf[] = needsBase ? ["base", "current"] : ["current"];
      const results = await this.#run(step.rows, callOf(step), { forward, goal: "step" });
      const { size } = this.#shape.layout;
      const stateStart = results.length - 3 * size;
      const part = (i: number): Float32Array => results.slice(stateStart + i * size, stateStart + (i + 1) * size);
      const sums = sumsOf(results);
      const isSound = sums.notFinite === 0 && Number.isFinite(sums.loss) && Number.isFinite(sums.squaredNorm);
      const outcomes = outcomesOf(step.rows, results);
      return { isSound, sums, gradNorm: Math.sqrt(sums.squaredNorm), outcomes, state: [part(0), part(1), part(2)] };
    });
  }

  /** Gradient of the sum of the rows' weighted cross-entropies. Changes neither weights nor moments. */
  crossEntropyGradient(rows: readonly PlanRow[]): Promise<PlanGradient> {
    return this.#inTurn(async () => {
      const call = { ...NO_LOSS, inverseTemperature: 1, isCrossEntropy: 1 };
      const results = await this.#run(rows, call, { forward: ["current"], goal: "gradient" });
      const { size } = this.#shape.layout;
      const isEmpty = results.length <= RESULT_HEADER;
      const gradient = isEmpty ? new Float32Array(size) : results.slice(results.length - size);
      return { gradient, sums: sumsOf(results), outcomes: outcomesOf(rows, results) };
    });
  }

  /** The gradient of the last step, before clipping; for checks and error messages. */
  gradient(): Promise<Float32Array> {
    return this.#inTurn(async () => {
      const device = this.#device;
      const size = this.#shape.layout.size * WORD_BYTES;
      const readable = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      try {
        const encoder = device.createCommandEncoder();
        const start = gradientOffsets(this.#shape).sum * LANES * WORD_BYTES;
        encoder.copyBufferToBuffer(this.#buffers.gradients, start, readable, 0, size);
        device.queue.submit([encoder.finish()]);
        await readable.mapAsync(GPUMapMode.READ);
        return new Float32Array(readable.getMappedRange().slice(0));
      } finally {
        readable.destroy();
      }
    });
  }

  /** Frees the buffers. */
  dispose(): void {
    this.#buffers.dispose();
  }

  /** One call at a time, because there is one set of buffers. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Runs all chunks; returns statistics, log-prob and entropy of each prediction, and the gradient or the new state. */
  async #run(
    rows: readonly PlanRow[],
    settings: Omit<Call, "positions" | "predictions" | "capacity" | "predictionCapacity">,
    { forward, goal }: { readonly forward: readonly WeightsOf[]; readonly goal: Goal },
  ): Promise<Float32Array> {
    const { vocabularySize } = this.#shape.config;
    const chunks = chunksOf(rows, this.#batches.positions(this.#maxPositions, this.#shape.config.contextLength)).map(
      (chunk) => encodeChunk(chunk, vocabularySize),
    );
    if (chunks.length === 0) return new Float32Array(RESULT_HEADER);
    const total = chunks.reduce((sum, { predictions }) => sum + predictions, 0);
    const most = (count: (chunk: Chunk) => number): number => chunks.reduce((a, chunk) => Math.max(a, count(chunk)), 0);
    const grown = await this.#buffers.fit({
      positions: most(({ positions }) => positions),
      predictions: most(({ predictions }) => predictions),
      results: total,
    });
    const device = this.#device;
    const { call } = this.#buffers;
    const resultBytes = (RESULT_HEADER + 2 * total) * WORD_BYTES;
    const outcome = this.#outcomeOf(goal);
    const bytes = resultBytes + outcome.size;
    let firstPrediction = 0;
    device.pushErrorScope("validation");
    chunks.forEach(({ words, positions, predictions }, i) => {
      const { capacity, predictionCapacity } = grown;
      const numbers = { positions, predictions, capacity, predictionCapacity, firstPrediction, isLater: i > 0 ? 1 : 0 };
      device.queue.writeBuffer(call, 0, encodeCall({ ...settings, ...numbers }));
      device.queue.writeBuffer(grown.inputs, 0, words);
      const encoder = device.createCommandEncoder();
      const isLast = i === chunks.length - 1;
      const pass = encoder.beginComputePass();
      const run = (steps: readonly Step[], weights: WeightsOf): void =>
        this.#encode(pass, steps, { weights, groups: grown.groups, size: { positions, predictions } });
      for (const weights of forward) run(this.#forward, weights);
      if (goal !== "score") run(this.#backward, "current");
      if (isLast) run(LAST_STEPS[goal], "current");
      pass.end();
      if (isLast) {
        encoder.copyBufferToBuffer(grown.results, 0, grown.readable, 0, resultBytes);
        const { buffer, start, size } = outcome;
        if (size > 0) encoder.copyBufferToBuffer(buffer, start, grown.readable, resultBytes, size);
      }
      device.queue.submit([encoder.finish()]);
      firstPrediction += predictions;
    });
    const refusing = device.popErrorScope();
    await grown.readable.mapAsync(GPUMapMode.READ, 0, bytes);
    try {
      const refused = await refusing;
      if (refused !== null) throw new DeviceError(`update: a pass that the driver takes, got "${refused.message}"`);
      return new Float32Array(grown.readable.getMappedRange(0, bytes).slice(0));
    } finally {
      grown.readable.unmap();
    }
  }

  /** What is read back behind the results. */
  #outcomeOf(goal: Goal): { readonly buffer: GPUBuffer; readonly start: number; readonly size: number } {
    const { gradients, state, stateBytes } = this.#buffers;
    if (goal !== "gradient") return { buffer: state, start: 0, size: goal === "step" ? stateBytes : 0 };
    const start = gradientOffsets(this.#shape).sum * LANES * WORD_BYTES;
    return { buffer: gradients, start, size: this.#shape.layout.size * WORD_BYTES };
  }

  #encode(
    pass: GPUComputePassEncoder,
    steps: readonly Step[],
    on: {
      readonly weights: WeightsOf;
      readonly groups: Readonly<Record<"current" | "base" | "writing", GPUBindGroup>>;
      readonly size: { readonly positions: number; readonly predictions: number };
    },
  ): void {
    const { layerGroups, baseGroup } = this.#buffers;
    for (const { kernel, layer } of steps) {
      const { writesWeights, workgroups } = this.#kernels[kernel];
      pass.setPipeline(this.#pipelines[kernel]);
      pass.setBindGroup(0, writesWeights === true ? on.groups.writing : on.groups[on.weights]);
      pass.setBindGroup(1, on.weights === "base" && kernel === "tokenStatistics" ? baseGroup : layerGroups[layer]!);
      pass.dispatchWorkgroups(...workgroups(on.size));
    }
  }
}

function callOf({
  loss,
  temperature,
  scale,
  optimizer,
  number,
}: PlanStep): Omit<Call, "positions" | "predictions" | "capacity" | "predictionCapacity"> {
  const { learningRate, beta1, beta2, weightDecay, maxGradNorm } = optimizer;
  const step = {
    ...NO_LOSS,
    ...{ inverseTemperature: 1 / temperature, scale, beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, maxGradNorm },
    stepSize: learningRate / (1 - beta1 ** number),
    secondCorrection: 1 / (1 - beta2 ** number),
    decay: learningRate * weightDecay,
  };
  if (loss.type === "crossEntropy") return { ...step, isCrossEntropy: 1 };
  const { maskScope, clipLow, clipHigh, dualClip, minTokenLogProb, klCoefficient, entropyCoefficient } = loss.config;
  return {
    ...step,
    ...{ clipLow, clipHigh, dualClip, minTokenLogProb, klCoefficient, entropyCoefficient },
    maskResponses: maskScope === "response" ? 1 : 0,
    measureKl: loss.measureKl ? 1 : 0,
  };
}

function sumsOf(results: Float32Array): PlanOutcome["sums"] {
  return Object.fromEntries(Object.entries(STATISTICS).map(([name, i]) => [name, results[i]!])) as PlanOutcome["sums"];
}

function outcomesOf(rows: readonly PlanRow[], results: Float32Array): SequenceOutcome[] {
  let at = RESULT_HEADER;
  return rows.map(({ positions }) => {
    const outcome = { logProbs: new Float32Array(positions.length), entropies: new Float32Array(positions.length) };
    for (let i = 0; i < positions.length; i++, at += 2) {
      outcome.logProbs[i] = results[at]!;
      outcome.entropies[i] = results[at + 1]!;
    }
    return outcome;
  });
}
