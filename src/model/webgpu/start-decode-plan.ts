/** @file Compiles the turn kernel on tfjs' device and believes it only after a comparison with plain ops. */
import * as tf from "@tensorflow/tfjs-core";
import type { HostState } from "../host-state.ts";
import type { Learner } from "../learner.ts";
import { DecodePlan, type TurnRequest } from "./decode-plan.ts";
import { decodeShape } from "./decode-shader.ts";

/** Log-probs of the same token by two ways may differ by this much, nats. Wrong code is off by far more. */
const TOLERANCE = 1e-3;
const CHECK_LENGTH = 6;
const CHECK_WRITING = 3;

/**
 * The kernel with the policy's weights, or a sentence that says why there is none. Cannot fail otherwise: decoding goes on
 * step by step then.
 */
export async function startDecodePlan(state: HostState, plain: Learner): Promise<DecodePlan | string> {
  const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
  const shape = decodeShape(state.layout, state.config, device.limits.maxComputeWorkgroupStorageSize);
  if (typeof shape === "string") return `Decoding step by step: ${shape}.`;
  try {
    const plan = await DecodePlan.compile(device, shape);
    plan.setWeights(state.current.values);
    const difference = await largestDifference(plan, state, plain);
    if (difference < TOLERANCE) return plan;
    plan.dispose();
    return `Decoding step by step: the turn kernel is off by ${difference} nats on this device.`;
  } catch (error) {
    return `Decoding step by step: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

async function largestDifference(plan: DecodePlan, { config }: HostState, plain: Learner): Promise<number> {
  const length = Math.min(CHECK_LENGTH, config.contextLength - CHECK_WRITING);
  if (length < 1) return Infinity;
  const tokens = Array.from({ length }, (_, i) => (7 * i + 1) % config.vocabularySize);
  const request: TurnRequest = {
    ...{ episode: 0, tokens, start: 0, before: [0, 0], writing: CHECK_WRITING, stopTokens: [] },
    ...{ temperature: 1, key: [1, 2], turn: 0, firstIndex: 0 },
  };
  const cache = await plan.openCache(1);
  const [answer] = await plan.run(cache, [request]);
  cache.destroy();
  const positions = answer!.tokens.map((_, i) => length + i);
  const [scored] = await plain.score([{ tokens: [...tokens, ...answer!.tokens], positions }], 1);
  const expected = [...scored!.logProbs];
  if (expected.length !== CHECK_WRITING) return Infinity;
  const differences = expected.map((logProb, i) => Math.abs(logProb - answer!.logProbs[i]!));
  return differences.reduce((most, difference) => (difference <= most ? most : difference), 0);
}
