/**
 * @file How much of a batch goes to the device at once. A device without memory for it gets half, once; what the batch
 * computes stays the same but for the order of sums.
 */
import * as tf from "@tensorflow/tfjs-core";
import { OutOfMemoryError } from "../core/base/errors.ts";

/** Told when the batch was halved: one sentence for people. */
export type OnHalved = (sentence: string) => void;

/** The part of a GPU device that tells what it could not allocate. */
export type ErrorScopes = Pick<GPUDevice, "pushErrorScope" | "popErrorScope">;

const HALF = 0.5;
const OUT_OF_MEMORY = /out of memory|allocation failed|cannot enlarge memory|could not allocate/i;

/** The share of the usual micro-batch that the device takes. */
export class MicroBatches {
  readonly #onHalved: OnHalved;
  readonly #scopes: () => ErrorScopes | null;
  #isHalved = false;

  /** @param scopes of the device in use; null where allocation fails by throwing */
  constructor(onHalved: OnHalved = () => undefined, scopes: () => ErrorScopes | null = currentScopes) {
    this.#onHalved = onHalved;
    this.#scopes = scopes;
  }

  /** Positions of a micro-batch where `most` are usual; at least `least`, because a row is never cut. */
  positions(most: number, least = 1): number {
    return this.#isHalved ? Math.max(least, Math.floor(most * HALF)) : most;
  }

  /**
   * Does work that leaves nothing behind if it fails; does it again with half the micro-batch if there was no memory.
   *
   * @throws {OutOfMemoryError} if half is too much, too
   */
  async run<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#watched(operation, work);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      if (this.#isHalved) {
        throw new OutOfMemoryError(
          `${operation}: memory on the device for half a batch, got "${error.message}". ` +
            "Close other tabs, choose a smaller group, or choose WebAssembly in the Lab",
        );
      }
      this.#isHalved = true;
      this.#onHalved(`The device had no memory for a whole batch (${error.message}); it gets half at a time now.`);
      return this.#watched(operation, work);
    }
  }

  async #watched<Result>(operation: string, work: () => Promise<Result>): Promise<Result> {
    const scopes = this.#scopes();
    if (scopes === null) return work();
    scopes.pushErrorScope("out-of-memory");
    const done = await work().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
    // A lost device has no scopes any more; its loss is told elsewhere.
    const refused = await scopes.popErrorScope().catch(() => null);
    if (refused !== null) throw new OutOfMemoryError(`${operation}: ${refused.message}`);
    if ("error" in done) throw done.error;
    return done.result;
  }
}

/** JavaScript throws a RangeError, WebAssembly's allocator one or an abort; buffers on the GPU are asked by scope. */
function isOutOfMemory(error: unknown): error is Error {
  if (error instanceof OutOfMemoryError) return true;
  return error instanceof Error && OUT_OF_MEMORY.test(error.message);
}

function currentScopes(): ErrorScopes | null {
  if (tf.getBackend() !== "webgpu") return null;
  return (tf.backend() as unknown as { readonly device: GPUDevice }).device;
}
