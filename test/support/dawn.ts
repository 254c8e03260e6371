/** @file WebGPU in Node: Dawn, installed where a browser has it. */

/** Puts `navigator.gpu` and the types of WebGPU into this process. Returns the types. */
export async function installDawn(): Promise<Record<string, unknown>> {
  const { create, globals } = (await import("webgpu")) as unknown as {
    create: (flags: string[]) => GPU;
    globals: Record<string, unknown>;
  };
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "node" }, configurable: true });
  return globals;
}
