import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkOps } from "../../src/model/op-check.ts";
import { selectBackend } from "../../src/model/backend.ts";
import { WASM_PATHS } from "./backends.ts";

beforeEach(async () => {
  await selectBackend({ prefer: "cpu" });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it("accepts a backend that computes, and leaves no tensor behind", async () => {
  const before = tf.memory().numTensors;
  await checkOps("cpu");
  expect(tf.memory().numTensors).toBe(before);
});

it.each(["Exp", "Softmax", "GatherV2", "BatchMatMul", "Transpose", "Sigmoid", "Add", "Multiply"])(
  "names the op when a backend computes %s wrongly",
  async (kernel) => {
    const right = tf.getKernel(kernel, "cpu");
    tf.unregisterKernel(kernel, "cpu");
    tf.registerKernel({
      ...right,
      kernelFunc: (parameters) => {
        const info = right.kernelFunc(parameters) as tf.TensorInfo;
        const { values } = (
          tf.backend() as unknown as { data: { get(id: object): { values: Float32Array } } }
        ).data.get(info.dataId);
        if (values.length > 1000) values[values.length - 1]! += 0.01;
        return info;
      },
    });
    try {
      await expect(checkOps("cpu")).rejects.toThrow(/^cpu computes "\w+" wrongly: /);
    } finally {
      tf.unregisterKernel(kernel, "cpu");
      tf.registerKernel(right);
    }
  },
);

it("a backend that fails the check is not used, and the reason names the op", async () => {
  const right = tf.getKernel("Exp", "wasm");
  tf.unregisterKernel("Exp", "wasm");
  tf.registerKernel({
    ...right,
    kernelFunc: () => {
      throw new Error("shader does not compile");
    },
  });
  try {
    const selected = await selectBackend({ prefer: "wasm", wasmPaths: WASM_PATHS });
    expect(selected.name).toBe("cpu");
    expect(selected.reasons[0]).toMatch(/^Not using wasm: wasm computes "exp" wrongly: .*does not compile/);
  } finally {
    tf.unregisterKernel("Exp", "wasm");
    tf.registerKernel(right);
  }
});

it("a WebGPU that tfjs cannot start is recognised although tfjs says that it is current", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {}); // tfjs logs the failure
  vi.spyOn(console, "error").mockImplementation(() => {});
  const adapter = { limits: {}, info: {}, requestDevice: async () => ({ lost: new Promise(() => {}) }) };
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
  const selected = await selectBackend({ wasmPaths: WASM_PATHS });
  expect(selected.name).toBe("wasm");
  expect(selected.reasons[0]).toMatch(/^Not using webgpu: /);
  expect(tf.getBackend()).toBe("wasm");
});
