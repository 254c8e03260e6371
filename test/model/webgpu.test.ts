import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import "../support/to-be-all-close.ts";
import { startBackend } from "./backends.ts";
import { runScenario, type Outcome } from "./webgpu-scenario.ts";

/** Folders of browsers that bring a Vulkan loader and a software GPU with them. */
const BROWSER_FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];
const TIMEOUT_MS = 180_000;

function environment(): NodeJS.ProcessEnv {
  const folder = BROWSER_FOLDERS.find((each) => existsSync(path.join(each, "libvulkan.so.1")));
  if (folder === undefined) return process.env;
  const libraries = [process.env["LD_LIBRARY_PATH"], folder].filter((each) => each !== undefined).join(":");
  const driver = process.env["VK_ICD_FILENAMES"] ?? path.join(folder, "vk_swiftshader_icd.json");
  return { ...process.env, LD_LIBRARY_PATH: libraries, VK_ICD_FILENAMES: driver };
}

describe("the policy on WebGPU (Dawn in Node)", () => {
  let gpu: Outcome | { readonly skipped: string };
  let wasm: Outcome;

  beforeAll(async () => {
    const child = fileURLToPath(new URL("./webgpu-child.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", child], {
      env: environment(),
      timeout: TIMEOUT_MS,
    });
    gpu = JSON.parse(stdout.trim().split("\n").at(-1)!) as typeof gpu;
    await startBackend("wasm");
    wasm = await runScenario(null);
  }, TIMEOUT_MS);

  it("learns as on wasm, within rounding", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.losses).toBeAllClose(wasm.losses, { relative: 1e-4, absolute: 1e-5 });
    expect(gpu.norms).toBeAllClose(wasm.norms, { relative: 1e-3 });
    expect(gpu.weights).toBeAllClose(wasm.weights, { absolute: 2e-3 });
    expect(gpu.logProbs.flat()).toBeAllClose(wasm.logProbs.flat(), { absolute: 1e-2 });
  });

  it("writes the same tokens with the same log-probs, before and after learning", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.note).toBe("Decoding a whole turn in one dispatch.");
    for (const [part, absolute] of [
      ["before", 1e-4],
      ["after", 1e-2],
      ["greedy", 1e-2],
    ] as const) {
      gpu[part].forEach((completion, i) => {
        const expected = wasm[part][i]!;
        expect(completion.tokens).toEqual(expected.tokens);
        expect(completion.logProbs).toBeAllClose(expected.logProbs, { absolute });
        expect(completion.entropies).toBeAllClose(expected.entropies, { absolute });
      });
    }
  });

  it("needs one dispatch for a turn of several episodes", ({ skip }) => {
    if ("skipped" in gpu) return skip(gpu.skipped);
    expect(gpu.turnDispatches).toBe(1);
  });
});
