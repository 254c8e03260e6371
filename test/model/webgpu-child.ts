/**
 * @file Runs the scenario and the check of each kernel on WebGPU in a process of its own, because the Vulkan library is
 * looked up when a process starts. Prints one JSON value: the outcomes, or why there are none.
 */
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../src/model/backend.ts";
import { kernelErrors, type KernelError } from "./webgpu-kernel-parity.ts";
import { runScenario, SUITED, UNSUITED, type Counts, type Outcome } from "./webgpu-scenario.ts";

/** What the child prints. */
export interface ChildAnswer {
  readonly suited: Outcome;
  /** The same once more. */
  readonly again: Outcome;
  readonly unsuited: Outcome;
  readonly kernels: readonly KernelError[];
}

const COUNTED = {
  GPUComputePassEncoder: { dispatchWorkgroups: "dispatches" },
  GPUQueue: { submit: "submits" },
  GPUBuffer: { mapAsync: "mappings" },
  GPUDevice: {
    ...{ createBuffer: "allocations", createBindGroup: "allocations", createShaderModule: "allocations" },
    ...{ createComputePipeline: "allocations", createComputePipelineAsync: "allocations" },
  },
} as const satisfies Record<string, Record<string, keyof Counts>>;

/** Counts WebGPU's own calls from now on. */
function counting(globals: Record<string, unknown>): () => Counts {
  const counts = { dispatches: 0, submits: 0, mappings: 0, allocations: 0 };
  for (const [type, methods] of Object.entries(COUNTED)) {
    const { prototype } = globals[type] as { prototype: Record<string, (...values: unknown[]) => unknown> };
    for (const [method, name] of Object.entries<keyof Counts>(methods)) {
      const original = prototype[method]!;
      prototype[method] = function (this: unknown, ...values: unknown[]) {
        counts[name] += 1;
        return original.apply(this, values);
      };
    }
  }
  return () => ({ ...counts });
}

async function run(): Promise<ChildAnswer | { readonly skipped: string }> {
  const { create, globals } = (await import("webgpu")) as unknown as {
    create: (flags: string[]) => GPU;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
  const count = counting(globals);
  const { name, reasons } = await selectBackend({ prefer: "webgpu" });
  if (name !== "webgpu") return { skipped: reasons.join(" ") };
  const suited = await runScenario(SUITED, count);
  const again = await runScenario(SUITED, count);
  const unsuited = await runScenario(UNSUITED, count);
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  await tf.setBackend("cpu");
  return { suited, again, unsuited, kernels: await kernelErrors(device, { ...SUITED, layers: 2 }) };
}

const answer = await run().catch((error: unknown) => ({ skipped: String(error) }));
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
