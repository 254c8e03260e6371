/**
 * @file Every kernel of the WASM module beside the same in plain ops, as one list that the parity tests check and the
 * benchmark times. Which kernels a case calls is watched, so a kernel without a case is found. On the wasm backend only.
 */
import type { Kernels } from "../../../src/model/wasm/kernel-module.ts";
import { ATTENTION_CASES } from "./attention-cases.ts";
import { type KernelCase, runtime } from "./kernel-case.ts";
import { LAYOUT_CASES } from "./layout-cases.ts";
import { PRODUCT_CASES } from "./product-cases.ts";
import { ROW_CASES } from "./row-cases.ts";

/** All cases. */
export const WASM_CASES: readonly KernelCase[] = [...PRODUCT_CASES, ...LAYOUT_CASES, ...ROW_CASES, ...ATTENTION_CASES];

/** Names of all kernels of the module. */
export function wasmKernelNames(): string[] {
  return Object.keys(runtime().kernels);
}

/** Names of the kernels that some work calls, in the order of their first calls. */
export function kernelsCalled(work: () => void): string[] {
  const called = new Set<string>();
  const watched = runtime() as { kernels: Kernels };
  const { kernels } = watched;
  const spies = Object.entries(kernels).map(([name, kernel]) => {
    const spy = (...parameters: number[]): void => {
      called.add(name);
      kernel(...parameters);
    };
    return [name, spy] as const;
  });
  watched.kernels = Object.fromEntries(spies) as unknown as Kernels;
  try {
    work();
  } finally {
    watched.kernels = kernels;
  }
  return [...called];
}
