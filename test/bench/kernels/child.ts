/**
 * @file Times the kernels on WebGPU in a process of its own, because the Vulkan library is looked up when a process
 * starts. Prints one JSON value.
 */
import { graphicsDeviceName, selectBackend } from "../../../src/model/backend.ts";
import { installDawn } from "../../support/dawn.ts";
import type { KernelsRecord } from "../results.ts";
import { timeWebGpuKernels } from "./webgpu.ts";

/** What the child prints. */
export type WebGpuTimes = Pick<KernelsRecord, "adapter" | "isSoftwareAdapter" | "timings">;

/** Rows as in the benchmark's updates; a processor that plays a GPU would take seconds for a dispatch. */
const GPU = { rows: 32, rounds: 7, sampleMs: 20 };
const SOFTWARE = { rows: 4, rounds: 3, sampleMs: 0 };

await installDawn();
const { name, reasons, isEmulated } = await selectBackend({ prefer: "webgpu" });
if (name !== "webgpu") throw new Error(`kernels: WebGPU, got ${name}. ${reasons.join(" ")}`);
const adapter = await graphicsDeviceName();
const timings = await timeWebGpuKernels(isEmulated ? SOFTWARE : GPU, (text) => process.stderr.write(`${text}\n`));
const times: WebGpuTimes = { adapter: adapter ?? "unknown", isSoftwareAdapter: isEmulated, timings };
process.stdout.write(`${JSON.stringify(times)}\n`, () => process.exit(0));
