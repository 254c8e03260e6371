/** @file Numbers, tables and sentences of the pages, made from the results alone. */
import type { ArmResult, Bounds, Breakthroughs, EqualBudgetResult } from "./arm-results.ts";
import {
  breakthroughOf,
  BREAKTHROUGH_RETURN,
  EQUAL_BUDGET_ITERATION,
  finalReturn,
  methodOf,
  pairedDifference,
} from "./arm-results.ts";
import { findArm, type ExperimentReport } from "./experiment-report.ts";
import type { Estimate } from "./statistics.ts";

/** Where a value does not exist. */
export const MISSING = "–";

/** Points with one decimal and a true minus sign. */
export function points(value: number): string {
  const text = value.toFixed(1).replace("-", "−");
  return text === "−0.0" ? "0.0" : text;
}

/** A share as percent. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** A mean with its interval, “97.2 [95.1, 99.0]”. */
export function estimateText(estimate: Estimate | null, show: (value: number) => string = points): string {
  if (estimate === null) return MISSING;
  const { mean, interval } = estimate;
  return interval === null ? show(mean) : `${show(mean)} [${show(interval[0])}, ${show(interval[1])}]`;
}

/** A difference with its sign and interval. */
export function differenceText(estimate: Estimate | null): string {
  return estimateText(estimate, (value) => (value > 0.05 ? `+${points(value)}` : points(value)));
}

/** Return with its interval, and success. */
export function equalBudgetText(result: EqualBudgetResult | null): string {
  return result === null
    ? MISSING
    : `${estimateText(result.heldOutReturn)}, ${percent(result.heldOutSuccess.mean)} success`;
}

export function boundsText({ least, most }: Bounds): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

export function breakthroughsText(breakthroughs: Breakthroughs | null): string {
  if (breakthroughs === null) return MISSING;
  const { reached, runs, median } = breakthroughs;
  return `${reached} of ${runs}${median === null ? "" : `, median ${median}`}`;
}

/** Token counts in thousands or millions. */
export function tokensText(count: number): string {
  return count >= 1e6 ? `${(count / 1e6).toFixed(2)} M` : `${(count / 1e3).toFixed(0)} k`;
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align: "left" | "right";
}

/** A Markdown table with its columns in line, as the formatter wants it. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, i) =>
    Math.max(3, ...[title, ...rows.map((row) => row[i]!)].map(({ length }) => length)),
  );
  const line = (cells: readonly string[]): string => {
    const padded = cells.map((cell, i) => {
      const space = " ".repeat(widths[i]! - cell.length);
      return columns[i]!.align === "right" ? space + cell : cell + space;
    });
    return `| ${padded.join(" | ")} |`;
  };
  const rule = columns.map(({ align }, i) =>
    align === "right" ? `${"-".repeat(widths[i]! - 1)}:` : "-".repeat(widths[i]!),
  );
  return [line(columns.map(({ title }) => title)), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** The sentences that say what came out, most important first. */
export function headlines(report: ExperimentReport): string[] {
  const empo2 = findArm(report, "empo2");
  const grpo = findArm(report, "grpo");
  const compared = empo2 === null || grpo === null ? [] : compareMethods(empo2, grpo);
  return [
    ...compared,
    ...report.arms.flatMap(unaidedSentences),
    ...(empo2 === null || report.references.length === 0 ? [] : compareArms(report, empo2)),
    ...(empo2 === null || grpo === null ? [] : contentSentences(report, empo2, grpo)),
    ...report.arms.flatMap(trialSentences),
  ];
}

function compareMethods(empo2: ArmResult, grpo: ArmResult): string[] {
  const difference = pairedDifference(empo2.arm, grpo.arm, finalReturn);
  return [
    ...(difference === null
      ? []
      : [`${differenceSentence(empo2.label, grpo.label, difference)}${bandsSentence(empo2, grpo)}`]),
    ...equalBudgetSentences(empo2, grpo),
    ...(empo2.breakthroughs === null || grpo.breakthroughs === null
      ? []
      : [
          `A held-out return of ${BREAKTHROUGH_RETURN} or more is reached by ${empo2.label} in ${whenText(empo2.breakthroughs)}, by ${grpo.label} in ${whenText(grpo.breakthroughs)}.`,
        ]),
  ];
}

/** “EMPO² ends 54.1 points above GRPO (95 % interval 48.0 to 57.0; n = 10 pairs).”, or level with it. */
export function differenceSentence(a: string, b: string, { mean, interval, count }: Estimate): string {
  const size = points(Math.abs(mean));
  const end =
    size === points(0) ? `${a} ends level with ${b}` : `${a} ends ${size} points ${mean < 0 ? "below" : "above"} ${b}`;
  if (interval === null) return `${end} in the only pair of runs.`;
  const [low, high] = mean < 0 ? [-interval[1], -interval[0]] : interval;
  const basis = `(95 % interval ${points(low)} to ${points(high)}; n = ${count} pairs)`;
  if (low > 0) return `${end} ${basis}.`;
  return `${end}: no difference is shown ${basis}.`;
}

function bandsSentence(a: ArmResult, b: ArmResult): string {
  const overlap = doOverlap(a.heldOutReturn, b.heldOutReturn);
  if (overlap === null) return "";
  return overlap ? " The 95 % bands of the two overlap." : " The 95 % bands of the two are apart.";
}

/** Whether two intervals have a value in common; null without intervals. */
function doOverlap({ interval: a }: Estimate, { interval: b }: Estimate): boolean | null {
  return a === null || b === null ? null : a[0] <= b[1] && b[0] <= a[1];
}

/** Where both stand after the same number of episodes. */
function equalBudgetSentences(a: ArmResult, b: ArmResult): string[] {
  if (a.equalBudget === null || b.equalBudget === null) return [];
  const [first, second] = [a.equalBudget.heldOutReturn, b.equalBudget.heldOutReturn];
  const overlap = doOverlap(first, second);
  const bands = overlap === null ? "" : `, the 95 % bands ${overlap ? "overlap" : "do not overlap"}`;
  return [
    `At iteration ${EQUAL_BUDGET_ITERATION} (${episodesBefore(a)} episodes each) ${a.label} has ${points(first.mean)} and ${b.label} ${points(second.mean)} points: ${points(Math.abs(first.mean - second.mean))} apart${bands}.`,
  ];
}

function episodesBefore({ arm }: ArmResult): number {
  const { tasksPerIteration, groupSize } = arm.runs[0]!.config;
  return EQUAL_BUDGET_ITERATION * tasksPerIteration * groupSize;
}

/** How many runs of GRPO get there without tips, and when. */
function unaidedSentences({ arm, label, breakthroughs }: ArmResult): string[] {
  if (methodOf(arm.id) !== "grpo" || breakthroughs === null) return [];
  const { reached, runs } = breakthroughs;
  const end = `By the end (iteration ${Math.max(...arm.runs.map(({ curve }) => curve.length))})`;
  if (reached === 0) {
    return [`${end} none of ${runs} ${label} runs broke through by itself (reached ≥ ${BREAKTHROUGH_RETURN}).`];
  }
  const when = arm.runs.flatMap((run) => breakthroughOf(run) ?? []).toSorted((x, y) => x - y);
  return [
    `${end} ${reached} of ${runs} ${label} runs broke through by ${reached === 1 ? "itself" : "themselves"} (reached ≥ ${BREAKTHROUGH_RETURN}), first at ${when.length === 1 ? "iteration" : "iterations"} ${when.join(", ")}.`,
  ];
}

function whenText({ reached, runs, median }: Breakthroughs): string {
  const when = median === null ? "" : ` (median: iteration ${median})`;
  return `${reached} of ${runs} runs${when}`;
}

function compareArms({ arms }: ExperimentReport, empo2: ArmResult): string[] {
  return arms.flatMap(({ arm, label }) => {
    const difference = pairedDifference(arm, empo2.arm, finalReturn);
    return difference === null ? [] : [differenceSentence(label, empo2.label, difference)];
  });
}

/** How much of the gain on GRPO is left when the tips say something else, or nothing. */
function contentSentences(report: ExperimentReport, empo2: ArmResult, grpo: ArmResult): string[] {
  const gain = pairedDifference(empo2.arm, grpo.arm, finalReturn);
  if (gain?.interval == null || gain.interval[0] <= 0) return [];
  return report.arms.flatMap(({ arm, label }) => {
    const source = arm.runs[0]!.config.tipSource;
    const left = source === "memory" ? null : pairedDifference(arm, grpo.arm, finalReturn);
    if (left === null) return [];
    const lost = Math.min(1, Math.max(0, 1 - left.mean / gain.mean));
    return [
      `Of the ${points(gain.mean)} points that ${empo2.label} gains on ${grpo.label}, ${label} keeps ${points(left.mean)}: ${percent(lost)} of the gain goes with the content of the tips.`,
    ];
  });
}

function trialSentences({ label, trials }: ArmResult): string[] {
  const first = trials[0];
  const last = trials.at(-1);
  if (first === undefined || last === undefined || first === last) return [];
  return [
    `${label} reads and writes tips with fixed weights: ${points(first.estimate.mean)} points in trial ${first.iteration}, ${points(last.estimate.mean)} in trial ${last.iteration}.`,
  ];
}
