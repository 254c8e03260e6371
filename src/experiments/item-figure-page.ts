/** @file The paper's figures as pages: what the lines end at, how they differ, what memory gained, where the time went. */
import { Random } from "../core/base/random.ts";
import { placeOf, type Arm } from "./arm-results.ts";
import {
  compareArms,
  gainOf,
  phaseTimes,
  trialGain,
  type FigureReport,
  type ItemLine,
  type PanelReport,
  type TrialGain,
} from "./item-report.ts";
import { inPercent } from "./item-table-page.ts";
import { left, list, pictureText, right } from "./page-parts.ts";
import type { ReportFigure } from "./report-figures.ts";
import { differenceSentence, differenceText, estimateText, MISSING, percent, points, table } from "./report-text.ts";
import { estimateMean, pairedDifferences, type Estimate } from "./statistics.ts";

/** The page's own part. */
export function figureSections(report: FigureReport, figures: readonly ReportFigure[]): string[] {
  return [
    list(figureHeadlines(report)),
    ...figures.map(pictureText),
    ...report.panels.flatMap((panel) => panelSections(report, panel)),
  ];
}

/** What came out, panel by panel. */
export function figureHeadlines(report: FigureReport): string[] {
  const kinds = report.item.plots.map(({ kind }) => kind);
  return report.panels.flatMap((panel) => {
    const sentences = kinds.includes("trials")
      ? gainSentences(panel)
      : kinds.includes("phases")
        ? timeSentences(panel)
        : comparisonSentences(panel);
    return sentences.map((sentence) => `${panel.panel.title}: ${sentence}`);
  });
}

function comparisonSentences({ lines }: PanelReport): string[] {
  const [first, ...others] = lines;
  return others.flatMap(({ label, result }) => {
    const difference = compareArms(result, first!.result);
    return difference === null ? [] : [differenceSentence(label, first!.label, difference.heldOutReturn)];
  });
}

function panelSections({ item }: FigureReport, panel: PanelReport): string[] {
  const kinds = item.plots.map(({ kind }) => kind);
  const own = kinds.includes("trials")
    ? gainsTable(panel)
    : kinds.includes("phases")
      ? phasesTable(panel)
      : linesTable(panel);
  return [`## ${panel.panel.title}`, own];
}

function linesTable({ lines }: PanelReport): string {
  const first = lines[0]!;
  const columns = [
    left("line"),
    right("runs"),
    right("return ± std"),
    right("return"),
    right("success"),
    right("mean return"),
    right(`− ${first.label}: return`),
    right("success, percentage points"),
    right("mean return"),
  ];
  const rows = lines.map((line) => {
    const { heldOutReturn, heldOutSuccess, meanReturn } = line.result;
    const difference = line === first ? null : compareArms(line.result, first.result);
    return [
      line.label,
      String(heldOutReturn.count),
      heldOutReturn.deviation === null
        ? MISSING
        : `${points(heldOutReturn.mean)} ± ${heldOutReturn.deviation.toFixed(1)}`,
      estimateText(heldOutReturn),
      estimateText(heldOutSuccess, percent),
      estimateText(meanReturn),
      ...(difference === null
        ? [MISSING, MISSING, MISSING]
        : [
            differenceText(difference.heldOutReturn),
            differenceText(inPercent(difference.heldOutSuccess)),
            differenceText(difference.meanReturn),
          ]),
    ];
  });
  return `${table(columns, rows)}\n\nAll lines over the same houses and seeds; differences are paired by them. _Mean return_ is the area under the held-out curve divided by its iterations.`;
}

interface Gained {
  readonly line: ItemLine;
  readonly gain: TrialGain;
}

function gained({ lines }: PanelReport): Gained[] {
  return lines.flatMap((line) => {
    const gain = trialGain(line.result);
    return gain === null ? [] : [{ line, gain }];
  });
}

/** One sentence a panel: what memory gave each policy, and the first one's gain against the others'. */
function gainSentences(panel: PanelReport): string[] {
  const all = gained(panel);
  const [first, ...others] = all;
  if (first === undefined) return [];
  const ways = all.map(
    ({ line, gain }) => `${line.label} ${points(gain.first)} → ${points(gain.last)} points${shareText(gain)}`,
  );
  const compared = others.flatMap(({ line }) => {
    const difference = gainDifference(first.line.result.arm, line.result.arm);
    return difference === null
      ? []
      : [`minus that of ${line.label} ${differenceText(difference)} (n = ${difference.count} pairs)`];
  });
  const gains = compared.length === 0 ? "" : `; the gain of ${first.line.label} ${compared.join(", ")}`;
  return [`From the first trial to the last: ${ways.join(", ")}${gains}.`];
}

function shareText({ share }: TrialGain): string {
  return share === null ? "" : ` (${share < 0 ? "−" : "+"}${percent(Math.abs(share))})`;
}

function gainDifference(a: Arm, b: Arm): Estimate | null {
  const gains = ({ runs }: Arm): Map<string, number> => new Map(runs.map((run) => [placeOf(run), gainOf(run)]));
  const differences = pairedDifferences(gains(a), gains(b));
  return differences.length === 0
    ? null
    : estimateMean(differences, Random.fromSeed(1).fork(`gain of ${a.id} minus ${b.id}`));
}

function gainsTable(panel: PanelReport): string {
  const gains = gained(panel);
  const trials = Math.max(1, ...gains.map(({ line }) => line.result.trials.length));
  const columns = [
    left("policy"),
    right("runs"),
    ...Array.from({ length: trials }, (_, i) => right(String(i + 1))),
    right("gain"),
    right("gain, %"),
    right("success at the end"),
  ];
  const rows = panel.lines.map(({ label, result }) => {
    const gain = gains.find(({ line }) => line.result === result)?.gain;
    const curve = result.trials.map(({ estimate }) => points(estimate.mean));
    const shown = curve.length > 0 ? curve : [points(result.heldOutReturn.mean)];
    return [
      label,
      String(result.heldOutReturn.count),
      ...Array.from({ length: trials }, (_, i) => shown[i] ?? MISSING),
      gain === undefined ? MISSING : differenceText(gain.gain),
      gain?.share == null ? MISSING : `${gain.share < 0 ? "−" : "+"}${percent(Math.abs(gain.share))}`,
      estimateText(result.heldOutSuccess, percent),
    ];
  });
  return `${table(columns, rows)}\n\nReturn by trial, mean over houses and seeds. Without memory there are no trials: one evaluation.`;
}

/** What memory costs: writing tips and finding them, as a share of the rollout phase with both. */
function memoryShare({ result }: ItemLine): number {
  const { rollout, tipWriting, retrieval } = phaseTimes(result);
  return (tipWriting + retrieval) / (rollout + tipWriting + retrieval);
}

function timeSentences({ lines }: PanelReport): string[] {
  return lines.map(
    (line) => `of ${line.label}'s rollout time ${percent(memoryShare(line))} is writing and finding tips.`,
  );
}

function phasesTable({ lines }: PanelReport): string {
  const columns = [
    left("method"),
    right("runs"),
    right("rollouts, ms"),
    right("writing tips, ms"),
    right("retrieval, ms"),
    right("update, ms"),
    right("memory's share of the rollout time"),
  ];
  const rows = lines.map((line) => {
    const { rollout, tipWriting, retrieval, update } = phaseTimes(line.result);
    const times = [rollout, tipWriting, retrieval, update].map((time) => time.toFixed(time < 10 ? 1 : 0));
    return [line.label, String(line.result.arm.runs.length), ...times, percent(memoryShare(line))];
  });
  return table(columns, rows);
}
