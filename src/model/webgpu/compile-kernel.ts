/** @file Compiles one kernel so that invalid WGSL is an error here, not zeros later. */
import { DeviceError } from "../../core/base/errors.ts";

/**
 * Compiles without blocking.
 *
 * @param label names the kernel in errors
 * @throws {DeviceError} with the compiler's words if the driver refuses it
 */
export async function compileKernel(
  device: GPUDevice,
  label: string,
  code: string,
  layout: GPUPipelineLayout | "auto" = "auto",
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
