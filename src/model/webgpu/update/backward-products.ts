/**
 * @file Matrix products of the backward pass with what follows each: derivatives of norms and gelu, sums for attention.
 *
 * References in plain ops: src/model/kernels/linear.ts, layer-norm.ts, gelu.ts.
 */
import { blocksOf, COLUMN_UNITS, partialDeclaration, productKernel, ROWS, rowTotals } from "./product.ts";
import { LANES, type UpdateShape } from "./update-shape.ts";
import { times, weightAt, type Kernel } from "./wgsl.ts";

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
