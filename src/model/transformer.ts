/**
 * @file The transformer over whole sequences: forward pass with a trace, and the backward pass written out by hand.
 * Deviations from the textbook: the embeddings of the previous two tokens are added to the input (they speed up
 * learning to copy); GELU in its sigmoid form; the head is the token embedding. Gradients are not left to tfjs' tape,
 * because the loss is a function of log-probabilities that are read to the host between the two passes.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../core/policy/policy.ts";
import { attention, attentionBackward } from "./attention.ts";
import type { DeviceWeights, LayerWeights } from "./device-weights.ts";
import { rowsOf, sumByRow, sumOfRows, type Triple } from "./kernels/embedding.ts";
import { biasGelu, geluBackward } from "./kernels/gelu.ts";
import { layerNorm, layerNormBackward, type LayerNormTrace } from "./kernels/layer-norm.ts";
import { biasSlope, inputSlope, linear, weightSlope } from "./kernels/linear.ts";
import {
  tokenLogProbs,
  tokenLogProbsBackward,
  type Targets,
  type TokenLogProbs,
  type TokenSlopes,
} from "./kernels/token-log-probs.ts";
import type { RotaryTensors } from "./rotary.ts";
import type { SequenceBatch } from "./sequence-batch.ts";
import { tidy } from "./tidy.ts";
import type { AttentionShape } from "./wasm/attention.ts";

/** The fixed parts of a model on a device. */
export interface Transformer {
  readonly config: ModelConfig;
  readonly rotary: RotaryTensors;
}

interface LayerTrace {
  readonly attentionNorm: LayerNormTrace;
  readonly attentionInput: tf.Tensor2D;
  readonly attention: readonly tf.Tensor[];
  readonly attended: tf.Tensor2D;
  readonly mlpNorm: LayerNormTrace;
  readonly mlpInput: tf.Tensor2D;
  readonly preActivation: tf.Tensor2D;
  readonly activation: tf.Tensor2D;
}

interface HeadTrace {
  /** Position of each prediction. */
  readonly positions: tf.Tensor1D;
  readonly norm: LayerNormTrace;
  readonly hidden: tf.Tensor2D;
}

/** Everything a forward pass leaves for its backward pass. Dispose with `disposeAll`. */
export interface ForwardTrace {
  readonly ids: Triple<tf.Tensor1D>;
  readonly layers: readonly LayerTrace[];
  readonly head: HeadTrace;
  readonly predictions: TokenLogProbs;
}

/** Positions of the batch that predict, and what: [predictions] each. A position predicts at most one token. */
export interface Predictions extends Targets {
  readonly positions: Int32Array;
}

/** Log-probs of the targets and everything the backward pass needs. */
export function forward(
  model: Transformer,
  weights: DeviceWeights,
  batch: SequenceBatch,
  predictions: Predictions,
): ForwardTrace {
  return tidy(() => {
    const layers: LayerTrace[] = [];
    const ids = idTensors(batch);
    const shape = { ...model, heads: model.config.heads, batch };
    let x = sumOfRows(weights.embeddings, ids);
    for (const layer of weights.layers) {
      const { output, trace } = layerForward(layer, x, shape);
      layers.push(trace);
      x = output;
    }
    const { head, logits } = headForward(weights, x, predictions.positions);
    return { ids, layers, head, predictions: tokenLogProbs(logits, predictions) };
  });
}

/** Logits after the given positions without a trace, [positions, vocabulary]. The caller disposes them. */
export function positionLogits(
  model: Transformer,
  weights: DeviceWeights,
  batch: SequenceBatch,
  positions: Int32Array,
): tf.Tensor2D {
  return tidy(() => {
    const shape = { ...model, heads: model.config.heads, batch };
    let x = sumOfRows(weights.embeddings, idTensors(batch));
    for (const layer of weights.layers) x = tidy(() => layerForward(layer, x, shape).output);
    return headForward(weights, x, positions).logits;
  });
}

function idTensors(batch: SequenceBatch): Triple<tf.Tensor1D> {
  const { tokens, previous, secondPrevious } = batch;
  return [tf.tensor1d(tokens, "int32"), tf.tensor1d(previous, "int32"), tf.tensor1d(secondPrevious, "int32")];
}

function layerForward(
  layer: LayerWeights,
  x: tf.Tensor2D,
  shape: AttentionShape,
): { readonly output: tf.Tensor2D; readonly trace: LayerTrace } {
  return tidy(() => {
    const norm1 = layerNorm(x, layer.attentionNormGain, layer.attentionNormBias);
    const attended = attention(linear(norm1.output, layer.queryKeyValue), shape);
    const middle = linear(attended.output, layer.attentionOut, { residual: x });
    const norm2 = layerNorm(middle, layer.mlpNormGain, layer.mlpNormBias);
    const { output: activation, preActivation } = biasGelu(linear(norm2.output, layer.mlpIn), layer.mlpInBias);
    const output = linear(activation, layer.mlpOut, { residual: middle, bias: layer.mlpOutBias });
    const trace = {
      attentionNorm: norm1.trace,
      attentionInput: norm1.output,
      attention: attended.saved,
      attended: attended.output,
      mlpNorm: norm2.trace,
      mlpInput: norm2.output,
      preActivation,
      activation,
    };
    return { output, trace };
  });
}

function headForward(
  weights: DeviceWeights,
  x: tf.Tensor2D,
  predicting: Int32Array,
): { readonly head: HeadTrace; readonly logits: tf.Tensor2D } {
  const positions = tf.tensor1d(predicting, "int32");
  const { output: hidden, trace: norm } = layerNorm(rowsOf(x, positions), weights.finalNormGain, weights.finalNormBias);
  return { head: { positions, norm, hidden }, logits: linear(hidden, weights.head) };
}

/** Inputs of a backward pass. */
export interface BackwardInput {
  readonly batch: SequenceBatch;
  readonly predictions: Predictions;
  readonly trace: ForwardTrace;
  /** Slope of the loss in each prediction's log-prob and entropy. */
  readonly slopes: TokenSlopes;
}

/**
 * Gradients of all weights, in the order of the layout.
 *
 * @returns one flat array on the device; the caller disposes it
 */
export function backward(
  model: Transformer,
  weights: DeviceWeights,
  { batch, predictions, trace, slopes }: BackwardInput,
): tf.Tensor1D {
  return tidy(() => {
    const { vocabularySize, heads } = model.config;
    const shape = { ...model, heads, batch };
    const slopeLogits = tokenLogProbsBackward(trace.predictions, predictions, slopes);
    const head = headBackward(weights, trace.head, slopeLogits);
    let slope = sumByRow(head.input, trace.head.positions, batch.tokens.length);
    const layerGradients: tf.Tensor[][] = [];
    for (let i = weights.layers.length - 1; i >= 0; i--) {
      const { input, gradients } = layerBackward(weights.layers[i]!, trace.layers[i]!, slope, shape);
      layerGradients.unshift(gradients);
      slope = input;
    }
    const [token, previous, secondPrevious] = trace.ids.map((ids) => sumByRow(slope, ids, vocabularySize));
    const embeddings = [tf.add(token!, head.embedding), previous!, secondPrevious!];
    const all = [...embeddings, ...layerGradients.flat(), head.gain, head.bias];
    return tf.concat1d(all.map((gradient): tf.Tensor1D => tf.reshape(gradient, [-1])));
  });
}

function headBackward(weights: DeviceWeights, trace: HeadTrace, slopeLogits: tf.Tensor2D) {
  const slopeHidden = linear(slopeLogits, weights.embeddings[0]);
  const embedding = weightSlope(slopeLogits, trace.hidden);
  const nothing = tf.zerosLike(slopeHidden);
  return { embedding, ...layerNormBackward(slopeHidden, trace.norm, weights.finalNormGain, nothing) };
}

function layerBackward(
  layer: LayerWeights,
  trace: LayerTrace,
  slope: tf.Tensor2D,
  shape: AttentionShape,
): { readonly input: tf.Tensor2D; readonly gradients: tf.Tensor[] } {
  return tidy(() => {
    const mlpOut = weightSlope(trace.activation, slope);
    const inner = geluBackward(inputSlope(slope, layer.mlpOut), trace.preActivation);
    const mlpIn = weightSlope(trace.mlpInput, inner.input);
    const norm2 = layerNormBackward(inputSlope(inner.input, layer.mlpIn), trace.mlpNorm, layer.mlpNormGain, slope);

    const attentionOut = weightSlope(trace.attended, norm2.input);
    const slopeProjections = attentionBackward(inputSlope(norm2.input, layer.attentionOut), trace.attention, shape);
    const queryKeyValue = weightSlope(trace.attentionInput, slopeProjections);
    const slopeNorm1 = inputSlope(slopeProjections, layer.queryKeyValue);
    const norm1 = layerNormBackward(slopeNorm1, trace.attentionNorm, layer.attentionNormGain, norm2.input);
    const gradients = [
      ...[norm1.gain, norm1.bias, queryKeyValue, attentionOut],
      ...[norm2.gain, norm2.bias, mlpIn, inner.bias, mlpOut, biasSlope(slope)],
    ];
    return { input: norm1.input, gradients };
  });
}
