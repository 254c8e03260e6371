/** @file How many bytes the buffers on a WebGPU device hold, by wrapping its own methods. */

let [current, peak] = [0, 0];

/** Bytes that buffers hold now, and the most they ever held at once. */
export function deviceBytes(): { readonly current: number; readonly peak: number } {
  return { current, peak };
}

/** Counts from now on. */
export function watchDeviceBytes(globals: Record<string, unknown>): void {
  const { prototype: devices } = globals["GPUDevice"] as { prototype: GPUDevice };
  const { prototype: buffers } = globals["GPUBuffer"] as { prototype: GPUBuffer };
  const alive = new WeakSet<GPUBuffer>();
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the device it was called on
  const [create, destroy] = [devices.createBuffer, buffers.destroy];
  devices.createBuffer = function (this: GPUDevice, descriptor) {
    const buffer = create.call(this, descriptor);
    alive.add(buffer);
    current += descriptor.size;
    peak = Math.max(peak, current);
    return buffer;
  };
  buffers.destroy = function (this: GPUBuffer) {
    if (alive.delete(this)) current -= this.size;
    destroy.call(this);
  };
}
