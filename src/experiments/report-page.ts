/** @file The Markdown page of an experiment, computed from its stored runs alone. */
import { DEFAULT_CONFIG, type RunConfig } from "../core/training/run-config.ts";
import {
  BREAKTHROUGH_RETURN,
  EQUAL_BUDGET_ITERATION,
  finalReturn,
  pairedDifference,
  returnOverRun,
  type ArmResult,
  type FinishedRun,
  type Measure,
} from "./arm-results.ts";
import { breakthroughOf, TRAIN_RETURN_ITERATIONS } from "./arm-results.ts";
import { differingSettings, findArm, shownArms, type ExperimentReport } from "./experiment-report.ts";
import { GENERATED_MARK, left, list, pictureText, right } from "./page-parts.ts";
import type { ReportFigure } from "./report-figures.ts";
import {
  boundsText,
  breakthroughsText,
  differenceText,
  equalBudgetText,
  estimateText,
  headlines,
  MISSING,
  percent,
  points,
  table,
  tokensText,
} from "./report-text.ts";

/** The page of an experiment. */
export function experimentPage(report: ExperimentReport, figures: readonly ReportFigure[]): string {
  const { experiment, remarks, finishedCount, plannedCount } = report;
  const sections = [
    GENERATED_MARK,
    `# ${experiment.title}`,
    experiment.question,
    list(headlines(report)),
    ...figures.map(pictureText),
    "## Arms",
    armsTable(report),
    armsLegend(report),
    ...differencesSection(report),
    ...trialsSection(report),
    ...curvesSection(report),
    ...(remarks === null ? [] : ["## Remarks", remarks.trim()]),
    "## How it was measured",
    list(measuredBy(report)),
    "## Runs",
    `${finishedCount} of ${plannedCount} planned runs are finished. Each can be repeated: same settings, same code and same backend give the same hashes.${lentSentence(report)}`,
    runsTable(report),
    ...deviationsSection(report),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function armsTable(report: ExperimentReport): string {
  const columns = [
    left("arm"),
    right("runs"),
    right("return at the end"),
    right("success at the end"),
    right(`return at iteration ${EQUAL_BUDGET_ITERATION}`),
    right("best"),
    right(`≥ ${BREAKTHROUGH_RETURN} points`),
    right("mean return"),
    right("training return"),
    right("plain successes before"),
    right("tokens"),
    right("minutes"),
  ];
  const borrowed = report.references.map(({ arm }) => arm.id);
  const rows = shownArms(report).map((result) => [
    borrowed.includes(result.arm.id) ? `${result.label} (unchanged)` : result.label,
    String(result.arm.runs.length),
    estimateText(result.heldOutReturn),
    estimateText(result.heldOutSuccess, percent),
    equalBudgetText(result.equalBudget),
    points(result.bestReturn),
    breakthroughsText(result.breakthroughs),
    estimateText(result.meanReturn),
    estimateText(result.trainReturn),
    boundsText(result.plainSuccesses),
    tokensText(result.tokens),
    result.minutes.toFixed(1),
  ]);
  return table(columns, rows);
}

function armsLegend({ referenceExperiment }: ExperimentReport): string {
  const borrowed =
    referenceExperiment === null
      ? ""
      : ` The unchanged methods are those of [${referenceExperiment.title}](${referenceExperiment.id}.md), the same houses and seeds.`;
  return [
    `Means over runs, in brackets their 95 % intervals.${borrowed}`,
    `_Return_ and _success_ (score 100) are held-out; _return at iteration ${EQUAL_BUDGET_ITERATION}_ is the last evaluation until then, with`,
    `the success there; _best_ is each run's best evaluation; _≥ ${BREAKTHROUGH_RETURN} points_ is when an evaluation first got there;`,
    `_mean return_ is the area under the held-out curve divided by the iterations; _training return_ is that of the last ${TRAIN_RETURN_ITERATIONS}`,
    "iterations on the train variations, without tips; _plain successes before_ counts",
    "training rollouts without tips that succeeded before the last evaluation that was still below (a range where the",
    "record holds only bounds), all runs together; _tokens_ and _minutes_ are those of training, per run, on a machine",
    "shared with other runs.",
  ].join("\n");
}

function differencesSection(report: ExperimentReport): string[] {
  const rows = shownArms(report).flatMap((arm) =>
    ["grpo", "empo2"].flatMap((id) => {
      const reference = findArm(report, id);
      return reference === null || reference === arm || isReversed(arm, reference)
        ? []
        : [differenceRow(arm, reference)];
    }),
  );
  const known = rows.filter((row) => row !== null);
  if (known.length === 0) return [];
  const columns = [left("difference"), right("pairs"), right("return at the end"), right("mean return")];
  return ["## Differences between runs of the same house and seed", table(columns, known)];
}

/** GRPO minus EMPO² says nothing that EMPO² minus GRPO does not. */
function isReversed(arm: ArmResult, reference: ArmResult): boolean {
  return arm.arm.id === "grpo" && reference.arm.id === "empo2";
}

function differenceRow(a: ArmResult, b: ArmResult): string[] | null {
  const difference = (measure: Measure) => pairedDifference(a.arm, b.arm, measure);
  const atEnd = difference(finalReturn);
  if (atEnd === null) return null;
  const over = difference(returnOverRun);
  return [`${a.label} − ${b.label}`, String(atEnd.count), differenceText(atEnd), differenceText(over)];
}

function trialsSection(report: ExperimentReport): string[] {
  const withTrials = shownArms(report).filter(({ trials }) => trials.length > 0);
  if (withTrials.length === 0) return [];
  const numbers = withTrials[0]!.trials.map(({ iteration }) => iteration);
  const columns = [left("trial"), ...numbers.map((number) => right(String(number)))];
  const rows = withTrials.map(({ label, trials }) => [
    `${label}, return`,
    ...numbers.map((number) => {
      const point = trials.find(({ iteration }) => iteration === number);
      return point === undefined ? MISSING : points(point.estimate.mean);
    }),
  ]);
  return ["## Trials with memory on", table(columns, rows)];
}

/** The evaluations behind every arm's mean, a line per run. */
function curvesSection({ arms }: ExperimentReport): string[] {
  const evaluated = arms.filter(({ arm }) => arm.runs.some(({ evaluations }) => evaluations.length > 1));
  return evaluated.length === 0 ? [] : ["## Every run", ...evaluated.flatMap(curvesTable)];
}

function curvesTable({ arm, label }: ArmResult): string[] {
  const curves = arm.runs.map(({ config, evaluations }) => ({
    run: `house ${config.house}, seed ${config.seed}`,
    values: new Map(evaluations.map(({ iteration, meanReturn }) => [iteration, meanReturn])),
  }));
  const iterations = [...new Set(curves.flatMap(({ values }) => [...values.keys()]))].toSorted((a, b) => a - b);
  const columns = [left("iteration"), ...iterations.map((iteration) => right(String(iteration)))];
  const rows = curves.map(({ run, values }) => [
    run,
    ...iterations.map((iteration) => {
      const value = values.get(iteration);
      return value === undefined ? MISSING : points(value);
    }),
  ]);
  return [
    `<details>\n<summary>${label}: held-out return at each evaluation</summary>`,
    table(columns, rows),
    "</details>",
  ];
}

/** Not settings of the experiment, but of its arms and runs. */
const OF_RUNS: readonly (keyof RunConfig)[] = ["method", "house", "seed", "iterations", "evaluateEvery"];
/** Said in words. */
const IN_WORDS: readonly (keyof RunConfig)[] = [
  "task",
  "preset",
  "base",
  "tasksPerIteration",
  "groupSize",
  "evaluationEpisodes",
  "evaluationTemperature",
];

function measuredBy(report: ExperimentReport): string[] {
  const arms = shownArms(report);
  const { config } = arms.find(({ curve }) => curve.length > 1)?.arm.runs[0] ?? arms[0]!.arm.runs[0]!;
  const iterations = Math.max(...report.experiment.runs.map((run) => run.config.iterations));
  const test = testedOn(arms.flatMap(({ arm }) => arm.runs));
  const changes = arms.flatMap(({ arm, label }) => {
    const text = differingSettings(arm.runs[0]!.config, DEFAULT_CONFIG, [...OF_RUNS, ...IN_WORDS]);
    return text === "" ? [] : [`${label}: ${text}`];
  });
  return [
    `Task \`${config.task}\`, preset \`${config.preset}\`, base policy \`${config.base}\`; ${iterations} iterations of ${config.tasksPerIteration} tasks × ${config.groupSize} rollouts, the same for every method that learns.`,
    `Held-out: ${test}, ${episodesText(config.evaluationEpisodes)} each, temperature ${config.evaluationTemperature}, memory off. A method that needs its memory at test time gets ten trials from empty memory with fixed weights; the last one counts.`,
    `Made by ${madeBy(arms.flatMap(({ arm }) => arm.runs))}.`,
    "Intervals: percentile bootstrap over runs, or over pairs of runs with the same house and seed, 2,000 resamples. Runs in the same house are not quite independent, which the intervals leave out.",
    changes.length === 0
      ? "All other settings are the defaults."
      : `All other settings are the defaults, except ${changes.join("; ")}.`,
  ];
}

function episodesText(count: number): string {
  return count === 1 ? "1 episode" : `${count} episodes`;
}

function testedOn(runs: readonly FinishedRun[]): string {
  const evaluation = runs.flatMap(({ evaluations, trials }) => [...evaluations, ...trials])[0];
  if (evaluation === undefined) return "nothing";
  const variations = evaluation.perVariation.map(({ variation }) => variation);
  return `variations ${variations.join(", ")} of the ${evaluation.split} split`;
}

/** Code and backends of the runs, each once. */
function madeBy(runs: readonly FinishedRun[]): string {
  const commits = [...new Set(runs.map(({ end }) => shortCommit(end.commit)))].sort();
  const backends = [...new Set(runs.map(({ backend }) => backend))].sort();
  return `commit ${commits.join(", ")} on ${backends.join(", ")}`;
}

function runsTable(report: ExperimentReport): string {
  const columns = [
    left("run"),
    right("house"),
    right("seed"),
    right("iterations"),
    right("return"),
    right("success"),
    right(`≥ ${BREAKTHROUGH_RETURN} at`),
    left("backend"),
    left("commit"),
    left("weights"),
    left("rollouts"),
  ];
  return table(
    columns,
    report.arms.flatMap(({ arm }) =>
      arm.runs.map((run) => {
        const place = run.lentBy ?? { experiment: report.experiment.id, run: run.name };
        return runRow(run, `runs/${place.experiment}/${place.run}`);
      }),
    ),
  );
}

/** Runs that are another experiment's too. */
function lentSentence({ arms }: ExperimentReport): string {
  const lenders = arms.flatMap(({ arm }) => arm.runs.flatMap(({ lentBy }) => lentBy?.experiment ?? []));
  if (lenders.length === 0) return "";
  const names = [...new Set(lenders)].map((id) => `[${id}](${id}.md)`).join(", ");
  return ` ${lenders.length} of them ${lenders.length === 1 ? "is" : "are"} also planned by ${names} and stored there.`;
}

const HASH_LENGTH = 12;

function runRow(run: FinishedRun, folder: string): string[] {
  const { name, config, end, curve, backend } = run;
  return [
    `[${name}](${folder})`,
    String(config.house),
    String(config.seed),
    String(curve.length),
    points(end.heldOutReturn),
    percent(end.heldOutSuccess),
    String(breakthroughOf(run) ?? MISSING),
    backend,
    shortCommit(end.commit),
    end.weightsHash.slice(0, HASH_LENGTH),
    end.rolloutsHash.slice(0, HASH_LENGTH),
  ];
}

const COMMIT_LENGTH = 9;

/** The first digits of a commit, and whether files differed from it. */
export function shortCommit(commit: string): string {
  const [hash, changes] = commit.split("+");
  return changes === undefined ? hash!.slice(0, COMMIT_LENGTH) : `${hash!.slice(0, COMMIT_LENGTH)}+${changes}`;
}

/** Runs that deviate in the same way together. */
function deviationsSection({ deviations }: ExperimentReport): string[] {
  const texts = [...new Set(deviations.map(({ text }) => text))];
  const lines = texts.map((text) => {
    const runs = deviations.filter((deviation) => deviation.text === text).map(({ run }) => `\`${run}\``);
    return `${text}: ${runs.join(", ")}`;
  });
  return lines.length === 0 ? [] : ["Not as planned:", list(lines)];
}
