import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { webGpuKernelNames } from "../bench/kernels/webgpu.ts";
import "../support/to-be-all-close.ts";
import { vulkanEnvironment } from "../support/vulkan.ts";
import { startBackend } from "./backends.ts";
import type { ChildAnswer } from "./webgpu-child.ts";
import { toleranceOf } from "./webgpu-kernel-parity.ts";
import { runScenario, SUITED, THREE_HEADS, UNSUITED, type Outcome } from "./webgpu-scenario.ts";

const TIMEOUT_MS = 300_000;
const MAX_DISPATCHES = 45;
const NOTHING_MADE = { allocations: 0, pipelines: 0, bytes: 0 };

describe("the policy on WebGPU (Dawn in Node)", () => {
  let gpu: ChildAnswer | { readonly skipped: string };
  let wasm: { readonly suited: Outcome; readonly unsuited: Outcome; readonly threeHeads: Outcome };

  beforeAll(async () => {
    const child = fileURLToPath(new URL("./webgpu-child.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", child], {
      env: vulkanEnvironment(),
      timeout: TIMEOUT_MS,
      maxBuffer: 1e8,
    });
    gpu = JSON.parse(stdout.trim().split("\n").at(-1)!) as typeof gpu;
    await startBackend("wasm");
    wasm = {
      suited: await runScenario(SUITED, null),
      unsuited: await runScenario(UNSUITED, null),
      threeHeads: await runScenario(THREE_HEADS, null),
    };
  }, TIMEOUT_MS);

  describe.each([
    ["that are suited to the update plan", "suited"],
    ["that are unsuited to it", "unsuited"],
    ["of three heads", "threeHeads"],
  ] as const)("with sizes %s", (_, which) => {
    it("learns as on wasm, within rounding", ({ skip }) => {
      if ("skipped" in gpu) return skip(gpu.skipped);
      const [got, expected] = [gpu[which], wasm[which]];
      expect(got.losses).toBeAllClose(expected.losses, { relative: 1e-4, absolute: 1e-5 });
      expect(got.norms).toBeAllClose(expected.norms, { relative: 1e-3 });
      expect(got.moments).toBeAllClose(expected.moments, { relative: 1e-4, absolute: 1e-6 });
      expect(got.weights).toBeAllClose(expected.weights, { absolute: 2e-3 });
      expect(got.logProbs.flat()).toBeAllClose(expected.logProbs.flat(), { absolute: 1e-2 });
    });

    it("gives the gradient of a shard as on wasm", ({ skip }) => {
      if ("skipped" in gpu) return skip(gpu.skipped);
      const [got, expected] = [gpu[which].shard, wasm[which].shard];
      expect(got.lossSum).toBeCloseTo(expected.lossSum, 4);
      expect(got.gradient).toBeAllClose(expected.gradient, { relative: 1e-3, absolute: 1e-4 });
      expect(got.isZeroWithoutWeights).toBe(true);
    });

    it("refuses an infinite loss and changes nothing", ({ skip }) => {
      if ("skipped" in gpu) return skip(gpu.skipped);
      for (const { refused } of [gpu[which], wasm[which]]) {
        expect(refused.message).toMatch(/NotFiniteError: update: a finite (loss|gradient), got/);
        expect(refused.isUnchanged).toBe(true);
      }
    });

    it("writes the same tokens with the same log-probs, before and after learning", ({ skip }) => {
      if ("skipped" in gpu) return skip(gpu.skipped);
      const got = gpu[which];
      expect(got.note).toMatch(/^Decoding a whole turn in one dispatch\. /);
      for (const [part, absolute] of [
        ["before", 1e-4],
        ["after", 1e-2],
        ["greedy", 1e-2],
      ] as const) {
        got[part].forEach((completion, i) => {
          const expected = wasm[which][part][i]!;
          expect(completion.tokens).toEqual(expected.tokens);
          expect(completion.logProbs).toBeAllClose(expected.logProbs, { absolute });
          expect(completion.entropies).toBeAllClose(expected.entropies, { absolute });
        });
      }
    });
  });

  it("learns from more tokens than one pass takes", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    const [got, expected] = [gpu.suited.long!, wasm.suited.long!];
    expect(got.loss).toBeCloseTo(expected.loss, 5);
    expect(got.gradNorm).toBeCloseTo(expected.gradNorm, 4);
    expect(got.weights).toBeAllClose(expected.weights, { absolute: 2e-3 });
  });

  it("says how it learns", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.suited.note).toMatch(/ Learning a whole step in one submit\.$/);
    expect(gpu.threeHeads.note).toMatch(/ Learning a whole step in one submit\.$/);
    expect(gpu.unsuited.note).toMatch(/ Learning op by op: heads and a vocabulary of a multiple of 8/);
  });

  it("needs one dispatch, one submit and one read-back for a turn of several episodes, and allocates nothing", ({
    skip,
  }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.suited.counts!.secondTurn).toEqual({ dispatches: 1, submits: 1, mappings: 1, ...NOTHING_MADE });
  });

  it("updates a three-layer policy with few dispatches, one submit, one read-back and nothing allocated", ({
    skip,
  }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    const { update, klUpdate } = gpu.suited.counts!;
    expect(update).toEqual({ dispatches: 40, submits: 1, mappings: 1, ...NOTHING_MADE });
    expect(update.dispatches).toBeLessThanOrEqual(MAX_DISPATCHES);
    expect(gpu.suited.counts!.gradient).toEqual({ dispatches: 39, submits: 1, mappings: 1, ...NOTHING_MADE });
    expect(klUpdate).toEqual({ dispatches: 58, submits: 1, mappings: 1, ...NOTHING_MADE });
  });

  it("is told by the program's own counters what was asked of the device", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    const { counted, called } = gpu.counts;
    expect(called.dispatches).toBeGreaterThan(1000);
    expect(called).toEqual({
      ...{ dispatches: counted.dispatches, submits: counted.submits, readBacks: counted.mappings },
      ...{ pipelines: counted.pipelines, bytes: counted.bytes },
    });
  });

  it("does the same again to the last bit", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.again).toEqual(gpu.suited);
  });

  it("says which kernel the driver refuses, and where", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.broken).toHaveLength(2);
    for (const message of gpu.broken) {
      expect(message).toMatch(/DeviceError: compile: kernel "broken" that the driver takes, got \d+: /);
    }
  });

  it("has kernels that each agree with plain ops and write nowhere else", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.kernels.length).toBeGreaterThan(60);
    expect(gpu.kernels.filter(({ kernel, error }) => !(error < toleranceOf(kernel)))).toEqual([]);
  });

  it("compiles no kernel that the benchmark leaves out", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.compiled).toEqual(webGpuKernelNames().sort());
  });
});
