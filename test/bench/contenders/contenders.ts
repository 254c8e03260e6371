/** @file Who is compared: name, what it needs, and how a policy of it is made. All are policies, so all get the same calls. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import type { Policy, PolicyState } from "../../../src/core/policy/policy.ts";
import { selectBackend, type BackendName } from "../../../src/model/backend.ts";
import { decodePolicyState } from "../../../src/model/checkpoint.ts";
import { TransformerPolicy } from "../../../src/model/transformer-policy.ts";
import { withFreshOptimizer } from "../../../src/runtime/base-file.ts";
import { CONTENDERS, type ContenderId } from "../results.ts";

/** A running contender. */
export interface Contender {
  /** What it says of itself: adapter, ways of working. */
  readonly notes: readonly string[];
  /** A policy with weights of its own, and a sentence on how it works. */
  readonly open: (state: PolicyState) => Promise<{ readonly policy: Policy; readonly note: string }>;
  /** Bytes that its tensors hold now; null if it does not say. */
  readonly tensorBytes: () => number | null;
}

const WASM_FOLDER = `${path.dirname(
  createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"),
)}${path.sep}`;

/** The policy's state in a base policy's file. */
export function readState(file: string): PolicyState {
  return withFreshOptimizer(decodePolicyState(readFileSync(file)));
}

/** Starts a contender in this process; one a process. */
export async function startContender(id: ContenderId): Promise<Contender> {
  const { engine, backend } = CONTENDERS[id];
  if (engine === "jax-js") return startJax(backend);
  const notes = await startTfjs(backend, engine === "tfjs");
  const ways = engine === "tfjs" ? "plain" : "fastest";
  return {
    notes,
    open: async (state) => {
      const policy = await TransformerPolicy.fromState(state, { ways });
      return { policy, note: await policy.describe() };
    },
    tensorBytes: () => tf.memory().numBytes,
  };
}

async function startTfjs(backend: BackendName, isPlain: boolean): Promise<readonly string[]> {
  if (backend === "wasm" && isPlain) {
    // As tfjs comes: our kernels are installed by selectBackend only.
    tf.enableProdMode();
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    setWasmPaths(WASM_FOLDER);
    if (!(await tf.setBackend("wasm"))) throw new Error("tfjs could not start wasm");
    return ["tfjs wasm without our kernels."];
  }
  const { name, reasons } = await selectBackend({ prefer: backend, wasmPaths: WASM_FOLDER });
  if (name !== backend) throw new Error(reasons.join(" "));
  return reasons;
}

async function startJax(backend: BackendName): Promise<Contender> {
  const { defaultDevice, init } = await import("@jax-js/jax");
  const device = backend === "webgpu" ? "webgpu" : "wasm";
  const devices = await init(device);
  if (!devices.includes(device)) throw new Error(`jax-js could not start ${device}`);
  defaultDevice(device);
  const { JaxPolicy } = await import("./jax-policy.ts");
  return {
    notes: [`jax-js on ${device}.`],
    open: async (state) => ({ policy: await JaxPolicy.fromState(state), note: "Jitted, one call for each token." }),
    tensorBytes: () => null,
  };
}
