/** @file The weights as tensors on the device, by role. */
import * as tf from "@tensorflow/tfjs-core";
import type { ParameterLayout } from "./parameters.ts";

/** Weights of one block. */
export interface LayerWeights {
  readonly attentionNormGain: tf.Tensor1D;
  readonly attentionNormBias: tf.Tensor1D;
  readonly queryKeyValue: tf.Tensor2D;
  readonly attentionOut: tf.Tensor2D;
  readonly mlpNormGain: tf.Tensor1D;
  readonly mlpNormBias: tf.Tensor1D;
  readonly mlpIn: tf.Tensor2D;
  readonly mlpInBias: tf.Tensor1D;
  readonly mlpOut: tf.Tensor2D;
  readonly mlpOutBias: tf.Tensor1D;
}

/** All weights. Dispose with `tf.dispose`. */
export interface DeviceWeights {
  /** Tables of the token, the previous and the second previous token, [vocabulary, width] each. */
  readonly embeddings: readonly [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  /** The token table transposed, [width, vocabulary]: the tied head. */
  readonly head: tf.Tensor2D;
  readonly layers: readonly LayerWeights[];
  readonly finalNormGain: tf.Tensor1D;
  readonly finalNormBias: tf.Tensor1D;
}

/** Uploads a flat array of the layout. */
export function uploadWeights(layout: ParameterLayout, flat: Float32Array, layerCount: number): DeviceWeights {
  const byName = new Map(
    layout.specs.map(({ name, shape, offset, size }) => {
      // A copy, because the CPU backend keeps what it is given and the host array changes in place.
      return [name, tf.tensor(flat.slice(offset, offset + size), [...shape], "float32")];
    }),
  );
  const vector = (name: string): tf.Tensor1D => byName.get(name) as tf.Tensor1D;
  const matrix = (name: string): tf.Tensor2D => byName.get(name) as tf.Tensor2D;
  const layers = Array.from({ length: layerCount }, (_, i) => ({
    attentionNormGain: vector(`layer${i}.attentionNorm.gain`),
    attentionNormBias: vector(`layer${i}.attentionNorm.bias`),
    queryKeyValue: matrix(`layer${i}.queryKeyValue`),
    attentionOut: matrix(`layer${i}.attentionOut`),
    mlpNormGain: vector(`layer${i}.mlpNorm.gain`),
    mlpNormBias: vector(`layer${i}.mlpNorm.bias`),
    mlpIn: matrix(`layer${i}.mlpIn`),
    mlpInBias: vector(`layer${i}.mlpIn.bias`),
    mlpOut: matrix(`layer${i}.mlpOut`),
    mlpOutBias: vector(`layer${i}.mlpOut.bias`),
  }));
  return {
    embeddings: [matrix("embedding.token"), matrix("embedding.previous"), matrix("embedding.secondPrevious")],
    head: tf.transpose(matrix("embedding.token")),
    layers,
    finalNormGain: vector("finalNorm.gain"),
    finalNormBias: vector("finalNorm.bias"),
  };
}
