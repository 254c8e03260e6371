/**
 * @file Picks the compute backend of tfjs: WebGPU, else WebAssembly, else plain JavaScript, and says why in plain
 * sentences. The only place that asks what the machine can do.
 */
import * as tf from "@tensorflow/tfjs-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-cpu";
import { DeviceError } from "../core/base/errors.ts";
import { checkOps } from "./op-check.ts";
import { installWasmRuntime } from "./wasm/kernel-module.ts";
import { watchDeviceCalls, type DeviceCalls } from "./webgpu/device-calls.ts";

/** Kinds of compute, fastest first. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** What to try, and where the WebAssembly binaries are. */
export interface BackendOptions {
  /** Tried first; slower kinds follow. Default: webgpu. */
  readonly prefer?: BackendName;
  /** Folder (path in Node, URL in a browser) with a trailing slash, or the URL of each binary by file name. */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
}

/** The backend in use. */
export interface SelectedBackend {
  readonly name: BackendName;
  /** One plain sentence per decision, to be shown to the user. */
  readonly reasons: readonly string[];
  /** WebGPU runs in software here; WebAssembly is faster. */
  readonly isEmulated: boolean;
  /** Resolves with a sentence if the device is lost; tfjs computes garbage afterwards. Never rejects. */
  readonly deviceLost: Promise<string>;
  /** What was asked of the WebGPU device so far; null on other kinds. */
  readonly deviceCalls: () => DeviceCalls | null;
}

const LADDER: readonly BackendName[] = ["webgpu", "wasm", "cpu"];
const ADAPTER_ATTEMPTS = 4;
const FIRST_BACK_OFF_MS = 100;
const WEBGPU_PRIORITY = 3;
const WASM_BINARIES = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];
/** Limits that tfjs itself asks for. */
const WANTED_LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;
/** tfjs starts wasm once; its paths cannot change afterwards. */
let isWasmRunning = false;
const NEVER = new Promise<string>(() => undefined);
const EMULATED = "This WebGPU device is emulated in software; WebAssembly is much faster here.";
const SOFTWARE_ADAPTER = /swiftshader|llvmpipe|basic render/i;

/**
 * Makes the first kind that works the backend of tfjs, for the whole process.
 *
 * @throws {DeviceError} if none works
 */
export async function selectBackend(options: BackendOptions = {}): Promise<SelectedBackend> {
  tf.enableProdMode(); // no advertisement of other backends in the console
  const reasons: string[] = [];
  for (const name of LADDER.slice(LADDER.indexOf(options.prefer ?? "webgpu"))) {
    try {
      const { deviceLost, isEmulated, deviceCalls } = await start(name, options);
      await checkOps(name);
      reasons.push(`Using ${name}.`, ...(isEmulated ? [EMULATED] : []));
      return { name, reasons, isEmulated, deviceLost, deviceCalls };
    } catch (error) {
      reasons.push(`Not using ${name}: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }
  throw new DeviceError(`selectBackend: a working backend, got none. ${reasons.join(" ")}`);
}

/** In an object, because a promise of a promise would wait for both. */
type Started = Pick<SelectedBackend, "deviceLost" | "isEmulated" | "deviceCalls">;

/** What can be said of kinds that have no device. */
const WITHOUT_DEVICE: Started = { deviceLost: NEVER, isEmulated: false, deviceCalls: () => null };

async function start(name: BackendName, options: BackendOptions): Promise<Started> {
  switch (name) {
    case "webgpu":
      return startWebGpu();
    case "wasm":
      return startWasm(options);
    case "cpu":
      await setBackend("cpu");
      return WITHOUT_DEVICE;
  }
}

async function startWasm({ wasmPaths }: BackendOptions): Promise<Started> {
  // Threads gain nothing at these sizes, and only the single-threaded binary shares its memory with our kernels.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (wasmPaths !== undefined && !isWasmRunning) {
    setWasmPaths(typeof wasmPaths === "string" ? wasmPaths : allBinaries(wasmPaths));
  }
  await withoutNewListeners(() => setBackend("wasm")).catch((error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    throw new DeviceError(`${WASM_BINARIES.slice(0, 2).join(" or ")} could not be loaded and started (${cause})`);
  });
  isWasmRunning = true;
  await installWasmRuntime();
  return WITHOUT_DEVICE;
}

/** The parts of Node's process that matter here; absent in browsers. */
interface NodeProcess {
  listeners(event: string): ((...values: unknown[]) => void)[];
  removeListener(event: string, listener: (...values: unknown[]) => void): void;
}

/**
 * In Node the wasm binary's loader listens for uncaught errors and throws them again from its one long line of code,
 * which hides every error of the program. Takes those listeners off.
 */
async function withoutNewListeners(start: () => Promise<void>): Promise<void> {
  const { process } = globalThis as { process?: NodeProcess };
  const events = ["uncaughtException", "unhandledRejection"];
  const before = new Set(events.flatMap((event) => process?.listeners(event) ?? []));
  await start();
  for (const event of events) {
    const added = process?.listeners(event).filter((listener) => !before.has(listener)) ?? [];
    for (const listener of added) process?.removeListener(event, listener);
  }
}

/** tfjs wants a URL for each of its three binaries, though it loads one. */
function allBinaries(urls: Readonly<Record<string, string>>): Record<string, string> {
  const anyUrl = Object.values(urls)[0] ?? "";
  return Object.fromEntries(WASM_BINARIES.map((name) => [name, urls[name] ?? anyUrl]));
}

async function startWebGpu(): Promise<Started> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (gpu === undefined) throw new DeviceError("this browser or runtime has no WebGPU");
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  // The import registers a backend of its own making; ours has a device whose loss can be watched.
  if ((tf.findBackendFactory("webgpu") as unknown) !== null) tf.removeBackend("webgpu");
  const adapter = await requestAdapter(gpu);
  const device = await adapter.requestDevice({ requiredLimits: wantedLimits(adapter.limits) });
  const deviceCalls = watchDeviceCalls(device);
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, adapter.info), WEBGPU_PRIORITY);
  await setBackend("webgpu");
  return { deviceLost: lossOf(device), isEmulated: isSoftwareAdapter(adapter.info), deviceCalls };
}

/** A device that was destroyed here is not lost: nobody is to bring it back. */
function lossOf(device: GPUDevice): Promise<string> {
  return new Promise((resolve) => {
    void device.lost.then(({ reason, message }) => {
      if (reason !== "destroyed") resolve(`The GPU was lost (${reason}): ${message}`);
    });
  });
}

/** Name of the graphics adapter, the same at every visit; null if none answers. */
export async function graphicsDeviceName(): Promise<string | null> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (gpu === undefined) return null;
  const adapter = await requestAdapter(gpu).catch(() => null);
  if (adapter === null) return null;
  const { vendor, architecture, device, description } = adapter.info;
  return [vendor, architecture, device, description].filter((part) => part !== "").join(" ");
}

/** Whether a processor plays graphics card. */
export function isSoftwareAdapter(info: Partial<GPUAdapterInfo>): boolean {
  const names = [info.vendor, info.architecture, info.device, info.description];
  return info.isFallbackAdapter === true || SOFTWARE_ADAPTER.test(names.join(" "));
}

/** A GPU that is waking up answers null at first. */
async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  for (let attempt = 0; attempt < ADAPTER_ATTEMPTS; attempt++) {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (adapter !== null) return adapter;
    await new Promise((resolve) => setTimeout(resolve, FIRST_BACK_OFF_MS * 2 ** attempt));
  }
  throw new DeviceError(`no graphics adapter answered in ${ADAPTER_ATTEMPTS} attempts`);
}

function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  return Object.fromEntries(WANTED_LIMITS.map((name) => [name, limits[name]]));
}

/** tfjs logs and answers false where it could throw. */
async function setBackend(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new DeviceError(`tfjs could not start ${name}`);
  await tf.ready();
}
