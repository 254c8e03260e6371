/**
 * @file Counts what is asked of a WebGPU device, by putting counters around the methods of the one device that all of this
 * program works on: our plans and tfjs alike.
 */

/** Calls and bytes so far. */
export interface DeviceCalls {
  readonly dispatches: number;
  readonly submits: number;
  readonly readBacks: number;
  readonly pipelines: number;
  /** Bytes of buffers made. */
  readonly bytes: number;
}

/** Counts from now on. */
export function watchDeviceCalls(device: GPUDevice): () => DeviceCalls {
  const calls = { dispatches: 0, submits: 0, readBacks: 0, pipelines: 0, bytes: 0 };
  const after = <Target extends object, Name extends keyof Target>(
    target: Target,
    name: Name,
    then: (result: ResultOf<Target[Name]>, first: unknown) => void,
  ): void => {
    const original = target[name] as (...values: unknown[]) => ResultOf<Target[Name]>;
    target[name] = ((...values: unknown[]) => {
      const result = original.apply(target, values);
      then(result, values[0]);
      return result;
    }) as Target[Name];
  };
  after(device.queue, "submit", () => (calls.submits += 1));
  after(device, "createComputePipeline", () => (calls.pipelines += 1));
  after(device, "createComputePipelineAsync", () => (calls.pipelines += 1));
  after(device, "createBuffer", (buffer) => {
    calls.bytes += buffer.size;
    after(buffer, "mapAsync", () => (calls.readBacks += 1));
  });
  after(device, "createCommandEncoder", (encoder) => {
    after(encoder, "beginComputePass", (pass) => {
      after(pass, "dispatchWorkgroups", () => (calls.dispatches += 1));
      after(pass, "dispatchWorkgroupsIndirect", () => (calls.dispatches += 1));
    });
  });
  return () => ({ ...calls });
}

type ResultOf<Method> = Method extends (...values: never[]) => infer Result ? Result : never;
