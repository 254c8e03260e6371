/** @file Counts the calls of WebGPU that cost, by wrapping its own methods. */

/** Calls and bytes so far. */
export interface Counts {
  readonly dispatches: number;
  readonly submits: number;
  /** Read-backs. */
  readonly mappings: number;
  /** Buffers, bind groups, shaders and pipelines made. */
  readonly allocations: number;
  /** Pipelines among them. */
  readonly pipelines: number;
  /** Bytes of the buffers among them. */
  readonly bytes: number;
}

const NAMES = ["dispatches", "submits", "mappings", "allocations", "pipelines", "bytes"] as const;

const COUNTED = {
  GPUComputePassEncoder: { dispatchWorkgroups: ["dispatches"], dispatchWorkgroupsIndirect: ["dispatches"] },
  GPUQueue: { submit: ["submits"] },
  GPUBuffer: { mapAsync: ["mappings"] },
  GPUDevice: {
    ...{ createBuffer: ["allocations"], createBindGroup: ["allocations"], createShaderModule: ["allocations"] },
    ...{ createComputePipeline: ["allocations", "pipelines"] },
    ...{ createComputePipelineAsync: ["allocations", "pipelines"] },
  },
} as const satisfies Record<string, Record<string, readonly (keyof Counts)[]>>;

/** Counts from now on. */
export function countWebGpu(globals: Record<string, unknown>): () => Counts {
  const counts = { dispatches: 0, submits: 0, mappings: 0, allocations: 0, pipelines: 0, bytes: 0 };
  for (const [type, methods] of Object.entries(COUNTED)) {
    const { prototype } = globals[type] as { prototype: Record<string, (...values: unknown[]) => unknown> };
    for (const [method, names] of Object.entries<readonly (keyof Counts)[]>(methods)) {
      const original = prototype[method]!;
      prototype[method] = function (this: unknown, ...values: unknown[]) {
        for (const name of names) counts[name] += 1;
        if (method === "createBuffer") counts.bytes += (values[0] as GPUBufferDescriptor).size;
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
