/** @file Times every case of the WASM kernels, ours and plain ops on tfjs' wasm backend, in this process. */
import * as tf from "@tensorflow/tfjs-core";
import { tidy } from "../../../src/model/tidy.ts";
import type { OpenCase, Outputs } from "../../model/wasm/kernel-case.ts";
import { kernelsCalled, WASM_CASES } from "../../model/wasm/kernel-cases.ts";
import type { KernelTiming } from "../results.ts";
import { byTurns, type Effort, type TimedRun } from "./rounds.ts";

/** Times on the running wasm backend, at the sizes of the middle model or at the smallest. */
export async function timeWasmKernels(effort: Effort, sizes: "timed" | "checked" = "timed"): Promise<KernelTiming[]> {
  const timings: KernelTiming[] = [];
  for (const { name, [sizes]: all } of WASM_CASES) {
    for (const open of sizes === "timed" ? all : all.slice(0, 1)) {
      tf.engine().startScope();
      const opened = open();
      timings.push({ backend: "wasm", name, ...(await timeCase(opened, effort)) });
      opened.close?.();
      tf.engine().endScope();
    }
  }
  return timings;
}

async function timeCase(opened: OpenCase, effort: Effort): Promise<Omit<KernelTiming, "backend" | "name">> {
  const { shape, ours, plain, restore, flops, bytes } = opened;
  const kernels = kernelsCalled(() => void tidy(ours));
  const [ms, plainMs] = (await byTurns([timed(ours, restore), timed(plain)], effort)) as [number[], number[]];
  return { shape, kernels, ms, plainMs, flops: flops ?? null, bytes: bytes ?? null };
}

/** Ops on wasm are done when they return. */
function timed(work: () => Outputs, restore?: () => void): TimedRun {
  return (times) => {
    let ms = 0;
    for (let i = 0; i < times; i++) {
      restore?.();
      const start = performance.now();
      tidy(() => void work());
      ms += performance.now() - start;
    }
    return ms / times;
  };
}
