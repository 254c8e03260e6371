import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { ConfigError } from "../core/base/errors.ts";
import { startBackend, type BackendName, type SelectedBackend } from "../runtime/backend.ts";

const BACKENDS: readonly string[] = ["webgpu", "wasm", "cpu"];

/**
 * Starts a compute backend in Node: WebAssembly from the installed package, or WebGPU through Dawn.
 *
 * @throws {ConfigError} for an unknown name, or if just this backend was asked for and cannot start
 */
export async function startNodeBackend(name: string): Promise<SelectedBackend> {
  if (!BACKENDS.includes(name)) throw new ConfigError(`--backend: one of ${BACKENDS.join(", ")}, got "${name}"`);
  if (name === "webgpu") await installDawn();
  const wasmFolder = dirname(
    createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"),
  );
  const selected = await startBackend({ prefer: name as BackendName, wasmPaths: `${wasmFolder}${sep}` });
  if (selected.name !== name)
    throw new ConfigError(`--backend ${name}: a device that works, got: ${selected.reasons.join(" ")}`);
  return selected;
}

/** Gives Node a `navigator.gpu` (Dawn). */
async function installDawn(): Promise<void> {
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]), userAgent: "node" }, configurable: true });
}
