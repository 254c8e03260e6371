import { describe, expect, it } from "vitest";
import { DEFAULT_MODEL, parameterLayout } from "../../src/model/parameters.ts";
import { mostPositions } from "../../src/model/webgpu/update/update-buffers.ts";
import { chunksOf, encodeChunk, type PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import { updateShape, type UpdateShape } from "../../src/model/webgpu/update/update-shape.ts";
import { updateKernels } from "../../src/model/webgpu/update/update-steps.ts";

/** What every WebGPU device has. */
const LEAST_LIMITS = {
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBufferBindingSize: 134_217_728,
  maxBufferSize: 268_435_456,
  maxComputeWorkgroupsPerDimension: 65_535,
};

function shapeOf(): UpdateShape {
  const shape = updateShape(parameterLayout(DEFAULT_MODEL), DEFAULT_MODEL);
  if (typeof shape === "string") throw new Error(shape);
  return shape;
}

const most = (limits: Partial<typeof LEAST_LIMITS>): number | string => {
  const shape = shapeOf();
  return mostPositions(shape, Object.values(updateKernels(shape)), {
    ...LEAST_LIMITS,
    ...limits,
  } as GPUSupportedLimits);
};

const row = (length: number, positions: number[]): PlanRow => {
  const tokens = Array.from({ length }, (_, i) => i % 7);
  return { tokens, positions, oldLogProbs: [], advantages: positions.map(() => 1), offPolicy: false };
};

describe("the update plan", () => {
  it("takes whole rows of the default model with the least limits that WebGPU promises", () => {
    expect(most({})).toBe(4096);
    expect(most({ maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 31 })).toBe(8192);
  });

  it("says which limit forbids it", () => {
    expect(most({ maxStorageBuffersPerShaderStage: 4 })).toMatch(/^6 storage buffers for a kernel, the device has 4/);
    expect(most({ maxStorageBufferBindingSize: 1e6 })).toMatch(/^buffers of \d+ bytes .* the device has 1000000/);
    expect(most({ maxComputeWorkgroupsPerDimension: 100 })).toMatch(/ workgroups, the device has .* and 100$/);
  });

  it("takes heads and vocabularies of a multiple of eight only", () => {
    const config = { ...DEFAULT_MODEL, width: 24, heads: 2 };
    expect(updateShape(parameterLayout(config), config)).toMatch(/^heads and a vocabulary of a multiple of 8 /);
  });

  it("packs rows without padding, leaves rows without loss out and never cuts one", () => {
    const rows = [row(30, [4, 29]), row(9, []), row(50, [20]), row(12, [1, 2, 3])];
    expect(chunksOf(rows, 49).map((chunk) => chunk.map(({ tokens }) => tokens.length))).toEqual([[30, 50], [12]]);
    const { positions, predictions, words } = encodeChunk([rows[0]!, rows[3]!], 8);
    expect([positions, predictions]).toEqual([29 + 3, 5]);
    expect(words).toHaveLength(9 * 32 + 7 * 5 + 3 * 9);
  });

  it("sorts the positions by the token that they look up", () => {
    const { words, positions } = encodeChunk([row(12, [11])], 8);
    const order = [...words.subarray(6 * positions, 7 * positions)];
    expect(order).toEqual([0, 7, 1, 8, 2, 9, 3, 10, 4, 5, 6]);
    const bounds = [...words.subarray(9 * positions + 7, 9 * positions + 7 + 9)];
    expect(bounds).toEqual([0, 2, 4, 6, 8, 9, 10, 11, 11]);
  });
});
