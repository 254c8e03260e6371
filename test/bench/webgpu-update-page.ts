/**
 * @file Script of a page that measures an update on the browser's WebGPU, in plain ops and as one plan by turns, and each
 * kernel of the plan alone; bundled by browser-run.ts.
 */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../src/core/base/random.ts";
import type { LossConfig, OptimizerConfig, UpdateRow } from "../../src/core/policy/policy.ts";
import { selectBackend } from "../../src/model/backend.ts";
import { HostState } from "../../src/model/host-state.ts";
import { type Learner, PlainLearner } from "../../src/model/learner.ts";
import { LearningPath } from "../../src/model/learning-path.ts";
import { MicroBatches } from "../../src/model/micro-batches.ts";
import { DEFAULT_MODEL, initialParameters, parameterLayout } from "../../src/model/parameters.ts";
import { rotaryTable, rotaryTensors } from "../../src/model/rotary.ts";
import { type Counts, countsBetween, countWebGpu } from "../support/webgpu-counts.ts";

/** One way to update, at one size. */
export interface UpdateTiming {
  readonly way: "plain" | "plan";
  readonly rows: number;
  readonly tokens: number;
  readonly ms: number;
  /** Of the last repetition. */
  readonly counts: Counts;
}

/** What the page measured. */
export interface UpdateBenchmark {
  /** The plan's own words. */
  readonly learning: string;
  readonly startMs: number;
  readonly timings: readonly UpdateTiming[];
  /** Best of a few dispatches on the largest of the sizes, summed over layers. */
  readonly kernelMs: Readonly<Record<string, number>>;
}

const LOSS: LossConfig = {
  ...{ clipLow: 0.2, clipHigh: 0.3, dualClip: 10, minTokenLogProb: -Infinity, maskScope: "token" },
  ...{ klCoefficient: 0, entropyCoefficient: 0, temperature: 1 },
};
const OPTIMIZER: OptimizerConfig = { learningRate: 3e-4, beta1: 0.9, beta2: 0.95, weightDecay: 0, maxGradNorm: 1 };
const ROW_LENGTH = 240;
const REPETITIONS = 3;
/** Rows of each measurement; plain ops only do the first, which takes them long enough. */
const SIZES = [4, 8, 16, 32];

function workOf(count: number) {
  const random = Random.fromSeed(count);
  const rows = Array.from({ length: count }, (): UpdateRow => {
    const tokens = Array.from({ length: ROW_LENGTH }, () => random.integer(DEFAULT_MODEL.vocabularySize));
    const lossPositions = tokens.map((_, i) => i).filter((i) => i > 0 && i % 5 === 0);
    const advantages = lossPositions.map((i) => (i % 2 === 0 ? 1 : -1));
    return { tokens, lossPositions, oldLogProbs: lossPositions.map(() => -6), advantages, offPolicy: false };
  });
  const sequences = rows.map(({ tokens, lossPositions }) => ({ tokens, positions: lossPositions }));
  const tokenCount = sequences.reduce((sum, { positions }) => sum + positions.length, 0);
  return { rows, sequences, tokenCount, loss: LOSS, measuresKl: false };
}

async function time(
  learner: Learner,
  way: UpdateTiming["way"],
  rows: number,
  count: () => Counts,
): Promise<UpdateTiming> {
  const work = workOf(rows);
  const start = performance.now();
  const before = count();
  await learner.update(work, OPTIMIZER);
  return {
    way,
    rows,
    tokens: rows * ROW_LENGTH,
    ms: performance.now() - start,
    counts: countsBetween(before, count()),
  };
}

type Call = readonly ["setPipeline" | "setBindGroup" | "dispatchWorkgroups", readonly unknown[]];
type Pass = Record<Call[0], (...values: readonly unknown[]) => void>;

/** Records what `work` encodes and runs each dispatch of it alone. */
async function timeKernels(device: GPUDevice, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const prototype = GPUComputePassEncoder.prototype as unknown as Pass;
  const originals = { ...({} as Pass) };
  const calls: Call[] = [];
  for (const method of ["setPipeline", "setBindGroup", "dispatchWorkgroups"] as const) {
    const original = prototype[method];
    originals[method] = original;
    prototype[method] = function (this: Pass, ...values) {
      calls.push([method, values]);
      original.apply(this, values as unknown[]);
    };
  }
  await work();
  Object.assign(prototype, originals);
  const totals: Record<string, number> = {};
  for (let first = 0; first < calls.length; first += 4) {
    const dispatch = calls.slice(first, first + 4);
    const { label } = dispatch[0]![1][0] as GPUComputePipeline;
    let best = Infinity;
    for (let repetition = 0; repetition < REPETITIONS; repetition++) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const [method, values] of dispatch) (pass as unknown as Pass)[method](...values);
      pass.end();
      const start = performance.now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      best = Math.min(best, performance.now() - start);
    }
    totals[label] = (totals[label] ?? 0) + best;
  }
  return totals;
}

async function measure(): Promise<UpdateBenchmark> {
  const count = countWebGpu(globalThis);
  const { name, reasons } = await selectBackend({ prefer: "webgpu" });
  if (name !== "webgpu") throw new Error(reasons.join(" "));
  const layout = parameterLayout(DEFAULT_MODEL);
  const state = new HostState(DEFAULT_MODEL, layout, initialParameters(layout, Random.fromSeed(1)));
  const angles = rotaryTable(DEFAULT_MODEL.contextLength, DEFAULT_MODEL.width / DEFAULT_MODEL.heads);
  const batches = new MicroBatches();
  const plain = new PlainLearner({ config: DEFAULT_MODEL, rotary: rotaryTensors(angles) }, state, batches);
  const path = new LearningPath(plain, state, batches);
  const start = performance.now();
  const learning = await path.describe();
  const startMs = performance.now() - start;
  const plan = await path.learner();
  const timings: UpdateTiming[] = [];
  for (let repetition = 0; repetition <= REPETITIONS; repetition++) {
    const round = [await time(plain, "plain", SIZES[0]!, count)];
    for (const rows of SIZES) round.push(await time(plan, "plan", rows, count));
    if (repetition > 0) timings.push(...round); // the first round warms up
  }
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  const kernelMs = await timeKernels(device, () => plan.update(workOf(SIZES.at(-1)!), OPTIMIZER));
  return { learning, startMs, timings, kernelMs };
}

document.body.textContent = await measure().then(JSON.stringify, String);
document.title = "done";
