/** @file Script of a page that checks every kernel of the update plan on the browser's WebGPU; bundled by the test. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { kernelErrors, type KernelError } from "../../model/webgpu-kernel-parity.ts";

const ATTEMPTS = 4;

async function adapter(): Promise<GPUAdapter> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await navigator.gpu.requestAdapter();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("no adapter");
}

async function check(): Promise<KernelError[]> {
  await tf.setBackend("cpu");
  const device = await (await adapter()).requestDevice();
  const found = [
    ...(await kernelErrors(device, { vocabularySize: 16, width: 16, layers: 2, heads: 2, contextLength: 24 })),
    ...(await kernelErrors(device, { vocabularySize: 24, width: 48, layers: 1, heads: 3, contextLength: 24 })),
  ];
  device.destroy();
  return found;
}

document.body.textContent = await check().then(JSON.stringify, String);
document.title = "done";
