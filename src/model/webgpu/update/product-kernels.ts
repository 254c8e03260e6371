/**
 * @file Matrix products of the update plan, each with what follows it. A thread computes a tile of 4 rows and 8 columns
 * from registers, without shared memory: weights and rows are small enough for the caches, and a software device pays
 * dearly for barriers. Where whole rows are needed (norms), the threads of a row are in one workgroup.
 *
 * References in plain ops: src/model/kernels/linear.ts, layer-norm.ts, gelu.ts.
 */
import { LANES, type UpdateShape } from "./update-shape.ts";
import { prelude, times, weightAt, type Kernel } from "./wgsl.ts";

/** Rows of a thread's tile. */
const ROWS = 4;
const COLUMN_UNITS = 2;
const WORKGROUP = 64;

/** A product of rows of the arena and a weight matrix. */
interface Product {
  readonly name: string;
  /** Rows, one of the two counts of a call. */
  readonly rows: "positions" | "predictions";
  /** First unit of row `r`. */
  readonly input: (row: string) => string;
  /** Length of a row of the input, floats. */
  readonly depth: number;
  /** Number of columns. */
  readonly outputs: number;
  /** First unit of the weight matrix, [depth, outputs], or [outputs, depth] if transposed. */
  readonly matrix: string;
  readonly isTransposed: boolean;
  /** Distance of a thread's two column units, if they are not `outputs / 8` apart. */
  readonly pairDistance?: number;
  /** What to do with sums `s{r}a`, `s{r}b` of the units `ca`, `cb` of rows `row{r}`; `isRow{r}` if the row exists. */
  readonly use: string;
  /** Whether all threads of a row are to be in one workgroup and to live until the end. */
  readonly needsRows?: boolean;
  readonly declarations?: string;
}

function productKernel(shape: UpdateShape, product: Product): Kernel {
  const { rows, outputs, needsRows = false, declarations = "" } = product;
  const perRow = outputs / (LANES * COLUMN_UNITS);
  const size = needsRows ? perRow * blocksOf(perRow) : WORKGROUP;
  const code = `${prelude(shape)}
${declarations}
@compute @workgroup_size(${size})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let place = group.x * ${size}u + lane;
  let column = place % ${perRow}u;
  let firstRow = place / ${perRow}u * ${ROWS}u;
  ${needsRows ? "" : `if (firstRow >= call.${rows}) { return; }`}
  ${columnsText(perRow, product.pairDistance)}
  ${times(ROWS, (r) => `let isRow${r} = firstRow + ${r}u < call.${rows}; let row${r} = min(firstRow + ${r}u, call.${rows} - 1u);`)}
  ${product.depth === 0 ? "" : sumsText(product)}
  ${product.use}
}`;
  const workgroups: Kernel["workgroups"] = (count) => [Math.ceil((Math.ceil(count[rows] / ROWS) * perRow) / size)];
  return { name: product.name, code, workgroups };
}

function blocksOf(perRow: number): number {
  return Math.max(1, Math.floor(WORKGROUP / perRow));
}

function columnsText(perRow: number, pairDistance: number | undefined): string {
  if (pairDistance === undefined) return `let ca = column; let cb = column + ${perRow}u;`;
  return `let ca = column / ${pairDistance}u * ${2 * pairDistance}u + column % ${pairDistance}u; let cb = ca + ${pairDistance}u;`;
}

function sumsText({ input, depth, outputs, matrix, isTransposed }: Product): string {
  const [depthUnits, outputUnits] = [depth / LANES, outputs / LANES];
  const weight = (c: string, j: number): string =>
    isTransposed
      ? `weights[matrix + (${c} * 4u + ${j}u) * ${depthUnits}u + k]`
      : `weights[matrix + (k * 4u + ${j}u) * ${outputUnits}u + ${c}]`;
  const along = (r: number, side: string): string =>
    isTransposed
      ? `vec4<f32>(${[0, 1, 2, 3].map((j) => `dot(i${r}, w${side}${j})`).join(", ")})`
      : ["x", "y", "z", "w"].map((part, j) => `i${r}.${part} * w${side}${j}`).join(" + ");
  return `
  let matrix = ${matrix};
  ${times(ROWS, (r) => `let at${r} = ${input(`row${r}`)}; var s${r}a = vec4<f32>(); var s${r}b = vec4<f32>();`)}
  for (var k = 0u; k < ${depthUnits}u; k++) {
    ${times(LANES, (j) => `let wa${j} = ${weight("ca", j)}; let wb${j} = ${weight("cb", j)};`)}
    ${times(ROWS, (r) => `let i${r} = arena[at${r} + k]; s${r}a += ${along(r, "a")}; s${r}b += ${along(r, "b")};`)}
  }`;
}

/** Sums over the threads of each row: `total{r}` is the sum of what `part(r)` says, a vec2. */
function rowTotals(perRow: number, part: (r: number) => string): string {
  return `
  ${times(ROWS, (r) => `partial[lane * ${ROWS}u + ${r}u] = ${part(r)};`)}
  workgroupBarrier();
  let firstLane = lane - lane % ${perRow}u;
  ${times(
    ROWS,
    (r) => `var total${r} = vec2<f32>();
  for (var i = firstLane; i < firstLane + ${perRow}u; i++) { total${r} += partial[i * ${ROWS}u + ${r}u]; }`,
  )}`;
}

function partialDeclaration(perRow: number): string {
  return `var<workgroup> partial: array<vec2<f32>, ${perRow * blocksOf(perRow) * ROWS}>;`;
}

/** Where a norm takes its gain and bias from and leaves what it makes; all are first units of the row `row{r}`. */
interface NormPlaces {
  readonly gain: string;
  readonly bias: string;
  readonly x: (row: string) => string;
  readonly stats: (row: string) => string;
  /** Statement that stores `na` and `nb`, the row's normalized units. */
  readonly store: (row: string) => string;
}

/** Stores the sums as x, its mean and 1/std, and gain·(x − mean)/std + bias. */
function normText({ width }: { readonly width: number }, { gain, bias, x, stats, store }: NormPlaces): string {
  const part = (r: number): string => `vec2<f32>(sum4(s${r}a + s${r}b), dot(s${r}a, s${r}a) + dot(s${r}b, s${r}b))`;
  return `${rowTotals(width / (LANES * COLUMN_UNITS), part)}
  let gain = ${gain}; let bias = ${bias};
  ${times(
    ROWS,
    (r) => `if (isRow${r}) {
    let mean = total${r}.x / ${width}.0;
    let inverseStd = inverseSqrt(max(total${r}.y / ${width}.0 - mean * mean, 0.0) + 1e-5);
    let at = ${x(`row${r}`)};
    arena[at + ca] = s${r}a; arena[at + cb] = s${r}b;
    let na = (s${r}a - mean) * inverseStd * weights[gain + ca] + weights[bias + ca];
    let nb = (s${r}b - mean) * inverseStd * weights[gain + cb] + weights[bias + cb];
    ${store(`row${r}`)}
    if (column == 0u) { arena[${stats(`row${r}`)}] = vec4<f32>(mean, inverseStd, 0.0, 0.0); }
  }`,
  )}`;
}

function storeAt(place: string): string {
  return `{ let to = ${place}; arena[to + ca] = na; arena[to + cb] = nb; }`;
}

/** Sum of the three embeddings, first norm of layer 0; clears the slope behind the last layer. */
export function embedKernel(shape: UpdateShape): Kernel {
  const { width, layers } = shape.config;
  const table = (name: string, id: string): string =>
    `${weightAt(shape, `embedding.${name}`)} + ${id} * ${width / LANES}u`;
  const sums = times(
    ROWS,
    (r) => `
  let t${r} = ${table("token", `token_of(row${r})`)}; let p${r} = ${table("previous", `previous_of(row${r})`)};
  let q${r} = ${table("secondPrevious", `secondPrevious_of(row${r})`)};
  let s${r}a = weights[t${r} + ca] + weights[p${r} + ca] + weights[q${r} + ca];
  let s${r}b = weights[t${r} + cb] + weights[p${r} + cb] + weights[q${r} + cb];
  if (isRow${r}) {
    let slope = slopeX_at(${layers}u, row${r});
    arena[slope + ca] = vec4<f32>(); arena[slope + cb] = vec4<f32>();
  }`,
  );
  const norm = normText(shape.config, {
    gain: weightAt(shape, "attentionNorm.gain"),
    bias: weightAt(shape, "attentionNorm.bias"),
    x: (row) => `x_at(0u, ${row})`,
    stats: (row) => `stats1_at(0u, ${row})`,
    store: (row) => storeAt(`norm1_at(0u, ${row})`),
  });
  return productKernel(shape, {
    ...{ name: "embed", rows: "positions", input: () => "", depth: 0, outputs: width, matrix: "", isTransposed: false },
    ...{ needsRows: true, declarations: partialDeclaration(width / 8), use: sums + norm },
  });
}

/** norm1·w, queries and keys turned by their positions. */
export function projectionKernel(shape: UpdateShape, sin: number): Kernel {
  const { width, heads } = shape.config;
  const half = width / heads / 2 / LANES;
  const use = times(
    ROWS,
    (r) => `if (isRow${r}) {
    var qa = s${r}a; var qb = s${r}b;
    if (ca < ${(2 * width) / LANES}u) {
      let angle = (row${r} - rowStart_of(row${r})) * ${half}u + column % ${half}u;
      let c = constants[angle]; let s = constants[${sin}u + angle];
      qa = s${r}a * c - s${r}b * s; qb = s${r}a * s + s${r}b * c;
    }
    let to = projections_at(step.layer, row${r});
    arena[to + ca] = qa; arena[to + cb] = qb;
  }`,
  );
  return productKernel(shape, {
    ...{ name: "projection", rows: "positions", depth: width, outputs: 3 * width, isTransposed: false },
    ...{ input: (row) => `norm1_at(step.layer, ${row})`, matrix: weightAt(shape, "queryKeyValue") },
    ...{ pairDistance: half, use },
  });
}

/** x + attended·w, and the second norm. */
export function attentionOutKernel(shape: UpdateShape): Kernel {
  const { width } = shape.config;
  const addResidual = times(
    ROWS,
    (r) => `{ let origin = x_at(step.layer, row${r}); s${r}a += arena[origin + ca]; s${r}b += arena[origin + cb]; }`,
  );
  const norm = normText(shape.config, {
    gain: weightAt(shape, "mlpNorm.gain"),
    bias: weightAt(shape, "mlpNorm.bias"),
    x: (row) => `middle_at(step.layer, ${row})`,
    stats: (row) => `stats2_at(step.layer, ${row})`,
    store: (row) => storeAt(`norm2_at(step.layer, ${row})`),
  });
  return productKernel(shape, {
    ...{ name: "attentionOut", rows: "positions", depth: width, outputs: width, isTransposed: false },
    ...{ input: (row) => `attended_at(step.layer, ${row})`, matrix: weightAt(shape, "attentionOut") },
    ...{ needsRows: true, declarations: partialDeclaration(width / 8), use: addResidual + norm },
  });
}

/** norm2·w + bias, and gelu of it. */
export function mlpInKernel(shape: UpdateShape): Kernel {
  const { width } = shape.config;
  const use = `let bias = ${weightAt(shape, "mlpIn.bias")};
  ${times(
    ROWS,
    (r) => `if (isRow${r}) {
    let ha = s${r}a + weights[bias + ca]; let hb = s${r}b + weights[bias + cb];
    let inner = inner_at(step.layer, row${r}); let to = activation_at(step.layer, row${r});
    arena[inner + ca] = ha; arena[inner + cb] = hb;
    arena[to + ca] = ha * gate(ha); arena[to + cb] = hb * gate(hb);
  }`,
  )}`;
  return productKernel(shape, {
    ...{ name: "mlpIn", rows: "positions", depth: width, outputs: 4 * width, isTransposed: false, use },
    ...{ input: (row) => `norm2_at(step.layer, ${row})`, matrix: weightAt(shape, "mlpIn") },
  });
}

/** middle + activation·w + bias, and the next layer's first norm, or the final norm of the positions that predict. */
export function mlpOutKernel(shape: UpdateShape): Kernel {
  const { width, layers } = shape.config;
  const addResidual = `let outBias = ${weightAt(shape, "mlpOut.bias")};
  ${times(
    ROWS,
    (r) => `{ let origin = middle_at(step.layer, row${r});
    s${r}a += arena[origin + ca] + weights[outBias + ca]; s${r}b += arena[origin + cb] + weights[outBias + cb]; }`,
  )}
  let isLast = step.layer == ${layers - 1}u;`;
  const ofNext = (part: string): string =>
    `select(${weightAt(shape, `attentionNorm.${part}`, "(step.layer + 1u)")}, ${weightAt(shape, `finalNorm.${part}`)}, isLast)`;
  const norm = normText(shape.config, {
    gain: ofNext("gain"),
    bias: ofNext("bias"),
    x: (row) => `x_at(step.layer + 1u, ${row})`,
    stats: (row) => `stats1_at(step.layer + 1u, ${row})`,
    store: (row) => `if (isLast) {
      let prediction = predictionOf_of(${row});
      if (prediction != 0xffffffffu) ${storeAt("hidden_at(prediction)")}
    } else ${storeAt(`norm1_at(step.layer + 1u, ${row})`)}`,
  });
  return productKernel(shape, {
    ...{ name: "mlpOut", rows: "positions", depth: 4 * width, outputs: width, isTransposed: false },
    ...{ input: (row) => `activation_at(step.layer, ${row})`, matrix: weightAt(shape, "mlpOut") },
    ...{ needsRows: true, declarations: partialDeclaration(width / 8), use: addResidual + norm },
  });
}

/** hidden·(token table)ᵀ. */
export function logitsKernel(shape: UpdateShape): Kernel {
  const { width, vocabularySize } = shape.config;
  const use = times(
    ROWS,
    (r) => `if (isRow${r}) { let to = logits_at(row${r}); arena[to + ca] = s${r}a; arena[to + cb] = s${r}b; }`,
  );
  return productKernel(shape, {
    ...{ name: "logits", rows: "predictions", depth: width, outputs: vocabularySize, isTransposed: true, use },
    ...{ input: (row) => `hidden_at(${row})`, matrix: weightAt(shape, "embedding.token") },
  });
}

/** Places of a norm's backward pass; first units of the row `row{r}`. */
interface NormSlopePlaces {
  readonly gain: string;
  readonly x: (row: string) => string;
  readonly stats: (row: string) => string;
  /** Takes the slope of the norm's output. */
  readonly slope: (row: string) => string;
  /** Slope that reaches the input past the norm; null if none does. */
  readonly residual: ((row: string) => string) | null;
  /** Takes the slope of the input. */
  readonly into: (row: string) => string;
}

/** Stores the sums as slope of a norm's output, and the slope of its input. */
function normSlopeText({ width }: { readonly width: number }, places: NormSlopePlaces): string {
  const { gain, x, stats, slope, residual, into } = places;
  const past = (r: number, c: string): string => (residual === null ? "" : `arena[${residual(`row${r}`)} + ${c}] + `);
  return `let gain = ${gain};
  ${times(
    ROWS,
    (r) => `let stats${r} = arena[${stats(`row${r}`)}]; let x${r} = ${x(`row${r}`)};
  let na${r} = (arena[x${r} + ca] - stats${r}.x) * stats${r}.y; let nb${r} = (arena[x${r} + cb] - stats${r}.x) * stats${r}.y;
  let ga${r} = s${r}a * weights[gain + ca]; let gb${r} = s${r}b * weights[gain + cb];`,
  )}
  ${rowTotals(width / (LANES * COLUMN_UNITS), (r) => `vec2<f32>(sum4(ga${r} + gb${r}), dot(ga${r}, na${r}) + dot(gb${r}, nb${r}))`)}
  ${times(
    ROWS,
    (r) => `if (isRow${r}) {
    let means = total${r} / ${width}.0;
    let own = ${slope(`row${r}`)}; let to = ${into(`row${r}`)};
    arena[own + ca] = s${r}a; arena[own + cb] = s${r}b;
    arena[to + ca] = ${past(r, "ca")}(ga${r} - means.x - na${r} * means.y) * stats${r}.y;
    arena[to + cb] = ${past(r, "cb")}(gb${r} - means.x - nb${r} * means.y) * stats${r}.y;
  }`,
  )}`;
}

/** Slope of the logits times the token table, back through the final norm to the positions that predict. */
export function headSlopeKernel(shape: UpdateShape): Kernel {
  const { width, vocabularySize, layers } = shape.config;
  const use = normSlopeText(shape.config, {
    gain: weightAt(shape, "finalNorm.gain"),
    x: (row) => `x_at(${layers}u, position_of(${row}))`,
    stats: (row) => `stats1_at(${layers}u, position_of(${row}))`,
    slope: (row) => `slopeHidden_at(${row})`,
    residual: null,
    into: (row) => `slopeX_at(${layers}u, position_of(${row}))`,
  });
  return productKernel(shape, {
    ...{ name: "headSlope", rows: "predictions", depth: vocabularySize, outputs: width, isTransposed: false, use },
    ...{ input: (row) => `logits_at(${row})`, matrix: weightAt(shape, "embedding.token") },
    ...{ needsRows: true, declarations: partialDeclaration(width / 8) },
  });
}

/** (slope of the layer's output)·wᵀ, times the derivative of gelu, in place of the pre-activation. */
export function innerSlopeKernel(shape: UpdateShape): Kernel {
  const { width } = shape.config;
  const one = (r: number, side: string): string => `{
      let h = arena[at + c${side}]; let g = gate(h);
      arena[at + c${side}] = s${r}${side} * g * (1.0 + 1.702 * h * (1.0 - g));
    }`;
  const use = times(
    ROWS,
    (r) => `if (isRow${r}) { let at = inner_at(step.layer, row${r}); ${one(r, "a")} ${one(r, "b")} }`,
  );
  return productKernel(shape, {
    ...{ name: "innerSlope", rows: "positions", depth: width, outputs: 4 * width, isTransposed: true, use },
    ...{ input: (row) => `slopeX_at(step.layer + 1u, ${row})`, matrix: weightAt(shape, "mlpOut") },
  });
}

/** (slope of the pre-activation)·wᵀ, back through the second norm. */
export function middleSlopeKernel(shape: UpdateShape): Kernel {
  const { width } = shape.config;
  const use = normSlopeText(shape.config, {
    gain: weightAt(shape, "mlpNorm.gain"),
    x: (row) => `middle_at(step.layer, ${row})`,
    stats: (row) => `stats2_at(step.layer, ${row})`,
    slope: (row) => `slopeNorm2_at(step.layer, ${row})`,
    residual: (row) => `slopeX_at(step.layer + 1u, ${row})`,
    into: (row) => `slopeMiddle_at(step.layer, ${row})`,
  });
  return productKernel(shape, {
    ...{ name: "middleSlope", rows: "positions", depth: 4 * width, outputs: width, isTransposed: true, use },
    ...{ input: (row) => `inner_at(step.layer, ${row})`, matrix: weightAt(shape, "mlpIn") },
    ...{ needsRows: true, declarations: partialDeclaration(width / 8) },
  });
}

/** (slope of the middle)·wᵀ, and Σ slope·output of each head. */
export function attendedSlopeKernel(shape: UpdateShape): Kernel {
  const { width, heads } = shape.config;
  const [unit, headUnits] = [width / LANES, width / heads / LANES];
  const use = `let blockRow = lane / ${unit / COLUMN_UNITS}u * ${ROWS}u;
  ${times(
    ROWS,
    (r) => `let own${r} = attended_at(step.layer, row${r});
  products[(blockRow + ${r}u) * ${unit}u + ca] = dot(s${r}a, arena[own${r} + ca]);
  products[(blockRow + ${r}u) * ${unit}u + cb] = dot(s${r}b, arena[own${r} + cb]);
  if (isRow${r}) { let to = slopeAttended_at(0u, row${r}); arena[to + ca] = s${r}a; arena[to + cb] = s${r}b; }`,
  )}
  workgroupBarrier();
  if (column < ${heads}u) {
    ${times(
      ROWS,
      (r) => `if (isRow${r}) {
      var delta = 0.0;
      let first = (blockRow + ${r}u) * ${unit}u + column * ${headUnits}u;
      for (var i = first; i < first + ${headUnits}u; i++) { delta += products[i]; }
      arena[deltas_at(step.layer, row${r}) + column] = vec4<f32>(delta, 0.0, 0.0, 0.0);
    }`,
    )}
  }`;
  const perRow = unit / COLUMN_UNITS;
  return productKernel(shape, {
    ...{ name: "attendedSlope", rows: "positions", depth: width, outputs: width, isTransposed: true, use },
    ...{ input: (row) => `slopeMiddle_at(step.layer, ${row})`, matrix: weightAt(shape, "attentionOut") },
    ...{ needsRows: true, declarations: `var<workgroup> products: array<f32, ${blocksOf(perRow) * ROWS * unit}>;` },
  });
}

/** (slope of the projections)·wᵀ, back through the first norm. */
export function inputSlopeKernel(shape: UpdateShape): Kernel {
  const { width } = shape.config;
  const use = normSlopeText(shape.config, {
    gain: weightAt(shape, "attentionNorm.gain"),
    x: (row) => `x_at(step.layer, ${row})`,
    stats: (row) => `stats1_at(step.layer, ${row})`,
    slope: (row) => `slopeNorm1_at(step.layer, ${row})`,
    residual: (row) => `slopeMiddle_at(step.layer, ${row})`,
    into: (row) => `slopeX_at(step.layer, ${row})`,
  });
  return productKernel(shape, {
    ...{ name: "inputSlope", rows: "positions", depth: 3 * width, outputs: width, isTransposed: true, use },
    ...{ input: (row) => `slopeProjections_at(step.layer, ${row})`, matrix: weightAt(shape, "queryKeyValue") },
    ...{ needsRows: true, declarations: partialDeclaration(width / 8) },
  });
}
