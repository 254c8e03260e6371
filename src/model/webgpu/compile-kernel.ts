/** @file Compiles kernels, each once for a device, so that invalid WGSL is an error here, not zeros later. */
import { DeviceError } from "../../core/base/errors.ts";

/** Pipelines by their text. A second policy of the same shape compiles nothing. */
const compiled = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/**
 * Compiles without blocking, or gives what was compiled before.
 *
 * @param label names the kernel in errors
 * @param layout the same for the same text
 * @throws {DeviceError} with the compiler's words if the driver refuses it
 */
export function compileKernel(
  device: GPUDevice,
  label: string,
  code: string,
  layout: GPUPipelineLayout | "auto" = "auto",
): Promise<GPUComputePipeline> {
  const ofDevice = compiled.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  compiled.set(device, ofDevice);
  const pipeline = ofDevice.get(code) ?? compile(device, label, code, layout);
  ofDevice.set(code, pipeline);
  return pipeline;
}

async function compile(
  device: GPUDevice,
  label: string,
  code: string,
  layout: GPUPipelineLayout | "auto",
): Promise<GPUComputePipeline> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label, code });
  const compiling = device
    .createComputePipelineAsync({ label, layout, compute: { module, entryPoint: "main" } })
    .catch((error: unknown) => String(error));
  // Closed before anything is awaited, so that scopes of kernels compiled at the same time do not mix.
  const refusing = device.popErrorScope();
  const [pipeline, refused, { messages }] = await Promise.all([compiling, refusing, module.getCompilationInfo()]);
  if (typeof pipeline !== "string" && refused === null) return pipeline;
  const reasons = messages
    .filter(({ type }) => type === "error")
    .map(({ lineNum, message }) => `${lineNum}: ${message}`);
  const detail = [...reasons, refused?.message ?? "", typeof pipeline === "string" ? pipeline : ""];
  throw new DeviceError(`compile: kernel "${label}" that the driver takes, got ${detail.join("; ")}`);
}
