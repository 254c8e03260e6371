import type { RunSettings } from "../algorithms/run-settings.ts";
import type { RunConfig } from "./run-config.ts";

/** Log-probability δ at which the mask is off: the lowest value of the setting. */
const MASK_OFF = -30;

/** The methods' view of a run's flat configuration. */
export function toRunSettings(config: RunConfig): RunSettings {
  const { temperature, clipLow, clipHigh, dualClip, maskScope, klCoefficient, entropyCoefficient } = config;
  const minTokenLogProb = config.minTokenLogProb <= MASK_OFF ? -Infinity : config.minTokenLogProb;
  const { learningRate, beta1, beta2, weightDecay, maxGradNorm } = config;
  return {
    ...config,
    rollout: config,
    critic: config,
    rescoring: config,
    loss: { temperature, clipLow, clipHigh, dualClip, maskScope, klCoefficient, entropyCoefficient, minTokenLogProb },
    optimizer: { learningRate, beta1, beta2, weightDecay, maxGradNorm },
  };
}
