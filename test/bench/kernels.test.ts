/** @file The benchmark of each kernel runs, and its record leaves no kernel out. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackend } from "../model/backends.ts";
import { WASM_CASES, wasmKernelNames } from "../model/wasm/kernel-cases.ts";
import { timeWasmKernels } from "./kernels/wasm.ts";
import { webGpuKernelNames } from "./kernels/webgpu.ts";
import { KERNELS_FILE, type KernelsRecord } from "./results.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

beforeAll(() => startBackend("wasm"));

describe("the benchmark of each kernel", () => {
  it("times every wasm kernel beside plain ops", async () => {
    const timings = await timeWasmKernels({ rounds: 2, sampleMs: 0 }, "checked");
    expect(timings.map(({ name }) => name)).toEqual(WASM_CASES.map(({ name }) => name));
    for (const { ms, plainMs } of timings) {
      expect([ms.length, plainMs.length]).toEqual([2, 2]);
      expect([...ms, ...plainMs].every((each) => each > 0 && Number.isFinite(each))).toBe(true);
    }
    expect([...new Set(timings.flatMap(({ kernels }) => kernels))].sort()).toEqual(wasmKernelNames().sort());
  });

  it("has a size of the middle model for every case", () => {
    expect(WASM_CASES.filter(({ timed }) => timed.length === 0)).toEqual([]);
  });

  it.each([
    ["wasm", () => wasmKernelNames()],
    ["webgpu", () => webGpuKernelNames()],
  ] as const)("has recorded every kernel on %s and no other (`npx tsx test/bench/kernels.ts`)", (backend, names) => {
    const { timings } = JSON.parse(readFileSync(path.join(ROOT, KERNELS_FILE), "utf8")) as KernelsRecord;
    const recorded = timings.filter((timing) => timing.backend === backend).flatMap(({ kernels }) => kernels);
    expect([...new Set(recorded)].sort()).toEqual(names().sort());
  });
});
