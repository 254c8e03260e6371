/**
 * @file Slopes of the weights. All matrices and vectors of all layers are jobs of one dispatch: a job is a product
 * xᵀ·slope over the positions (or predictions), cut into slots of positions so that a GPU has enough threads. Each
 * slot has a sum of its own; they are added in a fixed order later, so the result does not depend on scheduling.
 *
 * References in plain ops: weightSlope and biasSlope in src/model/kernels/linear.ts, layerNormBackward in layer-norm.ts,
 * sumByRow in embedding.ts.
 */
import {
  constantOffsets,
  gradientOffsets,
  JOB_UNITS,
  LANES,
  POSITION_INPUTS,
  PREDICTION_INPUTS,
  SLOTS,
  type UpdateShape,
} from "./update-shape.ts";
import { prelude, times, type Kernel } from "./wgsl.ts";

const WORKGROUP = 64;
/** Rows and columns of a thread's tile. */
const TILE = 8;
const KINDS = { matrix: 0, bias: 1, norm: 2 } as const;

/** One weight array's slope. */
interface Job {
  readonly layer: number;
  /** Weight array: a matrix, a bias, or the gain of a norm, whose bias follows it. */
  readonly weight: string;
  readonly kind: "matrix" | "bias" | "norm";
  /** Field with the input [rows, inputs]; of a norm, its input x. */
  readonly input: string;
  readonly inputs: number;
  /** Field with the slope [rows, outputs]. */
  readonly slope: string;
  readonly outputs: number;
  /** Layer of the slope's field, if another. */
  readonly slopeLayer?: number;
  /** Field with mean and 1/std, for norms. */
  readonly stats?: string;
}

function jobsOf({ config: { width, layers, vocabularySize } }: UpdateShape): Job[] {
  const jobs: Job[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const name = (part: string): string => `layer${layer}.${part}`;
    const matrix = (weight: string, [input, inputs]: [string, number], [slope, outputs]: [string, number]): Job => {
      return { layer, weight: name(weight), kind: "matrix", input, inputs, slope, outputs };
    };
    const norm = (weight: string, input: string, [slope, stats]: [string, string]): Job => {
      return { layer, weight: name(weight), kind: "norm", input, inputs: width, slope, outputs: width, stats };
    };
    const next = { slopeLayer: layer + 1 };
    jobs.push(
      matrix("queryKeyValue", ["norm1", width], ["slopeProjections", 3 * width]),
      matrix("attentionOut", ["attended", width], ["slopeMiddle", width]),
      matrix("mlpIn", ["norm2", width], ["inner", 4 * width]),
      { ...matrix("mlpOut", ["activation", 4 * width], ["slopeX", width]), ...next },
      { ...matrix("mlpIn.bias", ["x", width], ["inner", 4 * width]), kind: "bias" },
      { ...matrix("mlpOut.bias", ["x", width], ["slopeX", width]), kind: "bias", ...next },
      norm("attentionNorm.gain", "x", ["slopeNorm1", "stats1"]),
      norm("mlpNorm.gain", "middle", ["slopeNorm2", "stats2"]),
    );
  }
  jobs.push(
    {
      ...{ layer: 0, weight: "embedding.token", kind: "matrix" },
      ...{ input: "logits", inputs: vocabularySize, slope: "hidden", outputs: width },
    },
    {
      ...{ layer: layers, weight: "finalNorm.gain", kind: "norm", stats: "stats1" },
      ...{ input: "x", inputs: width, slope: "slopeHidden", outputs: width },
    },
  );
  return jobs;
}

/** Threads that a job needs for a slot. */
function tilesOf({ kind, inputs, outputs }: Job): number {
  return kind === "matrix" ? (inputs / TILE) * (outputs / TILE) : outputs / LANES;
}

/** The jobs as the kernel reads them, {@link JOB_UNITS} units each; whole numbers that a float can hold. */
export function weightSlopeJobs(shape: UpdateShape): { readonly words: Float32Array; readonly groups: number } {
  const words: number[] = [];
  let groups = 0;
  for (const job of jobsOf(shape)) {
    const { layer, weight, kind, input, inputs, slope, outputs, slopeLayer = layer, stats } = job;
    const place = shape.weights.get(weight)!;
    const isOfPredictions = shape.fields.get(slope)!.section === "prediction" ? 1 : 0;
    const statsAt = stats === undefined ? 0 : offsetsOf(shape, stats, layer)[0];
    words.push(groups, KINDS[kind], isOfPredictions, place);
    words.push(...offsetsOf(shape, input, layer), inputs / LANES, statsAt);
    words.push(...offsetsOf(shape, slope, slopeLayer), outputs / LANES, 0);
    groups += Math.ceil(tilesOf(job) / WORKGROUP);
  }
  return { words: Float32Array.from(words), groups };
}

/** What the two capacities are multiplied by to give a field's first unit. */
function offsetsOf({ fields, layerStride, positionSize }: UpdateShape, name: string, layer: number): [number, number] {
  const { offset, section } = fields.get(name)!;
  return section === "position" ? [offset + layer * layerStride, 0] : [positionSize, offset];
}

/** Slopes of all weights but the embeddings' lookups, a sum for each slot. */
export function weightSlopeKernel(shape: UpdateShape): Kernel {
  const { groups, words } = weightSlopeJobs(shape);
  const count = words.length / LANES / JOB_UNITS;
  const jobs = constantOffsets(shape).jobs;
  const code = `${prelude(shape)}
fn storeSlope(place: u32, value: vec4<f32>) {
  if (call.isLater == 1u) { gradients[place] += value; } else { gradients[place] = value; }
}
fn jobWords(job: u32, i: u32) -> vec4<u32> { return vec4<u32>(constants[${jobs}u + job * ${JOB_UNITS}u + i]); }
${MATRIX}
${VECTORS}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var job = 0u;
  while (job + 1u < ${count}u && jobWords(job + 1u, 0u).x <= group.x) { job++; }
  let what = jobWords(job, 0u); let input = jobWords(job, 1u); let slope = jobWords(job, 2u);
  let capacities = vec2<u32>(call.capacity, call.predictionCapacity);
  let x = input.x * capacities.x + input.y * capacities.y;
  let s = slope.x * capacities.x + slope.y * capacities.y;
  let count = select(call.positions, call.predictions, what.z == 1u);
  let share = (count + ${SLOTS - 1}u) / ${SLOTS}u;
  let rows = vec2<u32>(group.y * share, min((group.y + 1u) * share, count));
  let tile = (group.x - what.x) * ${WORKGROUP}u + lane;
  let place = group.y * ${shape.layout.size / LANES}u + what.w;
  if (what.y == ${KINDS.matrix}u) {
    matrixSlope(tile, rows, vec4<u32>(x, input.z, s, slope.z), place);
  } else {
    let kind = select(0u, 1u + what.z, what.y == ${KINDS.norm}u);
    vectorSlope(tile, rows, vec4<u32>(x, s, input.w * capacities.x, kind), vec2<u32>(slope.z, place));
  }
}`;
  return { name: "weightSlope", code, workgroups: () => [groups, SLOTS] };
}

/** Tile of xᵀ·slope over the rows first…end − 1. sizes: x, units of its rows, slope, units of its rows. */
const MATRIX = `
fn matrixSlope(tile: u32, rows: vec2<u32>, sizes: vec4<u32>, place: u32) {
  let across = sizes.w / 2u; let down = sizes.y / 2u;
  if (tile >= across * down) { return; }
  let j = tile % across; let i = tile / across;
  var x = sizes.x + rows.x * sizes.y + i; var s = sizes.z + rows.x * sizes.w + j;
  ${times(TILE, (r) => `var a${r} = vec4<f32>(); var b${r} = vec4<f32>();`)}
  for (var row = rows.x; row < rows.y; row++) {
    let xa = arena[x]; let xb = arena[x + down]; let sa = arena[s]; let sb = arena[s + across];
    ${times(LANES, (r) => `a${r} += xa[${r}] * sa; b${r} += xa[${r}] * sb;`)}
    ${times(LANES, (r) => `a${r + LANES} += xb[${r}] * sa; b${r + LANES} += xb[${r}] * sb;`)}
    x += sizes.y; s += sizes.w;
  }
  ${times(
    TILE,
    (r) => `{ let to = place + ((i + ${r < LANES ? "0u" : "down"}) * 4u + ${r % LANES}u) * sizes.w + j;
  storeSlope(to, a${r}); storeSlope(to + across, b${r}); }`,
  )}
}`;

/**
 * Column sums of a slope; for a norm (kind 1, or 2 with rows that are predictions) also of slope·normalized.
 * fields: x, slope, stats, kind; into: units of a row, place of the bias or of gain and bias.
 */
const VECTORS = `
fn vectorSlope(column: u32, rows: vec2<u32>, fields: vec4<u32>, into: vec2<u32>) {
  if (column >= into.x) { return; }
  var bias = vec4<f32>(); var gain = vec4<f32>();
  for (var row = rows.x; row < rows.y; row++) {
    let slope = arena[fields.y + row * into.x + column];
    bias += slope;
    if (fields.w != 0u) {
      var position = row;
      if (fields.w == 2u) { position = position_of(row); }
      let stats = arena[fields.z + position];
      gain += slope * (arena[fields.x + position * into.x + column] - stats.x) * stats.y;
    }
  }
  if (fields.w == 0u) { storeSlope(into.y + column, bias); return; }
  storeSlope(into.y + column, gain);
  storeSlope(into.y + into.x + column, bias);
}`;

/** Slopes of the three tables by token: each token of a table adds up the positions that looked it up. */
export function lookupSlopeKernel(shape: UpdateShape): Kernel {
  const { vocabularySize, width } = shape.config;
  const unit = width / LANES;
  const total = 3 * vocabularySize * unit;
  const code = `${prelude(shape)}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= ${total}u) { return; }
  let table = id.x / ${vocabularySize * unit}u; let token = id.x / ${unit}u % ${vocabularySize}u; let column = id.x % ${unit}u;
  let orders = ${POSITION_INPUTS.indexOf("order0")}u * call.positions + table * call.positions;
  let bounds = ${POSITION_INPUTS.length}u * call.positions + ${PREDICTION_INPUTS.length}u * call.predictions
    + table * ${vocabularySize + 1}u + token;
  var sum = vec4<f32>();
  for (var i = inputs[bounds]; i < inputs[bounds + 1u]; i++) { sum += arena[slopeX_at(0u, inputs[orders + i]) + column]; }
  let place = ${gradientOffsets(shape).lookups}u + id.x;
  if (call.isLater == 1u) { gradients[place] += sum; } else { gradients[place] = sum; }
}`;
  return { name: "lookupSlope", code, workgroups: () => [Math.ceil(total / WORKGROUP)] };
}
