/**
 * @file AdamW on the host, over flat arrays. The model is small (a quarter of a million weights: 3 ms), and a host
 * optimizer is the same on every backend, reads the gradient once and can refuse a step before anything changed.
 * Weight decay acts on matrices only, not on gains and biases.
 */
import type { OptimizerConfig } from "../core/policy/policy.ts";
import type { ParameterLayout } from "./parameters.ts";

const EPSILON = 1e-8;
/** Keeps the clip factor finite, as in PyTorch. */
const CLIP_EPSILON = 1e-6;

/** First and second moments of the gradient, and how many steps were taken. */
export interface OptimizerState {
  step: number;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The state before the first step. */
export function newOptimizerState(size: number): OptimizerState {
  return { step: 0, first: new Float32Array(size), second: new Float32Array(size) };
}

/** L2 norm of an array, summed in double precision. */
export function l2Norm(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}

/**
 * One AdamW step (bias-corrected, decoupled weight decay) after clipping the gradient to `maxGradNorm`.
 *
 * @param parameters changed in place
 * @param gradient not changed
 * @param gradNorm its L2 norm
 */
export function adamWStep(
  layout: ParameterLayout,
  parameters: Float32Array,
  state: OptimizerState,
  update: { readonly gradient: Float32Array; readonly gradNorm: number; readonly config: OptimizerConfig },
): void {
  const { gradient, gradNorm, config } = update;
  const { learningRate, beta1, beta2, weightDecay, maxGradNorm } = config;
  state.step += 1;
  const clip = Math.min(1, maxGradNorm / (gradNorm + CLIP_EPSILON));
  const stepSize = learningRate / (1 - beta1 ** state.step);
  const secondCorrection = 1 / (1 - beta2 ** state.step);
  const { first, second } = state;
  for (const { shape, offset, size } of layout.specs) {
    const keep = shape.length > 1 ? 1 - learningRate * weightDecay : 1;
    for (let i = offset; i < offset + size; i++) {
      const g = gradient[i]! * clip;
      const m = (first[i] = beta1 * first[i]! + (1 - beta1) * g);
      const v = (second[i] = beta2 * second[i]! + (1 - beta2) * g * g);
      parameters[i] = parameters[i]! * keep - (stepSize * m) / (Math.sqrt(v * secondCorrection) + EPSILON);
    }
  }
}
