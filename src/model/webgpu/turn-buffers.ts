/** @file Buffers and bind groups of the turn kernel. They are made once for a size and only grow. */

const LEAST_BYTES = 4096;

/** Buffers of one size of a turn. */
interface Grown {
  readonly input: GPUBuffer;
  readonly output: GPUBuffer;
  readonly readable: GPUBuffer;
  /** By cache. */
  readonly groups: WeakMap<GPUBuffer, GPUBindGroup>;
}

/** What a turn needs: buffers that are large enough, and how they are bound. */
export interface BoundTurn extends Pick<Grown, "input" | "output" | "readable"> {
  readonly group: GPUBindGroup;
}

/** Input, output and read-back of the turns of all caches; turns must wait for one another. */
export class TurnBuffers {
  readonly #device: GPUDevice;
  readonly #layout: GPUBindGroupLayout;
  readonly #weights: GPUBuffer;
  #grown: Grown | null = null;

  constructor(device: GPUDevice, layout: GPUBindGroupLayout, weights: GPUBuffer) {
    this.#device = device;
    this.#layout = layout;
    this.#weights = weights;
  }

  /** Makes something only if the turn needs more bytes than any before, or if the cache is new. */
  fit(inputBytes: number, outputBytes: number, cache: GPUBuffer): BoundTurn {
    if (this.#grown === null || inputBytes > this.#grown.input.size || outputBytes > this.#grown.output.size) {
      this.#grow(inputBytes, outputBytes);
    }
    const { groups, ...buffers } = this.#grown!;
    const group = groups.get(cache) ?? this.#bind(cache, buffers);
    groups.set(cache, group);
    return { ...buffers, group };
  }

  /** Frees the buffers. */
  dispose(): void {
    if (this.#grown === null) return;
    for (const buffer of [this.#grown.input, this.#grown.output, this.#grown.readable]) buffer.destroy();
    this.#grown = null;
  }

  #grow(inputBytes: number, outputBytes: number): void {
    const inputSize = bucket(inputBytes, this.#grown?.input.size);
    const outputSize = bucket(outputBytes, this.#grown?.output.size);
    this.dispose();
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    this.#grown = {
      input: this.#device.createBuffer({ size: inputSize, usage: STORAGE | COPY_DST }),
      output: this.#device.createBuffer({ size: outputSize, usage: STORAGE | COPY_SRC }),
      readable: this.#device.createBuffer({ size: outputSize, usage: MAP_READ | COPY_DST }),
      groups: new WeakMap(),
    };
  }

  #bind(cache: GPUBuffer, { input, output }: Pick<Grown, "input" | "output">): GPUBindGroup {
    const buffers = [this.#weights, input, cache, output];
    return this.#device.createBindGroup({
      layout: this.#layout,
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }
}

function bucket(needed: number, current = LEAST_BYTES): number {
  let size = current;
  while (size < needed) size *= 2;
  return size;
}
