/**
 * @file The plans of tables 1 and 2 and of figure 8: every method on every task, and trained policies on new tasks.
 */
import type { RunConfig } from "../core/training/run-config.ts";
import { shippedBaseFor } from "../core/training/config-defaults.ts";
import { BREAKTHROUGH_RETURN } from "./arm-results.ts";
import { BEYOND_THE_PAPER, FIRST_METHODS, NAIVE, REFLEXION, TABLE_METHODS } from "./arms.ts";
import {
  gridRuns,
  PROTOCOL_EPISODES,
  trainedPolicy,
  type Experiment,
  type PlannedArm,
  type PlannedRun,
} from "./planned-runs.ts";
import { presetConfig } from "./presets.ts";
import { PUBLISHED_TABLE_1 } from "./published.ts";

export const POWER_COMPONENT = "power-component";
export const RENEWABLE = "power-component-renewable-vs-nonrenewable-energy";
export const TEACHING_TASK = "teaching-power-component";
export const WEBSHOP = "webshop";
export const FIND_TASKS: readonly string[] = [
  "find-living-thing",
  "find-non-living-thing",
  "find-plant",
  "find-animal",
];

/** In renewable, sixteen steps without reward lie between 43 points and 100: it takes longer. */
export const RENEWABLE_ITERATIONS = 80;
const ITERATIONS = 30;

const METHODS_QUESTION =
  "Where does each method get on the real rules, from the same base and the same number of episodes?";

/** The experiment of a task's row in table 1 or 2. */
export function tableExperimentOf(task: string): string {
  return `${task}.${task === WEBSHOP ? "text_rich" : "easy"}`;
}

/** Doors are open and the way is told, or the agent walks; there the first methods only. */
export function scienceExperiment(task: string, preset: "easy" | "openDoors"): Experiment {
  const iterations = task === RENEWABLE ? RENEWABLE_ITERATIONS : ITERATIONS;
  return {
    id: `${task}.${preset}`,
    title: `${task}, ${preset}`,
    question: METHODS_QUESTION,
    runs: gridRuns({
      arms: preset === "easy" ? [...TABLE_METHODS, ...BEYOND_THE_PAPER] : FIRST_METHODS,
      houses: [0],
      seeds: [1, 2, 3, 4, 5],
      common: {
        task,
        preset,
        base: shippedBaseFor(task),
        iterations,
        evaluateEvery: 5,
        evaluationEpisodes: PROTOCOL_EPISODES,
      },
    }),
  };
}

/**
 * Tasks whose first five train variations ask for one thing only (one colour, one metal, …), so that nothing there tells
 * what the test variations ask for: there the number of variations is what may help, for both methods alike.
 */
const ONE_SIDED_TASKS: readonly string[] = [
  "chemistry-mix-paint-secondary-color",
  "test-conductivity",
  "test-conductivity-of-unknown-substances",
  "use-thermometer",
];

const MORE_VARIATIONS = 50;

/** More train variations, with a memory for each of them or one for the task. */
const VARIATION_ARMS: readonly PlannedArm[] = [
  { arm: "empo2", changes: { method: "empo2" } },
  { arm: "empo2-shared-tips", changes: { method: "empo2", tipScope: "task" } },
  { arm: "grpo", changes: { method: "grpo" } },
];

/** What becomes of the one-sided tasks with more train variations than the protocol's five. */
export const VARIATION_EXPERIMENTS: readonly Experiment[] = ONE_SIDED_TASKS.map((task) => ({
  id: `${task}-variations`,
  title: `${task}, easy, with ${MORE_VARIATIONS} train variations`,
  question: "The first five train variations are all alike. Is it them that keep the methods from generalizing?",
  runs: gridRuns({
    arms: VARIATION_ARMS,
    houses: [0],
    seeds: [1, 2, 3],
    common: {
      task,
      preset: "easy",
      base: shippedBaseFor(task),
      trainVariations: MORE_VARIATIONS,
      iterations: 2 * ITERATIONS,
      evaluateEvery: 10,
      evaluationEpisodes: PROTOCOL_EPISODES,
    },
  }),
}));

/** The preset for shops, in three catalogues (learning-recipe.md §6). */
const WEBSHOP_EXPERIMENT: Experiment = {
  id: tableExperimentOf(WEBSHOP),
  title: "WebShop, rich text",
  question: "Where does each method get in the shop, from the same base and the same number of episodes?",
  runs: gridRuns({
    arms: [...TABLE_METHODS, ...BEYOND_THE_PAPER],
    houses: [0, 1, 2],
    seeds: [1],
    common: { ...presetConfig(WEBSHOP), iterations: 60, evaluateEvery: 10 },
  }),
};

/** All tasks of table 1 but power-component, which has an experiment with more houses, and the shop; on and off. */
export const TABLE_EXPERIMENTS: readonly Experiment[] = [
  ...PUBLISHED_TABLE_1.map(({ task }) => task)
    .filter((task) => task !== POWER_COMPONENT)
    .map((task) => scienceExperiment(task, "easy")),
  WEBSHOP_EXPERIMENT,
];

/** A policy trained in one place and tried in others, as figure 8 does. */
export interface NewTaskPlan {
  readonly id: string;
  readonly from: { readonly task: string; readonly house: number; readonly iterations: number };
  readonly to: { readonly task: string; readonly houses: readonly number[] };
}

/** The teaching world's other houses, a related task, and the paper's three pairs. */
export const NEW_TASKS: readonly NewTaskPlan[] = [
  {
    id: "teaching",
    from: { task: TEACHING_TASK, house: 1, iterations: 50 },
    to: { task: TEACHING_TASK, houses: [6, 7, 8, 9] },
  },
  {
    id: "power-component",
    from: { task: POWER_COMPONENT, house: 0, iterations: 40 },
    to: { task: RENEWABLE, houses: [0, 6, 7, 8] },
  },
  ...[
    ["identify-life-stages-2", "lifespan-shortest-lived"] as const,
    ["lifespan-longest-lived", "test-conductivity"] as const,
    [POWER_COMPONENT, "chemistry-mix-paint-secondary-color"] as const,
  ].map(([from, to]) => ({
    id: to,
    from: { task: from, house: 0, iterations: 40 },
    to: { task: to, houses: [0, 6, 7, 8] },
  })),
];

const NEW_TASK_SEEDS = [1, 2, 3];

/**
 * The learning recipe for policies that go on reading tips, the same for both methods (learning-recipe.md §4): small
 * steps, rehearsal, and an end once the task is learned.
 */
const KEEPS_READING: Partial<RunConfig> = {
  learningRate: 1e-4,
  rehearsalCoefficient: 0.5,
  stopReturn: BREAKTHROUGH_RETURN,
  stopDelay: 5,
};

/** The base that both tasks begin with. */
function baseOfPlan({ from, to }: NewTaskPlan): string {
  return shippedBaseFor(from.task, to.task);
}

/** The policies of figure 8, trained: the same for all tasks that they are then tried on, if their base is the same. */
export function newTaskTraining(plan: NewTaskPlan): Experiment {
  const { task, house, iterations } = plan.from;
  const base = baseOfPlan(plan);
  return {
    id: base === shippedBaseFor(task) ? `new-task-training.${task}` : `new-task-training.${task}.${base}`,
    title: `Figure 8, training: ${task}`,
    question:
      "The policies that are then tried on new tasks: one third of the learning rate, with rehearsal, and five iterations on once the task is learned.",
    runs: gridRuns({
      arms: ["empo2", "grpo"].map((method) => ({ arm: method, changes: { method } })),
      houses: [house],
      seeds: NEW_TASK_SEEDS,
      common: { ...KEEPS_READING, task, base, iterations, evaluateEvery: 5, evaluationEpisodes: PROTOCOL_EPISODES },
    }),
  };
}

/** Memory on is what Reflexion does at test, ten trials from empty memory; memory off is Naive. Nothing is learned. */
export const FROZEN = [
  { arm: "with-memory", memory: "on", changes: REFLEXION.changes },
  { arm: "without-memory", memory: "off", changes: NAIVE.changes },
] as const;

/** Figure 8: the trained policies and the base, weights fixed, with and without memory. */
export function newTaskTrials(plan: NewTaskPlan): Experiment {
  const { task, houses } = plan.to;
  const training = newTaskTraining(plan);
  const common = { task, base: baseOfPlan(plan), evaluationEpisodes: PROTOCOL_EPISODES };
  const ofMethods = training.runs.flatMap(({ name, arm, config: { seed } }) => {
    const base = trainedPolicy({ experiment: training.id, run: name });
    return frozenRuns(arm, houses, seed, { ...common, base });
  });
  const ofBase = NEW_TASK_SEEDS.flatMap((seed) => frozenRuns("base", houses, seed, common));
  return {
    id: `new-task.${plan.id}`,
    title: `Figure 8: trained on ${plan.from.task}, tried on ${task}`,
    question: "How far does a policy get in a new task with its memory alone, its weights fixed?",
    runs: [...ofMethods, ...ofBase],
  };
}

function frozenRuns(
  who: string,
  houses: readonly number[],
  seed: number,
  common: Partial<RunConfig>,
): readonly PlannedRun[] {
  const arms = FROZEN.map(({ arm, changes }) => ({ arm: `${who}-${arm}`, changes }));
  return gridRuns({ arms, houses, seeds: [seed], common });
}

/** Figure 8's experiments: training first, and once where several begin with the same. */
export function newTaskExperiments(plans: readonly NewTaskPlan[]): readonly Experiment[] {
  const experiments = [...plans.map(newTaskTraining), ...plans.map(newTaskTrials)];
  return [...new Map(experiments.map((experiment) => [experiment.id, experiment])).values()];
}
