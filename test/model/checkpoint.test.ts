import fc from "fast-check";
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
import { fuzz } from "../support/fuzz.ts";
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
    ["of a length that is no number of JavaScript", file({}, 0, 2 ** 63), /header/],
    [
      "with 100,000 entries",
      file(`{${Array.from({ length: 100_000 }, (_, i) => `"${i}":0`).join(",")}}`),
      /header of at most|at most 10000 tensors/,
    ],
    [
      "with 12,000 empty tensors",
      file(
        `{${Array.from({ length: 12_000 }, (_, i) => `"${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`).join(",")}}`,
      ),
      /at most/,
    ],
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

  it("of any shape at all is refused, or describes no more than the file holds", async () => {
    const size = fc.oneof(fc.nat(64), fc.constantFrom(-1, 0.5, 2 ** 31, 2 ** 53, 1e300));
    const anyEntry = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record(
          {
            dtype: fc.constantFrom("F32", "F64", "I8", "BF16", "", 3),
            shape: fc.array(size, { maxLength: 4 }),
            data_offsets: fc.array(size, { maxLength: 3 }),
          },
          { requiredKeys: [] },
        ),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "__metadata__", "constructor", "a", "b"));
    await fuzz(
      "checkpoints, headers",
      500,
      fc.property(fc.array(fc.tuple(name, anyEntry), { maxLength: 4 }), fc.nat(64), (entries, dataBytes) => {
        const header = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`;
        const bytes = file(header, dataBytes);
        try {
          const sizes = [...decodeSafetensors(bytes).tensors.values()].map(({ data }) => data.byteLength);
          expect(sizes.reduce((sum, part) => sum + part, 0)).toBe(dataBytes);
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it("or data with any bytes changed or cut off is refused, or is a whole policy, never another error", async () => {
    const bytes = encodePolicyState(state());
    const byte = fc.tuple(fc.oneof(fc.nat(600), fc.nat(bytes.length - 1)), fc.integer({ min: 1, max: 255 }));
    await fuzz(
      "checkpoints, bytes",
      200,
      fc.property(fc.array(byte, { maxLength: 5 }), fc.option(fc.nat(bytes.length)), (changes, cut) => {
        const damaged = bytes.slice(0, cut ?? bytes.length);
        for (const [at, change] of changes) if (at < damaged.length) damaged[at] = damaged[at]! ^ change;
        try {
          const { weights } = decodePolicyState(damaged);
          for (const { data } of weights.values()) expect(data.every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
        }
      }),
    );
  });

  it("cannot reach the prototype of objects", () => {
    const bytes = file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4);
    expect([...decodeSafetensors(bytes).tensors.keys()]).toEqual(["__proto__"]);
  });
});
