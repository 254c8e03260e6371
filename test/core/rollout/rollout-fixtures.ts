/** @file What tests of rollouts share: settings, dependencies, a memory of given tips. */
import { Random } from "../../../src/core/base/random.ts";
import type { TrainingEvent } from "../../../src/core/events/training-event.ts";
import { NoveltyTable } from "../../../src/core/memory/novelty.ts";
import { TipMemory, type NewTip } from "../../../src/core/memory/tip-memory.ts";
import type { Policy } from "../../../src/core/policy/policy.ts";
import type { RolloutConfig, RolloutDependencies, RolloutRequest } from "../../../src/core/rollout/rollout-engine.ts";
import { bucketOf } from "../../../src/core/envs/buckets.ts";
import { embed } from "../../../src/core/text/embedder.ts";
import { encode } from "../../../src/core/text/tokenizer.ts";
import { ScriptedEnv, scriptedTask, type Script } from "../../support/scripted-env.ts";

/** The bucket of variation 0 of scripted worlds. */
export const BUCKET = bucketOf(scriptedTask());

/** Small settings: three words an action, one tip at the start. */
export const ROLLOUT: RolloutConfig = {
  temperature: 1,
  maxActionTokens: 3,
  tipScope: "variation",
  tipsAtStart: 1,
  tipsPerTurn: 0,
  tipsPerEpisode: 3,
  minSimilarity: 0.1,
  retrievalSize: 10,
  noveltySimilarity: 0.95,
  writeTips: true,
  maxTipTokens: 5,
  tipTemperature: 1,
};

/** Three rooms that one can walk through for four turns; every action is answered by its last word. */
export const WALK: Script = {
  first: "task find door . in hallway see red blue",
  maxTurns: 4,
  answer: (action, turn) => ({ text: `in kitchen see ${action.split(" ").at(-1) ?? "nothing"}`, score: 10 * turn }),
};

/** A request of its own stream. */
export function request(i: number, changes: Partial<RolloutRequest> = {}): RolloutRequest {
  return {
    rolloutId: `r${i}`,
    iteration: 1,
    task: scriptedTask(),
    groupId: "g",
    mode: "on-policy",
    random: Random.fromSeed(7).fork(`rollout ${i}`),
    watched: false,
    ...changes,
  };
}

/** A tip of these words, whose key is the bag of `about`. */
export function tipOf(words: string, about: string, changes: Partial<NewTip> = {}): NewTip {
  const key = embed(encode(about));
  return { bucket: BUCKET, tokens: encode(words), score: 50, iteration: 1, key, author: "policy", ...changes };
}

/** A memory that holds these tips. */
export function memoryOf(...tips: readonly NewTip[]): TipMemory {
  const memory = new TipMemory();
  for (const tip of tips) memory.add(tip, 1000);
  return memory;
}

/** Dependencies that note their events. */
export function dependenciesOf(
  policy: Policy,
  changes: Partial<RolloutDependencies> & { readonly script?: Script } = {},
): RolloutDependencies & { readonly events: TrainingEvent[] } {
  const events: TrainingEvent[] = [];
  const { script = WALK, ...others } = changes;
  return {
    policy,
    memory: new TipMemory(),
    novelty: new NoveltyTable(),
    createEnv: (task) => new ScriptedEnv(script, task),
    emit: (event) => events.push(event),
    timed: (_phase, work) => work(),
    events,
    ...others,
  };
}
