/**
 * @file Runs the turn kernel: one write, one dispatch, one read for all requests, and nothing allocated after the first
 * turn of a size. It works on the device that tfjs uses but with buffers of its own.
 */
import { DeviceError, OutOfMemoryError } from "../../core/base/errors.ts";
import type { PhiloxKey } from "../../core/base/random.ts";
import type { Completion } from "../../core/policy/policy.ts";
import { rotaryTable } from "../rotary.ts";
import { compileKernel } from "./compile-kernel.ts";
import { CALL_HEADER, decodeShader, REQUEST_HEADER, type DecodeShape } from "./decode-shader.ts";
import { TurnBuffers } from "./turn-buffers.ts";

const WORD_BYTES = 4;

/** One workgroup's work: read tokens at a place, then write. */
export interface TurnRequest {
  readonly episode: number;
  /** At least one token to read, from position `start` on. */
  readonly tokens: readonly number[];
  readonly start: number;
  /** The two tokens before `tokens`, nearest first. */
  readonly before: readonly [number, number];
  /** Most tokens to write; 0 only reads. */
  readonly writing: number;
  readonly stopTokens: readonly number[];
  readonly temperature: number;
  readonly key: PhiloxKey;
  readonly turn: number;
  /** Index of the first written token in its turn. */
  readonly firstIndex: number;
}

/** A compiled kernel with the weights on the device. Serves any number of caches. */
export class DecodePlan {
  readonly #device: GPUDevice;
  readonly #shape: DecodeShape;
  readonly #pipeline: GPUComputePipeline;
  readonly #weights: GPUBuffer;
  readonly #buffers: TurnBuffers;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(device: GPUDevice, shape: DecodeShape, pipeline: GPUComputePipeline) {
    this.#device = device;
    this.#shape = shape;
    this.#pipeline = pipeline;
    const { vocabularySize, width } = shape;
    const rotary = rotaryTable(shape.contextLength, width / shape.heads);
    const cos = shape.offsets.get("cos")!;
    this.#weights = device.createBuffer({
      size: (cos + 2 * rotary.cos.length) * WORD_BYTES,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    });
    this.#buffers = new TurnBuffers(device, pipeline.getBindGroupLayout(0), this.#weights);
    device.queue.writeBuffer(this.#weights, cos * WORD_BYTES, Float32Array.from([...rotary.cos, ...rotary.sin]));
    if (cos !== shape.offsets.get("head")! + vocabularySize * width)
      throw new DeviceError("DecodePlan: tables in order");
  }

  /**
   * Compiles the kernel.
   *
   * @throws {DeviceError} if the driver refuses it
   */
  static async compile(device: GPUDevice, shape: DecodeShape): Promise<DecodePlan> {
    const pipeline = await compileKernel(device, "decode", decodeShader(shape));
    return new DecodePlan(device, shape, pipeline);
  }

  /** Copies the weights to the device: the flat array and the transposed token table. */
  setWeights(parameters: Float32Array): void {
    const { vocabularySize, width } = this.#shape;
    const head = new Float32Array(vocabularySize * width);
    for (let token = 0; token < vocabularySize; token++) {
      for (let i = 0; i < width; i++) head[i * vocabularySize + token] = parameters[token * width + i]!;
    }
    const { queue } = this.#device;
    queue.writeBuffer(this.#weights, 0, parameters as Float32Array<ArrayBuffer>);
    queue.writeBuffer(this.#weights, parameters.length * WORD_BYTES, head);
  }

  /** Whether a cache for so many episodes fits the device's limits. */
  canCache(episodeCount: number): boolean {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.#device.limits;
    return this.#cacheBytes(episodeCount) <= Math.min(maxStorageBufferBindingSize, maxBufferSize);
  }

  /**
   * A cache. The caller destroys it.
   *
   * @throws {OutOfMemoryError} if the device has no memory for it
   */
  async openCache(episodeCount: number): Promise<GPUBuffer> {
    const size = this.#cacheBytes(episodeCount);
    this.#device.pushErrorScope("out-of-memory");
    const cache = this.#device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });
    const refused = await this.#device.popErrorScope();
    if (refused === null) return cache;
    cache.destroy();
    throw new OutOfMemoryError(`generate: ${size} bytes on the device for ${episodeCount} episodes, got none`);
  }

  /**
   * Reads and writes for all requests in one dispatch; answers in their order. Calls wait for one another.
   *
   * @throws {DeviceError} if the driver refuses the pass
   */
  run(cache: GPUBuffer, requests: readonly TurnRequest[]): Promise<Completion[]> {
    const work = (): Promise<Completion[]> => this.#run(cache, requests);
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(cache: GPUBuffer, requests: readonly TurnRequest[]): Promise<Completion[]> {
    const device = this.#device;
    const most = requests.reduce((longest, { writing }) => Math.max(longest, writing), 1);
    const answerWords = 1 + 3 * most;
    const words = this.#encode(requests, answerWords, most);
    const size = requests.length * answerWords * WORD_BYTES;
    device.pushErrorScope("out-of-memory");
    device.pushErrorScope("validation");
    const { input, output, readable, group } = this.#buffers.fit(words.byteLength, size, cache);
    device.queue.writeBuffer(input, 0, words);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(requests.length);
    pass.end();
    encoder.copyBufferToBuffer(output, 0, readable, 0, size);
    device.queue.submit([encoder.finish()]);
    const refusing = Promise.all([device.popErrorScope(), device.popErrorScope()]);
    // A pass that was refused may leave a buffer that cannot be mapped; its own error says why.
    const mapped = readable.mapAsync(GPUMapMode.READ, 0, size).then(
      () => null,
      (error: unknown) => error,
    );
    const [refused, unmapped] = [(await refusing).find((error) => error !== null), await mapped];
    if (refused != null) {
      if (unmapped === null) readable.unmap();
      throw new DeviceError(`generate: a pass that the driver takes, got "${refused.message}"`);
    }
    if (unmapped !== null) throw unmapped as Error;
    const answer = readable.getMappedRange(0, size).slice(0);
    readable.unmap();
    return decodeAnswers(answer, requests.length, most);
  }

  /** Frees the weights and the buffers of turns. */
  dispose(): void {
    this.#weights.destroy();
    this.#buffers.dispose();
  }

  #cacheBytes(episodeCount: number): number {
    const { layers, width, contextLength } = this.#shape;
    return episodeCount * layers * 2 * width * contextLength * WORD_BYTES;
  }

  #encode(requests: readonly TurnRequest[], answerWords: number, most: number): Uint32Array<ArrayBuffer> {
    const { maskWords } = this.#shape;
    const longest = requests.reduce((length, { tokens }) => Math.max(length, tokens.length), 0);
    const stride = REQUEST_HEADER + maskWords + longest;
    const words = new Uint32Array(CALL_HEADER + requests.length * stride);
    words.set([stride, answerWords, most]);
    requests.forEach((request, r) => writeRequest(words.subarray(CALL_HEADER + r * stride), request, maskWords));
    return words;
  }
}

function writeRequest(words: Uint32Array, request: TurnRequest, maskWords: number): void {
  const { tokens, start, writing, episode, key, turn, temperature, firstIndex, before } = request;
  const scale = temperature === 0 ? 1 : 1 / temperature;
  const [scaleBits] = new Uint32Array(Float32Array.of(scale).buffer) as unknown as [number];
  const isGreedy = temperature === 0 ? 1 : 0;
  words.set([tokens.length, start, writing, episode, scaleBits, ...key, turn, isGreedy, firstIndex, ...before]);
  for (const token of request.stopTokens) {
    if (token >>> 5 < maskWords) words[REQUEST_HEADER + (token >>> 5)]! |= 1 << (token & 31);
  }
  words.set(tokens, REQUEST_HEADER + maskWords);
}

function decodeAnswers(bytes: ArrayBuffer, count: number, most: number): Completion[] {
  const words = new Uint32Array(bytes);
  const floats = new Float32Array(bytes);
  return Array.from({ length: count }, (_, r) => {
    const at = r * (1 + 3 * most);
    const length = words[at]!;
    const part = (from: Uint32Array | Float32Array, which: number): number[] => {
      const start = at + 1 + which * most;
      return [...from.subarray(start, start + length)];
    };
    return { tokens: part(words, 0), logProbs: part(floats, 1), entropies: part(floats, 2) };
  });
}
