/** @file Scoring and one optimizer step of the jax-js policy: clipped surrogate, gradient by jax-js, clip, AdamW. */
import { nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { ModelConfig } from "../../../src/core/policy/policy.ts";
import { rotaryTable } from "../../../src/model/rotary.ts";
import { attendTo, logitsOf, MASKED_SCORE, rotate, trunk, type JaxWeights } from "./jax-model.ts";

const ROW_BUCKET = 4;
const LENGTH_BUCKET = 32;
const PREDICTION_BUCKET = 64;
const MAX_LOG_RATIO = 20;
const CLIP_EPSILON = 1e-6;
const EPSILON = 1e-8;

type Floats = Float32Array<ArrayBuffer>;

/** A sequence and the positions (≥ 1, ascending) whose tokens are scored. */
export interface ScoredRow {
  readonly tokens: readonly number[];
  readonly positions: readonly number[];
}

/** A row with what its loss needs; empty arrays if it is only scored. */
interface LossRow extends ScoredRow {
  readonly oldLogProbs: readonly number[];
  readonly advantages: readonly number[];
  readonly offPolicy?: boolean;
}

/** Padded rows as arrays. Predictions are rows of the flattened positions. */
export type LaidOut = {
  readonly token: np.Array;
  readonly previous: np.Array;
  readonly secondPrevious: np.Array;
  readonly position: np.Array;
  readonly target: np.Array;
  readonly oldLogProb: np.Array;
  readonly advantage: np.Array;
  readonly offPolicy: np.Array;
  /** 1 for a prediction, 0 for padding. */
  readonly isReal: np.Array;
  /** Added to scores, [length, length]. */
  readonly causalBias: np.Array;
};

function bucket(size: number, step: number): number {
  return Math.max(1, Math.ceil(size / step)) * step;
}

/** Lays rows into rectangles. */
export function layOutRows(rows: readonly LossRow[]): {
  readonly arrays: LaidOut;
  readonly count: number;
  readonly spread: (values: Float32Array) => number[][];
} {
  const length = bucket(
    rows.reduce((most, { positions }) => Math.max(most, positions.at(-1) ?? 0), 0),
    LENGTH_BUCKET,
  );
  const rowCount = bucket(rows.length, ROW_BUCKET);
  const count = rows.reduce((sum, { positions }) => sum + positions.length, 0);
  const predictions = bucket(count, PREDICTION_BUCKET);
  const ids = [0, 1, 2].map(() => new Int32Array(rowCount * length));
  const [position, target] = [new Int32Array(predictions), new Int32Array(predictions)];
  const [oldLogProb, advantage, offPolicy, isReal] = [0, 1, 2, 3].map(() => new Float32Array(predictions)) as [
    ...[Floats, Floats, Floats, Floats],
  ];
  let at = 0;
  rows.forEach((row, r) => {
    for (let i = 0; i < Math.min(length, row.tokens.length); i++) {
      ids.forEach((column, back) => (column[r * length + i] = row.tokens[i - back] ?? 0));
    }
    row.positions.forEach((place, k) => {
      position[at] = r * length + place - 1;
      target[at] = row.tokens[place]!;
      oldLogProb[at] = row.oldLogProbs[k] ?? 0;
      advantage[at] = row.advantages[k] ?? 0;
      offPolicy[at] = row.offPolicy === true ? 1 : 0;
      isReal[at] = 1;
      at += 1;
    });
  });
  const [token, previous, secondPrevious] = ids.map((column) => np.array(column)) as [
    ...[np.Array, np.Array, np.Array],
  ];
  const spread = (values: Float32Array): number[][] => {
    let start = 0;
    return rows.map(({ positions }) => [...values.subarray(start, (start += positions.length))]);
  };
  const arrays = {
    ...{ token, previous, secondPrevious, position: np.array(position), target: np.array(target) },
    ...{ oldLogProb: np.array(oldLogProb), advantage: np.array(advantage) },
    ...{ offPolicy: np.array(offPolicy), isReal: np.array(isReal) },
    causalBias: np.array(causalBias(length)).reshape([length, length]),
  };
  return { arrays, count, spread };
}

/** Log-probs of the predicted tokens, [predictions]. */
function pickedLogProbs(
  config: ModelConfig,
  weights: JaxWeights,
  laid: LaidOut,
  inverseTemperature: np.Array,
): np.Array {
  const length = laid.causalBias.shape[0]!;
  const table = rotaryTable(length, config.width / config.heads);
  const angles = (values: Float32Array): np.Array => np.array(values as Floats).reshape([1, length, 1, table.halfSize]);
  const [cos, sin] = [angles(table.cos), angles(table.sin)];
  const of = { ids: laid, rows: laid.token.shape[0]! / length };
  const bias = laid.causalBias.ref.reshape([1, 1, length, length]);
  const x = trunk(config, weights, of, (_layer, query, key, value) =>
    attendTo(rotate(query, cos.ref, sin.ref), rotate(key, cos.ref, sin.ref), value, bias.ref),
  );
  const logits = logitsOf(weights, np.take(x, laid.position.ref, 0)).mul(inverseTemperature);
  const all = nn.logSoftmax(logits, -1);
  const isTarget = np.equal(np.arange(config.vocabularySize).reshape([1, -1]), laid.target.ref.reshape([-1, 1]));
  return np.sum(np.where(isTarget, all, 0), -1);
}

/** What is jitted for scoring. */
export function scoreFunction(config: ModelConfig) {
  return (weights: JaxWeights, laid: LaidOut, inverseTemperature: np.Array): np.Array =>
    pickedLogProbs(config, weights, laid, inverseTemperature);
}

/** Sum of the token losses (Eq. 1 with dual clip, Eq. 2's mask per token), and what is told of them. */
function surrogate(
  config: ModelConfig,
  weights: JaxWeights,
  laid: LaidOut,
  settings: Record<string, np.Array>,
): [np.Array, { logProbs: np.Array; ratio: np.Array }] {
  const setting = (name: string): np.Array => settings[name]!.ref;
  const logProbs = pickedLogProbs(config, weights, laid, setting("inverseTemperature"));
  const isMasked = np.lessEqual(logProbs.ref, setting("minTokenLogProb")).mul(laid.offPolicy.ref.astype(np.bool));
  const keep = np.where(isMasked, 0, laid.isReal.ref);
  const ratio = np.exp(np.clip(logProbs.ref.sub(laid.oldLogProb.ref), -MAX_LOG_RATIO, MAX_LOG_RATIO));
  const advantage = laid.advantage.ref;
  const plain = ratio.ref.mul(advantage.ref);
  const bounded = np
    .minimum(np.maximum(ratio.ref, np.array(1).sub(setting("clipLow"))), np.array(1).add(setting("clipHigh")))
    .mul(advantage.ref);
  const lower = np.minimum(bounded, plain);
  const floor = np.maximum(lower.ref, setting("dualClip").mul(advantage.ref));
  const value = np.where(np.less(advantage, 0), floor, lower);
  const total = np.sum(value.mul(keep)).mul(-1).mul(setting("scale"));
  return [total, { logProbs, ratio: np.sum(ratio.mul(laid.isReal.ref)) }];
}

type Learned = {
  readonly weights: JaxWeights;
  readonly first: JaxWeights;
  readonly second: JaxWeights;
};

/** What is jitted for an update. */
export function stepFunction(config: ModelConfig) {
  return (state: Learned, laid: LaidOut, settings: Record<string, np.Array>) => {
    const [[loss, { logProbs, ratio }], gradient] = valueAndGrad(
      (weights: JaxWeights) => surrogate(config, weights, laid, settings),
      { hasAux: true },
    )(Object.fromEntries(Object.entries(state.weights).map(([name, array]) => [name, array.ref])));
    const gradients = gradient;
    const squaredNorm = Object.values(gradients)
      .map((array) => np.sum(np.square(array.ref)))
      .reduce((sum, each) => sum.add(each));
    const setting = (name: string): np.Array => settings[name]!.ref;
    const clip = np.minimum(setting("maxGradNorm").div(np.sqrt(squaredNorm.ref).add(CLIP_EPSILON)), 1);
    const next: { weights: JaxWeights; first: JaxWeights; second: JaxWeights } = { weights: {}, first: {}, second: {} };
    for (const [name, array] of Object.entries(gradients)) {
      const slope = array.mul(clip.ref);
      const rest = (beta: string): np.Array => np.array(1).sub(setting(beta));
      const first = setting("beta1").mul(state.first[name]!.ref).add(rest("beta1").mul(slope.ref));
      const second = setting("beta2")
        .mul(state.second[name]!.ref)
        .add(rest("beta2").mul(np.square(slope)));
      const isMatrix = state.weights[name]!.shape.length > 1;
      const kept = isMatrix
        ? state.weights[name]!.ref.mul(np.array(1).sub(setting("decay")))
        : state.weights[name]!.ref;
      const down = np.sqrt(second.ref.mul(setting("secondCorrection"))).add(EPSILON);
      next.weights[name] = kept.sub(setting("stepSize").mul(first.ref).div(down));
      next.first[name] = first;
      next.second[name] = second;
    }
    const count = np.array(1).div(setting("scale"));
    const numbers = np.stack([loss.mul(count), squaredNorm, ratio]);
    return { ...next, logProbs, numbers };
  };
}

function causalBias(length: number): Floats {
  return Float32Array.from({ length: length * length }, (_, i) =>
    i % length <= Math.floor(i / length) ? 0 : MASKED_SCORE,
  );
}
