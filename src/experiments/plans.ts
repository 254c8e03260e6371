/** @file Experiments as data: which runs each one needs. A run is named by what it differs in; its name is its folder. */
import { ConfigError } from "../core/base/errors.ts";
import type { RunConfig } from "../core/training/run-config.ts";
import {
  ABLATIONS,
  BEYOND_THE_PAPER,
  EMPO2,
  FIRST_METHODS,
  GRPO,
  NAIVE,
  OTHER_METHODS,
  REFLEXION,
  TABLE_METHODS,
} from "./arms.ts";
import { AVOIDING_EXPERIMENTS } from "./avoiding-plan.ts";
import { twinOf } from "./dev-choice.ts";
import { DEV_EXPERIMENTS, TUNED_EXPERIMENTS } from "./dev-plans.ts";
import { withMemoryAtTest } from "./memory-plan.ts";
import { GRID_EXPERIMENT, GRID_HOUSES, P_Q_CROSS, P_Q_GRID } from "./p-q-grid.ts";
import { gridRuns, PROTOCOL_EPISODES, type Experiment, type PlannedArm } from "./planned-runs.ts";
import { PUBLISHED_TABLE_1 } from "./published.ts";
import { SAMPLED_EXPERIMENTS } from "./sampled-plan.ts";
import {
  FIND_TASKS,
  NEW_TASKS,
  newTaskExperiments,
  POWER_COMPONENT,
  RENEWABLE,
  RENEWABLE_ITERATIONS,
  scienceExperiment,
  TABLE_EXPERIMENTS,
  tableExperimentOf,
  TEACHING_TASK,
  VARIATION_EXPERIMENTS,
} from "./task-plans.ts";

const TEACHING: Partial<RunConfig> = {
  task: TEACHING_TASK,
  iterations: 50,
  evaluateEvery: 5,
  evaluationEpisodes: PROTOCOL_EPISODES,
};

/** Each changes one thing of EMPO² (or GRPO) on the teaching world. */
const TEACHING_ARMS: readonly PlannedArm[] = [
  { arm: "empo2-other-world-tips", changes: { tipSource: "other-world" } },
  { arm: "empo2-empty-tips", changes: { tipSource: "empty" } },
  ...ABLATIONS,
  { arm: "grpo-temperature-1.3", changes: { method: "grpo", temperature: 1.3 } },
  { arm: "grpo-temperature-1.6", changes: { method: "grpo", temperature: 1.6 } },
];

/** The same questions where a tip's content is which way round the wires go. */
const POWER_ARMS: readonly PlannedArm[] = [{ arm: "empo2-empty-tips", changes: { tipSource: "empty" } }, ...ABLATIONS];

/** Larger steps, for both methods alike. */
const POWER_STEPS: readonly PlannedArm[] = [5e-4, 1e-3].flatMap((learningRate) =>
  [EMPO2, GRPO].map(({ arm, changes }) => ({
    arm: `${arm}-lr-${learningRate === 5e-4 ? "5e-4" : "1e-3"}`,
    changes: { ...changes, learningRate },
  })),
);

/** More or fewer rollouts that read tips, at two learning rates; GRPO reads none and has the rates alone. */
const POWER_MEMORY: readonly PlannedArm[] = [3e-4, 5e-4].flatMap((learningRate) => {
  const rate = learningRate === 5e-4 ? "lr-5e-4" : "lr-3e-4";
  return [
    ...[0.25, 0.5, 0.75].map((p) => ({
      arm: `empo2-p-${p}-${rate}`,
      changes: { method: "empo2", memoryRolloutProbability: p, learningRate },
    })),
    { arm: `grpo-${rate}`, changes: { method: "grpo", learningRate } },
  ];
});

/** Chosen by the curves of `power-component-memory`; GRPO gets the same learning rate. */
const POWER_TUNED: readonly PlannedArm[] = [
  { arm: "empo2", changes: { method: "empo2", memoryRolloutProbability: 0.5, learningRate: 5e-4 } },
  { arm: "grpo", changes: { method: "grpo", learningRate: 5e-4 } },
];

/** What might keep a tiny policy from learning the five train variations by heart. */
const FIND_REMEDIES: readonly PlannedArm[] = [EMPO2, GRPO].flatMap(({ arm, changes }) => [
  { arm: `${arm}-lr-1e-4`, changes: { ...changes, learningRate: 1e-4 } },
  { arm: `${arm}-kl-0.1`, changes: { ...changes, klCoefficient: 0.1 } },
  { arm: `${arm}-50-variations`, changes: { ...changes, trainVariations: 50 } },
  { arm: `${arm}-rehearsal`, changes: { ...changes, rehearsalCoefficient: 0.5 } },
]);

/** What might help where the way is long and five train variations hold each kind of source only once or twice. */
const RENEWABLE_REMEDIES: readonly PlannedArm[] = [
  { arm: "empo2-10-variations", changes: { method: "empo2", trainVariations: 10 } },
  { arm: "grpo-10-variations", changes: { method: "grpo", trainVariations: 10 } },
  { arm: "empo2-p-0.5", changes: { memoryRolloutProbability: 0.5 } },
  { arm: "empo2-kl-0.1", changes: { klCoefficient: 0.1 } },
  { arm: "empo2-lr-1e-4", changes: { learningRate: 1e-4 } },
];

/** Bases whose prior wires crossed by chance with this probability, in percent (learning-recipe.md §7). */
const SOFTER_BASES = ["crossed-0.4", "crossed-2"];

const POWER: Partial<RunConfig> = {
  task: POWER_COMPONENT,
  iterations: 40,
  evaluateEvery: 5,
  evaluationEpisodes: PROTOCOL_EPISODES,
};

const PLANS: readonly Experiment[] = [
  {
    id: "teaching",
    title: "Teaching world",
    question: "Does EMPO² find the source five doors away that GRPO does not find?",
    runs: [
      ...gridRuns({ arms: [EMPO2, GRPO], houses: [1, 2, 3, 4, 5], seeds: [1, 2], common: TEACHING }),
      ...gridRuns({
        arms: [NAIVE, REFLEXION, ...OTHER_METHODS, ...BEYOND_THE_PAPER],
        houses: [1, 2, 3, 4, 5],
        seeds: [1],
        common: TEACHING,
      }),
    ],
  },
  {
    id: "teaching-arms",
    title: "Teaching world, one thing changed at a time",
    question: "What does the effect depend on, and how much of it is the content of the tips?",
    runs: gridRuns({ arms: TEACHING_ARMS, houses: [1, 2, 3, 4, 5], seeds: [1], common: TEACHING }),
  },
  ...["easy", "openDoors"].map((preset) => ({
    id: `power-component.${preset}`,
    title: `power-component, ${preset}`,
    question: "Does GRPO stay at 83 points, where the wires have to be crossed, and does EMPO² not?",
    runs: gridRuns({
      arms: preset === "easy" ? [...TABLE_METHODS, ...BEYOND_THE_PAPER] : FIRST_METHODS,
      houses: [0, 1, 2],
      seeds: [1, 2, 3],
      common: { ...POWER, preset },
    }),
  })),
  {
    id: "power-component-arms",
    title: "power-component, easy, one thing changed at a time",
    question: "What does the effect depend on where the content of a tip is what has to be learned?",
    runs: gridRuns({ arms: POWER_ARMS, houses: [0, 1, 2], seeds: [1], common: { ...POWER, preset: "easy" } }),
  },
  {
    id: "power-component-steps",
    title: "power-component, easy, with larger steps",
    question:
      "At 3e-4 EMPO² passes 95 points at iteration 25. Is it there by iteration 20 with a larger step, and does GRPO stay?",
    runs: gridRuns({
      arms: POWER_STEPS,
      houses: [0, 1, 2],
      seeds: [1, 2, 3],
      common: { ...POWER, preset: "easy" },
    }),
  },
  {
    id: "power-component-memory",
    title: "power-component, easy, in other houses: how often tips are read",
    question:
      "Which p and learning rate bring EMPO² to 95 points soonest? Chosen in houses 3 to 5, which no other experiment uses.",
    runs: gridRuns({
      arms: POWER_MEMORY,
      houses: [3, 4, 5],
      seeds: [1],
      common: { ...POWER, preset: "easy", iterations: 30 },
    }),
  },
  ...["easy", "openDoors"].map((preset) => ({
    id: `power-component-tuned.${preset}`,
    title: `power-component, ${preset}, with the p and learning rate chosen in other houses`,
    question:
      "At the setting that power-component-memory chose: 95 points with 90 % success by iteration 20, while GRPO stays?",
    runs: gridRuns({
      arms: POWER_TUNED,
      houses: [0, 1, 2],
      seeds: [1, 2, 3],
      common: { ...POWER, preset },
    }),
  })),
  ...FIND_TASKS.map((task) => ({
    id: `${task}-remedies`,
    title: `${task}, easy: against learning by heart`,
    question:
      "The held-out return falls after iteration 15. Does a smaller step, a KL penalty, rehearsal of the corpus or more train variations help?",
    runs: gridRuns({
      arms: FIND_REMEDIES,
      houses: [0],
      seeds: [1, 2],
      common: { task, preset: "easy", iterations: 30, evaluateEvery: 5, evaluationEpisodes: PROTOCOL_EPISODES },
    }),
  })),
  {
    id: "renewable-remedies",
    title: "Renewable sources, easy: one thing changed at a time",
    question:
      "The way to success is long here. Do more memory, more tips, more randomness or more novelty reward help?",
    runs: gridRuns({
      arms: RENEWABLE_REMEDIES,
      houses: [0],
      seeds: [1, 2],
      common: {
        task: RENEWABLE,
        preset: "easy",
        iterations: RENEWABLE_ITERATIONS,
        evaluateEvery: 5,
        evaluationEpisodes: PROTOCOL_EPISODES,
      },
    }),
  },
  {
    id: "prior-sharpness",
    title: "How sharp the prior is",
    question: "When does memory help? GRPO and EMPO² from bases that cross wires by chance more or less often.",
    runs: gridRuns({
      arms: SOFTER_BASES.flatMap((base) => [
        { arm: `empo2-${base}`, changes: { method: "empo2", base } },
        { arm: `grpo-${base}`, changes: { method: "grpo", base } },
      ]),
      houses: [0],
      seeds: [1, 2, 3],
      common: { ...POWER, preset: "easy" },
    }),
  },
  {
    id: "another-base",
    title: "Another base policy",
    question: "Does the effect depend on this one base? The same recipe with other seeds of weights and corpus.",
    runs: [
      ...gridRuns({ arms: [EMPO2, GRPO], houses: [1, 2, 3], seeds: [1], common: { ...TEACHING, base: "base-2" } }).map(
        (run) => ({ ...run, name: `teaching.${run.name}`, arm: `${run.arm}-teaching` }),
      ),
      ...gridRuns({
        arms: [EMPO2, GRPO],
        houses: [0, 1, 2],
        seeds: [1],
        common: { ...POWER, preset: "easy", base: "base-2" },
      }).map((run) => ({ ...run, name: `power.${run.name}`, arm: `${run.arm}-power` })),
    ],
  },
  ...TABLE_EXPERIMENTS,
  ...VARIATION_EXPERIMENTS,
  ...DEV_EXPERIMENTS,
  ...TUNED_EXPERIMENTS,
  ...AVOIDING_EXPERIMENTS,
  ...SAMPLED_EXPERIMENTS,
  ...[RENEWABLE, ...FIND_TASKS].map((task) => scienceExperiment(task, "openDoors")),
  {
    id: GRID_EXPERIMENT,
    title: "Teaching world: a map over p and q",
    question:
      "How do p (how often tips are read) and q (how often they are cut out before learning) act together (figure 10, and every p with every q)?",
    runs: gridRuns({ arms: P_Q_GRID, houses: GRID_HOUSES, seeds: [1], common: TEACHING }),
  },
  {
    id: "p-q.power-component",
    title: "power-component, easy: p and q",
    question: "The same on the real rules: one of the two changed at a time (figure 10).",
    runs: gridRuns({ arms: P_Q_CROSS, houses: [0, 1, 2], seeds: [1], common: { ...POWER, preset: "easy" } }),
  },
  ...newTaskExperiments(NEW_TASKS),
];

const TABLE_1_IDS = PUBLISHED_TABLE_1.map(({ task }) => tableExperimentOf(task));
const TABLE_1 = PLANS.filter(({ id }) => TABLE_1_IDS.includes(id));

/** All experiments. */
export const EXPERIMENTS: readonly Experiment[] = [...PLANS, ...TABLE_1.map(twinOf), ...TABLE_1.map(withMemoryAtTest)];

/**
 * The experiment of an id.
 *
 * @throws {ConfigError} listing the known ones
 */
export function experimentById(id: string): Experiment {
  const experiment = EXPERIMENTS.find((candidate) => candidate.id === id);
  if (experiment === undefined) {
    throw new ConfigError(`experiment: one of ${EXPERIMENTS.map((known) => known.id).join(", ")}, got "${id}"`);
  }
  return experiment;
}
