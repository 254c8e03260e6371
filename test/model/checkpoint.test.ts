import { describe, expect, it } from "vitest";
import { CheckpointError } from "../../src/core/base/errors.ts";
import { Random } from "../../src/core/base/random.ts";
import type { PolicyState } from "../../src/core/policy/policy.ts";
import {
  decodePolicyState,
  decodeSafetensors,
  encodePolicyState,
  encodeSafetensors,
} from "../../src/model/checkpoint.ts";
import { initialParameters, parameterLayout, toNamedTensors } from "../../src/model/parameters.ts";
import { TINY } from "./backends.ts";

function state(): PolicyState {
  const layout = parameterLayout(TINY);
  const named = (seed: number) => toNamedTensors(layout, initialParameters(layout, Random.fromSeed(seed)));
  return { config: TINY, weights: named(1), optimizer: { step: 17, first: named(2), second: named(3) } };
}

/** A file with this header (any JSON or text) and so many bytes of data. */
function file(header: unknown, dataBytes = 0, claimedSize?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimedSize ?? json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (start: number, end: number, partial: object = {}) => ({
  dtype: "F32",
  shape: [(end - start) / 4],
  data_offsets: [start, end],
  ...partial,
});

describe("a policy's file", () => {
  it("gives the state back bit by bit", () => {
    const before = state();
    const after = decodePolicyState(encodePolicyState(before));
    expect(after).toEqual(before);
    expect(encodePolicyState(after)).toEqual(encodePolicyState(before));
  });

  it("can lie anywhere in a larger buffer", () => {
    const bytes = encodePolicyState(state());
    const larger = new Uint8Array(bytes.length + 13);
    larger.set(bytes, 5);
    expect(decodePolicyState(larger.subarray(5, 5 + bytes.length))).toEqual(state());
  });

  it("is safetensors: aligned data after a JSON header with types, shapes and offsets", () => {
    const bytes = encodeSafetensors(new Map([["a", { shape: [2], data: Float32Array.from([1, -2]) }]]), { note: "x" });
    const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(size % 8).toBe(0);
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
    expect(header).toEqual({
      __metadata__: { note: "x" },
      a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    });
    expect(new DataView(bytes.buffer).getFloat32(8 + size + 4, true)).toBe(-2);
  });

  it("is refused if it is of another format", () => {
    expect(() => decodePolicyState(file({ __metadata__: { format: "other" } }))).toThrow(CheckpointError);
    expect(() => decodePolicyState(file({}))).toThrow(/format/);
  });

  it("is refused if its configuration or step is no number", () => {
    const damaged = (metadata: object) => file({ __metadata__: { format: "empo2-policy-1", ...metadata } });
    expect(() => decodePolicyState(damaged({ step: "-1", config: "{}" }))).toThrow(/step/);
    expect(() => decodePolicyState(damaged({ step: "1", config: '{"width":1e99}' }))).toThrow(/config/);
    expect(() => decodePolicyState(damaged({ step: "1", config: "[" }))).toThrow(CheckpointError);
  });
});

describe("a hostile header", () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ["shorter than its own length field", new Uint8Array(5), /bytes/],
    ["longer than the file", file({}, 0, 1000), /header/],
    ["of absurd length", file({}, 0, Number.MAX_SAFE_INTEGER), /header/],
    ["that is no JSON", file("{nope"), /JSON/],
    ["that is no object", file("[]"), /object/],
    ["that is no UTF-8", file("\u0000").fill(0xff, 8), /UTF-8/],
    ["with another dtype", file({ a: entry(0, 8, { dtype: "I64" }) }, 8), /dtype/],
    ["with a negative extent", file({ a: entry(0, 8, { shape: [-2] }) }, 8), /shape/],
    ["with an extent that overflows", file({ a: entry(0, 8, { shape: [2 ** 40, 2 ** 40] }) }, 8), /bytes/],
    ["with too many axes", file({ a: entry(0, 4, { shape: new Array(9).fill(1) }) }, 4), /shape/],
    ["with offsets that do not fit the shape", file({ a: entry(0, 8, { shape: [3] }) }, 8), /bytes/],
    ["with offsets the wrong way round", file({ a: entry(0, 8, { data_offsets: [8, 0] }) }, 8), /bytes/],
    ["with overlapping tensors", file({ a: entry(0, 8), b: entry(4, 12) }, 12), /starts at/],
    ["with a gap between tensors", file({ a: entry(0, 4), b: entry(8, 12) }, 12), /starts at/],
    ["with less data than it says", file({ a: entry(0, 8) }, 4), /data/],
    ["with more data than it says", file({ a: entry(0, 8) }, 12), /data/],
    ["with metadata that are no strings", file({ __metadata__: { a: 1 } }), /metadata/],
    ["with an entry that is no object", file({ a: 3 }), /object/],
  ];

  it.each(cases)("%s is refused", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(CheckpointError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });

  it("with a number that is not finite is refused by name", () => {
    const bytes = encodeSafetensors(new Map([["bad", { shape: [1], data: Float32Array.from([NaN]) }]]), {});
    expect(() => decodeSafetensors(bytes)).toThrow(/finite numbers in "bad"/);
  });

  it("cannot reach the prototype of objects", () => {
    const bytes = file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
    expect([...decodeSafetensors(bytes).tensors.keys()]).toEqual(["__proto__"]);
  });
});
