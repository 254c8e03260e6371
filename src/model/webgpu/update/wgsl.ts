/** @file Text that the kernels of the update plan share: bindings, places of fields, small functions. */
import { CALL_NUMBERS, POSITION_INPUTS, PREDICTION_INPUTS, type UpdateShape } from "./update-shape.ts";

/** A kernel and how many workgroups it takes. */
export interface Kernel {
  readonly name: string;
  readonly code: string;
  /** Whether it changes weights, so that they are bound for writing. */
  readonly writesWeights?: boolean;
  readonly workgroups: (size: {
    readonly positions: number;
    readonly predictions: number;
  }) => readonly [number, number?];
}

const FLOAT_TYPE = { u: "u32", f: "f32" } as const;

/** Declarations before every kernel. */
export function prelude(shape: UpdateShape, writesWeights = false): string {
  const numbers = (Object.entries(CALL_NUMBERS) as [string, keyof typeof FLOAT_TYPE][]).map(
    ([name, type]) => `${name}: ${FLOAT_TYPE[type]},`,
  );
  const access = writesWeights ? "read_write" : "read";
  return [
    `struct Call { ${numbers.join(" ")} }`,
    "struct Step { layer: u32, isBase: u32 }",
    "@group(0) @binding(0) var<uniform> call: Call;",
    `@group(0) @binding(1) var<storage, ${access}> weights: array<vec4<f32>>;`,
    "@group(0) @binding(2) var<storage, read_write> arena: array<vec4<f32>>;",
    "@group(0) @binding(3) var<storage, read> inputs: array<u32>;",
    "@group(0) @binding(4) var<storage, read> constants: array<vec4<f32>>;",
    "@group(0) @binding(5) var<storage, read_write> gradients: array<vec4<f32>>;",
    "@group(0) @binding(6) var<storage, read_write> results: array<f32>;",
    "@group(1) @binding(0) var<uniform> step: Step;",
    ...fieldFunctions(shape),
    ...inputFunctions(),
    FUNCTIONS,
  ].join("\n");
}

/** `x_at(layer, row)` and so on: the first unit of a row. */
function fieldFunctions({ fields, layerStride, positionSize }: UpdateShape): string[] {
  return [...fields].map(([name, { size, offset, section }]) =>
    section === "position"
      ? `fn ${name}_at(layer: u32, row: u32) -> u32 {
  return (${offset}u + layer * ${layerStride}u) * call.capacity + row * ${size}u;
}`
      : `fn ${name}_at(row: u32) -> u32 {
  return ${positionSize}u * call.capacity + ${offset}u * call.predictionCapacity + row * ${size}u;
}`,
  );
}

/** `token_of(position)`, `target_of(prediction)` and so on. */
function inputFunctions(): string[] {
  const count = POSITION_INPUTS.length;
  return [
    ...POSITION_INPUTS.map((name, i) => `fn ${name}_of(i: u32) -> u32 { return inputs[${i}u * call.positions + i]; }`),
    ...PREDICTION_INPUTS.map(
      (name, i) =>
        `fn ${name}_of(i: u32) -> u32 { return inputs[${count}u * call.positions + ${i}u * call.predictions + i]; }`,
    ),
  ];
}

const FUNCTIONS = `
fn sum4(v: vec4<f32>) -> f32 { return v.x + v.y + v.z + v.w; }
fn isFinite(value: f32) -> bool { return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u; }
fn gate(v: vec4<f32>) -> vec4<f32> { return 1.0 / (1.0 + exp(-1.702 * v)); }`;

/** Unit offset of a weight array: a number, or an expression of `layer` for one that each layer has. */
export function weightAt({ weights, weightStride }: UpdateShape, name: string, layer = "step.layer"): string {
  const own = weights.get(name);
  if (own !== undefined) return `${own}u`;
  return `(${weights.get(`layer0.${name}`)!}u + ${layer} * ${weightStride}u)`;
}

/** Repeats a piece of text for 0…count − 1. */
export function times(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join("\n");
}
