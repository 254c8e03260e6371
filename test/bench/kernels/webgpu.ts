/**
 * @file Times every kernel of the update plan and of the decoding plan by itself on the device that tfjs uses, beside
 * what the parity check takes for its reference in plain ops.
 */
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../../src/core/base/random.ts";
import type { LossConfig, ModelConfig } from "../../../src/core/policy/policy.ts";
import { decodeSegments } from "../../../src/model/decoder.ts";
import { uploadWeights } from "../../../src/model/device-weights.ts";
import { PlainKvCache, type Segment } from "../../../src/model/kv-cache.ts";
import { DEFAULT_MODEL, initialParameters, parameterLayout } from "../../../src/model/parameters.ts";
import { rotaryTable, rotaryTensors } from "../../../src/model/rotary.ts";
import { tidy } from "../../../src/model/tidy.ts";
import { DecodePlan, type TurnRequest } from "../../../src/model/webgpu/decode-plan.ts";
import { decodeShape } from "../../../src/model/webgpu/decode-shader.ts";
import type { PlanRow } from "../../../src/model/webgpu/update/update-inputs.ts";
import { LANES, updateShape, type UpdateShape } from "../../../src/model/webgpu/update/update-shape.ts";
import { type KernelName, type Step, updateKernels } from "../../../src/model/webgpu/update/update-steps.ts";
import { PLAIN_KERNELS, type PlainCall, PlainModel } from "../../model/webgpu-plain-kernels.ts";
import { planSteps, PlanStage } from "../../model/webgpu-plan-stage.ts";
import { type KernelTiming, MODEL_SIZES, PROMPT_LENGTH, ROW_LENGTH } from "../results.ts";
import { byTurns, type Effort, type TimedRun } from "./rounds.ts";

const LOSS: LossConfig = {
  ...{ clipLow: 0.2, clipHigh: 0.3, dualClip: 10, minTokenLogProb: -Infinity, maskScope: "token" },
  ...{ klCoefficient: 0, entropyCoefficient: 0, temperature: 1 },
};
/** One token in so many is scored. */
const SCORED_EVERY = 5;
const EPISODES = 32;
/** The name that errors of the turn kernel give it. */
const DECODE = "decode";
const [, MIDDLE] = MODEL_SIZES as readonly [unknown, (typeof MODEL_SIZES)[number]];
const MIDDLE_MODEL: ModelConfig = {
  ...{ width: MIDDLE.width, layers: MIDDLE.layers, heads: MIDDLE.heads },
  vocabularySize: DEFAULT_MODEL.vocabularySize,
  contextLength: DEFAULT_MODEL.contextLength,
};

/** What is timed. */
export interface WebGpuEffort extends Effort {
  /** Rows of 128 tokens. */
  readonly rows: number;
}

/** The shape of the plan that is timed. */
export function timedUpdateShape(): UpdateShape {
  const shape = updateShape(parameterLayout(MIDDLE_MODEL), MIDDLE_MODEL);
  if (typeof shape === "string") throw new Error(shape);
  return shape;
}

/** Names of all kernels of the plans. */
export function webGpuKernelNames(): string[] {
  return [...Object.keys(updateKernels(timedUpdateShape())), DECODE];
}

/** Times on the running WebGPU backend. */
export async function timeWebGpuKernels(effort: WebGpuEffort, log: (text: string) => void): Promise<KernelTiming[]> {
  const timings = await timeUpdateKernels(effort, log);
  log(DECODE);
  return [...timings, await timeDecoding(effort)];
}

/** The parts of tfjs' backend that are used here. */
type Backend = Pick<WebGPUBackend, "device" | "ensureCommandEncoderReady" | "endComputePassEncoder" | "submitQueue">;

function tfDevice(): GPUDevice {
  return (tf.backend() as unknown as Backend).device;
}

function rowsOf(count: number): PlanRow[] {
  const random = Random.fromSeed(count);
  return Array.from({ length: count }, (): PlanRow => {
    const tokens = Array.from({ length: ROW_LENGTH + 1 }, () => random.integer(MIDDLE_MODEL.vocabularySize));
    const positions = tokens.map((_, i) => i).filter((i) => i > 0 && (i % SCORED_EVERY === 0 || i === ROW_LENGTH));
    const advantages = positions.map((i) => (i % 2 === 0 ? 1 : -1));
    return { tokens, positions, oldLogProbs: positions.map(() => -6), advantages, offPolicy: false };
  });
}

/** All dispatches of a step in the order of the plan, so that each finds what it needs; of each kernel the first is timed. */
async function timeUpdateKernels(effort: WebGpuEffort, log: (text: string) => void): Promise<KernelTiming[]> {
  const shape = timedUpdateShape();
  const rows = rowsOf(effort.rows);
  const parameters = initialParameters(shape.layout, Random.fromSeed(1));
  const stage = await PlanStage.open(tfDevice(), { shape, rows, parameters, loss: LOSS });
  const model = new PlainModel(MIDDLE_MODEL, rows, { layout: shape.layout, parameters, temperature: LOSS.temperature });
  const plainCall = plainCallOn(stage, shape);
  const steps = planSteps(shape);
  const timings: KernelTiming[] = [];
  for (const [i, step] of steps.entries()) {
    if (steps.findIndex(({ kernel }) => kernel === step.kernel) !== i) {
      await stage.run(step);
      continue;
    }
    log(step.kernel);
    timings.push(await timeStep(step, { stage, shape, plain: plainOf(step, model, plainCall) }, effort));
  }
  stage.close();
  plainCall.dispose();
  return timings;
}

async function timeStep(
  step: Step,
  on: { readonly stage: PlanStage; readonly shape: UpdateShape; readonly plain: TimedRun | null },
  effort: Effort,
): Promise<KernelTiming> {
  const { stage, shape, plain } = on;
  const ours: TimedRun = async (times) => {
    const start = performance.now();
    await stage.run(step, times);
    return (performance.now() - start) / times;
  };
  const [ms, plainMs = []] = await byTurns(plain === null ? [ours] : [ours, plain], effort);
  const { positions, predictions } = stage;
  return {
    ...{ backend: "webgpu", name: step.kernel, kernels: [step.kernel], ms: ms!, plainMs, bytes: null },
    shape: `${positions} positions, ${predictions} predictions`,
    flops: PRODUCTS[step.kernel]?.(shape.config, { positions, predictions }) ?? null,
  };
}

/** Multiplications and additions of the kernels that multiply matrices. */
const PRODUCTS: Partial<
  Record<KernelName, (config: ModelConfig, of: { readonly positions: number; readonly predictions: number }) => number>
> = {
  projection: ({ width }, { positions }) => 6 * positions * width ** 2,
  attention: ({ width }, { positions }) => 2 * positions * width * (ROW_LENGTH + 1),
  attentionOut: ({ width }, { positions }) => 2 * positions * width ** 2,
  mlpIn: ({ width }, { positions }) => 8 * positions * width ** 2,
  mlpOut: ({ width }, { positions }) => 8 * positions * width ** 2,
  logits: ({ width, vocabularySize }, { predictions }) => 2 * predictions * width * vocabularySize,
  headSlope: ({ width, vocabularySize }, { predictions }) => 2 * predictions * width * vocabularySize,
  innerSlope: ({ width }, { positions }) => 8 * positions * width ** 2,
  middleSlope: ({ width }, { positions }) => 8 * positions * width ** 2,
  attendedSlope: ({ width }, { positions }) => 2 * positions * width ** 2,
  attentionSlope: ({ width }, { positions }) => 5 * positions * width * (ROW_LENGTH + 1),
  inputSlope: ({ width }, { positions }) => 6 * positions * width ** 2,
  weightSlope: ({ width, layers, vocabularySize }, { positions, predictions }) =>
    24 * layers * positions * width ** 2 + 2 * predictions * width * vocabularySize,
};

/** Fields are noise: what plain ops cost does not depend on the numbers. */
function plainCallOn(stage: PlanStage, shape: UpdateShape): PlainCall & { dispose(): void } {
  const made = new Map<string, unknown>();
  const kept = <Value>(name: string, compute: () => Value): Value => {
    if (made.has(name)) return made.get(name) as Value;
    const value = keepAll(compute());
    made.set(name, value);
    return value;
  };
  const random = Random.fromSeed(2);
  const noise = (size: number): Float32Array => Float32Array.from({ length: size }, () => 2 * random.uniform() - 1);
  const field = (name: string): tf.Tensor2D =>
    kept(`field ${name}`, () => {
      const [base] = name.split("/") as [string];
      const { size, section } = shape.fields.get(base === "unturned" ? "projections" : base)!;
      const rows = section === "position" ? stage.positions : stage.predictions;
      return tf.tensor2d(noise(rows * size * LANES), [rows, size * LANES]);
    });
  const slopes = { logProb: noise(stage.predictions), entropy: new Float32Array(stage.predictions) };
  return { field, kept, pulls: () => slopes, dispose: () => tf.dispose([...made.values()] as tf.Tensor[]) };
}

/** Whatever shape the value has, its tensors outlive every scope. */
function keepAll<Value>(value: Value): Value {
  if (value instanceof tf.Tensor) tf.keep(value);
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) keepAll(part);
  return value;
}

function plainOf({ kernel, layer }: Step, model: PlainModel, call: PlainCall): TimedRun | null {
  const plain = PLAIN_KERNELS[kernel];
  return plain === null ? null : (times) => timeOps(() => void plain(model, call, layer), times);
}

/** tfjs hands its last ops to the device when it is told to. */
async function timeOps(work: () => void, times: number): Promise<number> {
  const backend = tf.backend() as unknown as Backend;
  const start = performance.now();
  for (let i = 0; i < times; i++) tidy(work);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  await backend.device.queue.onSubmittedWorkDone();
  return (performance.now() - start) / times;
}

/** One token of each of 32 episodes after 64. */
async function timeDecoding(effort: Effort): Promise<KernelTiming> {
  const config = MIDDLE_MODEL;
  const layout = parameterLayout(config);
  const parameters = initialParameters(layout, Random.fromSeed(1));
  const device = tfDevice();
  const shape = decodeShape(layout, config, device.limits.maxComputeWorkgroupStorageSize);
  if (typeof shape === "string") throw new Error(shape);
  const plan = await DecodePlan.compile(device, shape);
  plan.setWeights(parameters);
  const cache = await plan.openCache(EPISODES);
  const tokens = Array.from({ length: PROMPT_LENGTH }, (_, i) => (7 * i + 1) % config.vocabularySize);
  // The cache holds what an empty buffer does: a step costs the same whatever its numbers are.
  const requests = Array.from({ length: EPISODES }, (_, episode): TurnRequest => {
    const request = { episode, tokens: [1], start: PROMPT_LENGTH, before: [2, 3] as const, writing: 1, stopTokens: [] };
    return { ...request, temperature: 1, key: [1, episode], turn: 0, firstIndex: 0 };
  });
  const ours: TimedRun = async (times) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) await plan.run(cache, requests);
    return (performance.now() - start) / times;
  };
  const rotary = rotaryTensors(rotaryTable(config.contextLength, config.width / config.heads));
  const plainCache = new PlainKvCache(config, rotary, EPISODES);
  const weights = uploadWeights(layout, parameters, config.layers);
  const segments = Array.from({ length: EPISODES }, (_, episode): Segment => {
    return { episode, start: PROMPT_LENGTH, tokens: [...tokens, 1] };
  });
  const plain: TimedRun = async (times) => {
    const start = performance.now();
    for (let i = 0; i < times; i++) {
      const logits = decodeSegments(weights, plainCache, segments);
      await logits.data();
      logits.dispose();
    }
    return (performance.now() - start) / times;
  };
  const [ms, plainMs] = (await byTurns([ours, plain], effort)) as [number[], number[]];
  plainCache.dispose();
  tf.dispose(weights as unknown as tf.TensorContainer);
  cache.destroy();
  plan.dispose();
  return {
    ...{ backend: "webgpu", name: DECODE, kernels: [DECODE], ms, plainMs, flops: null, bytes: null },
    shape: `${EPISODES} episodes, 1 token after ${PROMPT_LENGTH}, d ${config.width}, L ${config.layers}`,
  };
}
