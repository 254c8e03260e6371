/**
 * @file Runs the scenario and the check of each kernel on WebGPU in a process of its own, because the Vulkan library is
 * looked up when a process starts. Prints one JSON value: the outcomes, or why there are none.
 */
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../src/model/backend.ts";
import { countWebGpu } from "../support/webgpu-counts.ts";
import { kernelErrors, type KernelError } from "./webgpu-kernel-parity.ts";
import { runScenario, SUITED, UNSUITED, type Outcome } from "./webgpu-scenario.ts";

/** What the child prints. */
export interface ChildAnswer {
  readonly suited: Outcome;
  /** The same once more. */
  readonly again: Outcome;
  readonly unsuited: Outcome;
  readonly kernels: readonly KernelError[];
}

async function run(): Promise<ChildAnswer | { readonly skipped: string }> {
  const { create, globals } = (await import("webgpu")) as unknown as {
    create: (flags: string[]) => GPU;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
  const count = countWebGpu(globals);
  const { name, reasons } = await selectBackend({ prefer: "webgpu" });
  if (name !== "webgpu") return { skipped: reasons.join(" ") };
  const suited = await runScenario(SUITED, count);
  const again = await runScenario(SUITED, count);
  const unsuited = await runScenario(UNSUITED, count);
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  await tf.setBackend("cpu");
  return { suited, again, unsuited, kernels: await kernelErrors(device, SUITED) };
}

const answer = await run().catch((error: unknown) => ({ skipped: String(error) }));
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
