/**
 * @file Matrix products of the update plan: a thread computes a tile of 4 rows and 8 columns from registers, without
 * shared memory. Weights and rows are small enough for the caches, and a software device pays dearly for barriers. Where
 * whole rows are needed (norms), the threads of a row are in one workgroup.
 */
import { LANES, type UpdateShape } from "./update-shape.ts";
import { prelude, times, type Kernel } from "./wgsl.ts";

/** Rows of a thread's tile. */
export const ROWS = 4;
/** Units of a thread's tile. */
export const COLUMN_UNITS = 2;
const WORKGROUP = 64;

/** A product of rows of the arena and a weight matrix. */
export interface Product {
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

/** The kernel of a product. */
export function productKernel(shape: UpdateShape, product: Product): Kernel {
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

/** Blocks of rows of a workgroup that has whole rows. */
export function blocksOf(perRow: number): number {
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
export function rowTotals(perRow: number, part: (r: number) => string): string {
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

/** Shared memory of {@link rowTotals}. */
export function partialDeclaration(perRow: number): string {
  return `var<workgroup> partial: array<vec2<f32>, ${perRow * blocksOf(perRow) * ROWS}>;`;
}
