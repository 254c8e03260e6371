/**
 * @file Decides for a device whether WebGPU or WebAssembly is faster: a short self-test on both at the first start, then
 * what was remembered. A person's choice goes before it.
 */
import * as v from "valibot";
import type { RunStore } from "../storage/run-store.ts";
import type { BackendName, SelectedBackend } from "./backend.ts";

/** What the decision is made with. */
export interface BackendChoicePorts {
  readonly store: Pick<RunStore, "readSetting" | "writeSetting">;
  /** Name of the graphics device; null if there is none. */
  readonly deviceName: () => Promise<string | null>;
  /** Starts this kind, or the next one that works. */
  readonly start: (prefer: BackendName) => Promise<SelectedBackend>;
  /** Milliseconds of the self-test on the kind that was started last; rejects if its result is wrong. */
  readonly selfTestMs: () => Promise<number>;
}

const SETTING = "backendSpeeds";
const SPEEDS = v.object({ device: v.string(), webgpuMs: v.number(), wasmMs: v.number() });
type Speeds = v.InferOutput<typeof SPEEDS>;

/** Starts the kind that is faster on this device. */
export async function startFastest(ports: BackendChoicePorts): Promise<SelectedBackend> {
  const device = await ports.deviceName();
  if (device === null) return ports.start("webgpu"); // says why there is none, and takes the next
  const known = v.safeParse(SPEEDS, await ports.store.readSetting(SETTING).catch(() => undefined));
  if (known.success && known.output.device === device) return startWinner(known.output, ports);
  const [wasm, webgpu] = [await tried("wasm", ports), await tried("webgpu", ports)];
  if (typeof wasm === "string") return ports.start("webgpu"); // nothing to compare with, and nothing to remember
  if (typeof webgpu === "string") {
    const selected = await ports.start("wasm");
    return { ...selected, reasons: [`Not using webgpu: ${webgpu}.`, ...selected.reasons] };
  }
  const speeds = { device, wasmMs: wasm, webgpuMs: webgpu };
  await ports.store.writeSetting(SETTING, speeds).catch(() => undefined); // then it is measured again next time
  return startWinner(speeds, ports);
}

async function startWinner(speeds: Speeds, { start }: BackendChoicePorts): Promise<SelectedBackend> {
  const selected = await start(winnerOf(speeds));
  return { ...selected, reasons: [...selected.reasons, sentenceOf(speeds)] };
}

/** Milliseconds of the self-test, or why it cannot be done. */
async function tried(name: BackendName, { start, selfTestMs }: BackendChoicePorts): Promise<number | string> {
  try {
    const selected = await start(name);
    return selected.name === name ? await selfTestMs() : selected.reasons.join(" ").replace(/\.$/, "");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function winnerOf({ webgpuMs, wasmMs }: Speeds): BackendName {
  return webgpuMs <= wasmMs ? "webgpu" : "wasm";
}

function sentenceOf({ webgpuMs, wasmMs }: Speeds): string {
  const [webgpu, wasm] = [webgpuMs, wasmMs].map((ms) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0)));
  return `The self-test on this device took ${webgpu} ms on WebGPU and ${wasm} ms on WebAssembly.`;
}
