/**
 * @file Causal attention of the update plan: one thread per position and head, keys (or queries, backward) one after
 * another with a running softmax, so that no scores are stored. Neighbouring threads have neighbouring positions and
 * read the same key at a time.
 *
 * Reference in plain ops: src/model/attention.ts.
 */
import { LANES, type UpdateShape } from "./update-shape.ts";
import { prelude, times, type Kernel } from "./wgsl.ts";

const WORKGROUP = 64;
/** Keys between two looks at the running maximum. */
const KEYS = 4;

/** Text of sizes that all attention kernels use. */
function sizes({ config: { width, heads } }: UpdateShape) {
  const headUnits = width / heads / LANES;
  return { heads, unit: width / LANES, headUnits, scale: 1 / Math.sqrt(width / heads) };
}

/** First units of a head's query, key and value in the projections (or their slopes) of a row. */
const queryAt = (row: string, field = "projections", shift = 0): string =>
  `${field}_at(step.layer, ${row}) + ${shift}u + headUnit`;

/** attended = softmax(q·kᵀ/√headSize)·v, and log Σ exp of the scores. */
export function attentionKernel(shape: UpdateShape): Kernel {
  const { heads, unit, headUnits, scale } = sizes(shape);
  const parts = (text: (i: number) => string): string => times(headUnits, text);
  const code = `${prelude(shape)}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let head = id.x / call.positions; let row = id.x % call.positions;
  if (head >= ${heads}u) { return; }
  let headUnit = head * ${headUnits}u;
  let query = ${queryAt("row")};
  ${parts((i) => `let q${i} = arena[query + ${i}u] * ${scale}; var o${i} = vec4<f32>();`)}
  var largest = -1e30; var total = 0.0;
  for (var first = rowStart_of(row); first <= row; first += ${KEYS}u) {
    var scores = vec4<f32>(-1e30);
    ${times(
      KEYS,
      (n) => `let at${n} = ${queryAt(`min(first + ${n}u, row)`, "projections", unit)};
    if (first + ${n}u <= row) { scores[${n}] = ${sumOfDots(
      headUnits,
      (i) => `q${i}`,
      (i) => `arena[at${n} + ${i}u]`,
    )}; }`,
    )}
    let next = max(largest, max(max(scores.x, scores.y), max(scores.z, scores.w)));
    let shrink = exp(largest - next);
    let w = exp(scores - next);
    largest = next;
    total = total * shrink + sum4(w);
    ${parts(
      (i) =>
        `o${i} = o${i} * shrink + ${[0, 1, 2, 3].map((n) => `w[${n}] * arena[at${n} + ${unit + i}u]`).join(" + ")};`,
    )}
  }
  let to = attended_at(step.layer, row) + headUnit;
  ${parts((i) => `arena[to + ${i}u] = o${i} / total;`)}
  arena[logSums_at(step.layer, row) + head] = vec4<f32>(largest + log(total), 0.0, 0.0, 0.0);
}`;
  return { name: "attention", code, workgroups: ({ positions }) => [Math.ceil((positions * heads) / WORKGROUP)] };
}

function sumOfDots(count: number, a: (i: number) => string, b: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => `dot(${a(i)}, ${b(i)})`).join(" + ");
}

/**
 * Slopes of queries, keys and values before turning. The first half of the workgroups take queries, the second keys and
 * values.
 */
export function attentionSlopeKernel(shape: UpdateShape, sin: number): Kernel {
  const { heads } = shape.config;
  const halfOf = (positions: number): number => Math.ceil((positions * heads) / WORKGROUP);
  const code = `${prelude(shape)}
${querySlope(shape, sin)}
${keySlope(shape, sin)}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let half = (call.positions * ${heads}u + ${WORKGROUP - 1}u) / ${WORKGROUP}u;
  let isKey = group.x >= half;
  let place = (group.x - select(0u, half, isKey)) * ${WORKGROUP}u + lane;
  let head = place / call.positions; let row = place % call.positions;
  if (head >= ${heads}u) { return; }
  if (isKey) { keySlope(head, row); } else { querySlope(head, row); }
}`;
  return { name: "attentionSlope", code, workgroups: ({ positions }) => [2 * halfOf(positions)] };
}

function querySlope(shape: UpdateShape, sin: number): string {
  const { unit, headUnits, scale } = sizes(shape);
  const parts = (text: (i: number) => string): string => times(headUnits, text);
  return `
fn querySlope(head: u32, row: u32) {
  let headUnit = head * ${headUnits}u;
  let query = ${queryAt("row")}; let slope = slopeAttended_at(0u, row) + headUnit;
  ${parts((i) => `let q${i} = arena[query + ${i}u] * ${scale}; let g${i} = arena[slope + ${i}u]; var o${i} = vec4<f32>();`)}
  let logSum = arena[logSums_at(step.layer, row) + head].x;
  let delta = arena[deltas_at(step.layer, row) + head].x;
  let first = rowStart_of(row);
  for (var j = first; j <= row; j++) {
    let key = ${queryAt("j", "projections", unit)};
    ${parts((i) => `let k${i} = arena[key + ${i}u];`)}
    let weight = exp(${sumOfDots(
      headUnits,
      (i) => `q${i}`,
      (i) => `k${i}`,
    )} - logSum);
    let bend = weight * (${sumOfDots(
      headUnits,
      (i) => `g${i}`,
      (i) => `arena[key + ${unit + i}u]`,
    )} - delta) * ${scale};
    ${parts((i) => `o${i} += bend * k${i};`)}
  }
  let to = ${queryAt("row", "slopeProjections")};
  ${turnBack(headUnits, sin)}
}`;
}

function keySlope(shape: UpdateShape, sin: number): string {
  const { unit, headUnits, scale } = sizes(shape);
  const parts = (text: (i: number) => string): string => times(headUnits, text);
  return `
fn keySlope(head: u32, row: u32) {
  let headUnit = head * ${headUnits}u;
  let key = ${queryAt("row", "projections", unit)};
  ${parts((i) => `let k${i} = arena[key + ${i}u] * ${scale}; let v${i} = arena[key + ${unit + i}u];`)}
  ${parts((i) => `var o${i} = vec4<f32>(); var u${i} = vec4<f32>();`)}
  let first = rowStart_of(row); let end = rowEnd_of(row);
  for (var j = row; j < end; j++) {
    let query = ${queryAt("j")}; let slope = slopeAttended_at(0u, j) + headUnit;
    ${parts((i) => `let q${i} = arena[query + ${i}u]; let g${i} = arena[slope + ${i}u];`)}
    let logSum = arena[logSums_at(step.layer, j) + head].x;
    let delta = arena[deltas_at(step.layer, j) + head].x;
    let weight = exp(${sumOfDots(
      headUnits,
      (i) => `k${i}`,
      (i) => `q${i}`,
    )} - logSum);
    let bend = weight * (${sumOfDots(
      headUnits,
      (i) => `v${i}`,
      (i) => `g${i}`,
    )} - delta) * ${scale};
    ${parts((i) => `o${i} += bend * q${i}; u${i} += weight * g${i};`)}
  }
  let to = ${queryAt("row", "slopeProjections", unit)};
  ${turnBack(headUnits, sin)}
  ${parts((i) => `arena[to + ${unit + i}u] = u${i};`)}
}`;
}

/** Stores `o{i}` at `to`, turned back by the angles of the row's position. */
function turnBack(headUnits: number, sin: number): string {
  const half = headUnits / 2;
  return `let angle = (row - first) * ${half}u;
  ${times(
    half,
    (i) => `{ let c = constants[angle + ${i}u]; let s = constants[${sin}u + angle + ${i}u];
  arena[to + ${i}u] = o${i} * c + o${i + half} * s; arena[to + ${i + half}u] = o${i + half} * c - o${i} * s; }`,
  )}`;
}
