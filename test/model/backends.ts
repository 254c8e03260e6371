/** @file Starts tfjs backends in tests, and small policies on them. */
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { Random } from "../../src/core/base/random.ts";
import type { LossConfig, ModelConfig, OptimizerConfig, PolicyState } from "../../src/core/policy/policy.ts";
import { selectBackend, type BackendName } from "../../src/model/backend.ts";
import { TransformerPolicy } from "../../src/model/transformer-policy.ts";

/** Where the WebAssembly binaries of tfjs are. */
export const WASM_PATHS = fileURLToPath(
  new URL("../../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url),
);

/** Backends every machine has. */
export const BACKENDS = ["wasm", "cpu"] as const;

/** Small, with sizes that are multiples of 4, so that the kernels run. */
export const TINY: ModelConfig = { vocabularySize: 12, width: 8, layers: 2, heads: 2, contextLength: 24 };
/** Small, with sizes that make the plain ops run on wasm too. */
export const ODD: ModelConfig = { vocabularySize: 11, width: 6, layers: 1, heads: 1, contextLength: 24 };

/** A plain optimizer: no decay, no clipping to speak of. */
export const OPTIMIZER: OptimizerConfig = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.95,
  weightDecay: 0,
  maxGradNorm: 1e9,
};

/** A surrogate with everything on. */
export const LOSS: LossConfig = {
  clipLow: 0.2,
  clipHigh: 0.3,
  dualClip: 10,
  minTokenLogProb: -Infinity,
  maskScope: "token",
  klCoefficient: 0,
  entropyCoefficient: 0,
  temperature: 1,
};

/** Makes a backend current and checks that it is. */
export async function startBackend(name: BackendName): Promise<void> {
  const { name: started } = await selectBackend({ prefer: name, wasmPaths: WASM_PATHS });
  expect(started).toBe(name);
}

/** A policy with weights large enough that distributions are not flat. */
export async function lively(config: ModelConfig, seed = 1): Promise<TransformerPolicy> {
  const policy = TransformerPolicy.create(config, Random.fromSeed(seed));
  const state = await policy.save();
  const random = Random.fromSeed(seed + 1000);
  const weights = new Map(
    [...state.weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((value) => value + 0.6 * (random.uniform() - 0.5)) },
    ]),
  );
  await policy.load({ ...state, weights });
  return policy;
}

/** All weights of a state in the order of the layout. */
export function flatWeights(state: PolicyState): Float64Array {
  return Float64Array.from([...state.weights.values()].flatMap(({ data }) => [...data]));
}
