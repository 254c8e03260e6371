import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toleranceOf, type KernelError } from "../model/webgpu-kernel-parity.ts";
import { openPlayground } from "./support/browser.ts";
import { bundlePage } from "./support/bundle.ts";

/** Asks for an adapter as the page must: more than once, because the first answer after a cold start may be null. */
const WORKER = `
const ask = async () => {
  if (!("gpu" in navigator)) return "no WebGPU";
  for (let attempt = 0; attempt < 4; attempt++) {
    const adapter = await navigator.gpu.requestAdapter();
    if (adapter) return adapter.info.architecture;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return "no adapter";
};
ask().then((answer) => postMessage(answer));
`;

const PAGE_SCRIPT = `
const policy = trustedTypes.createPolicy("app", { createScriptURL: (url) => url });
const url = policy.createScriptURL(new URL("./worker.js", import.meta.url).href);
const worker = new Worker(url, { type: "module" });
worker.addEventListener("message", ({ data }) => { document.title = data; });
`;

let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "webgpu-"));
  await writeFile(path.join(root, "index.html"), '<!doctype html><script type="module" src="./page.js"></script>');
  await writeFile(path.join(root, "page.js"), PAGE_SCRIPT);
  await writeFile(path.join(root, "worker.js"), WORKER);
});

afterAll(() => rm(root, { recursive: true }));

test.each([
  { name: "a worker in the test browser gets a WebGPU adapter", options: {}, answer: "swiftshader" },
  { name: "withoutAdapter leaves WebGPU without an adapter", options: { withoutAdapter: true }, answer: "no adapter" },
  { name: "withoutWebGpu removes WebGPU from workers", options: { withoutWebGpu: true }, answer: "no WebGPU" },
])("$name", async ({ options, answer }) => {
  const { page, cspViolations, close } = await openPlayground({ root, ...options });
  try {
    await page.waitForFunction(() => document.title !== "");
    expect(await page.title()).toBe(answer);
    expect(cspViolations).toEqual([]);
  } finally {
    await close();
  }
});

test("every kernel of the update plan agrees with plain ops in the browser", { timeout: 300_000 }, async () => {
  const folder = await bundlePage(new URL("./support/kernel-parity-page.ts", import.meta.url));
  const { page, close } = await openPlayground({ root: folder });
  try {
    await page.waitForFunction(() => document.title === "done", undefined, { timeout: 240_000 });
    const text = (await page.textContent("body"))!;
    expect(text).toMatch(/^\[/);
    const errors = JSON.parse(text) as KernelError[];
    expect(errors.length).toBeGreaterThan(90);
    expect(errors.filter(({ kernel, error }) => !(error < toleranceOf(kernel)))).toEqual([]);
  } finally {
    await close();
    await rm(folder, { recursive: true });
  }
});
