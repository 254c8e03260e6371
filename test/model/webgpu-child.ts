/**
 * @file Runs the scenario on WebGPU in a process of its own, because the Vulkan library is looked up when a process
 * starts. Prints one JSON value: the outcome, or why there is none.
 */
import { selectBackend } from "../../src/model/backend.ts";
import { runScenario } from "./webgpu-scenario.ts";

async function run(): Promise<unknown> {
  const { create, globals } = (await import("webgpu")) as unknown as {
    create: (flags: string[]) => GPU;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
  let dispatches = 0;
  const encoder = (globals["GPUComputePassEncoder"] as { prototype: GPUComputePassEncoder }).prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own this below
  const dispatch = encoder.dispatchWorkgroups;
  encoder.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...size: [number, number?, number?]) {
    dispatches += 1;
    dispatch.apply(this, size);
  };
  const { name, reasons } = await selectBackend({ prefer: "webgpu" });
  if (name !== "webgpu") return { skipped: reasons.join(" ") };
  return runScenario(() => dispatches);
}

const outcome = await run().catch((error: unknown) => ({ skipped: String(error) }));
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
