import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { isSoftwareAdapter, selectBackend } from "../../src/model/backend.ts";
import { WASM_PATHS } from "./backends.ts";

describe("selecting a backend", () => {
  it("walks down from WebGPU, which Node has not, and says so in a sentence", async () => {
    const selected = await selectBackend({ wasmPaths: WASM_PATHS });
    expect(selected.name).toBe("wasm");
    expect(tf.getBackend()).toBe("wasm");
    expect(selected.reasons).toHaveLength(2);
    expect(selected.reasons[0]).toMatch(/^Not using webgpu: .*no WebGPU\.$/);
    expect(selected.reasons[1]).toBe("Using wasm.");
    expect(selected.isEmulated).toBe(false);
  });

  it("starts at the preferred kind and can change its mind later", async () => {
    expect((await selectBackend({ prefer: "cpu" })).name).toBe("cpu");
    expect(tf.getBackend()).toBe("cpu");
    expect((await selectBackend({ prefer: "wasm" })).name).toBe("wasm");
    expect(tf.getBackend()).toBe("wasm");
  });
});

describe("an adapter that is emulated in software", () => {
  it.each([
    [{ isFallbackAdapter: true }],
    [{ vendor: "google", architecture: "swiftshader" }],
    [{ description: "llvmpipe (LLVM 15.0.6, 256 bits)" }],
    [{ description: "Microsoft Basic Render Driver" }],
  ])("is known by its fallback flag or its name: %j", (info) => {
    expect(isSoftwareAdapter(info)).toBe(true);
  });

  it("is not any other", () => {
    expect(isSoftwareAdapter({ vendor: "nvidia", architecture: "hopper", isFallbackAdapter: false })).toBe(false);
    expect(isSoftwareAdapter({})).toBe(false);
  });
});
