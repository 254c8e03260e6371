/** @file The base policy's file: weights only. A run starts with fresh optimizer moments. */
import type { NamedTensors, PolicyState } from "../core/policy/policy.ts";

/** The state with optimizer moments of zero, as every run starts. */
export function withFreshOptimizer(state: PolicyState): PolicyState {
  return { ...state, optimizer: { step: 0, first: zerosLike(state.weights), second: zerosLike(state.weights) } };
}

function zerosLike(tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: new Float32Array(data.length) }]));
}
