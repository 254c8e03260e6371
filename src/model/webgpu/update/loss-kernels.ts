/**
 * @file From logits to slopes of logits: log-prob and entropy of each predicted token; the clipped surrogate with its
 * statistics, or a weighted cross-entropy; the slopes of all logits.
 *
 * References: src/model/kernels/token-log-probs.ts in plain ops, src/model/losses.ts on the host.
 */
import { LANES, RESULT_HEADER, STATISTICS, type UpdateShape } from "./update-shape.ts";
import { prelude, type Kernel } from "./wgsl.ts";

const WORKGROUP = 64;
/** Threads that share one prediction's logits. */
const SHARE = 16;
const LOSS_LANES = 256;
/** exp of more than this is not needed; see losses.ts. */
const MAX_LOG_RATIO = 20;

/** picks (or bases) = (shift, entropy, log-prob of the target), where log p = logit/temperature − shift. */
export function tokenStatisticsKernel(shape: UpdateShape): Kernel {
  const units = shape.config.vocabularySize / LANES;
  const perGroup = WORKGROUP / SHARE;
  const code = `${prelude(shape)}
var<workgroup> shared_: array<vec3<f32>, ${WORKGROUP}>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let part = lane % ${SHARE}u;
  let wanted = group.x * ${perGroup}u + lane / ${SHARE}u;
  let row = min(wanted, call.predictions - 1u);
  let logits = logits_at(row);
  var largest4 = vec4<f32>(-1e30);
  for (var i = part; i < ${units}u; i += ${SHARE}u) { largest4 = max(largest4, arena[logits + i]); }
  let own = max(max(largest4.x, largest4.y), max(largest4.z, largest4.w)) * call.inverseTemperature;
  var total4 = vec4<f32>(); var weighted4 = vec4<f32>();
  for (var i = part; i < ${units}u; i += ${SHARE}u) {
    let shifted = arena[logits + i] * call.inverseTemperature - own;
    let weight = exp(shifted);
    total4 += weight; weighted4 += weight * shifted;
  }
  shared_[lane] = vec3<f32>(own, sum4(total4), sum4(weighted4));
  workgroupBarrier();
  if (part != 0u || wanted >= call.predictions) { return; }
  var largest = -1e30; var total = 0.0; var weighted = 0.0;
  for (var i = lane; i < lane + ${SHARE}u; i++) { largest = max(largest, shared_[i].x); }
  for (var i = lane; i < lane + ${SHARE}u; i++) {
    let others = shared_[i]; let shift = others.x - largest; let scale = exp(shift);
    total += others.y * scale; weighted += scale * (others.z + shift * others.y);
  }
  let target_ = target_of(row);
  let logit = arena[logits + target_ / 4u][target_ % 4u] * call.inverseTemperature;
  let entropy = log(total) - weighted / total;
  let logProb = logit - largest - log(total);
  let picks = vec4<f32>(largest + log(total), entropy, logProb, 0.0);
  if (step.isBase == 1u) { arena[bases_at(row)] = picks; return; }
  arena[picks_at(row)] = picks;
  let result = ${RESULT_HEADER}u + 2u * (call.firstPrediction + row);
  results[result] = logProb; results[result + 1u] = entropy;
}`;
  return { name: "tokenStatistics", code, workgroups: ({ predictions }) => [Math.ceil(predictions / perGroup)] };
}

/** pulls = slopes of the mean loss in each prediction's log-prob and entropy; sums of the losses and statistics. */
export function lossKernel(shape: UpdateShape): Kernel {
  const sums = ["loss", "ratio", "clipped", "masked", "entropy", "klToBase", "notFinite"] as const;
  const parts = sums.map((name, i) => `${name}: ${i < LANES ? "low" : "high"}.${"xyzw"[i % LANES]}`);
  const code = `${prelude(shape)}
// ${parts.join(", ")}
var<workgroup> lows: array<vec4<f32>, ${LOSS_LANES}>;
var<workgroup> highs: array<vec4<f32>, ${LOSS_LANES}>;
fn isLow(i: u32) -> bool { return offPolicy_of(i) == 1u && arena[picks_at(i)].z <= call.minTokenLogProb; }
fn isMasked(i: u32) -> bool {
  if (call.maskResponses == 0u) { return isLow(i); }
  for (var other = responseStart_of(i); other < responseEnd_of(i); other++) { if (isLow(other)) { return true; } }
  return false;
}
${OBJECTIVE}
@compute @workgroup_size(${LOSS_LANES})
fn main(@builtin(local_invocation_index) lane: u32) {
  var low = vec4<f32>(); var high = vec4<f32>();
  for (var i = lane; i < call.predictions; i += ${LOSS_LANES}u) {
    let picks = arena[picks_at(i)]; let entropy = picks.y; let logProb = picks.z;
    let advantage = bitcast<f32>(advantage_of(i));
    high.z += select(1.0, 0.0, isFinite(logProb) && isFinite(entropy));
    if (call.isCrossEntropy == 1u) {
      low.x -= advantage * logProb;
      arena[pulls_at(i)] = vec4<f32>(-advantage * call.scale, 0.0, 0.0, 0.0);
      continue;
    }
    let ratio = exp(clamp(logProb - bitcast<f32>(oldLogProb_of(i)), ${-MAX_LOG_RATIO}.0, ${MAX_LOG_RATIO}.0));
    let objective = clippedObjective(ratio, advantage);
    let keep = select(1.0, 0.0, isMasked(i));
    var kl = vec2<f32>();
    if (call.measureKl == 1u) { kl = klEstimate(arena[bases_at(i)].z - logProb); }
    let slope = call.klCoefficient * kl.y - keep * objective.y;
    arena[pulls_at(i)] = vec4<f32>(slope * call.scale, -call.entropyCoefficient * call.scale, 0.0, 0.0);
    low += vec4<f32>(
      call.klCoefficient * kl.x - keep * objective.x - call.entropyCoefficient * entropy, ratio, objective.z, 1.0 - keep);
    high += vec4<f32>(entropy, kl.x, 0.0, 0.0);
  }
  lows[lane] = low; highs[lane] = high;
  workgroupBarrier();
  for (var half = ${LOSS_LANES / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { lows[lane] += lows[lane + half]; highs[lane] += highs[lane + half]; }
    workgroupBarrier();
  }
  if (lane != 0u) { return; }
  ${sums.map((name, i) => addStatistic(name, `${i < LANES ? "lows" : "highs"}[0].${"xyzw"[i % LANES]}`)).join("\n  ")}
}`;
  return { name: "loss", code, workgroups: () => [1] };
}

function addStatistic(name: keyof typeof STATISTICS, value: string): string {
  const place = `results[${STATISTICS[name]}u]`;
  return `${place} = select(0.0, ${place}, call.isLater == 1u) + ${value};`;
}

/** Value, slope in the log-prob, and whether a clip decides; value and slope of the KL estimate. See losses.ts. */
const OBJECTIVE = `
fn clippedObjective(ratio: f32, advantage: f32) -> vec3<f32> {
  let plain = ratio * advantage;
  let bounded = clamp(ratio, 1.0 - call.clipLow, 1.0 + call.clipHigh) * advantage;
  if (bounded < plain) { return vec3<f32>(bounded, 0.0, 1.0); }
  let least = call.dualClip * advantage;
  if (advantage < 0.0 && plain < least) { return vec3<f32>(least, 0.0, 1.0); }
  return vec3<f32>(plain, plain, 0.0);
}
fn klEstimate(difference: f32) -> vec2<f32> {
  let logRatio = clamp(difference, ${-MAX_LOG_RATIO}.0, ${MAX_LOG_RATIO}.0);
  let ratio = exp(logRatio);
  return vec2<f32>(ratio - 1.0 - logRatio, 1.0 - ratio);
}`;

/** Slopes of the logits, in their place: (one-hot·c − p·(c + e·(log p + H)))/temperature. */
export function logitSlopeKernel(shape: UpdateShape): Kernel {
  const units = shape.config.vocabularySize / LANES;
  const code = `${prelude(shape)}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x / ${units}u; let i = id.x % ${units}u;
  if (row >= call.predictions) { return; }
  let picks = arena[picks_at(row)]; let pulls = arena[pulls_at(row)];
  let at = logits_at(row) + i;
  let logProb = arena[at] * call.inverseTemperature - picks.x;
  let target_ = target_of(row);
  let isTarget = vec4<f32>(vec4<u32>(0u, 1u, 2u, 3u) + i * 4u == vec4<u32>(target_));
  let bracket = pulls.x + pulls.y * (logProb + picks.y);
  arena[at] = (isTarget * pulls.x - exp(logProb) * bracket) * call.inverseTemperature;
}`;
  return { name: "logitSlope", code, workgroups: ({ predictions }) => [Math.ceil((predictions * units) / WORKGROUP)] };
}
