/**
 * @file A policy's state as a safetensors file, written and read by hand: 8 bytes little-endian header length, a JSON
 * header, then float32 data. Everything the header claims is checked before anything of its size is allocated.
 */
import { CheckpointError } from "../core/base/errors.ts";
import type { ModelConfig, NamedTensors, PolicyState } from "../core/policy/policy.ts";

const LENGTH_BYTES = 8;
const FLOAT_BYTES = 4;
const MAX_HEADER_BYTES = 1_000_000;
const MAX_TENSORS = 10_000;
const MAX_RANK = 8;
const FORMAT = "empo2-policy-1";
const WEIGHTS = "weights/";
const FIRST = "adam.first/";
const SECOND = "adam.second/";
const CONFIG_KEYS = ["vocabularySize", "width", "layers", "heads", "contextLength"] as const;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The bytes of a safetensors file with weights, moments and configuration. Same state, same bytes. */
export function encodePolicyState(state: PolicyState): Uint8Array<ArrayBuffer> {
  const tensors = new Map([
    ...prefixed(WEIGHTS, state.weights),
    ...prefixed(FIRST, state.optimizer.first),
    ...prefixed(SECOND, state.optimizer.second),
  ]);
  const metadata = {
    format: FORMAT,
    config: JSON.stringify(Object.fromEntries(CONFIG_KEYS.map((key) => [key, state.config[key]]))),
    step: String(state.optimizer.step),
  };
  return encodeSafetensors(tensors, metadata);
}

/**
 * The state in a safetensors file of {@link encodePolicyState}. Names and shapes are checked by the policy that loads it.
 *
 * @throws {CheckpointError} if the file is damaged, of another format, or holds a number that is not finite
 */
export function decodePolicyState(bytes: Uint8Array): PolicyState {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata["format"] !== FORMAT) {
    throw new CheckpointError(`decodePolicyState: format "${FORMAT}", got "${metadata["format"] ?? "none"}"`);
  }
  const step = Number(metadata["step"]);
  if (!Number.isSafeInteger(step) || step < 0) {
    throw new CheckpointError(`decodePolicyState: a step count, got "${metadata["step"] ?? "none"}"`);
  }
  return {
    config: parseConfig(metadata["config"] ?? ""),
    weights: withoutPrefix(WEIGHTS, tensors),
    optimizer: { step, first: withoutPrefix(FIRST, tensors), second: withoutPrefix(SECOND, tensors) },
  };
}

function prefixed(prefix: string, tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, tensor]) => [prefix + name, tensor]));
}

function withoutPrefix(prefix: string, tensors: NamedTensors): NamedTensors {
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function parseConfig(text: string): ModelConfig {
  const value = parseObject(text, "config");
  const numbers = CONFIG_KEYS.map((key) => value[key]);
  if (!numbers.every((number) => Number.isSafeInteger(number) && (number as number) > 0)) {
    throw new CheckpointError(`decodePolicyState: positive integers in the config, got ${text.slice(0, 200)}`);
  }
  return Object.fromEntries(CONFIG_KEYS.map((key, i) => [key, numbers[i]])) as unknown as ModelConfig;
}

/** The bytes of a safetensors file, tensors in the map's order. */
export function encodeSafetensors(
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const start = end;
    end += data.length * FLOAT_BYTES;
    header[name] = { dtype: "F32", shape, data_offsets: [start, end] } satisfies HeaderEntry;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerSize = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES; // padded with spaces, so data is aligned
  const bytes = new Uint8Array(LENGTH_BYTES + headerSize + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerSize), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerSize);
  bytes.set(json, LENGTH_BYTES);
  let position = LENGTH_BYTES + headerSize;
  for (const { data } of tensors.values()) {
    for (let i = 0; i < data.length; i++, position += FLOAT_BYTES) view.setFloat32(position, data[i]!, true);
  }
  return bytes;
}

/**
 * The tensors and metadata of a safetensors file.
 *
 * @throws {CheckpointError} if a length, name, type, shape or offset does not fit, or a number is not finite
 */
export function decodeSafetensors(bytes: Uint8Array): {
  readonly tensors: NamedTensors;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { header, dataStart } = readHeader(bytes);
  const { __metadata__: rawMetadata = {}, ...entries } = header;
  const metadata = validateMetadata(rawMetadata);
  const validated = validateEntries(entries, bytes.length - dataStart);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart);
  const tensors = new Map(
    validated.map(([name, entry]) => [name, { shape: entry.shape, data: readFloats(view, name, entry) }]),
  );
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw new CheckpointError(`decodeSafetensors: at least ${LENGTH_BYTES} bytes, got ${bytes.length}`);
  }
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (size > MAX_HEADER_BYTES || LENGTH_BYTES + Number(size) > bytes.length) {
    throw new CheckpointError(
      `decodeSafetensors: a header of at most ${MAX_HEADER_BYTES} bytes inside the file, got ${size}`,
    );
  }
  const dataStart = LENGTH_BYTES + Number(size);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataStart));
  } catch {
    throw new CheckpointError("decodeSafetensors: a header in UTF-8, got other bytes");
  }
  return { header: parseObject(text, "header"), dataStart };
}

function parseObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new CheckpointError(`decodeSafetensors: a JSON ${what}, got "${text.slice(0, 40)}"`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new CheckpointError(`decodeSafetensors: an object as ${what}, got "${text.slice(0, 40)}"`);
  }
  // A Map-like copy: names such as "__proto__" stay plain keys.
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

function validateMetadata(value: unknown): Record<string, string> {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isPlain || !Object.values(value).every((item) => typeof item === "string")) {
    throw new CheckpointError("decodeSafetensors: metadata of strings, got something else");
  }
  return value as Record<string, string>;
}

/** Entries in the order of their data, which they cover without gap or overlap. */
function validateEntries(entries: Record<string, unknown>, dataSize: number): [string, HeaderEntry][] {
  const names = Object.keys(entries);
  if (names.length > MAX_TENSORS) {
    throw new CheckpointError(`decodeSafetensors: at most ${MAX_TENSORS} tensors, got ${names.length}`);
  }
  const sorted = names
    .map((name): [string, HeaderEntry] => [name, validateEntry(name, entries[name])])
    .sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1]);
  let end = 0;
  for (const [name, { data_offsets }] of sorted) {
    if (data_offsets[0] !== end) {
      throw new CheckpointError(`decodeSafetensors: "${name}" starts at byte ${end}, got ${data_offsets[0]}`);
    }
    end = data_offsets[1];
  }
  if (end !== dataSize) throw new CheckpointError(`decodeSafetensors: ${end} bytes of data, got ${dataSize}`);
  return sorted;
}

function validateEntry(name: string, value: unknown): HeaderEntry {
  const fail = (what: string): never => {
    throw new CheckpointError(`decodeSafetensors: "${name}" with ${what}, got ${JSON.stringify(value).slice(0, 100)}`);
  };
  if (typeof value !== "object" || value === null) return fail("an object");
  const { dtype, shape, data_offsets: offsets } = value as Partial<Record<string, unknown>>;
  if (dtype !== "F32") return fail("dtype F32");
  if (!isSizes(shape) || shape.length > MAX_RANK) return fail("a shape");
  if (!isSizes(offsets) || offsets.length !== 2) return fail("two offsets");
  const bytes = shape.reduce((product, extent) => product * extent, FLOAT_BYTES);
  const [start, end] = offsets as [number, number];
  if (!Number.isSafeInteger(bytes) || end - start !== bytes) return fail("as many bytes as its shape needs");
  return { dtype, shape, data_offsets: [start, end] };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function readFloats(view: DataView, name: string, { data_offsets: [start, end] }: HeaderEntry): Float32Array {
  const data = new Float32Array((end - start) / FLOAT_BYTES);
  for (let i = 0; i < data.length; i++) {
    const value = view.getFloat32(start + i * FLOAT_BYTES, true);
    if (!Number.isFinite(value))
      throw new CheckpointError(`decodeSafetensors: finite numbers in "${name}", got ${value}`);
    data[i] = value;
  }
  return data;
}
