/**
 * @file What every kernel of the update plan should leave in the arena, computed in plain ops: one function per kernel,
 * from the fields before to the fields after. Fields are named "field/layer", fields of predictions by their name.
 */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../src/core/base/random.ts";
import type { LossConfig, ModelConfig } from "../../src/core/policy/policy.ts";
import { attentionBackwardReference, attentionReference } from "../../src/model/attention.ts";
import { sumByRowReference } from "../../src/model/kernels/embedding.ts";
import { biasGeluReference, geluBackwardReference } from "../../src/model/kernels/gelu.ts";
import { layerNormBackwardReference, layerNormReference } from "../../src/model/kernels/layer-norm.ts";
import { tokenLogProbsBackwardReference, tokenLogProbsReference } from "../../src/model/kernels/token-log-probs.ts";
import { noSums, surrogateLoss } from "../../src/model/losses.ts";
import { initialParameters, parameterLayout, type ParameterLayout } from "../../src/model/parameters.ts";
import { rotaryTable, rotaryTensors, type RotaryTensors } from "../../src/model/rotary.ts";
import { sequenceBatch } from "../../src/model/sequence-batch.ts";
import type { PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import type { KernelName } from "../../src/model/webgpu/update/update-steps.ts";

/** Fields by name, [rows, size of the field] each. */
export type Fields = Record<string, Float32Array>;

/** What the loss is in the check: everything on. */
export const CHECKED_LOSS: LossConfig = {
  ...{ clipLow: 0.1, clipHigh: 0.2, dualClip: 1.5, minTokenLogProb: -3, maskScope: "response" },
  ...{ klCoefficient: 0.2, entropyCoefficient: 0.1, temperature: 0.8 },
};

const EPSILON = 1e-5;

/** The reference of a model on some rows. */
export class KernelReference {
  readonly config: ModelConfig;
  readonly layout: ParameterLayout;
  readonly rows: readonly PlanRow[];
  readonly parameters: Float32Array;
  /** Slopes of all weights but lookups, flat, once {@link KernelReference.after} was asked for them. */
  readonly gradient: Float32Array;
  readonly lookups: Float32Array[] = [];
  readonly sums = noSums();
  readonly #rotary: RotaryTensors;
  readonly #starts: number[];
  /** Position of each prediction, and its token. */
  readonly #places: Int32Array;
  readonly #targets: Int32Array;
  /** Projections before turning, by layer; attention's trace by layer and row. */
  readonly #unturned: tf.Tensor2D[] = [];
  readonly #traces: tf.Tensor[][][] = [];

  constructor(config: ModelConfig, rows: readonly PlanRow[]) {
    this.config = config;
    this.layout = parameterLayout(config);
    this.rows = rows;
    const random = Random.fromSeed(4);
    this.parameters = initialParameters(this.layout, random).map((value) => value + 0.4 * (random.uniform() - 0.5));
    this.gradient = new Float32Array(this.layout.size);
    this.#rotary = rotaryTensors(rotaryTable(config.contextLength, config.width / config.heads));
    let start = 0;
    this.#starts = rows.map(({ positions }) => (start += positions.at(-1)!) - positions.at(-1)!);
    this.#places = Int32Array.from(rows.flatMap((row, r) => row.positions.map((at) => this.#starts[r]! + at - 1)));
    this.#targets = Int32Array.from(rows.flatMap((row) => row.positions.map((at) => row.tokens[at]!)));
  }

  /** Fields that a kernel writes, from all fields before it. */
  after(kernel: KernelName, layer: number, before: Fields): Fields {
    const { width } = this.config;
    const field = (name: string, columns: number): tf.Tensor2D =>
      tf.tensor2d(before[name]!, [before[name]!.length / columns, columns]);
    const of = (name: string): string => `${name}/${layer}`;
    switch (kernel) {
      case "embed":
        return this.#embed();
      case "projection":
        return this.#projection(layer, field(of("norm1"), width));
      case "attention":
        return this.#attention(layer);
      case "attentionOut":
        return this.#normed(
          tf.add(field(of("x"), width), tf.matMul(field(of("attended"), width), this.#matrix("attentionOut", layer))),
          ["mlpNorm", layer],
          [of("middle"), of("stats2"), of("norm2")],
        );
      case "mlpIn": {
        const product: tf.Tensor2D = tf.matMul(field(of("norm2"), width), this.#matrix("mlpIn", layer));
        const { output, preActivation } = biasGeluReference(product, this.#vector("mlpIn.bias", layer));
        return { [of("inner")]: data(preActivation), [of("activation")]: data(output) };
      }
      case "mlpOut":
        return this.#mlpOut(layer, field(of("activation"), 4 * width), field(of("middle"), width));
      case "logits":
        return { logits: data(tf.matMul(field("hidden", width), this.#weights("embedding.token"), false, true)) };
      case "tokenStatistics":
        return { picks: this.#picks(before["logits"]!) };
      case "loss":
        return { pulls: this.#pulls(before) };
      default:
        return this.#afterBackward(kernel, layer, { before, field, of });
    }
  }

  #afterBackward(
    kernel: KernelName,
    layer: number,
    from: { before: Fields; field: (name: string, columns: number) => tf.Tensor2D; of: (name: string) => string },
  ): Fields {
    const { width, layers } = this.config;
    const { before, field, of } = from;
    const next = `slopeX/${layer + 1}`;
    switch (kernel) {
      case "logitSlope":
        return { logits: this.#logitSlope(before) };
      case "headSlope": {
        const slope: tf.Tensor2D = tf.matMul(
          field("logits", this.config.vocabularySize),
          this.#weights("embedding.token"),
        );
        const x: tf.Tensor2D = tf.gather(field(`x/${layers}`, width), this.#places);
        const input = this.#throughNorm(slope, x, { norm: ["finalNorm", null], residual: tf.zerosLike(slope) });
        const all = before[`slopeX/${layers}`]!.slice();
        this.#places.forEach((place, p) => all.set(input.subarray(p * width, (p + 1) * width), place * width));
        return { slopeHidden: data(slope), [`slopeX/${layers}`]: all };
      }
      case "innerSlope": {
        const slope: tf.Tensor2D = tf.matMul(field(next, width), this.#matrix("mlpOut", layer), false, true);
        const { input, bias } = geluBackwardReference(slope, field(of("inner"), 4 * width));
        this.#setGradient(`layer${layer}.mlpIn.bias`, bias);
        return { [of("inner")]: data(input) };
      }
      case "middleSlope": {
        const slope: tf.Tensor2D = tf.matMul(field(of("inner"), 4 * width), this.#matrix("mlpIn", layer), false, true);
        const places = { norm: ["mlpNorm", layer] as const, residual: field(next, width) };
        const input = this.#throughNorm(slope, field(of("middle"), width), places);
        return { [of("slopeNorm2")]: data(slope), [of("slopeMiddle")]: input };
      }
      case "attendedSlope": {
        const slope: tf.Tensor2D = tf.matMul(
          field(of("slopeMiddle"), width),
          this.#matrix("attentionOut", layer),
          false,
          true,
        );
        const { heads } = this.config;
        const products = tf.reshape(tf.mul(slope, field(of("attended"), width)), [-1, heads, width / heads]);
        return { "slopeAttended/0": data(slope), [of("deltas")]: inFirstLane(data(tf.sum(products, 2))) };
      }
      case "attentionSlope":
        return { [of("slopeProjections")]: this.#attentionSlope(layer, field("slopeAttended/0", width)) };
      case "inputSlope": {
        const slopes = field(of("slopeProjections"), 3 * width);
        const slope: tf.Tensor2D = tf.matMul(slopes, this.#matrix("queryKeyValue", layer), false, true);
        const places = { norm: ["attentionNorm", layer] as const, residual: field(of("slopeMiddle"), width) };
        const input = this.#throughNorm(slope, field(of("x"), width), places);
        return { [of("slopeNorm1")]: data(slope), [of("slopeX")]: input };
      }
      case "weightSlope":
        this.#weightSlopes(field);
        return {};
      case "lookupSlope":
        for (const ids of this.#ids()) {
          const slopes = sumByRowReference(field("slopeX/0", width), ids, this.config.vocabularySize);
          this.lookups.push(data(slopes));
        }
        return {};
      default:
        return {};
    }
  }

  #embed(): Fields {
    const { width, layers } = this.config;
    const tables = ["token", "previous", "secondPrevious"].map((name) => this.#weights(`embedding.${name}`));
    const ids = this.#ids();
    const [a, b, c] = tables.map((table, i) => tf.gather(table, ids[i]!)) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const cleared = { [`slopeX/${layers}`]: new Float32Array(a.shape[0] * width) };
    const sum: tf.Tensor2D = tf.add(tf.add(a, b), c);
    return { ...this.#normed(sum, ["attentionNorm", 0], ["x/0", "stats1/0", "norm1/0"]), ...cleared };
  }

  #projection(layer: number, norm: tf.Tensor2D): Fields {
    const { width, heads } = this.config;
    const product: tf.Tensor2D = tf.matMul(norm, this.#matrix("queryKeyValue", layer));
    this.#unturned[layer] = product;
    const values = data(product);
    const { cos, sin, halfSize } = rotaryTable(this.config.contextLength, width / heads);
    this.#forEachPosition((row, position) => {
      for (let head = 0; head < 2 * heads; head++) {
        for (let i = 0; i < halfSize; i++) {
          const a = row * 3 * width + head * 2 * halfSize + i;
          const [x, y] = [values[a]!, values[a + halfSize]!];
          const [c, s] = [cos[position * halfSize + i]!, sin[position * halfSize + i]!];
          values[a] = x * c - y * s;
          values[a + halfSize] = x * s + y * c;
        }
      }
    });
    return { [`projections/${layer}`]: values };
  }

  #attention(layer: number): Fields {
    const { width, heads } = this.config;
    const [attended, logSums]: [number[], number[]] = [[], []];
    this.#traces[layer] = this.rows.map((row, r) => {
      const length = row.positions.at(-1)!;
      const own: tf.Tensor2D = tf.slice(this.#unturned[layer]!, [this.#starts[r]!, 0], [length, 3 * width]);
      const { output, saved } = attentionReference(own, this.#attentionShape(length));
      attended.push(...data(output));
      const [query, key, , weights] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const [q, k, w] = [data(query), data(key), data(weights)];
      const size = width / heads;
      // The weight of a position for itself is exp(its score − the log of the sum).
      for (let t = 0; t < length; t++) {
        for (let head = 0; head < heads; head++) {
          const at = (head * length + t) * size;
          let score = 0;
          for (let i = 0; i < size; i++) score += q[at + i]! * k[at + i]!;
          logSums.push(score / Math.sqrt(size) - Math.log(w[(head * length + t) * length + t]!));
        }
      }
      return [...saved];
    });
    return {
      [`attended/${layer}`]: Float32Array.from(attended),
      [`logSums/${layer}`]: inFirstLane(Float32Array.from(logSums)),
    };
  }

  #attentionSlope(layer: number, slope: tf.Tensor2D): Float32Array {
    const parts = this.rows.flatMap((row, r) => {
      const length = row.positions.at(-1)!;
      const own: tf.Tensor2D = tf.slice(slope, [this.#starts[r]!, 0], [length, this.config.width]);
      return [...data(attentionBackwardReference(own, this.#traces[layer]![r]!, this.#attentionShape(length)))];
    });
    return Float32Array.from(parts);
  }

  #attentionShape(length: number) {
    const batch = sequenceBatch([new Array<number>(length).fill(0)], true);
    return { heads: this.config.heads, rotary: this.#rotary, batch };
  }

  #mlpOut(layer: number, activation: tf.Tensor2D, middle: tf.Tensor2D): Fields {
    const { layers } = this.config;
    const product = tf.matMul(activation, this.#matrix("mlpOut", layer));
    const x: tf.Tensor2D = tf.add(tf.add(middle, product), this.#vector("mlpOut.bias", layer));
    const isLast = layer === layers - 1;
    const norm = isLast ? (["finalNorm", null] as const) : (["attentionNorm", layer + 1] as const);
    const outputs = this.#normed(x, norm, [`x/${layer + 1}`, `stats1/${layer + 1}`, `norm1/${layer + 1}`]);
    if (!isLast) return outputs;
    const { [`norm1/${layer + 1}`]: normed, ...others } = outputs;
    const { width } = this.config;
    return { ...others, hidden: data(tf.gather(tf.tensor2d(normed!, [normed!.length / width, width]), this.#places)) };
  }

  #picks(logits: Float32Array): Float32Array {
    const { vocabularySize } = this.config;
    const { temperature } = CHECKED_LOSS;
    const targets = { tokens: this.#targets, temperature };
    const tensor = tf.tensor2d(logits, [this.#targets.length, vocabularySize]);
    const { picked, entropy } = tokenLogProbsReference(tensor, targets);
    const [logProbs, entropies] = [data(picked), data(entropy)];
    const picks = new Float32Array(4 * logProbs.length);
    logProbs.forEach((logProb, p) => {
      const shift = logits[p * vocabularySize + this.#targets[p]!]! / temperature - logProb;
      picks.set([shift, entropies[p]!, logProb, 0], 4 * p);
    });
    return picks;
  }

  #pulls({ picks, bases }: Fields): Float32Array {
    const count = this.#targets.length;
    const pulls = new Float32Array(4 * count);
    const lane = (from: Float32Array, i: number): Float32Array => from.filter((_, n) => n % 4 === i);
    let first = 0;
    for (const row of this.rows) {
      const end = first + row.positions.length;
      const slopes = { logProb: new Float32Array(end - first), entropy: new Float32Array(end - first) };
      const outcome = {
        logProbs: lane(picks!, 2).subarray(first, end),
        entropies: lane(picks!, 1).subarray(first, end),
        baseLogProbs: lane(bases!, 2).subarray(first, end),
      };
      surrogateLoss({ ...row, lossPositions: row.positions }, outcome, CHECKED_LOSS, { sums: this.sums, slopes });
      slopes.logProb.forEach((slope, i) => pulls.set([slope / count, slopes.entropy[i]! / count], 4 * (first + i)));
      first = end;
    }
    return pulls;
  }

  #logitSlope({ logits, pulls }: Fields): Float32Array {
    const targets = { tokens: this.#targets, temperature: CHECKED_LOSS.temperature };
    const tensor = tf.tensor2d(logits!, [this.#targets.length, this.config.vocabularySize]);
    const slopes = { logProb: pulls!.filter((_, i) => i % 4 === 0), entropy: pulls!.filter((_, i) => i % 4 === 1) };
    return data(tokenLogProbsBackwardReference(tokenLogProbsReference(tensor, targets), targets, slopes));
  }

  /** Also keeps the slopes of gain and bias. */
  #throughNorm(
    slope: tf.Tensor2D,
    x: tf.Tensor2D,
    { norm: [name, layer], residual }: { norm: readonly [string, number | null]; residual: tf.Tensor2D },
  ): Float32Array {
    const [gain, bias] = [this.#vector(`${name}.gain`, layer), this.#vector(`${name}.bias`, layer)];
    const slopes = layerNormBackwardReference(slope, layerNormReference(x, gain, bias).trace, gain, residual);
    const full = layer === null ? name : `layer${layer}.${name}`;
    this.#setGradient(`${full}.gain`, slopes.gain);
    this.#setGradient(`${full}.bias`, slopes.bias);
    return data(slopes.input);
  }

  #weightSlopes(field: (name: string, columns: number) => tf.Tensor2D): void {
    const { width, layers, vocabularySize } = this.config;
    for (let layer = 0; layer < layers; layer++) {
      const product = (weight: string, [x, inputs]: [string, number], [slope, outputs]: [string, number]): void =>
        this.#setGradient(`layer${layer}.${weight}`, tf.matMul(field(x, inputs), field(slope, outputs), true, false));
      product("queryKeyValue", [`norm1/${layer}`, width], [`slopeProjections/${layer}`, 3 * width]);
      product("attentionOut", [`attended/${layer}`, width], [`slopeMiddle/${layer}`, width]);
      product("mlpIn", [`norm2/${layer}`, width], [`inner/${layer}`, 4 * width]);
      product("mlpOut", [`activation/${layer}`, 4 * width], [`slopeX/${layer + 1}`, width]);
      this.#setGradient(`layer${layer}.mlpOut.bias`, tf.sum(field(`slopeX/${layer + 1}`, width), 0));
    }
    const head = tf.matMul(field("logits", vocabularySize), field("hidden", width), true, false);
    this.#setGradient("embedding.token", head);
  }

  /** Output, statistics and norm of x, under the given names. */
  #normed(
    x: tf.Tensor2D,
    [name, layer]: readonly [string, number | null],
    names: readonly [string, string, string],
  ): Fields {
    const { output } = layerNormReference(x, this.#vector(`${name}.gain`, layer), this.#vector(`${name}.bias`, layer));
    const mean = tf.mean(x, 1);
    const variance = tf.mean(tf.square(tf.sub(x, tf.expandDims(mean, 1))), 1);
    const zeros = tf.zerosLike(mean);
    const stats = tf.stack([mean, tf.rsqrt(tf.add(variance, EPSILON)), zeros, zeros], 1);
    return { [names[0]]: data(x), [names[1]]: data(stats), [names[2]]: data(output) };
  }

  #ids(): tf.Tensor1D[] {
    const used = this.rows.map(({ tokens, positions }) => tokens.slice(0, positions.at(-1)));
    const { tokens, previous, secondPrevious } = sequenceBatch(used, false);
    return [tokens, previous, secondPrevious].map((ids) => tf.tensor1d(ids, "int32"));
  }

  #forEachPosition(visit: (row: number, position: number) => void): void {
    this.rows.forEach(({ positions }, r) => {
      for (let position = 0; position < positions.at(-1)!; position++) visit(this.#starts[r]! + position, position);
    });
  }

  #setGradient(name: string, slope: tf.Tensor): void {
    this.gradient.set(data(slope), this.layout.specs.find((spec) => spec.name === name)!.offset);
  }

  #weights(name: string): tf.Tensor2D {
    const { shape, offset, size } = this.layout.specs.find((spec) => spec.name === name)!;
    return tf.tensor(this.parameters.slice(offset, offset + size), shape as [number, number]);
  }

  #matrix(part: string, layer: number): tf.Tensor2D {
    return this.#weights(`layer${layer}.${part}`);
  }

  #vector(part: string, layer: number | null): tf.Tensor1D {
    return this.#weights(layer === null ? part : `layer${layer}.${part}`) as tf.Tensor as tf.Tensor1D;
  }
}

function data(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

/** Each number in a unit of its own. */
function inFirstLane(values: Float32Array): Float32Array {
  const spread = new Float32Array(4 * values.length);
  values.forEach((value, i) => (spread[4 * i] = value));
  return spread;
}
