/** @file What a run knows besides its weights, and how that goes through a checkpoint. */
import { algorithmById } from "../algorithms/registry.ts";
import type { Random } from "../base/random.ts";
import { ActionCritic, type ActionCriticState } from "../critic/action-critic.ts";
import { intrinsicReward, type NoveltyState, type StoredNovelty } from "../memory/intrinsic.ts";
import { PendingTips, type PendingTip } from "../memory/pending-tips.ts";
import { TipMemory, type TipMemoryState } from "../memory/tip-memory.ts";
import type { ActionRescorer } from "../rollout/candidate-actions.ts";
import type { RunConfig } from "./run-config.ts";
import { toRunSettings } from "./settings.ts";

/** What methods learn outside of the policy. */
export interface RunKnowledge {
  readonly memory: TipMemory;
  readonly novelty: StoredNovelty;
  readonly pendingTips: PendingTips;
  readonly critic: ActionCritic;
}

/** The same as plain data. */
export interface RunKnowledgeState {
  readonly memory: TipMemoryState;
  readonly novelty: NoveltyState;
  readonly pendingTips: readonly PendingTip[];
  readonly critic: ActionCriticState | null;
}

/**
 * The knowledge of a run.
 *
 * @param state of a checkpoint; null for a new run
 * @param random the root of the run's streams
 */
export function runKnowledge(config: RunConfig, state: RunKnowledgeState | null, random: Random): RunKnowledge {
  return {
    memory: state === null ? new TipMemory() : TipMemory.fromState(state.memory),
    novelty: intrinsicReward(config.intrinsicReward, state?.novelty ?? null, random.fork("intrinsic reward")),
    pendingTips: new PendingTips(state?.pendingTips),
    critic: new ActionCritic(state?.critic ?? null, random.fork("critic")),
  };
}

/** What the run's method chooses actions with when it is evaluated; undefined if it takes what the policy samples. */
export function testRescorer(config: RunConfig, critic: ActionCritic): ActionRescorer | undefined {
  return algorithmById(config.method).rescorerAtTest?.(critic, toRunSettings(config));
}

/** As plain data that later changes do not touch. */
export function knowledgeState({ memory, novelty, pendingTips, critic }: RunKnowledge): RunKnowledgeState {
  return {
    memory: memory.state(),
    novelty: novelty.state(),
    pendingTips: pendingTips.state(),
    critic: critic.state(),
  };
}
