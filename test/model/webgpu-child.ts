/**
 * @file Runs the scenario and the check of each kernel on WebGPU in a process of its own, because the Vulkan library is
 * looked up when a process starts. Prints one JSON value: the outcomes, or why there are none.
 */
import * as tf from "@tensorflow/tfjs-core";
import { selectBackend } from "../../src/model/backend.ts";
import { compileKernel } from "../../src/model/webgpu/compile-kernel.ts";
import type { DeviceCalls } from "../../src/model/webgpu/device-calls.ts";
import { installDawn } from "../support/dawn.ts";
import { type Counts, countsBetween, countWebGpu } from "../support/webgpu-counts.ts";
import { kernelErrors, type KernelError } from "./webgpu-kernel-parity.ts";
import { runScenario, SUITED, THREE_HEADS, UNSUITED, type Outcome } from "./webgpu-scenario.ts";

/** What the child prints. */
export interface ChildAnswer {
  readonly suited: Outcome;
  /** The same once more. */
  readonly again: Outcome;
  readonly unsuited: Outcome;
  readonly threeHeads: Outcome;
  /** What all scenarios asked of the device: by the test's count, and by the program's own. */
  readonly counts: { readonly counted: Counts; readonly called: DeviceCalls };
  readonly kernels: readonly KernelError[];
  /** Labels of all kernels that the scenarios had compiled. */
  readonly compiled: readonly string[];
  /** What is said of a kernel that is not WGSL, and of one that does not fit its bindings. */
  readonly broken: readonly string[];
}

/** The second writes to memory that is bound for reading. */
const BROKEN = [
  "fn main( {",
  `@group(0) @binding(0) var<storage, read> x: array<f32>;
@compute @workgroup_size(1) fn main() { x[0] = 1.0; }`,
];

/** tfjs compiles its own kernels another way. */
function watchCompiling(): ReadonlySet<string> {
  const labels = new Set<string>();
  const { prototype } = GPUDevice;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the device it was called on
  const original = prototype.createComputePipelineAsync;
  prototype.createComputePipelineAsync = function (this: GPUDevice, descriptor) {
    labels.add(descriptor.label ?? "");
    return original.call(this, descriptor);
  };
  return labels;
}

function sinceThen(before: DeviceCalls, now: DeviceCalls): DeviceCalls {
  const names = Object.keys(before) as (keyof DeviceCalls)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as unknown as DeviceCalls;
}

async function run(): Promise<ChildAnswer | { readonly skipped: string }> {
  const count = countWebGpu(await installDawn());
  const labels = watchCompiling();
  const { name, reasons, deviceCalls } = await selectBackend({ prefer: "webgpu" });
  if (name !== "webgpu") return { skipped: reasons.join(" ") };
  const [counted, called] = [count(), deviceCalls()!];
  const suited = await runScenario(SUITED, count);
  const again = await runScenario(SUITED, count);
  const unsuited = await runScenario(UNSUITED, count);
  const threeHeads = await runScenario(THREE_HEADS, count);
  const counts = { counted: countsBetween(counted, count()), called: sinceThen(called, deviceCalls()!) };
  const compiled = [...labels].sort();
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  await tf.setBackend("cpu");
  const broken = await Promise.all(
    BROKEN.map((code) => compileKernel(device, "broken", code).then(() => "nothing", String)),
  );
  const kernels = await kernelErrors(device, SUITED);
  return { counts, broken, compiled, suited, again, unsuited, threeHeads, kernels };
}

const answer = await run().catch((error: unknown) => ({ skipped: String(error) }));
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
