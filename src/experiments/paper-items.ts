/** @file The paper's tables and figures as data: which runs each one is made of, and what is drawn of them. */
import { ConfigError } from "../core/base/errors.ts";
import { EMPO2, GRPO, REFLEXION, TABLE_METHODS } from "./arms.ts";
import { twinIdOf } from "./dev-choice.ts";
import { WITH_MEMORY, withMemoryIdOf } from "./memory-plan.ts";
import { FIGURE_10, GRID_EXPERIMENT } from "./p-q-grid.ts";
import type { Experiment, PlannedRun } from "./planned-runs.ts";
import { EXPERIMENTS } from "./plans.ts";
import { SAMPLE_SIZES, SAMPLED_TASKS, sampledExperimentOf, type SampleSize } from "./sampled-plan.ts";
import { PUBLISHED_TABLE_1, PUBLISHED_TABLE_2 } from "./published.ts";
import { newTaskTrials, NEW_TASKS, tableExperimentOf, WEBSHOP } from "./task-plans.ts";

/** One line or bar: an arm of an experiment. */
export interface ArmRef {
  readonly experiment: string;
  readonly arm: string;
  /** The arm's own label if not given. */
  readonly label?: string;
}

/** What a plot shows of the runs: a curve of a measure, the trials with memory on, or where the time went. */
export type Plot =
  | { readonly kind: "curve"; readonly measure: "return" | "entropy" | "gradNorm"; readonly over: PlotAxis }
  | { readonly kind: "trials" }
  | { readonly kind: "phases" };

/** What an iteration is laid on: itself, the time that training took until then, or the tokens. */
export type PlotAxis = "iteration" | "minutes" | "tokens";

/** The lines of a figure on one task; the first is what the others are compared with. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly ArmRef[];
}

interface ItemBase {
  /** As `reproduce` knows it. */
  readonly id: string;
  readonly title: string;
  /** What the paper shows there. */
  readonly paper: string;
  /** What is different here; empty if nothing is. */
  readonly here: string;
}

/** A figure of the paper. */
export interface PaperFigure extends ItemBase {
  readonly kind: "figure";
  readonly panels: readonly Panel[];
  readonly plots: readonly Plot[];
}

/** A task of a table, and the paper's numbers by arm: return, and success in percent where it is told. */
export interface TableRow {
  readonly task: string;
  readonly experiment: string;
  readonly published: Readonly<Record<string, readonly [score: number, success?: number]>>;
}

/** A table of the paper. */
export interface PaperTable extends ItemBase {
  readonly kind: "table";
  readonly rows: readonly TableRow[];
  /** Arms in the order of the columns. */
  readonly arms: readonly string[];
  /** The table whose tasks it shows under another condition; the page shows both as one. */
  readonly of?: string;
  /** Runs are read at the iteration that is best on dev variations instead of at their end. */
  readonly isChosenOnDev?: boolean;
  /** All methods are read in their last trial with memory, as Reflexion is in every table. */
  readonly hasMemoryAtTest?: boolean;
}

/** A table or figure of the paper. */
export type PaperItem = PaperTable | PaperFigure;

/** The two tasks of the figures, and the experiments that have their runs. */
const TASKS = [
  { id: "teaching", title: "teaching world", main: "teaching", changed: "teaching-arms", pq: GRID_EXPERIMENT },
  {
    id: "power-component",
    title: "power-component, easy",
    main: "power-component.easy",
    changed: "power-component-arms",
    pq: "p-q.power-component",
  },
];

type Task = (typeof TASKS)[number];

function panels(linesOf: (task: Task) => readonly ArmRef[]): Panel[] {
  return TASKS.map((task) => ({ id: task.id, title: task.title, lines: linesOf(task) }));
}

const asItIs = ({ main }: Task, ...arms: readonly string[]): ArmRef[] => arms.map((arm) => ({ experiment: main, arm }));
const changed = ({ changed: experiment }: Task, ...arms: readonly string[]): ArmRef[] =>
  arms.map((arm) => ({ experiment, arm }));

function pqLines({ main, pq }: Task, lines: readonly { readonly label: string; readonly arm: string }[]): ArmRef[] {
  const isAsItIs = (arm: string): boolean => arm === EMPO2.arm || arm === GRPO.arm;
  return lines.map(({ label, arm }) => ({ experiment: isAsItIs(arm) ? main : pq, arm, label }));
}

const RETURN: Plot = { kind: "curve", measure: "return", over: "iteration" };
const EMPO2_AND_GRPO = panels((task) => asItIs(task, "grpo", "empo2"));

const FIGURES: readonly PaperFigure[] = [
  {
    kind: "figure",
    id: "fig1",
    title: "Figure 1: learning curves",
    paper: "On power-component GRPO plateaus and EMPO² solves the task.",
    here: "",
    panels: EMPO2_AND_GRPO,
    plots: [RETURN],
  },
  {
    kind: "figure",
    id: "fig6",
    title: "Figure 6: the low-probability mask",
    paper: "Without the mask off-policy training collapses (the gradient becomes NaN).",
    here: "Several seeds with bands. By default old log-probs are without tips here, so that ratios are near 1; the arms with tips are the paper's Table 3.",
    panels: panels((task) => [
      ...asItIs(task, "empo2"),
      ...changed(
        task,
        ...["empo2-mask-5", "empo2-no-mask", "empo2-response-mask"],
        ...["empo2-old-with-tips", "empo2-old-with-tips-no-mask"],
      ),
    ]),
    plots: [RETURN, { kind: "curve", measure: "gradNorm", over: "iteration" }],
  },
  {
    kind: "figure",
    id: "fig7",
    title: "Figure 7: entropy and the intrinsic reward",
    paper: "With the intrinsic reward the policy's entropy stays higher.",
    here: "The effect on the return is shown too.",
    panels: panels((task) => [...asItIs(task, "empo2"), ...changed(task, "empo2-no-intrinsic")]),
    plots: [{ kind: "curve", measure: "entropy", over: "iteration" }, RETURN],
  },
  {
    kind: "figure",
    id: "fig8",
    title: "Figure 8: new tasks with memory and no weight update",
    paper: "Trained on one task and frozen, EMPO² gains 136 % on average over ten steps with memory on another task.",
    here: "Both methods and the base policy on one plot, each with and without memory, over several unseen houses. The policies were trained with a third of the learning rate, with rehearsal of the pretraining corpus, and until five iterations after their held-out return on the training task reached 95 points, both methods alike; this stands in for a large model's robustness and is not part of EMPO².",
    panels: NEW_TASKS.map((plan) => {
      const experiment = newTaskTrials(plan).id;
      const lines = ["with", "without"].flatMap((how) => [
        ...["empo2", "grpo"].map((who) => ({ experiment, arm: `${who}-${how}-memory` })),
        { experiment, arm: `base-${how}-memory`, label: `base policy (${how} memory)` },
      ]);
      const { from, to } = plan;
      const title = from.task === to.task ? `${to.task}, other houses` : `${from.task} → ${to.task}`;
      return { id: plan.id, title, lines };
    }),
    plots: [{ kind: "trials" }],
  },
  {
    kind: "figure",
    id: "fig9",
    title: "Figure 9: without off-policy updates, without on-policy updates with tips",
    paper: "Both are worse than the mixture.",
    here: "",
    panels: panels((task) => [...asItIs(task, "empo2"), ...changed(task, "empo2-q0", "empo2-q1")]),
    plots: [RETURN],
  },
  {
    kind: "figure",
    id: "fig10",
    title: "Figure 10: p and q",
    paper: "p 0.1 is near GRPO and 0.7 fluctuates; q from 0.3 to 0.95 matters less.",
    here: "The first line is the default of each: p 0.25 and q 0.67. In the teaching world the runs are part of a grid of every p with every q, which the page shows as a map.",
    panels: TASKS.flatMap((task) =>
      (["p", "q"] as const).map((id) => {
        const lines = pqLines(task, FIGURE_10[id]);
        const sorted = [...lines].sort((a, b) => Number(b.arm === EMPO2.arm) - Number(a.arm === EMPO2.arm));
        return { id: `${task.id}-${id}`, title: `${task.title}: ${id}`, lines: sorted };
      }),
    ),
    plots: [RETURN],
  },
  {
    kind: "figure",
    id: "fig11",
    title: "Figure 11: the intrinsic reward's size and kind",
    paper: "Half, once and twice the reward, and RND instead, do alike; without it the return plateaus lower.",
    here: "A count bonus is shown too.",
    panels: panels((task) => [
      ...asItIs(task, "empo2"),
      ...changed(
        task,
        ...["empo2-no-intrinsic", "empo2-intrinsic-0.5", "empo2-intrinsic-2", "empo2-rnd", "empo2-count"],
      ),
    ]),
    plots: [RETURN],
  },
  {
    kind: "figure",
    id: "fig12",
    title: "Figure 12: where the time goes",
    paper: "Memory costs about 19 % of the rollout time.",
    here: "Times are of one process on a machine shared with other runs; evaluations are not counted.",
    panels: panels((task) => asItIs(task, "empo2", "grpo")),
    plots: [{ kind: "phases" }],
  },
  {
    kind: "figure",
    id: "fig13",
    title: "Figure 13: return against time",
    paper: "EMPO² is ahead of GRPO also by time.",
    here: "Also against the tokens of the rollouts, which no machine changes.",
    panels: EMPO2_AND_GRPO,
    plots: [
      { kind: "curve", measure: "return", over: "minutes" },
      { kind: "curve", measure: "return", over: "tokens" },
    ],
  },
];

/** Rows of table 1 with the two methods that its other conditions are run with. */
function rowsOfTwo(experimentOf: (task: string) => string): TableRow[] {
  return PUBLISHED_TABLE_1.map(({ task, empo2, grpo }) => ({
    task,
    experiment: experimentOf(task),
    published: { grpo: [grpo], empo2: [empo2] },
  }));
}

/** Table 1 with variations that stand for their splits; the other tasks' splits are nearly used whole as it is. */
function sampledTable(size: SampleSize): PaperTable {
  return {
    kind: "table",
    id: `table1-sampled-${size}`,
    of: "table1",
    title: `Table 1 with ${size} sampled train variations`,
    paper: "The first five train variations, and 20 test variations.",
    here: `A random sample of ${size} train and 20 test variations, the same for both methods and all seeds, where a task has more than ten train variations: its first five are much alike, and so are its first 20 test variations. Sixty iterations instead of thirty.`,
    rows: rowsOfTwo((task) =>
      SAMPLED_TASKS.includes(task) ? sampledExperimentOf(task, size) : tableExperimentOf(task),
    ),
    arms: [GRPO.arm, EMPO2.arm],
  };
}

const CHOSEN_TABLE: PaperTable = {
  kind: "table",
  id: "table1-chosen",
  of: "table1",
  isChosenOnDev: true,
  title: "Table 1, read at the iteration that is best on dev variations",
  paper: "Mean return on 20 unseen variations after the last iteration.",
  here: "The same runs as in table 1. A twin of each, with the same weights, was evaluated on dev variations; the iteration at which it is best there, the base policy's among them, is the one read here on the test variations. Both methods alike.",
  rows: rowsOfTwo(tableExperimentOf),
  arms: [GRPO.arm, EMPO2.arm],
};

const MEMORY_TABLE: PaperTable = {
  kind: "table",
  id: "table1-memory",
  of: "table1",
  hasMemoryAtTest: true,
  title: "Table 1, with memory at test",
  paper: "Memory is off at test, but for Reflexion.",
  here: "The policies that the runs of table 1 end with, tried as Reflexion is: ten times from empty memory, which they fill themselves, with fixed weights. Both methods and Reflexion alike.",
  rows: PUBLISHED_TABLE_1.map(({ task, reflexion }) => ({
    task,
    experiment: withMemoryIdOf(tableExperimentOf(task)),
    published: { reflexion: [reflexion] },
  })),
  arms: [REFLEXION.arm, ...[GRPO, EMPO2].map(({ arm }) => WITH_MEMORY.get(arm)!)],
};

const ARM_ORDER = ["naive", "reflexion", "retrospex", "grpo", "gigpo", "gigpo-without-std", "empo2"];

/** All of them: tables first. */
export const PAPER_ITEMS: readonly PaperItem[] = [
  {
    kind: "table",
    id: "table1",
    title: "Table 1: ScienceWorld",
    paper: "Mean return on 20 unseen variations, memory off at test.",
    here: "All methods have the same settings on all tasks, none is tuned to a task. GiGPO is shown too, which the paper has on WebShop only. The tasks of electricity sources and of finding things start from the smaller base policy, the others from the one for all tasks.",
    rows: PUBLISHED_TABLE_1.map(({ task, ...returns }) => ({
      task,
      experiment: tableExperimentOf(task),
      published: Object.fromEntries(Object.entries(returns).map(([arm, value]) => [arm, [value] as const])),
    })),
    arms: ARM_ORDER,
  },
  CHOSEN_TABLE,
  MEMORY_TABLE,
  ...SAMPLE_SIZES.map(sampledTable),
  {
    kind: "table",
    id: "table2",
    title: "Table 2: WebShop",
    paper: "Mean score and success rate over three seeds.",
    here: "All methods have the same settings, those of the page's preset for WebShop.",
    rows: [{ task: WEBSHOP, experiment: tableExperimentOf(WEBSHOP), published: PUBLISHED_TABLE_2 }],
    arms: ARM_ORDER.filter((arm) => TABLE_METHODS.some((method) => method.arm === arm)),
  },
  ...FIGURES,
];

/** The tables among them, under all their conditions. */
export const PAPER_TABLES: readonly PaperTable[] = PAPER_ITEMS.filter((item) => item.kind === "table");

/**
 * The items of these ids, each once; `all` is all of them.
 *
 * @throws {ConfigError} listing the known ones
 */
export function paperItems(ids: readonly string[]): PaperItem[] {
  const unknown = ids.find((id) => id !== "all" && !PAPER_ITEMS.some((item) => item.id === id));
  if (unknown !== undefined) {
    throw new ConfigError(`reproduce: one of ${PAPER_ITEMS.map(({ id }) => id).join(", ")}, all, got "${unknown}"`);
  }
  return PAPER_ITEMS.filter(({ id }) => ids.includes("all") || ids.includes(id));
}

/** The arms that an item is made of. */
export function armsOfItem(item: PaperItem): ArmRef[] {
  return item.kind === "figure"
    ? item.panels.flatMap(({ lines }) => lines)
    : item.rows.flatMap(({ experiment }) => item.arms.map((arm) => ({ experiment, arm })));
}

/** The planned runs of items, by experiment, none twice. */
export function runsOfItems(items: readonly PaperItem[]): Experiment[] {
  const wanted = items.flatMap((item) => {
    const shown = armsOfItem(item);
    const isChosen = item.kind === "table" && item.isChosenOnDev === true;
    return isChosen ? [...shown, ...shown.map((ref) => ({ ...ref, experiment: twinIdOf(ref.experiment) }))] : shown;
  });
  const isWanted = (experiment: Experiment, { arm }: PlannedRun): boolean =>
    wanted.some((ref) => ref.experiment === experiment.id && ref.arm === arm);
  return EXPERIMENTS.map((experiment) => ({
    ...experiment,
    runs: experiment.runs.filter((run) => isWanted(experiment, run)),
  })).filter(({ runs }) => runs.length > 0);
}
