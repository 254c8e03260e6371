/**
 * @file Draws a token from logits on the host: inverse CDF with a Philox word named by (key, turn, index), so a sample
 * depends on its own stream only, never on the order or the size of the batch.
 */
import { philox4x32, toUnitInterval, type PhiloxKey } from "../core/base/random.ts";

/** Fourth counter word ("toke"): keeps token draws apart from other uses of the same key. */
const TOKEN_DRAW = 0x746f6b65;

/** A drawn token and what the distribution said. */
export interface Draw {
  readonly token: number;
  /** Nats, at the sampling temperature (at 1 for temperature 0). */
  readonly logProb: number;
  readonly entropy: number;
}

/** The uniform number in [0, 1) of token `index` of a turn. */
export function tokenUniform(key: PhiloxKey, turn: number, index: number): number {
  return toUnitInterval(philox4x32([turn >>> 0, index >>> 0, 0, TOKEN_DRAW], key)[0]);
}

/**
 * Draws by inverse CDF in token order: the first token whose cumulative probability exceeds `uniform`.
 *
 * @param logits [vocabulary]
 * @param temperature 0 takes the likeliest token (the first of equals)
 */
export function drawToken(logits: Float32Array, temperature: number, uniform: number): Draw {
  const scale = temperature === 0 ? 1 : 1 / temperature;
  let likeliest = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[likeliest]!) likeliest = i;
  const max = logits[likeliest]!;
  const probabilities = new Float64Array(logits.length);
  let total = 0;
  let weighted = 0;
  for (let i = 0; i < logits.length; i++) {
    const shifted = (logits[i]! - max) * scale;
    const weight = Math.exp(shifted);
    probabilities[i] = weight;
    total += weight;
    weighted += weight * shifted;
  }
  const token = temperature === 0 ? likeliest : inverseCdf(probabilities, uniform * total, likeliest);
  const logTotal = Math.log(total);
  return { token, logProb: (logits[token]! - max) * scale - logTotal, entropy: logTotal - weighted / total };
}

/** `fallback` if rounding leaves the last cumulative weight at or under the threshold. */
function inverseCdf(weights: Float64Array, threshold: number, fallback: number): number {
  let cumulative = 0;
  for (let i = 0; i < weights.length; i++) {
    cumulative += weights[i]!;
    if (cumulative > threshold) return i;
  }
  return fallback;
}
