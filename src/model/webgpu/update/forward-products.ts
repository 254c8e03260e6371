/**
 * @file Matrix products of the forward pass with what follows each: residuals, norms, gelu, turning.
 *
 * References in plain ops: src/model/kernels/linear.ts, layer-norm.ts, gelu.ts, embedding.ts.
 */
import { COLUMN_UNITS, partialDeclaration, productKernel, ROWS, rowTotals } from "./product.ts";
import { LANES, type UpdateShape } from "./update-shape.ts";
import { times, weightAt, type Kernel } from "./wgsl.ts";

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
