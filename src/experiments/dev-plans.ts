/**
 * @file What is chosen on dev variations, each method with the same effort (method.md §5): one thing changed at a time, where
 * EMPO² falls short of its goal. Nothing here is a result; results are of the test split.
 */
import type { RunConfig } from "../core/training/run-config.ts";
import { shippedBaseFor } from "../core/training/config-defaults.ts";
import { EMPO2, GRPO } from "./arms.ts";
import { gridRuns, PROTOCOL_EPISODES, type Experiment, type PlannedArm } from "./planned-runs.ts";
import { presetConfig } from "./presets.ts";
import { WEBSHOP } from "./task-plans.ts";

/** Both methods as they are and with each change. */
function bothWith(changes: Readonly<Record<string, Partial<RunConfig>>>): PlannedArm[] {
  return [EMPO2, GRPO].flatMap(({ arm, changes: method }) => [
    { arm, changes: method },
    ...Object.entries(changes).map(([name, change]) => ({ arm: `${arm}-${name}`, changes: { ...method, ...change } })),
  ]);
}

/** The last two are of memory and of novelty, which GRPO does not have. */
const SHOP_ARMS: readonly PlannedArm[] = [
  ...bothWith({
    "lr-5e-4": { learningRate: 5e-4 },
    "no-kl": { klCoefficient: 0 },
    "16-goals": { trainVariations: 16 },
  }),
  { arm: "empo2-p-0.5", changes: { memoryRolloutProbability: 0.5 } },
  { arm: "empo2-no-intrinsic", changes: { intrinsicCoefficient: 0 } },
];

/** Tasks where both methods end below the base policy, because the first train variations ask for one thing. */
const LEARNED_BY_HEART: readonly string[] = ["chemistry-mix-paint-secondary-color", "test-conductivity"];
const AGAINST_HEART = bothWith({ "lr-1e-4": { learningRate: 1e-4 }, "kl-0.1": { klCoefficient: 0.1 } });

/** Settings compared on dev variations, which no result uses. */
export const DEV_EXPERIMENTS: readonly Experiment[] = [
  {
    id: `${WEBSHOP}-dev`,
    title: "WebShop, dev goals: what helps which method",
    question:
      "In the end EMPO² is hardly ahead of GRPO in the shop. Does a larger step, no KL penalty, fewer goals, more memory or no novelty reward change that?",
    runs: gridRuns({
      arms: SHOP_ARMS,
      houses: [0],
      seeds: [1, 2],
      common: { ...presetConfig(WEBSHOP), evaluationSplit: "dev", iterations: 60, evaluateEvery: 10 },
    }),
  },
  ...LEARNED_BY_HEART.map((task) => ({
    id: `${task}-dev`,
    title: `${task}, easy, dev variations: against learning by heart`,
    question:
      "Five train variations ask for one thing. Do dev variations tell when to stop, and does a smaller step or a KL penalty help?",
    runs: gridRuns({
      arms: AGAINST_HEART,
      houses: [0],
      seeds: [1, 2],
      common: {
        ...{ task, preset: "easy", base: shippedBaseFor(task), evaluationSplit: "dev" },
        ...{ iterations: 30, evaluateEvery: 5, evaluationEpisodes: PROTOCOL_EPISODES },
      },
    }),
  })),
];
