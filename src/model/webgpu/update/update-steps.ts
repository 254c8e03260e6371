/** @file The kernels of the update plan and the order in which they run. */
import type { ModelConfig } from "../../../core/policy/policy.ts";
import { attentionKernel, attentionSlopeKernel } from "./attention-kernels.ts";
import * as backward from "./backward-products.ts";
import * as forward from "./forward-products.ts";
import { logitSlopeKernel, lossKernel, tokenStatisticsKernel } from "./loss-kernels.ts";
import { adamWKernel, gradientSumKernel } from "./optimizer-kernels.ts";
import { constantOffsets, type UpdateShape } from "./update-shape.ts";
import { lookupSlopeKernel, weightSlopeKernel } from "./weight-slope-kernels.ts";
import type { Kernel } from "./wgsl.ts";

/** All kernels for a shape. */
export function updateKernels(shape: UpdateShape) {
  const { sin } = constantOffsets(shape);
  return {
    embed: forward.embedKernel(shape),
    projection: forward.projectionKernel(shape, sin),
    attention: attentionKernel(shape),
    attentionOut: forward.attentionOutKernel(shape),
    mlpIn: forward.mlpInKernel(shape),
    mlpOut: forward.mlpOutKernel(shape),
    logits: forward.logitsKernel(shape),
    tokenStatistics: tokenStatisticsKernel(shape),
    loss: lossKernel(shape),
    logitSlope: logitSlopeKernel(shape),
    headSlope: backward.headSlopeKernel(shape),
    innerSlope: backward.innerSlopeKernel(shape),
    middleSlope: backward.middleSlopeKernel(shape),
    attendedSlope: backward.attendedSlopeKernel(shape),
    attentionSlope: attentionSlopeKernel(shape, sin),
    inputSlope: backward.inputSlopeKernel(shape),
    weightSlope: weightSlopeKernel(shape),
    lookupSlope: lookupSlopeKernel(shape),
    gradientSum: gradientSumKernel(shape),
    adamW: adamWKernel(shape),
  } satisfies Record<string, Kernel>;
}

/** Name of a kernel. */
export type KernelName = keyof ReturnType<typeof updateKernels>;

/** One dispatch. */
export interface Step {
  readonly kernel: KernelName;
  readonly layer: number;
}

const LAYER_FORWARD = ["projection", "attention", "attentionOut", "mlpIn", "mlpOut"] as const;
const LAYER_BACKWARD = ["innerSlope", "middleSlope", "attendedSlope", "attentionSlope", "inputSlope"] as const;

const atTop = (...kernels: KernelName[]): Step[] => kernels.map((kernel) => ({ kernel, layer: 0 }));

/** From token ids to log-probs. */
export function forwardSteps({ layers }: ModelConfig): Step[] {
  const inner = Array.from({ length: layers }, (_, layer) => LAYER_FORWARD.map((kernel): Step => ({ kernel, layer })));
  return [...atTop("embed"), ...inner.flat(), ...atTop("logits", "tokenStatistics")];
}

/** From log-probs to the slots of the gradient. */
export function backwardSteps({ layers }: ModelConfig): Step[] {
  const inner = Array.from({ length: layers }, (_, layer) => LAYER_BACKWARD.map((kernel): Step => ({ kernel, layer })));
  return [
    ...atTop("loss", "logitSlope", "headSlope"),
    ...inner.reverse().flat(),
    ...atTop("weightSlope", "lookupSlope"),
  ];
}

/** From the slots of the gradient to the gradient. */
export const GRADIENT_STEPS: readonly Step[] = atTop("gradientSum");

/** From the slots of the gradient to new weights. */
export const OPTIMIZER_STEPS: readonly Step[] = [...GRADIENT_STEPS, ...atTop("adamW")];
