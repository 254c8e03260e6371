/**
 * @file The weights of the transformer as one flat float32 array on the host: names, shapes, places and first values.
 * The host copy is the master; a device only holds what the host gave it, so losing a device loses no learning.
 */
import { CheckpointError, ConfigError } from "../core/base/errors.ts";
import type { Random } from "../core/base/random.ts";
import type { ModelConfig, NamedTensors } from "../core/policy/policy.ts";

/** The playground's default shape: about 250 thousand weights. */
export const DEFAULT_MODEL: ModelConfig = { vocabularySize: 512, width: 64, layers: 3, heads: 2, contextLength: 512 };

/** How a weight starts: normal or uniform (± scale), or a constant. */
type Initializer =
  | { readonly type: "normal"; readonly std: number }
  | { readonly type: "uniform"; readonly bound: number }
  | { readonly type: "constant"; readonly value: number };

/** One weight array and its place in the flat array. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly initializer: Initializer;
}

/** All weights of a model in their fixed order. */
export interface ParameterLayout {
  readonly specs: readonly ParameterSpec[];
  /** Length of the flat array. */
  readonly size: number;
}

const MLP_FACTOR = 4;
/** Standard deviations of the prototype that is known to learn (learning-recipe.md §3). */
const TOKEN_STD = 0.05;
const PREVIOUS_STD = 0.03;
const SECOND_PREVIOUS_STD = 0.02;
const RESIDUAL_STD = 0.05;

const ONE: Initializer = { type: "constant", value: 1 };
const ZERO: Initializer = { type: "constant", value: 0 };

/**
 * The weights of a model of this shape, in the order of every flat array.
 *
 * @throws {ConfigError} if a size is not a positive integer or the width does not divide into heads of even size
 */
export function parameterLayout(config: ModelConfig): ParameterLayout {
  validateModelConfig(config);
  const { vocabularySize, width, layers } = config;
  const specs: ParameterSpec[] = [];
  let offset = 0;
  const add = (name: string, shape: readonly number[], initializer: Initializer): void => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    specs.push({ name, shape, offset, size, initializer });
    offset += size;
  };
  const inner = MLP_FACTOR * width;
  const intoWidth: Initializer = { type: "uniform", bound: 1 / Math.sqrt(width) };
  const intoInner: Initializer = { type: "uniform", bound: 1 / Math.sqrt(inner) };
  const residual: Initializer = { type: "normal", std: RESIDUAL_STD / Math.sqrt(layers) };

  add("embedding.token", [vocabularySize, width], { type: "normal", std: TOKEN_STD });
  add("embedding.previous", [vocabularySize, width], { type: "normal", std: PREVIOUS_STD });
  add("embedding.secondPrevious", [vocabularySize, width], { type: "normal", std: SECOND_PREVIOUS_STD });
  for (let layer = 0; layer < layers; layer++) {
    const block = `layer${layer}`;
    add(`${block}.attentionNorm.gain`, [width], ONE);
    add(`${block}.attentionNorm.bias`, [width], ZERO);
    add(`${block}.queryKeyValue`, [width, 3 * width], intoWidth);
    add(`${block}.attentionOut`, [width, width], residual);
    add(`${block}.mlpNorm.gain`, [width], ONE);
    add(`${block}.mlpNorm.bias`, [width], ZERO);
    add(`${block}.mlpIn`, [width, inner], intoWidth);
    add(`${block}.mlpIn.bias`, [inner], intoWidth);
    add(`${block}.mlpOut`, [inner, width], residual);
    add(`${block}.mlpOut.bias`, [width], intoInner);
  }
  add("finalNorm.gain", [width], ONE);
  add("finalNorm.bias", [width], ZERO);
  return { specs, size: offset };
}

function validateModelConfig(config: ModelConfig): void {
  for (const [name, value] of Object.entries(config) as [string, number][]) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new ConfigError(`parameterLayout: ${name} is a positive integer, got ${value}`);
    }
  }
  const { width, heads } = config;
  if (width % (2 * heads) !== 0) {
    throw new ConfigError(`parameterLayout: width divides into heads of even size, got ${width} and ${heads} heads`);
  }
}

/** First weights from a seeded stream; each array has a stream of its own, named after it. */
export function initialParameters(layout: ParameterLayout, random: Random): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const { name, offset, size, initializer } of layout.specs) {
    fillInitial(flat.subarray(offset, offset + size), initializer, random.fork(name));
  }
  return flat;
}

function fillInitial(target: Float32Array, initializer: Initializer, random: Random): void {
  switch (initializer.type) {
    case "constant":
      target.fill(initializer.value);
      break;
    case "uniform":
      for (let i = 0; i < target.length; i++) target[i] = (2 * random.uniform() - 1) * initializer.bound;
      break;
    case "normal":
      for (let i = 0; i < target.length; i++) target[i] = standardNormal(random) * initializer.std;
      break;
  }
}

/** Box–Muller. 1 − u is in (0, 1], so the logarithm is finite. */
function standardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/** Named copies of the arrays in a flat one. */
export function toNamedTensors(layout: ParameterLayout, flat: Float32Array): NamedTensors {
  return new Map(
    layout.specs.map(({ name, shape, offset, size }) => [name, { shape, data: flat.slice(offset, offset + size) }]),
  );
}

/**
 * The flat array of named ones.
 *
 * @throws {CheckpointError} if a name is missing or too many, a shape differs or a number is not finite
 */
export function fromNamedTensors(layout: ParameterLayout, tensors: NamedTensors): Float32Array {
  if (tensors.size !== layout.specs.length) {
    throw new CheckpointError(`fromNamedTensors: ${layout.specs.length} tensors, got ${tensors.size}`);
  }
  const flat = new Float32Array(layout.size);
  for (const { name, shape, offset, size } of layout.specs) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new CheckpointError(`fromNamedTensors: a tensor "${name}", got none`);
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== size) {
      throw new CheckpointError(`fromNamedTensors: "${name}" of shape [${shape.join()}], got [${tensor.shape.join()}]`);
    }
    flat.set(tensor.data, offset);
  }
  const bad = firstNonFinite(flat);
  if (bad >= 0)
    throw new CheckpointError(`fromNamedTensors: finite numbers, got ${flat[bad]} in "${nameAt(layout, bad)}"`);
  return flat;
}

/** Index of the first number that is not finite; −1 if all are. */
export function firstNonFinite(values: Float32Array): number {
  // x − x is 0 for a finite x and NaN for all others, so one sum tells about all without a branch per value.
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
  return sum === 0 ? -1 : values.findIndex((value) => !Number.isFinite(value));
}

/** Name of the weight array that holds an index of the flat array. */
export function nameAt(layout: ParameterLayout, index: number): string {
  return layout.specs.find(({ offset, size }) => index >= offset && index < offset + size)?.name ?? `index ${index}`;
}
