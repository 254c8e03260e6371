/** @file Counts the calls of WebGPU that cost, by wrapping its own methods. */

/** Calls so far. */
export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  readonly mappings: number;
  /** Buffers, bind groups, shaders and pipelines made. */
  readonly allocations: number;
}

const NAMES = ["dispatches", "submits", "mappings", "allocations"] as const;

const COUNTED = {
  GPUComputePassEncoder: { dispatchWorkgroups: "dispatches" },
  GPUQueue: { submit: "submits" },
  GPUBuffer: { mapAsync: "mappings" },
  GPUDevice: {
    ...{ createBuffer: "allocations", createBindGroup: "allocations", createShaderModule: "allocations" },
    ...{ createComputePipeline: "allocations", createComputePipelineAsync: "allocations" },
  },
} as const satisfies Record<string, Record<string, keyof Counts>>;

/** Counts from now on. */
export function countWebGpu(globals: Record<string, unknown>): () => Counts {
  const counts = { dispatches: 0, submits: 0, mappings: 0, allocations: 0 };
  for (const [type, methods] of Object.entries(COUNTED)) {
    const { prototype } = globals[type] as { prototype: Record<string, (...values: unknown[]) => unknown> };
    for (const [method, name] of Object.entries<keyof Counts>(methods)) {
      const original = prototype[method]!;
      prototype[method] = function (this: unknown, ...values: unknown[]) {
        counts[name] += 1;
        return original.apply(this, values);
      };
    }
  }
  return () => ({ ...counts });
}

/** What was counted between two moments. */
export function countsBetween(start: Counts, end: Counts): Counts {
  return Object.fromEntries(NAMES.map((name) => [name, end[name] - start[name]])) as unknown as Counts;
}
