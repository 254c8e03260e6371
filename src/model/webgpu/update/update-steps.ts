/** @file The kernels of the update plan and the order in which they run. */
import type { ModelConfig } from "../../../core/policy/policy.ts";
import { attentionKernel, attentionSlopeKernel } from "./attention-kernels.ts";
import { logitSlopeKernel, lossKernel, tokenStatisticsKernel } from "./loss-kernels.ts";
import { adamWKernel, gradientSumKernel } from "./optimizer-kernels.ts";
import * as products from "./product-kernels.ts";
import { constantOffsets, type UpdateShape } from "./update-shape.ts";
import { lookupSlopeKernel, weightSlopeKernel } from "./weight-slope-kernels.ts";
import type { Kernel } from "./wgsl.ts";

/** All kernels for a shape. */
export function updateKernels(shape: UpdateShape) {
  const { sin } = constantOffsets(shape);
  return {
    embed: products.embedKernel(shape),
    projection: products.projectionKernel(shape, sin),
    attention: attentionKernel(shape),
    attentionOut: products.attentionOutKernel(shape),
    mlpIn: products.mlpInKernel(shape),
    mlpOut: products.mlpOutKernel(shape),
    logits: products.logitsKernel(shape),
    tokenStatistics: tokenStatisticsKernel(shape),
    loss: lossKernel(shape),
    logitSlope: logitSlopeKernel(shape),
    headSlope: products.headSlopeKernel(shape),
    innerSlope: products.innerSlopeKernel(shape),
    middleSlope: products.middleSlopeKernel(shape),
    attendedSlope: products.attendedSlopeKernel(shape),
    attentionSlope: attentionSlopeKernel(shape, sin),
    inputSlope: products.inputSlopeKernel(shape),
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

/** From the slots of the gradient to new weights. */
export const OPTIMIZER_STEPS: readonly Step[] = atTop("gradientSum", "adamW");
