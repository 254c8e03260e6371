/**
 * @file Script of a page that starts WebGPU under injected faults, one after another, on the browser's own WebGPU; bundled
 * by the test, which reads the report.
 */
/* eslint-disable @typescript-eslint/unbound-method -- methods of prototypes are replaced and called with their own `this` */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../../src/core/base/random.ts";
import type { LossConfig, ModelConfig, OptimizerConfig, UpdateRow } from "../../../src/core/policy/policy.ts";
import { selectBackend } from "../../../src/model/backend.ts";
import { TransformerPolicy } from "../../../src/model/transformer-policy.ts";

/** What the page found, by case of the table of faults. */
export interface BackendFaultsReport {
  readonly nullOnce: { readonly name: string; readonly reasons: string; readonly waitedMs: number };
  readonly alwaysNull: {
    readonly name: string;
    readonly reasons: string;
    readonly attempts: number;
    readonly ms: number;
  };
  readonly wrongOp: { readonly name: string; readonly reasons: string };
  readonly brokenShader: { readonly name: string; readonly reasons: string };
  readonly smallLimits: { readonly name: string; readonly way: string; readonly loss: number };
  readonly destroyed: { readonly wasTold: boolean };
  readonly memory: {
    /** Losses of the same step with all memory, and with half a batch. */
    readonly losses: readonly number[];
    readonly told: readonly string[];
    readonly second: string;
    readonly isUnchanged: boolean;
  };
  readonly notFinite: { readonly message: string; readonly isUnchanged: boolean };
}

const MODEL: ModelConfig = { vocabularySize: 16, width: 16, layers: 1, heads: 2, contextLength: 24 };
const LOSS: LossConfig = {
  ...{ clipLow: 0.2, clipHigh: 0.3, dualClip: 10, minTokenLogProb: -Infinity },
  ...{ maskScope: "token", klCoefficient: 0, entropyCoefficient: 0, temperature: 1 },
};
const OPTIMIZER: OptimizerConfig = { learningRate: 1e-3, beta1: 0.9, beta2: 0.95, weightDecay: 0, maxGradNorm: 1 };
const ROWS: UpdateRow[] = Array.from({ length: 6 }, (_, r) => {
  const tokens = Array.from({ length: 20 }, (_x, i) => (7 * i + 3 * r + 1) % MODEL.vocabularySize);
  const lossPositions = [3, 4, 9, 19];
  return { tokens, lossPositions, oldLogProbs: [-3, -2, -3, -2], advantages: [1, -1, 1, 0.5], offPolicy: false };
});

type Adapters = GPU["requestAdapter"];
const gpu = Object.getPrototypeOf(navigator.gpu) as GPU;
const realAdapters: Adapters = gpu.requestAdapter;
const realDevice = GPUDevice.prototype;

/** Runs with another `requestAdapter`. */
async function withAdapters<Result>(adapters: Adapters, work: () => Promise<Result>): Promise<Result> {
  gpu.requestAdapter = adapters;
  try {
    return await work();
  } finally {
    gpu.requestAdapter = realAdapters;
  }
}

/** Runs with WGSL that passes through this. */
async function withShaders<Result>(change: (code: string) => string, work: () => Promise<Result>): Promise<Result> {
  const real = realDevice.createShaderModule;
  realDevice.createShaderModule = function (descriptor) {
    return real.call(this, { ...descriptor, code: change(descriptor.code) });
  };
  try {
    return await work();
  } finally {
    realDevice.createShaderModule = real;
  }
}

async function chosen(): Promise<{ readonly name: string; readonly reasons: string }> {
  const { name, reasons } = await selectBackend();
  return { name, reasons: reasons.join(" ") };
}

async function nullOnce(): Promise<BackendFaultsReport["nullOnce"]> {
  let first = 0;
  let waitedMs = -1;
  const found = await withAdapters(function (this: GPU, options) {
    if (first === 0) {
      first = performance.now();
      return Promise.resolve(null);
    }
    if (waitedMs < 0) waitedMs = performance.now() - first;
    return realAdapters.call(this, options);
  }, chosen);
  return { ...found, waitedMs };
}

async function alwaysNull(): Promise<BackendFaultsReport["alwaysNull"]> {
  let attempts = 0;
  const start = performance.now();
  const found = await withAdapters(() => {
    attempts++;
    return Promise.resolve(null);
  }, chosen);
  return { ...found, attempts, ms: performance.now() - start };
}

async function smallLimits(): Promise<BackendFaultsReport["smallLimits"]> {
  const limits = Object.getOwnPropertyDescriptor(realDevice, "limits")!;
  Object.defineProperty(realDevice, "limits", {
    configurable: true,
    get(this: GPUDevice): object {
      const real = limits.get!.call(this) as GPUSupportedLimits;
      return new Proxy(real, {
        get: (target, key) => {
          if (key === "maxStorageBufferBindingSize" || key === "maxComputeWorkgroupStorageSize") return 1024;
          return (target as unknown as Record<PropertyKey, unknown>)[key];
        },
      });
    },
  });
  try {
    const { name } = await chosen();
    const policy = TransformerPolicy.create(MODEL, Random.fromSeed(1));
    const way = await policy.describe();
    const { loss } = await policy.update(ROWS, LOSS, OPTIMIZER);
    policy.dispose();
    return { name, way, loss };
  } finally {
    Object.defineProperty(realDevice, "limits", limits);
  }
}

async function destroyed(): Promise<BackendFaultsReport["destroyed"]> {
  const { deviceLost } = await selectBackend();
  let wasTold = false;
  void deviceLost.then(() => (wasTold = true));
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  device.destroy();
  await device.lost;
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { wasTold };
}

/** From now on so many scopes for want of memory tell of it. */
function starve(scopes: number): void {
  const stacks = new WeakMap<GPUDevice, GPUErrorFilter[]>();
  const [push, pop] = [realDevice.pushErrorScope, realDevice.popErrorScope];
  let left = scopes;
  realDevice.pushErrorScope = function (filter) {
    stacks.set(this, [...(stacks.get(this) ?? []), filter]);
    push.call(this, filter);
  };
  realDevice.popErrorScope = async function () {
    const stack = stacks.get(this) ?? [];
    const filter = stack.at(-1);
    stacks.set(this, stack.slice(0, -1));
    const found = await pop.call(this);
    if (filter !== "out-of-memory" || left === 0) return found;
    left--;
    if (left === 0) [realDevice.pushErrorScope, realDevice.popErrorScope] = [push, pop];
    return new GPUOutOfMemoryError("no room for the buffer");
  };
}

async function sameWeights(policy: TransformerPolicy, work: () => Promise<unknown>) {
  const before = JSON.stringify(flat(await policy.save()));
  const message = await work().then(() => "done", String);
  return { message, isUnchanged: JSON.stringify(flat(await policy.save())) === before };
}

function flat({ weights, optimizer }: Awaited<ReturnType<TransformerPolicy["save"]>>): number[] {
  return [weights, optimizer.first, optimizer.second].flatMap((tensors) =>
    [...tensors.values()].flatMap(({ data }) => [...data]),
  );
}

async function memory(): Promise<BackendFaultsReport["memory"]> {
  await selectBackend();
  const told: string[] = [];
  const plenty = TransformerPolicy.create(MODEL, Random.fromSeed(1));
  const { loss } = await plenty.update(ROWS, LOSS, OPTIMIZER);
  const scarce = await TransformerPolicy.fromState(await TransformerPolicy.create(MODEL, Random.fromSeed(1)).save(), {
    onHalved: (sentence) => told.push(sentence),
  });
  await scarce.describe(); // compiles, which has scopes of its own
  starve(1);
  const halved = await scarce.update(ROWS, LOSS, OPTIMIZER);
  starve(1);
  const { message, isUnchanged } = await sameWeights(scarce, () => scarce.update(ROWS, LOSS, OPTIMIZER));
  return { losses: [loss, halved.loss], told, second: message, isUnchanged };
}

async function notFinite(): Promise<BackendFaultsReport["notFinite"]> {
  await selectBackend();
  const policy = TransformerPolicy.create(MODEL, Random.fromSeed(1));
  await policy.update(ROWS, LOSS, OPTIMIZER);
  return sameWeights(policy, () => policy.update(ROWS, LOSS, { ...OPTIMIZER, learningRate: 1e38 }));
}

async function report(): Promise<BackendFaultsReport> {
  return {
    nullOnce: await nullOnce(),
    alwaysNull: await alwaysNull(),
    wrongOp: await withShaders((code) => code.replaceAll("exp(", "sin("), chosen),
    brokenShader: await withShaders((code) => (code.includes("exp(") ? "nonsense" : code), chosen),
    smallLimits: await smallLimits(),
    destroyed: await destroyed(),
    memory: await memory(),
    notFinite: await notFinite(),
  };
}

document.body.textContent = await report().then(JSON.stringify, (error: unknown) =>
  error instanceof Error ? `${String(error)} ${error.stack ?? ""}` : String(error),
);
document.title = "done";
