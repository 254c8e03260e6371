import { describe, expect, it } from "vitest";
import { CheckpointError, ConfigError } from "../../src/core/base/errors.ts";
import { Random } from "../../src/core/base/random.ts";
import {
  DEFAULT_MODEL,
  firstNonFinite,
  fromNamedTensors,
  initialParameters,
  nameAt,
  parameterLayout,
  toNamedTensors,
} from "../../src/model/parameters.ts";
import { TINY } from "./backends.ts";

const layout = parameterLayout(DEFAULT_MODEL);
const flat = initialParameters(layout, Random.fromSeed(1));
const part = (name: string): Float32Array => {
  const { offset, size } = layout.specs.find((spec) => spec.name === name)!;
  return flat.slice(offset, offset + size);
};
/** Many times faster than toEqual on a quarter of a million numbers. */
const isSame = (a: Float32Array, b: Float32Array): boolean => a.length === b.length && a.every((x, i) => x === b[i]);
const std = (values: Float32Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

describe("the layout of the weights", () => {
  it("covers the flat array without gap or overlap", () => {
    let end = 0;
    for (const { offset, size } of layout.specs) {
      expect(offset).toBe(end);
      end += size;
    }
    expect(end).toBe(layout.size);
    expect(layout.size).toBe(247_616);
  });

  it("refuses sizes that make no model", () => {
    expect(() => parameterLayout({ ...TINY, layers: 0 })).toThrow(ConfigError);
    expect(() => parameterLayout({ ...TINY, width: 2.5 })).toThrow(ConfigError);
    expect(() => parameterLayout({ ...TINY, width: 6, heads: 2 })).toThrow(/heads of even size/);
  });

  it("names the array an index belongs to", () => {
    expect(nameAt(layout, 0)).toBe("embedding.token");
    expect(nameAt(layout, layout.size - 1)).toBe("finalNorm.bias");
  });
});

describe("the first weights", () => {
  it("are the same for the same seed and others for another", () => {
    expect(isSame(initialParameters(layout, Random.fromSeed(1)), flat)).toBe(true);
    expect(isSame(initialParameters(layout, Random.fromSeed(2)), flat)).toBe(false);
  });

  it("have the spread of the prototype that learns", () => {
    expect(std(part("embedding.token"))).toBeCloseTo(0.05, 3);
    expect(std(part("embedding.previous"))).toBeCloseTo(0.03, 3);
    expect(std(part("layer1.attentionOut"))).toBeCloseTo(0.05 / Math.sqrt(3), 3);
    expect(std(part("layer0.queryKeyValue"))).toBeCloseTo(1 / 8 / Math.sqrt(3), 3);
    expect(Math.max(...part("layer0.mlpIn").map(Math.abs))).toBeLessThanOrEqual(1 / 8);
    expect(part("layer2.mlpNorm.gain").every((x) => x === 1)).toBe(true);
    expect(part("finalNorm.bias").every((x) => x === 0)).toBe(true);
  });
});

describe("named tensors", () => {
  it("go there and back", () => {
    expect(isSame(fromNamedTensors(layout, toNamedTensors(layout, flat)), flat)).toBe(true);
  });

  it("are refused with a missing name, another shape or a number that is not finite", () => {
    const good = toNamedTensors(layout, flat);
    const without = new Map([...good].slice(1));
    const renamed = new Map([...without, ["other", good.get("embedding.token")!] as const]);
    const reshaped = new Map(good).set("finalNorm.bias", { shape: [8, 8], data: new Float32Array(64) });
    const broken = new Map(good).set("finalNorm.bias", { shape: [64], data: new Float32Array(64).fill(Infinity) });
    for (const tensors of [without, renamed, reshaped, broken]) {
      expect(() => fromNamedTensors(layout, tensors)).toThrow(CheckpointError);
    }
  });

  it("find the first number that is not finite", () => {
    expect(firstNonFinite(Float32Array.from([1, -2, 0]))).toBe(-1);
    expect(firstNonFinite(Float32Array.from([1, Infinity, NaN]))).toBe(1);
    expect(firstNonFinite(Float32Array.from([Infinity, -Infinity]))).toBe(0);
  });
});
