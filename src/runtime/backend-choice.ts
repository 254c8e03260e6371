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
  /** Does such work once all others have done theirs, in whatever worker or tab of this browser they are. */
  readonly oneAtATime: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

const SETTING = "backendSpeeds";
const SPEEDS = v.object({ device: v.string(), webgpuMs: v.number(), wasmMs: v.number() });
type Speeds = v.InferOutput<typeof SPEEDS>;

/** A self-test's result: milliseconds, or why it could not be done. */
interface Measured {
  readonly device: string;
  readonly webgpuMs: number | string;
  readonly wasmMs: number | string;
}

/** Starts the kind that is faster on this device. */
export async function startFastest(ports: BackendChoicePorts): Promise<SelectedBackend> {
  const device = await ports.deviceName();
  if (device === null) return ports.start("webgpu"); // says why there is none, and takes the next
  const known = await knownSpeeds(device, ports);
  // The lanes of a race begin together: the first measures, undisturbed by the others, who take what it remembered.
  const again = async (): Promise<Measured> => (await knownSpeeds(device, ports)) ?? (await measured(device, ports));
  const { webgpuMs, wasmMs } = known ?? (await ports.oneAtATime(again));
  if (typeof wasmMs === "string") return ports.start("webgpu"); // nothing to compare with
  if (typeof webgpuMs === "string") {
    const selected = await ports.start("wasm");
    return { ...selected, reasons: [`Not using webgpu: ${webgpuMs}.`, ...selected.reasons] };
  }
  return startWinner({ device, webgpuMs, wasmMs }, ports);
}

/** What was remembered of this device. */
async function knownSpeeds(device: string, { store }: BackendChoicePorts): Promise<Speeds | null> {
  const known = v.safeParse(SPEEDS, await store.readSetting(SETTING).catch(() => undefined));
  return known.success && known.output.device === device ? known.output : null;
}

/** Does the self-test on both kinds, and remembers the times if both can do it. */
async function measured(device: string, ports: BackendChoicePorts): Promise<Measured> {
  const speeds = { device, wasmMs: await tried("wasm", ports), webgpuMs: await tried("webgpu", ports) };
  if (typeof speeds.wasmMs === "number" && typeof speeds.webgpuMs === "number")
    await ports.store.writeSetting(SETTING, speeds).catch(() => undefined); // then it is measured again next time
  return speeds;
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
