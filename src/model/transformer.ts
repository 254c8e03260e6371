/**
 * @file The transformer over whole sequences: forward pass with a trace, and the backward pass written out by hand.
 * Deviations from the textbook: the embeddings of the previous two tokens are added to the input (they speed up
 * learning to copy); GELU in its sigmoid form; the head is the token embedding. Gradients are not left to tfjs' tape,
 * because the loss is a function of log-probabilities that are read to the host between the two passes.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../core/policy/policy.ts";
import { attention, attentionBackward, type AttentionTrace } from "./attention.ts";
import type { DeviceWeights, LayerWeights } from "./device-weights.ts";
import { tableGradient } from "./kernels/embedding.ts";
import { biasGelu, geluBackward } from "./kernels/gelu.ts";
import { layerNorm, layerNormBackward, type LayerNormTrace } from "./kernels/layer-norm.ts";
import { tokenLogProbs, tokenLogProbsBackward, type TokenLogProbs } from "./kernels/token-log-probs.ts";
import type { RotaryTensors } from "./rotary.ts";
import type { SequenceBatch } from "./sequence-batch.ts";
import { tidy } from "./tidy.ts";

/** The fixed parts of a model on a device. */
export interface Transformer {
  readonly config: ModelConfig;
  readonly rotary: RotaryTensors;
}

interface LayerTrace {
  readonly attentionNorm: LayerNormTrace;
  readonly attentionInput: tf.Tensor2D;
  readonly attention: AttentionTrace;
  readonly attended: tf.Tensor2D;
  readonly mlpNorm: LayerNormTrace;
  readonly mlpInput: tf.Tensor2D;
  readonly preActivation: tf.Tensor2D;
  readonly activation: tf.Tensor2D;
}

interface HeadTrace {
  /** For every position its row among the predictions, or the number of predictions if it predicts nothing. */
  readonly predictionOfPosition: tf.Tensor1D;
  readonly norm: LayerNormTrace;
  readonly hidden: tf.Tensor2D;
  readonly targets: tf.Tensor1D;
}

/** Everything a forward pass leaves for its backward pass. The caller disposes it with `tf.dispose`. */
export interface ForwardTrace {
  readonly ids: readonly [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  readonly layers: LayerTrace[];
  readonly head: HeadTrace;
  readonly predictions: TokenLogProbs;
}

/** Which positions predict which token: position index (of the batch) and target token, [predictions] each. */
export interface Predictions {
  readonly positions: Int32Array;
  readonly targets: Int32Array;
  readonly temperature: number;
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
    const { ids, x: embedded } = embed(weights, batch);
    let x = embedded;
    for (const layer of weights.layers) {
      const { output, trace } = layerForward(model, layer, x, batch);
      layers.push(trace);
      x = output;
    }
    const { head, logits } = headForward(weights, x, predictions);
    return { ids, layers, head, predictions: tokenLogProbs(logits, head.targets, predictions.temperature) };
  });
}

/** Logits of the given positions without a trace, [predictions, vocabulary]. The caller disposes them. */
export function positionLogits(
  model: Transformer,
  weights: DeviceWeights,
  batch: SequenceBatch,
  positions: Int32Array,
): tf.Tensor2D {
  return tidy(() => {
    let { x } = embed(weights, batch);
    for (const layer of weights.layers) x = layerForward(model, layer, x, batch).output;
    return headForward(weights, x, { positions, targets: new Int32Array(positions.length), temperature: 1 }).logits;
  });
}

/** Sum of the three embeddings of every position, [positions, width]. */
function embed(weights: DeviceWeights, batch: SequenceBatch): { ids: ForwardTrace["ids"]; x: tf.Tensor2D } {
  const ids = [batch.tokens, batch.previous, batch.secondPrevious].map((values) => tf.tensor1d(values, "int32"));
  return { ids: ids as unknown as ForwardTrace["ids"], x: sumOfEmbeddings(weights, ids) };
}

/** @param ids token, previous and second previous token, [positions] each */
export function sumOfEmbeddings(weights: DeviceWeights, ids: readonly tf.Tensor1D[]): tf.Tensor2D {
  const [token, previous, secondPrevious] = weights.embeddings.map((table, i) => tf.gather(table, ids[i]!));
  return tf.add(tf.add(token!, previous!), secondPrevious!);
}

function layerForward(
  model: Transformer,
  layer: LayerWeights,
  x: tf.Tensor2D,
  batch: SequenceBatch,
): { output: tf.Tensor2D; trace: LayerTrace } {
  return tidy(() => {
    const norm1 = layerNorm(x, layer.attentionNormGain, layer.attentionNormBias);
    const queryKeyValue: tf.Tensor2D = tf.matMul(norm1.output, layer.queryKeyValue);
    const attended = attention(queryKeyValue, batch, { heads: model.config.heads, rotary: model.rotary });
    const middle: tf.Tensor2D = tf.add(x, tf.matMul(attended.output, layer.attentionOut));
    const norm2 = layerNorm(middle, layer.mlpNormGain, layer.mlpNormBias);
    const { output: activation, preActivation } = biasGelu(
      tf.matMul(norm2.output, layer.mlpIn) as tf.Tensor2D,
      layer.mlpInBias,
    );
    const output: tf.Tensor2D = tf.add(middle, tf.add(tf.matMul(activation, layer.mlpOut), layer.mlpOutBias));
    const trace = {
      attentionNorm: norm1.trace,
      attentionInput: norm1.output,
      attention: attended.trace,
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
  { positions, targets }: Predictions,
): { head: HeadTrace; logits: tf.Tensor2D } {
  const predictionOf = new Int32Array(x.shape[0]).fill(positions.length);
  positions.forEach((position, i) => (predictionOf[position] = i));
  const selected: tf.Tensor2D = tf.gather(x, tf.tensor1d(positions, "int32"));
  const { output: hidden, trace: norm } = layerNorm(selected, weights.finalNormGain, weights.finalNormBias);
  const head = {
    predictionOfPosition: tf.tensor1d(predictionOf, "int32"),
    norm,
    hidden,
    targets: tf.tensor1d(targets, "int32"),
  };
  return { head, logits: tf.matMul(hidden, weights.embeddings[0], false, true) };
}

/**
 * Gradients of all weights, in the order of the layout.
 *
 * @param slopes of each prediction's log-prob and entropy
 * @returns one flat array on the device; the caller disposes it
 */
export function backward(
  model: Transformer,
  weights: DeviceWeights,
  trace: ForwardTrace,
  slopes: { readonly logProb: Float32Array; readonly entropy: Float32Array; readonly temperature: number },
): tf.Tensor1D {
  return tidy(() => {
    const { vocabularySize } = model.config;
    const slopeLogits = tokenLogProbsBackward(trace.predictions, trace.head.targets, slopes, slopes.temperature);
    const head = headBackward(weights, trace.head, slopeLogits);
    let slope = head.input;
    const layerGradients: tf.Tensor[][] = [];
    for (let i = weights.layers.length - 1; i >= 0; i--) {
      const { input, gradients } = layerBackward(model, weights.layers[i]!, trace.layers[i]!, slope);
      layerGradients.unshift(gradients);
      slope = input;
    }
    const [token, previous, secondPrevious] = trace.ids.map((ids) => tableGradient(slope, ids, vocabularySize));
    const all = [
      tf.add(token!, head.embedding),
      previous!,
      secondPrevious!,
      ...layerGradients.flat(),
      head.gain,
      head.bias,
    ];
    return tf.concat1d(all.map((gradient) => tf.reshape(gradient, [-1]) as tf.Tensor1D));
  });
}

function headBackward(
  weights: DeviceWeights,
  trace: HeadTrace,
  slopeLogits: tf.Tensor2D,
): { input: tf.Tensor2D; embedding: tf.Tensor2D; gain: tf.Tensor1D; bias: tf.Tensor1D } {
  const slopeHidden: tf.Tensor2D = tf.matMul(slopeLogits, weights.embeddings[0]);
  const embedding: tf.Tensor2D = tf.matMul(slopeLogits, trace.hidden, true, false);
  const { input: slopeSelected, gain, bias } = layerNormBackward(slopeHidden, trace.norm, weights.finalNormGain);
  // Every position predicts at most one token, so scattering is a lookup with a row of zeros for the others.
  const withZeros = tf.concat2d([slopeSelected, tf.zeros([1, slopeSelected.shape[1]])], 0);
  return { input: tf.gather(withZeros, trace.predictionOfPosition), embedding, gain, bias };
}

function layerBackward(
  model: Transformer,
  layer: LayerWeights,
  trace: LayerTrace,
  slope: tf.Tensor2D,
): { input: tf.Tensor2D; gradients: tf.Tensor[] } {
  return tidy(() => {
    const mlpOut = tf.matMul(trace.activation, slope, true, false);
    const mlpOutBias = tf.sum(slope, 0);
    const slopeInner = geluBackward(tf.matMul(slope, layer.mlpOut, false, true), trace.preActivation);
    const mlpIn = tf.matMul(trace.mlpInput, slopeInner, true, false);
    const mlpInBias = tf.sum(slopeInner, 0);
    const slopeNorm2: tf.Tensor2D = tf.matMul(slopeInner, layer.mlpIn, false, true);
    const norm2 = layerNormBackward(slopeNorm2, trace.mlpNorm, layer.mlpNormGain);
    const slopeMiddle: tf.Tensor2D = tf.add(slope, norm2.input);

    const attentionOut = tf.matMul(trace.attended, slopeMiddle, true, false);
    const slopeAttended: tf.Tensor2D = tf.matMul(slopeMiddle, layer.attentionOut, false, true);
    const slopeQueryKeyValue = attentionBackward(slopeAttended, trace.attention, model.rotary);
    const queryKeyValue = tf.matMul(trace.attentionInput, slopeQueryKeyValue, true, false);
    const slopeNorm1: tf.Tensor2D = tf.matMul(slopeQueryKeyValue, layer.queryKeyValue, false, true);
    const norm1 = layerNormBackward(slopeNorm1, trace.attentionNorm, layer.attentionNormGain);
    const gradients = [
      ...[norm1.gain, norm1.bias, queryKeyValue, attentionOut],
      ...[norm2.gain, norm2.bias, mlpIn, mlpInBias, mlpOut, mlpOutBias],
    ];
    return { input: tf.add(slopeMiddle, norm1.input), gradients };
  });
}
