/**
 * @file The project's transformer written for jax-js, the peer that the benchmark compares with: the same weights by name,
 * the same architecture, jitted. Arrays that are passed on are used up (jax-js counts references), hence the many `.ref`.
 */
import { nn, numpy as np } from "@jax-js/jax";
import type { ModelConfig } from "../../../src/core/policy/policy.ts";

/** Weights by the names of `parameterLayout`. */
export type JaxWeights = Record<string, np.Array>;

/** Token ids with those one and two before, [rows · length] each: flat, because jax-js scatters by arguments only. */
export interface JaxIds {
  readonly token: np.Array;
  readonly previous: np.Array;
  readonly secondPrevious: np.Array;
}

const NORM_EPSILON = 1e-5;
const GELU_SHARPNESS = 1.702;
/** Score of what is not to be seen. */
export const MASKED_SCORE = -1e9;

/** Attends with queries, keys and values of [rows, length, heads, headSize] each. */
export type Attend = (layer: number, query: np.Array, key: np.Array, value: np.Array) => np.Array;

function layerNorm(x: np.Array, gain: np.Array, bias: np.Array): np.Array {
  const centered = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centered.ref), -1, { keepdims: true });
  return centered
    .div(np.sqrt(variance.add(NORM_EPSILON)))
    .mul(gain.ref)
    .add(bias.ref);
}

/** Turns the two halves of each head. @param cos [..., 1, headSize/2], to be broadcast over heads */
export function rotate(x: np.Array, cos: np.Array, sin: np.Array): np.Array {
  const [a, b] = np.split(x, 2, -1) as [np.Array, np.Array];
  const first = a.ref.mul(cos.ref).sub(b.ref.mul(sin.ref));
  const second = b.mul(cos).add(a.mul(sin));
  return np.concatenate([first, second], -1);
}

/** From ids of so many rows to the residual stream after the last block, [rows · length, width]. */
export function trunk(
  config: ModelConfig,
  weights: JaxWeights,
  { ids, rows }: { readonly ids: JaxIds; readonly rows: number },
  attend: Attend,
): np.Array {
  const { width, heads, layers } = config;
  const length = ids.token.shape[0]! / rows;
  const weight = (name: string): np.Array => weights[name]!.ref;
  const lookUp = (table: string, of: np.Array): np.Array => np.take(weight(table), of.ref, 0);
  let x = lookUp("embedding.token", ids.token)
    .add(lookUp("embedding.previous", ids.previous))
    .add(lookUp("embedding.secondPrevious", ids.secondPrevious));
  for (let layer = 0; layer < layers; layer++) {
    const own = (name: string): np.Array => weight(`layer${layer}.${name}`);
    const norm1 = normed(x.ref, own("attentionNorm.gain"), own("attentionNorm.bias"));
    const projections = np.matmul(norm1, own("queryKeyValue")).reshape([rows, length, 3, heads, width / heads]);
    const [query, key, value] = np
      .split(projections, 3, 2)
      .map((part) => part.reshape([rows, length, heads, width / heads])) as [np.Array, np.Array, np.Array];
    const attended = attend(layer, query, key, value).reshape([rows * length, width]);
    x = x.add(np.matmul(attended, own("attentionOut")));
    const norm2 = normed(x.ref, own("mlpNorm.gain"), own("mlpNorm.bias"));
    const inner = np.matmul(norm2, own("mlpIn")).add(own("mlpIn.bias"));
    const active = inner.ref.mul(nn.sigmoid(inner.mul(GELU_SHARPNESS)));
    x = x.add(np.matmul(active, own("mlpOut"))).add(own("mlpOut.bias"));
  }
  return x;
}

function normed(x: np.Array, gain: np.Array, bias: np.Array): np.Array {
  const result = layerNorm(x, gain, bias);
  gain.dispose();
  bias.dispose();
  return result;
}

/** Logits of rows of the residual stream, [rows, vocabulary]. */
export function logitsOf(weights: JaxWeights, x: np.Array): np.Array {
  const weight = (name: string): np.Array => weights[name]!.ref;
  const hidden = normed(x, weight("finalNorm.gain"), weight("finalNorm.bias"));
  return np.matmul(hidden, np.matrixTranspose(weight("embedding.token")));
}

/**
 * Attention by hand, because that of jax-js parses einsum with iterator helpers that Node 20 has not.
 *
 * @param query [rows, length, heads, headSize]; keys and values [rows, slots, heads, headSize]
 * @param bias added to the scores, to be broadcast to [rows, heads, length, slots]
 */
export function attendTo(query: np.Array, key: np.Array, value: np.Array, bias: np.Array): np.Array {
  const scale = 1 / Math.sqrt(query.shape[3]!);
  const byHead = (array: np.Array): np.Array => np.transpose(array, [0, 2, 1, 3]);
  const scores = np.matmul(byHead(query), np.transpose(key, [0, 2, 3, 1])).mul(scale);
  const weights = nn.softmax(scores.add(bias), -1);
  return byHead(np.matmul(weights, byHead(value)));
}
