/** @file Retrospex's choice of an action: its likelihood and its value, with a weight that shifts to the value over time. */
import type { Completion } from "../policy/policy.ts";
import type { ActionRescorer } from "../rollout/candidate-actions.ts";
import { mean } from "../base/stats.ts";
import { decode, TOKEN } from "../text/tokenizer.ts";
import type { ActionCritic } from "./action-critic.ts";
import { actionFeatures, stateFeatures } from "./features.ts";

/** How actions are rescored. */
export interface RescoringConfig {
  /** k. */
  readonly candidateActions: number;
  readonly candidateTemperature: number;
  /** d: the weight of the likelihood is max(b, dᵗ). */
  readonly likelihoodDecay: number;
  /** b. */
  readonly likelihoodFloor: number;
}

/** The rescorer of a critic. */
export function criticRescorer(critic: ActionCritic, config: RescoringConfig): ActionRescorer {
  return {
    candidateCount: config.candidateActions,
    temperature: config.candidateTemperature,
    choose: (situation, candidates) => {
      const state = stateFeatures(situation);
      const values = candidates.map(({ tokens }) => critic.actionValue(state, actionFeatures(actionText(tokens))));
      const weight = Math.max(config.likelihoodFloor, config.likelihoodDecay ** situation.turn);
      const scores = rescored(candidates.map(likelihood), values, weight);
      return scores.indexOf(Math.max(...scores));
    },
  };
}

/** λ·p̂ + (1 − λ)·q̂, both stretched to 0…1 over the candidates. */
export function rescored(likelihoods: readonly number[], values: readonly number[], weight: number): number[] {
  const [p, q] = [stretched(likelihoods), stretched(values)];
  return p.map((likelihoodScore, i) => weight * likelihoodScore + (1 - weight) * q[i]!);
}

/** Probability of an action per token: the geometric mean, so that long actions are not at a disadvantage. */
function likelihood({ logProbs }: Completion): number {
  return Math.exp(mean(logProbs));
}

/** 0 for all if they are equal. */
function stretched(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => (high === low ? 0 : (value - low) / (high - low)));
}

function actionText(tokens: readonly number[]): string {
  return decode(tokens.filter((token) => token !== TOKEN.actionEnd));
}
