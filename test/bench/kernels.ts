/**
 * @file Every kernel by itself beside the same in plain ops: `npx tsx test/bench/kernels.ts` writes
 * bench/results/kernels.json. The cases are those that the parity tests check.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { currentCommit } from "../../src/cli/run-directory.ts";
import { WASM_PATHS } from "../model/backends.ts";
import { selectBackend } from "../../src/model/backend.ts";
import { vulkanEnvironment } from "../support/vulkan.ts";
import type { WebGpuTimes } from "./kernels/child.ts";
import { timeWasmKernels } from "./kernels/wasm.ts";
import { KERNELS_FILE, type KernelsRecord } from "./results.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EFFORT = { rounds: 7, sampleMs: 20 };
/** Six digits of a millisecond are more than any clock has. */
const DIGITS = 6;

/** In a process of its own, before this one works. */
function webGpuTimes(): WebGpuTimes {
  const child = fileURLToPath(new URL("./kernels/child.ts", import.meta.url));
  const stdio = ["ignore", "pipe", "inherit"] as const;
  const stdout = execFileSync(process.execPath, ["--import", "tsx", child], {
    env: vulkanEnvironment(),
    stdio: [...stdio],
  });
  return JSON.parse(stdout.toString().trim().split("\n").at(-1)!) as WebGpuTimes;
}

const [load] = loadavg() as [number, number, number];
const webgpu = webGpuTimes();
const { name } = await selectBackend({ prefer: "wasm", wasmPaths: WASM_PATHS });
if (name !== "wasm") throw new Error(`kernels: the wasm backend, got ${name}`);
const wasm = await timeWasmKernels(EFFORT);
const record: KernelsRecord = {
  ...{ date: new Date().toISOString(), commit: currentCommit(), load },
  processor: cpus()[0]?.model.trim() ?? "unknown",
  ...webgpu,
  timings: [...wasm, ...webgpu.timings],
};
const rounded = JSON.stringify(record, (_, value: unknown) =>
  typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value,
);
writeFileSync(path.join(ROOT, KERNELS_FILE), await format(rounded, { parser: "json", printWidth: 120 }));
