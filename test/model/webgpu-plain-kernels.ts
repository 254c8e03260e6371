/**
 * @file What each kernel of the update plan computes, in plain ops: the reference of the parity check, and what the
 * benchmark times beside a kernel. The type makes a kernel without an entry an error.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../../src/core/policy/policy.ts";
import { attentionBackwardReference, attentionReference } from "../../src/model/attention.ts";
import { sumByRowReference, type Triple } from "../../src/model/kernels/embedding.ts";
import { biasGeluReference, geluBackwardReference } from "../../src/model/kernels/gelu.ts";
import { layerNormBackwardReference, layerNormReference } from "../../src/model/kernels/layer-norm.ts";
import {
  tokenLogProbsBackwardReference,
  tokenLogProbsReference,
  type Targets,
  type TokenSlopes,
} from "../../src/model/kernels/token-log-probs.ts";
import type { ParameterLayout } from "../../src/model/parameters.ts";
import { rotaryTable, rotaryTensors, type RotaryTensors } from "../../src/model/rotary.ts";
import { sequenceBatch, type SequenceBatch } from "../../src/model/sequence-batch.ts";
import type { PlanRow } from "../../src/model/webgpu/update/update-inputs.ts";
import type { KernelName } from "../../src/model/webgpu/update/update-steps.ts";

/** By name of the field ("x/0"), of the weight whose slope it is, or of what has no place in the arena. */
export type PlainOutputs = Record<string, tf.Tensor>;

/** What a call computes from. */
export interface PlainCall {
  /** A field of the arena as it was before, [rows, size of the field]; "unturned/0": projections before turning. */
  readonly field: (name: string) => tf.Tensor2D;
  /** What an earlier kernel has left. */
  readonly kept: <Value>(name: string, compute: () => Value) => Value;
  /** Slopes of each prediction's log-prob and entropy. */
  readonly pulls: () => TokenSlopes;
}

type PlainKernel = (model: PlainModel, call: PlainCall, layer: number) => PlainOutputs;

/** Rows of one length, one after another. */
interface RowGroup {
  readonly start: number;
  readonly batch: SequenceBatch;
}

/** Weights and rows as tensors, on the current backend. */
export class PlainModel {
  readonly config: ModelConfig;
  readonly ids: Triple<tf.Tensor1D>;
  /** Position of each prediction. */
  readonly places: tf.Tensor1D;
  readonly targets: Targets;
  readonly positions: number;
  readonly groups: readonly RowGroup[];
  readonly #rotary: RotaryTensors;
  readonly #weights: ReadonlyMap<string, tf.Tensor>;

  constructor(
    config: ModelConfig,
    rows: readonly PlanRow[],
    weights: { readonly layout: ParameterLayout; readonly parameters: Float32Array; readonly temperature: number },
  ) {
    const { layout, parameters, temperature } = weights;
    this.config = config;
    this.#rotary = rotaryTensors(rotaryTable(config.contextLength, config.width / config.heads));
    this.#weights = new Map(
      layout.specs.map(({ name, shape, offset, size }) => [
        name,
        tf.tensor(parameters.slice(offset, offset + size), [...shape]),
      ]),
    );
    const lengths = rows.map(({ positions }) => positions.at(-1)!);
    const { tokens, previous, secondPrevious } = sequenceBatch(
      rows.map((row, r) => row.tokens.slice(0, lengths[r])),
      false,
    );
    const ids = (values: Int32Array): tf.Tensor1D => tf.tensor1d(values, "int32");
    this.ids = [ids(tokens), ids(previous), ids(secondPrevious)];
    this.groups = groupsOf(lengths);
    this.positions = tokens.length;
    let start = 0;
    const starts = lengths.map((length) => (start += length) - length);
    this.places = ids(Int32Array.from(rows.flatMap((row, r) => row.positions.map((at) => starts[r]! + at - 1))));
    this.targets = {
      tokens: Int32Array.from(rows.flatMap((row) => row.positions.map((at) => row.tokens[at]!))),
      temperature,
    };
  }

  weights(name: string): tf.Tensor2D {
    return this.#weights.get(name) as tf.Tensor2D;
  }

  matrix(part: string, layer: number): tf.Tensor2D {
    return this.weights(`layer${layer}.${part}`);
  }

  vector(name: string): tf.Tensor1D {
    return this.#weights.get(name) as tf.Tensor1D;
  }

  /** Output and, by group, what the backward pass needs. */
  attend(projections: tf.Tensor2D): { readonly output: tf.Tensor2D; readonly saved: (readonly tf.Tensor[])[] } {
    const parts = this.#eachGroup(projections, (own, shape) => attentionReference(own, shape));
    return { output: joined(parts.map(({ output }) => output)), saved: parts.map(({ saved }) => saved) };
  }

  attendBack(slope: tf.Tensor2D, saved: readonly (readonly tf.Tensor[])[]): tf.Tensor2D {
    return joined(this.#eachGroup(slope, (own, shape, i) => attentionBackwardReference(own, saved[i]!, shape)));
  }

  #eachGroup<Result>(
    x: tf.Tensor2D,
    visit: (own: tf.Tensor2D, shape: Parameters<typeof attentionReference>[1], group: number) => Result,
  ): Result[] {
    return this.groups.map(({ start, batch }, i) => {
      const shape = { heads: this.config.heads, rotary: this.#rotary, batch };
      const isAll = this.groups.length === 1;
      return visit(isAll ? x : tf.slice(x, [start, 0], [batch.tokens.length, x.shape[1]]), shape, i);
    });
  }
}

/** Plain ops want rows of one length. */
function groupsOf(lengths: readonly number[]): RowGroup[] {
  const counts: { length: number; count: number }[] = [];
  for (const length of lengths) {
    const last = counts.at(-1);
    if (last?.length === length) last.count += 1;
    else counts.push({ length, count: 1 });
  }
  let start = 0;
  return counts.map(({ length, count }) => {
    const rows = Array.from({ length: count }, () => new Array<number>(length).fill(0));
    const group = { start, batch: sequenceBatch(rows, true) };
    start += length * count;
    return group;
  });
}

function joined(parts: readonly tf.Tensor2D[]): tf.Tensor2D {
  return parts.length === 1 ? parts[0]! : tf.concat2d([...parts], 0);
}

/** LayerNorm by the full name of its weights. */
function norm(model: PlainModel, x: tf.Tensor2D, name: string) {
  return layerNormReference(x, model.vector(`${name}.gain`), model.vector(`${name}.bias`));
}

/** Slopes through a LayerNorm of a field: of its input, and of gain and bias by name. */
function throughNorm(
  { model, call }: { readonly model: PlainModel; readonly call: PlainCall },
  slope: tf.Tensor2D,
  { name, x, residual }: { readonly name: string; readonly x: () => tf.Tensor2D; readonly residual: tf.Tensor2D },
): { readonly input: tf.Tensor2D; readonly weights: PlainOutputs } {
  const trace = call.kept(`trace of ${name}`, () => norm(model, x(), name).trace);
  const { input, gain, bias } = layerNormBackwardReference(slope, trace, model.vector(`${name}.gain`), residual);
  return { input, weights: { [`${name}.gain`]: gain, [`${name}.bias`]: bias } };
}

/** The kernels; null where the host computes what has no plain ops (see `losses.ts` and `optimizer.ts`). */
export const PLAIN_KERNELS: Readonly<Record<KernelName, PlainKernel | null>> = {
  embed: (model) => {
    const names = ["token", "previous", "secondPrevious"].map((name) => `embedding.${name}`);
    const [a, b, c] = names.map((name, i) => tf.gather(model.weights(name), model.ids[i]!)) as [
      ...[tf.Tensor2D, tf.Tensor2D, tf.Tensor2D],
    ];
    const x: tf.Tensor2D = tf.add(tf.add(a, b), c);
    return { "x/0": x, "norm1/0": norm(model, x, "layer0.attentionNorm").output };
  },
  projection: (model, { field }, layer) => ({
    [`projections/${layer}`]: tf.matMul(field(`norm1/${layer}`), model.matrix("queryKeyValue", layer)),
  }),
  // With the turning, which the kernel before does on the device.
  attention: (model, { field }, layer) => ({
    [`attended/${layer}`]: model.attend(field(`unturned/${layer}`)).output,
  }),
  attentionOut: (model, { field }, layer) => {
    const product = tf.matMul(field(`attended/${layer}`), model.matrix("attentionOut", layer));
    const middle: tf.Tensor2D = tf.add(field(`x/${layer}`), product);
    const { output } = norm(model, middle, `layer${layer}.mlpNorm`);
    return { [`middle/${layer}`]: middle, [`norm2/${layer}`]: output };
  },
  mlpIn: (model, { field }, layer) => {
    const product: tf.Tensor2D = tf.matMul(field(`norm2/${layer}`), model.matrix("mlpIn", layer));
    const { output, preActivation } = biasGeluReference(product, model.vector(`layer${layer}.mlpIn.bias`));
    return { [`inner/${layer}`]: preActivation, [`activation/${layer}`]: output };
  },
  mlpOut: (model, { field }, layer) => {
    const product = tf.matMul(field(`activation/${layer}`), model.matrix("mlpOut", layer));
    const bias = model.vector(`layer${layer}.mlpOut.bias`);
    const x: tf.Tensor2D = tf.add(tf.add(field(`middle/${layer}`), product), bias);
    const next = layer + 1;
    if (next < model.config.layers) {
      return { [`x/${next}`]: x, [`norm1/${next}`]: norm(model, x, `layer${next}.attentionNorm`).output };
    }
    return { [`x/${next}`]: x, hidden: norm(model, tf.gather(x, model.places), "finalNorm").output };
  },
  logits: (model, { field }) => ({
    logits: tf.matMul(field("hidden"), model.weights("embedding.token"), false, true),
  }),
  tokenStatistics: (model, { field }) => {
    const { picked, entropy } = tokenLogProbsReference(field("logits"), model.targets);
    return { picked, entropy };
  },
  loss: null,
  logitSlope: (model, { field, kept, pulls }) => {
    const said = kept("said", () => tokenLogProbsReference(field("logits"), model.targets));
    return { logits: tokenLogProbsBackwardReference(said, model.targets, pulls()) };
  },
  headSlope: (model, call) => {
    const { layers } = model.config;
    const slope: tf.Tensor2D = tf.matMul(call.field("logits"), model.weights("embedding.token"));
    const x = (): tf.Tensor2D => tf.gather(call.field(`x/${layers}`), model.places);
    const place = { name: "finalNorm", x, residual: tf.zerosLike(slope) };
    const { input, weights } = throughNorm({ model, call }, slope, place);
    return {
      slopeHidden: slope,
      [`slopeX/${layers}`]: sumByRowReference(input, model.places, model.positions),
      ...weights,
    };
  },
  innerSlope: (model, { field }, layer) => {
    const slope: tf.Tensor2D = tf.matMul(field(`slopeX/${layer + 1}`), model.matrix("mlpOut", layer), false, true);
    const { input, bias } = geluBackwardReference(slope, field(`inner/${layer}`));
    return { [`inner/${layer}`]: input, [`layer${layer}.mlpIn.bias`]: bias };
  },
  middleSlope: (model, call, layer) => {
    const slope: tf.Tensor2D = tf.matMul(call.field(`inner/${layer}`), model.matrix("mlpIn", layer), false, true);
    const x = (): tf.Tensor2D => call.field(`middle/${layer}`);
    const place = { name: `layer${layer}.mlpNorm`, x, residual: call.field(`slopeX/${layer + 1}`) };
    const { input, weights } = throughNorm({ model, call }, slope, place);
    return { [`slopeNorm2/${layer}`]: slope, [`slopeMiddle/${layer}`]: input, ...weights };
  },
  attendedSlope: (model, { field }, layer) => {
    const slope = tf.matMul(field(`slopeMiddle/${layer}`), model.matrix("attentionOut", layer), false, true);
    return { "slopeAttended/0": slope };
  },
  attentionSlope: (model, { field, kept }, layer) => {
    const saved = kept(`attention/${layer}`, () => model.attend(field(`unturned/${layer}`)).saved);
    return { [`slopeProjections/${layer}`]: model.attendBack(field("slopeAttended/0"), saved) };
  },
  inputSlope: (model, call, layer) => {
    const slopes = call.field(`slopeProjections/${layer}`);
    const slope: tf.Tensor2D = tf.matMul(slopes, model.matrix("queryKeyValue", layer), false, true);
    const x = (): tf.Tensor2D => call.field(`x/${layer}`);
    const place = { name: `layer${layer}.attentionNorm`, x, residual: call.field(`slopeMiddle/${layer}`) };
    const { input, weights } = throughNorm({ model, call }, slope, place);
    return { [`slopeNorm1/${layer}`]: slope, [`slopeX/${layer}`]: input, ...weights };
  },
  weightSlope: (model, { field }) => {
    const outputs: PlainOutputs = {};
    for (let layer = 0; layer < model.config.layers; layer++) {
      const product = (weight: string, x: string, slope: string): void => {
        outputs[`layer${layer}.${weight}`] = tf.matMul(field(x), field(slope), true, false);
      };
      product("queryKeyValue", `norm1/${layer}`, `slopeProjections/${layer}`);
      product("attentionOut", `attended/${layer}`, `slopeMiddle/${layer}`);
      product("mlpIn", `norm2/${layer}`, `inner/${layer}`);
      product("mlpOut", `activation/${layer}`, `slopeX/${layer + 1}`);
      outputs[`layer${layer}.mlpOut.bias`] = tf.sum(field(`slopeX/${layer + 1}`), 0);
    }
    return { ...outputs, "embedding.token": tf.matMul(field("logits"), field("hidden"), true, false) };
  },
  lookupSlope: (model, { field }) => {
    const slope = field("slopeX/0");
    const { vocabularySize } = model.config;
    return Object.fromEntries(
      model.ids.map((ids, i) => [`lookup/${i}`, sumByRowReference(slope, ids, vocabularySize)]),
    );
  },
  gradientSum: null,
  adamW: null,
};
