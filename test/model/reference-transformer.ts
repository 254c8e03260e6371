/**
 * @file The transformer again, slowly, in double precision and plain loops, one sequence at a time: the independent
 * oracle of the tests. It shares only the layout of the weights with the real one.
 */
import type { ModelConfig } from "../../src/core/policy/policy.ts";
import { parameterLayout } from "../../src/model/parameters.ts";

type Matrix = number[][];

/** Reads weight arrays by name from a flat array. */
function reader(config: ModelConfig, flat: ArrayLike<number>) {
  const specs = new Map(parameterLayout(config).specs.map((spec) => [spec.name, spec]));
  const vector = (name: string): number[] => {
    const { offset, size } = specs.get(name)!;
    return Array.from({ length: size }, (_, i) => flat[offset + i]!);
  };
  const matrix = (name: string): Matrix => {
    const values = vector(name);
    const columns = specs.get(name)!.shape[1]!;
    return Array.from({ length: values.length / columns }, (_, r) => values.slice(r * columns, (r + 1) * columns));
  };
  return { vector, matrix };
}

const plus = (a: number[], b: number[]): number[] => a.map((value, i) => value + b[i]!);
const dot = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const times = (x: number[], w: Matrix): number[] =>
  w[0]!.map((_, column) => x.reduce((sum, value, row) => sum + value * w[row]![column]!, 0));
const gelu = (x: number): number => x / (1 + Math.exp(-1.702 * x));

function normalize(x: number[], gain: number[], bias: number[]): number[] {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[i]! + bias[i]!);
}

function turn(x: number[], position: number): number[] {
  const half = x.length / 2;
  return x.map((value, i) => {
    const angle = position / 10_000 ** ((i % half) / half);
    return i < half
      ? value * Math.cos(angle) - x[i + half]! * Math.sin(angle)
      : value * Math.cos(angle) + x[i - half]! * Math.sin(angle);
  });
}

function softmax(scores: number[]): number[] {
  const max = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - max));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / total);
}

function attend(queryKeyValue: Matrix, heads: number): Matrix {
  const width = queryKeyValue[0]!.length / 3;
  const size = width / heads;
  return queryKeyValue.map((row, t) =>
    Array.from({ length: heads }, (_, head) => {
      const part = (from: number[], which: number): number[] =>
        from.slice(which * width + head * size, which * width + (head + 1) * size);
      const query = turn(part(row, 0), t);
      const seen = queryKeyValue.slice(0, t + 1);
      const weights = softmax(seen.map((other, s) => dot(query, turn(part(other, 1), s)) / Math.sqrt(size)));
      return Array.from({ length: size }, (_, i) =>
        seen.reduce((sum, other, s) => sum + weights[s]! * part(other, 2)[i]!, 0),
      );
    }).flat(),
  );
}

/** Logits after every token of a sequence, [length, vocabulary]. */
export function referenceLogits(config: ModelConfig, flat: ArrayLike<number>, tokens: readonly number[]): Matrix {
  const { vector, matrix } = reader(config, flat);
  const [token, previous, second] = ["token", "previous", "secondPrevious"].map((name) => matrix(`embedding.${name}`));
  let x = tokens.map((id, t) => plus(plus(token![id]!, previous![tokens[t - 1] ?? 0]!), second![tokens[t - 2] ?? 0]!));
  for (let layer = 0; layer < config.layers; layer++) {
    const name = (part: string): string => `layer${layer}.${part}`;
    const norm1 = [vector(name("attentionNorm.gain")), vector(name("attentionNorm.bias"))] as const;
    const projected = x.map((row) => times(normalize(row, ...norm1), matrix(name("queryKeyValue"))));
    const out = matrix(name("attentionOut"));
    const attended = attend(projected, config.heads);
    x = x.map((row, t) => plus(row, times(attended[t]!, out)));
    const norm2 = [vector(name("mlpNorm.gain")), vector(name("mlpNorm.bias"))] as const;
    const [wIn, bIn, wOut, bOut] = [
      matrix(name("mlpIn")),
      vector(name("mlpIn.bias")),
      matrix(name("mlpOut")),
      vector(name("mlpOut.bias")),
    ];
    x = x.map((row) => {
      const inner = plus(times(normalize(row, ...norm2), wIn), bIn).map(gelu);
      return plus(row, plus(times(inner, wOut), bOut));
    });
  }
  const final = [vector("finalNorm.gain"), vector("finalNorm.bias")] as const;
  return x.map((row) => {
    const hidden = normalize(row, ...final);
    return token!.map((embedding) => dot(hidden, embedding));
  });
}

/** log softmax(logits/temperature) after every token, [length, vocabulary], nats. */
export function referenceLogProbs(
  config: ModelConfig,
  flat: ArrayLike<number>,
  tokens: readonly number[],
  temperature = 1,
): Matrix {
  return referenceLogits(config, flat, tokens).map((logits) => {
    const scaled = logits.map((logit) => logit / temperature);
    const max = Math.max(...scaled);
    const logTotal = max + Math.log(scaled.reduce((sum, value) => sum + Math.exp(value - max), 0));
    return scaled.map((value) => value - logTotal);
  });
}
