/**
 * @file Where everything lies in the buffers of the update plan. One large buffer, the arena, holds what the forward
 * pass leaves for the backward pass and all slopes; a field is an array with one row per position (or per prediction).
 * Offsets are multiples of the capacity, so that a larger buffer needs no other shader. The unit is four floats.
 */
import type { ModelConfig } from "../../../core/policy/policy.ts";
import type { ParameterLayout } from "../../parameters.ts";

/** Floats of the unit in which buffers are addressed. */
export const LANES = 4;
/** Parts into which the positions are cut for the slopes of the weights: each is summed by threads of its own. */
export const SLOTS = 16;
/** The thread tile of a product is so many columns wide. */
const TILE_COLUMNS = 8;
const MAX_WIDTH = 512;

/** One array of the arena. Sizes and offsets count units. */
export interface Field {
  /** Units per row. */
  readonly size: number;
  /** Offset of the first layer's rows, to be multiplied by the capacity of the section. */
  readonly offset: number;
  readonly section: "position" | "prediction";
}

/** Sizes that the shaders are written for. */
export interface UpdateShape {
  readonly config: ModelConfig;
  readonly layout: ParameterLayout;
  readonly fields: ReadonlyMap<string, Field>;
  /** Distance of a field's layers, times the capacity. */
  readonly layerStride: number;
  /** Units per position and per prediction. */
  readonly positionSize: number;
  readonly predictionSize: number;
  /** Offset of each weight array, units. */
  readonly weights: ReadonlyMap<string, number>;
  /** Distance of a weight array's layers, units. */
  readonly weightStride: number;
}

/** The shape of the plan for a model, or the reason why there is none. */
export function updateShape(layout: ParameterLayout, config: ModelConfig): UpdateShape | string {
  const { width, heads, vocabularySize, layers } = config;
  if ((width / heads) % TILE_COLUMNS !== 0 || vocabularySize % TILE_COLUMNS !== 0 || width > MAX_WIDTH) {
    return (
      `heads and a vocabulary of a multiple of ${TILE_COLUMNS} and a width of at most ${MAX_WIDTH}, ` +
      `got ${width}/${heads}, ${vocabularySize} and ${width}`
    );
  }
  const unit = width / LANES;
  const fields = new Map<string, Field>();
  // First what exists once more behind the last layer.
  const atBorders = { x: unit, stats1: 1, slopeX: unit };
  const inLayers = {
    ...{ norm1: unit, projections: 3 * unit, attended: unit, logSums: heads, middle: unit, stats2: 1, norm2: unit },
    // The slope of the inner pre-activation takes the place of the pre-activation.
    ...{ inner: 4 * unit, activation: 4 * unit, slopeNorm2: unit, slopeMiddle: unit, deltas: heads },
    ...{ slopeProjections: 3 * unit, slopeNorm1: unit },
  };
  let layerStride = 0;
  for (const [name, size] of Object.entries({ ...atBorders, ...inLayers })) {
    fields.set(name, { size, offset: layerStride, section: "position" });
    layerStride += size;
  }
  let positionSize = layers * layerStride + 2 * unit + 1;
  fields.set("slopeAttended", { size: unit, offset: positionSize, section: "position" });
  positionSize += unit;
  let predictionSize = 0;
  const ofPredictions = {
    hidden: unit,
    slopeHidden: unit,
    logits: vocabularySize / LANES,
    picks: 1,
    bases: 1,
    pulls: 1,
  };
  for (const [name, size] of Object.entries(ofPredictions)) {
    fields.set(name, { size, offset: predictionSize, section: "prediction" });
    predictionSize += size;
  }
  const weights = new Map(layout.specs.map(({ name, offset }) => [name, offset / LANES]));
  const weightStride = layers > 1 ? weights.get("layer1.queryKeyValue")! - weights.get("layer0.queryKeyValue")! : 0;
  return { config, layout, fields, layerStride, positionSize, predictionSize, weights, weightStride };
}

/** Units that describe one job of the weights' slopes. */
export const JOB_UNITS = 3;
/** Jobs: eight in each layer, two of the head. */
const LAYER_JOBS = 8;

/** Where the parts of the buffer of constants start, units. Cosines come first. */
export function constantOffsets({ config, layout }: UpdateShape): {
  readonly sin: number;
  readonly decays: number;
  readonly jobs: number;
  readonly end: number;
} {
  const angles = (config.contextLength * config.width) / config.heads / 2 / LANES;
  const jobs = 2 * angles + Math.ceil(layout.size / LANES / LANES);
  return { sin: angles, decays: 2 * angles, jobs, end: jobs + (LAYER_JOBS * config.layers + 2) * JOB_UNITS };
}

/** Threads of a workgroup of the kernels that work on every weight. */
export const WEIGHT_LANES = 128;

/** Where the parts of the buffer of gradients start, units: slots, slopes of the lookups, sum, squared norms. */
export function gradientOffsets({ config, layout }: UpdateShape): {
  readonly lookups: number;
  readonly sum: number;
  readonly norms: number;
  /** How many squared norms there are. */
  readonly normCount: number;
  readonly end: number;
} {
  const size = layout.size / LANES;
  const lookups = SLOTS * size;
  const sum = lookups + (3 * config.vocabularySize * config.width) / LANES;
  const norms = sum + size;
  const normCount = Math.ceil(size / WEIGHT_LANES);
  return { lookups, sum, norms, normCount, end: norms + normCount };
}

/** Statistics at the start of the buffer of results; log-prob and entropy of each prediction follow. */
export const STATISTICS = {
  ...{ loss: 0, ratio: 1, clipped: 2, masked: 3, entropy: 4, klToBase: 5, notFinite: 6, squaredNorm: 7 },
} as const;
/** Floats before the first prediction. */
export const RESULT_HEADER = 8;

/** Arrays of the input buffer with one word per position, in order. */
export const POSITION_INPUTS = [
  ...["token", "previous", "secondPrevious", "rowStart", "rowEnd", "predictionOf"],
  ...["order0", "order1", "order2"],
] as const;
/** Arrays with one word per prediction, in order, behind those of positions. */
export const PREDICTION_INPUTS = [
  ...["position", "target", "oldLogProb", "advantage", "offPolicy", "responseStart", "responseEnd"],
] as const;

/** Numbers of a call that all kernels see, in order; "f" ones are floats. */
export const CALL_NUMBERS = {
  ...{ positions: "u", predictions: "u", capacity: "u", predictionCapacity: "u", firstPrediction: "u" },
  ...{ isLater: "u", isCrossEntropy: "u", maskResponses: "u", measureKl: "u" },
  ...{ clipLow: "f", clipHigh: "f", dualClip: "f", minTokenLogProb: "f", klCoefficient: "f", entropyCoefficient: "f" },
  ...{ inverseTemperature: "f", scale: "f", stepSize: "f", beta1: "f", beta2: "f", rest1: "f", rest2: "f" },
  ...{ secondCorrection: "f", decay: "f", maxGradNorm: "f" },
} as const;

/** A value for each of {@link CALL_NUMBERS}. */
export type Call = Record<keyof typeof CALL_NUMBERS, number>;
