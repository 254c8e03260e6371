/**
 * @file What every kernel of the update plan should leave in the arena: what plain ops compute, as the device lays it out,
 * and what it writes besides. Fields are named "field/layer", fields of predictions by their name.
 */
import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../src/core/base/random.ts";
import type { LossConfig, ModelConfig } from "../../src/core/policy/policy.ts";
import type { TokenSlopes } from "../../src/model/kernels/token-log-probs.ts";
import { noSums, surrogateLoss } from "../../src/model/losses.ts";
import { initialParameters, parameterLayout, type ParameterLayout } from "../../src/model/parameters.ts";
import { rotaryTable } from "../../src/model/rotary.ts";
import type { PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import { LANES, updateShape, type UpdateShape } from "../../src/model/webgpu/update/update-shape.ts";
import type { KernelName } from "../../src/model/webgpu/update/update-steps.ts";
import { PLAIN_KERNELS, type PlainCall, PlainModel, type PlainOutputs } from "./webgpu-plain-kernels.ts";

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
  readonly shape: UpdateShape;
  /** Slopes of all weights but lookups, flat, once {@link KernelReference.after} was asked for them. */
  readonly gradient: Float32Array;
  readonly lookups: Float32Array[] = [];
  readonly sums = noSums();
  readonly #model: PlainModel;
  /** Projections before turning, by layer. */
  readonly #unturned: tf.Tensor2D[] = [];

  /** @throws {Error} if the plan does not take the sizes */
  constructor(config: ModelConfig, rows: readonly PlanRow[]) {
    this.config = config;
    this.layout = parameterLayout(config);
    this.rows = rows;
    const random = Random.fromSeed(4);
    this.parameters = initialParameters(this.layout, random).map((value) => value + 0.4 * (random.uniform() - 0.5));
    const shape = updateShape(this.layout, config);
    if (typeof shape === "string") throw new Error(shape);
    this.shape = shape;
    this.gradient = new Float32Array(this.layout.size);
    const { temperature } = CHECKED_LOSS;
    this.#model = new PlainModel(config, rows, { layout: this.layout, parameters: this.parameters, temperature });
  }

  /** Fields that a kernel writes, from all fields before it. */
  after(kernel: KernelName, layer: number, before: Fields): Fields {
    const outputs = PLAIN_KERNELS[kernel]?.(this.#model, this.#callOn(before), layer) ?? {};
    const fields: Fields = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      if (this.shape.fields.has(fieldOf(name))) fields[name] = data(tensor);
      else if (name.startsWith("lookup/")) this.lookups.push(data(tensor));
      else this.#setGradient(name, tensor);
    }
    return { ...fields, ...this.#besides(kernel, layer, { before, outputs }) };
  }

  #callOn(before: Fields): PlainCall {
    return {
      field: (name) => {
        if (fieldOf(name) === "unturned") return this.#unturned[Number(name.split("/")[1])]!;
        const columns = this.shape.fields.get(fieldOf(name))!.size * LANES;
        return tf.tensor2d(before[name]!, [before[name]!.length / columns, columns]);
      },
      kept: (_, compute) => compute(),
      pulls: () => pullsOf(before["pulls"]!),
    };
  }

  /** What the device writes that plain ops have no use for, or otherwise. */
  #besides(kernel: KernelName, layer: number, given: { before: Fields; outputs: PlainOutputs }): Fields {
    const { before, outputs } = given;
    const output = (name: string): tf.Tensor2D => outputs[name] as tf.Tensor2D;
    const { layers } = this.config;
    switch (kernel) {
      case "embed": {
        const cleared = { [`slopeX/${layers}`]: new Float32Array(output("x/0").size) };
        return { "stats1/0": statistics(output("x/0")), ...cleared };
      }
      case "projection":
        this.#unturned[layer] = output(`projections/${layer}`);
        return { [`projections/${layer}`]: this.#turned(data(this.#unturned[layer])) };
      case "attention":
        return { [`logSums/${layer}`]: inFirstLane(this.#logSums(this.#unturned[layer]!)) };
      case "attentionOut":
        return { [`stats2/${layer}`]: statistics(output(`middle/${layer}`)) };
      case "mlpOut":
        return { [`stats1/${layer + 1}`]: statistics(output(`x/${layer + 1}`)) };
      case "tokenStatistics":
        return { picks: this.#picks(before["logits"]!, data(output("picked")), data(output("entropy"))) };
      case "loss":
        return { pulls: this.#pulls(before) };
      case "attendedSlope":
        return { [`deltas/${layer}`]: this.#deltas(output("slopeAttended/0"), before[`attended/${layer}`]!) };
      default:
        return {};
    }
  }

  #turned(values: Float32Array): Float32Array {
    const { width, heads, contextLength } = this.config;
    const { cos, sin, halfSize } = rotaryTable(contextLength, width / heads);
    let row = 0;
    for (const { positions } of this.rows) {
      for (let position = 0; position < positions.at(-1)!; position++, row++) {
        for (let head = 0; head < 2 * heads; head++) {
          for (let i = 0; i < halfSize; i++) {
            const a = row * 3 * width + head * 2 * halfSize + i;
            const [x, y] = [values[a]!, values[a + halfSize]!];
            const [c, s] = [cos[position * halfSize + i]!, sin[position * halfSize + i]!];
            values[a] = x * c - y * s;
            values[a + halfSize] = x * s + y * c;
          }
        }
      }
    }
    return values;
  }

  /** The weight of a position for itself is exp(its score − the log of the sum). */
  #logSums(projections: tf.Tensor2D): Float32Array {
    const logSums: number[] = [];
    for (const saved of this.#model.attend(projections).saved) {
      const [query, key, , weights] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const [rows, heads, length, size] = query.shape;
      const [q, k, w] = [data(query), data(key), data(weights)];
      for (let row = 0; row < rows; row++) {
        for (let t = 0; t < length; t++) {
          for (let head = 0; head < heads; head++) {
            const at = (row * heads + head) * length + t;
            let score = 0;
            for (let i = 0; i < size; i++) score += q[at * size + i]! * k[at * size + i]!;
            logSums.push(score / Math.sqrt(size) - Math.log(w[at * length + t]!));
          }
        }
      }
    }
    return Float32Array.from(logSums);
  }

  #deltas(slope: tf.Tensor2D, attended: Float32Array): Float32Array {
    const { heads, width } = this.config;
    const products = tf.reshape(tf.mul(slope, tf.tensor2d(attended, slope.shape)), [-1, heads, width / heads]);
    return inFirstLane(data(tf.sum(products, 2)));
  }

  #picks(logits: Float32Array, logProbs: Float32Array, entropies: Float32Array): Float32Array {
    const { vocabularySize } = this.config;
    const { tokens, temperature } = this.#model.targets;
    const picks = new Float32Array(4 * logProbs.length);
    logProbs.forEach((logProb, p) => {
      const shift = logits[p * vocabularySize + tokens[p]!]! / temperature - logProb;
      picks.set([shift, entropies[p]!, logProb, 0], 4 * p);
    });
    return picks;
  }

  #pulls({ picks, bases }: Fields): Float32Array {
    const count = this.#model.targets.tokens.length;
    const pulls = new Float32Array(4 * count);
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

  #setGradient(name: string, slope: tf.Tensor): void {
    const spec = this.layout.specs.find((each) => each.name === name);
    if (spec !== undefined) this.gradient.set(data(slope), spec.offset);
  }
}

function fieldOf(name: string): string {
  return name.split("/")[0]!;
}

/** Mean and 1/std of each row, in a unit. */
function statistics(x: tf.Tensor2D): Float32Array {
  const mean = tf.mean(x, 1);
  const variance = tf.mean(tf.square(tf.sub(x, tf.expandDims(mean, 1))), 1);
  const zeros = tf.zerosLike(mean);
  return data(tf.stack([mean, tf.rsqrt(tf.add(variance, EPSILON)), zeros, zeros], 1));
}

function lane(units: Float32Array, which: number): Float32Array {
  return units.filter((_, i) => i % LANES === which);
}

function pullsOf(pulls: Float32Array): TokenSlopes {
  return { logProb: lane(pulls, 0), entropy: lane(pulls, 1) };
}

function data(tensor: tf.Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

/** Each number in a unit of its own. */
function inFirstLane(values: Float32Array): Float32Array {
  const spread = new Float32Array(LANES * values.length);
  values.forEach((value, i) => (spread[LANES * i] = value));
  return spread;
}
