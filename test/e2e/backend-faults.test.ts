/** @file WebGPU that starts late, not at all, or computes nonsense, in a real browser; the faults are injected. */
import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BackendFaultsReport } from "./support/backend-faults-page.ts";
import { openPlayground } from "./support/browser.ts";
import { bundlePage } from "./support/bundle.ts";

let folder: string;
let report: BackendFaultsReport;

beforeAll(async () => {
  folder = await bundlePage(new URL("./support/backend-faults-page.ts", import.meta.url));
  const { page, close } = await openPlayground({ root: folder });
  try {
    await page.waitForFunction(() => document.title === "done", undefined, { timeout: 240_000 });
    const text = (await page.textContent("body"))!;
    expect(text).toMatch(/^\{/);
    report = JSON.parse(text) as BackendFaultsReport;
  } finally {
    await close();
  }
}, 300_000);

afterAll(() => rm(folder, { recursive: true }));

describe("an adapter", () => {
  test("that is null once is asked for again within two seconds, and WebGPU is used", () => {
    expect(report.nullOnce.name).toBe("webgpu");
    expect(report.nullOnce.waitedMs).toBeGreaterThan(50);
    expect(report.nullOnce.waitedMs).toBeLessThan(2000);
    expect(report.nullOnce.reasons).not.toContain("Not using");
  });

  test("that is always null is given up within five seconds, for a kind of compute that works", () => {
    expect(report.alwaysNull.attempts).toBe(4);
    expect(report.alwaysNull.ms).toBeLessThan(5000);
    // This page has no WebAssembly binary, so that the ladder's last step is seen, too.
    expect(report.alwaysNull.name).toBe("cpu");
    expect(report.alwaysNull.reasons).toMatch(
      /Not using webgpu: no graphics adapter answered in 4 attempts\. Not using wasm: /,
    );
  });
});

describe("a driver", () => {
  test("that computes an op wrongly is not used, and the reason names the op", () => {
    expect(report.wrongOp.name).not.toBe("webgpu");
    expect(report.wrongOp.reasons).toMatch(/Not using webgpu: webgpu computes "exp" wrongly: /);
  });

  test("that does not compile a shader is not used, and the reason names the op", () => {
    expect(report.brokenShader.name).not.toBe("webgpu");
    expect(report.brokenShader.reasons).toMatch(/Not using webgpu: webgpu computes "exp" wrongly: /);
  });
});

test("a device with small limits learns op by op and says which limit it is", () => {
  expect(report.smallLimits.name).toBe("webgpu");
  expect(report.smallLimits.way).toMatch(/Decoding step by step: .*Learning op by op: buffers of \d+ bytes/);
  expect(report.smallLimits.loss).toBeGreaterThan(-10);
});

test("a device that is destroyed here is not told as lost, so that nobody brings it back", () => {
  expect(report.destroyed.wasTold).toBe(false);
});

describe("a device without memory", () => {
  test("gets half the batch, is told of once, and computes the same", () => {
    const [whole, halved] = report.memory.losses;
    expect(Math.abs(halved! - whole!)).toBeLessThan(1e-4);
    expect(report.memory.told).toEqual([expect.stringContaining("no room for the buffer")]);
  });

  test("for half the batch refuses the step with advice, and the weights stay as they were", () => {
    expect(report.memory.second).toMatch(/^OutOfMemoryError: .*no room for the buffer.*WebAssembly/);
    expect(report.memory.isUnchanged).toBe(true);
  });
});

test("a step whose result is not finite is refused on the GPU, too, and names the array", () => {
  expect(report.notFinite.message).toMatch(/^NotFiniteError: update: a finite (weight|first moment), got .* in "/);
  expect(report.notFinite.isUnchanged).toBe(true);
});
