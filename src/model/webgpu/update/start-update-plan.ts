/**
 * @file Compiles the update plan on tfjs' device and believes it only after two comparisons: its forward pass with plain
 * ops, and its gradient with differences of its own forward pass.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { HostState } from "../../host-state.ts";
import type { Learner } from "../../learner.ts";
import type { MicroBatches } from "../../micro-batches.ts";
import { l2Norm } from "../../optimizer.ts";
import type { PlanRow } from "./update-inputs.ts";
import { UpdatePlan } from "./update-plan.ts";
import { updateShape } from "./update-shape.ts";

/** Log-probs of the same token by two ways may differ by this much, nats. Wrong code is off by far more. */
const LOG_PROB_TOLERANCE = 1e-3;
/** Share by which the gradient and the differences may disagree. */
const SLOPE_TOLERANCE = 0.03;
/** Lengths of the steps along each weight array's gradient; the shorter is for models whose loss bends a lot. */
const STEP_LENGTHS = [0.005, 0.001];
const ROW_LENGTHS = [7, 4, 11];
const NO_STEP = { learningRate: 0, beta1: 0.9, beta2: 0.9, weightDecay: 0, maxGradNorm: 1 };

/**
 * The plan with the policy's weights, or a sentence that says why there is none. Cannot fail otherwise: learning goes on
 * in plain ops then.
 */
export async function startUpdatePlan(
  state: HostState,
  plain: Learner,
  batches: MicroBatches,
): Promise<UpdatePlan | string> {
  const shape = updateShape(state.layout, state.config);
  if (typeof shape === "string") return `Learning op by op: ${shape}.`;
  try {
    const { device } = tf.backend() as unknown as { readonly device: GPUDevice };
    const plan = await UpdatePlan.compile(device, shape, batches);
    if (typeof plan === "string") return `Learning op by op: ${plan}.`;
    const objection = await objectionTo(plan, state, plain);
    if (objection === null) return plan;
    plan.dispose();
    return `Learning op by op: ${objection}.`;
  } catch (error) {
    return `Learning op by op: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** What speaks against the plan; null if nothing does. */
async function objectionTo(plan: UpdatePlan, state: HostState, plain: Learner): Promise<string | null> {
  const rows = checkRows(state);
  const weights = state.current.values;
  const moments = new Float32Array(weights.length);
  plan.setState(weights, moments, moments);
  const expected = await plain.score(rows, 1);
  const outcomes = await plan.score(rows, 1);
  const differences = outcomes.flatMap(({ logProbs }, r) =>
    [...logProbs].map((logProb, i) => Math.abs(logProb - expected[r]!.logProbs[i]!)),
  );
  const largest = differences.reduce((most, difference) => (difference <= most ? most : difference), 0);
  if (!(largest < LOG_PROB_TOLERANCE)) return `the plan is off by ${largest} nats on this device`;
  const loss = { type: "crossEntropy" } as const;
  await plan.step({ rows, loss, temperature: 1, scale: 1, optimizer: NO_STEP, number: 1 });
  const { direction, slope } = alongEachArray(state, await plan.gradient());
  const lossAt = async (length: number): Promise<number> => {
    const moved = weights.map((weight, i) => weight + length * direction[i]!);
    plan.setState(moved, moments, moments);
    const scored = await plan.score(rows, 1);
    return scored.reduce((sum, { logProbs }) => sum - logProbs.reduce((a, b) => a + b, 0), 0);
  };
  let error = NaN;
  for (const length of STEP_LENGTHS) {
    const difference = ((await lossAt(length)) - (await lossAt(-length))) / (2 * length);
    error = Math.abs(difference - slope) / slope;
    if (error < SLOPE_TOLERANCE) return null;
  }
  return `the plan's gradient is off by ${error} on this device`;
}

/**
 * The sum of the unit vectors along the gradient of each weight array, so that each array counts, and the slope in that
 * direction: NaN if an array has no gradient.
 */
function alongEachArray({ layout }: HostState, gradient: Float32Array): { direction: Float32Array; slope: number } {
  const direction = new Float32Array(gradient.length);
  let slope = 0;
  for (const { offset, size } of layout.specs) {
    const norm = l2Norm(gradient.subarray(offset, offset + size));
    for (let i = offset; i < offset + size; i++) direction[i] = gradient[i]! / norm;
    slope += norm === 0 ? NaN : norm;
  }
  return { direction, slope };
}

function checkRows({ config }: HostState): PlanRow[] {
  return ROW_LENGTHS.map((wanted, r): PlanRow => {
    const length = Math.min(wanted, config.contextLength);
    const tokens = Array.from({ length }, (_, i) => (7 * i + 3 * r + 1) % config.vocabularySize);
    const positions = tokens.map((_, i) => i).slice(1);
    return { tokens, positions, oldLogProbs: [], advantages: positions.map(() => 1), offPolicy: false };
  });
}
