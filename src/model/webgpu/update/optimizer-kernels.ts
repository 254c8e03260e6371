/**
 * @file Adds up the slots of the gradient, takes its norm, clips and steps with AdamW; or does nothing if a number is
 * not finite.
 *
 * Reference on the host: src/model/optimizer.ts.
 */
import {
  constantOffsets,
  gradientOffsets,
  LANES,
  SLOTS,
  STATISTICS,
  WEIGHT_LANES,
  type UpdateShape,
} from "./update-shape.ts";
import { prelude, type Kernel } from "./wgsl.ts";

const EPSILON = 1e-8;
const CLIP_EPSILON = 1e-6;

/** The gradient, and the sum of its squares for each workgroup. */
export function gradientSumKernel(shape: UpdateShape): Kernel {
  const { vocabularySize, width } = shape.config;
  const size = shape.layout.size / LANES;
  const table = (vocabularySize * width) / LANES;
  const { lookups, sum, norms, normCount } = gradientOffsets(shape);
  const code = `${prelude(shape)}
var<workgroup> squares: array<f32, ${WEIGHT_LANES}>;
@compute @workgroup_size(${WEIGHT_LANES})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32) {
  let i = id.x;
  var slope = vec4<f32>();
  if (i < ${size}u) {
    // The tables of previous tokens are only looked up; the token table is the head, too.
    if (i < ${table}u || i >= ${3 * table}u) {
      for (var slot = 0u; slot < ${SLOTS}u; slot++) { slope += gradients[slot * ${size}u + i]; }
    }
    if (i < ${3 * table}u) { slope += gradients[${lookups}u + i]; }
    gradients[${sum}u + i] = slope;
  }
  squares[lane] = dot(slope, slope);
  workgroupBarrier();
  for (var half = ${WEIGHT_LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { squares[lane] += squares[lane + half]; }
    workgroupBarrier();
  }
  if (lane == 0u) { gradients[${norms}u + group.x] = vec4<f32>(squares[0], 0.0, 0.0, 0.0); }
}`;
  return { name: "gradientSum", code, workgroups: () => [normCount] };
}

/** One AdamW step on weights and moments, which lie one after another in one buffer. */
export function adamWKernel(shape: UpdateShape): Kernel {
  const size = shape.layout.size / LANES;
  const { sum, norms, normCount } = gradientOffsets(shape);
  const code = `${prelude(shape, true)}
var<workgroup> squares: array<f32, ${WEIGHT_LANES}>;
@compute @workgroup_size(${WEIGHT_LANES})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var own = 0.0;
  for (var n = lane; n < ${normCount}u; n += ${WEIGHT_LANES}u) { own += gradients[${norms}u + n].x; }
  squares[lane] = own;
  workgroupBarrier();
  for (var half = ${WEIGHT_LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { squares[lane] += squares[lane + half]; }
    workgroupBarrier();
  }
  let squaredNorm = squares[0];
  let i = id.x;
  if (i == 0u) { results[${STATISTICS.squaredNorm}u] = squaredNorm; }
  let isSound = isFinite(squaredNorm) && isFinite(results[${STATISTICS.loss}u]) && results[${STATISTICS.notFinite}u] == 0.0;
  if (i >= ${size}u || !isSound) { return; }
  let clip = min(1.0, call.maxGradNorm / (sqrt(squaredNorm) + ${CLIP_EPSILON}));
  let slope = gradients[${sum}u + i] * clip;
  let first = call.beta1 * weights[${size}u + i] + call.rest1 * slope;
  let second = call.beta2 * weights[${2 * size}u + i] + call.rest2 * slope * slope;
  let keep = 1.0 - call.decay * constants[${constantOffsets(shape).decays}u + i / 4u][i % 4u];
  weights[${size}u + i] = first; weights[${2 * size}u + i] = second;
  weights[i] = weights[i] * keep - call.stepSize * first / (sqrt(second * call.secondCorrection) + ${EPSILON});
}`;
  return { name: "adamW", code, writesWeights: true, workgroups: () => [normCount] };
}
