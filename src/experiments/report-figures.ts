/** @file The figures of an experiment: curves, small multiples and bars where methods are changed, trials. */
import { methodOf, type ArmResult, type BandPoint } from "./arm-results.ts";
import { hasChangedArms, shownArms, type ExperimentReport } from "./experiment-report.ts";
import { BAND_NOTE, FIGURE_WIDTH, labelledArea, labelledLines } from "./labelled-lines.ts";
import {
  axes,
  axisText,
  lineMarks,
  returnRange,
  ticksOf,
  xAt,
  type Line,
  type PlotArea,
  type Range,
} from "./plot-area.ts";
import { points } from "./report-text.ts";
import type { Estimate } from "./statistics.ts";
import { DARK, DASHES, element, LIGHT, svgFile, words, type Figure, type Theme } from "./svg.ts";

/** A figure of a page. */
export interface ReportFigure {
  /** File name without its ending; the dark one ends in “-dark”. */
  readonly name: string;
  readonly summary: string;
  readonly draw: (theme: Theme) => Figure;
}

const WIDTH = FIGURE_WIDTH;
const RETURN_TITLE = "held-out return, points";

/** The figures of a report, the curves first. */
export function figuresOf(report: ExperimentReport): ReportFigure[] {
  const { id } = report.experiment;
  const shown = shownArms(report);
  const isChanged = hasChangedArms(report);
  const curves: ReportFigure = {
    name: id,
    summary: `Held-out return over iterations. At the end: ${endsText(shown)}.`,
    draw: isChanged ? (theme) => facetsFigure(report, theme) : (theme) => curvesFigure(report, theme),
  };
  const bars: ReportFigure = {
    name: `${id}-bars`,
    summary: `Held-out return at the end, and its mean over the run. At the end: ${endsText(shown)}.`,
    draw: (theme) => barsFigure(report, theme),
  };
  const withTrials = shown.filter(({ trials }) => trials.length > 1);
  const trials: ReportFigure = {
    name: `${id}-trials`,
    summary: `Held-out return over trials with memory on and fixed weights. In the last trial: ${endsText(withTrials)}.`,
    draw: (theme) => trialsFigure(report, withTrials, theme),
  };
  return [curves, ...(isChanged ? [bars] : []), ...(withTrials.length > 0 ? [trials] : [])];
}

/** Both files of a figure, by name. */
export function figureFiles({ name, draw }: ReportFigure): [name: string, content: string][] {
  return [
    [`${name}.svg`, svgFile(draw(LIGHT), LIGHT)],
    [`${name}-dark.svg`, svgFile(draw(DARK), DARK)],
  ];
}

function endsText(arms: readonly ArmResult[]): string {
  return arms.map(({ label, heldOutReturn }) => `${label} ${points(heldOutReturn.mean)}`).join(", ");
}

/** What is drawn of an arm: its held-out curve, or the one result of a method that learns nothing. */
function shownCurve({ curve, trials, heldOutReturn }: ArmResult): readonly BandPoint[] {
  return trials.length > 0 || curve.length < 2 ? [{ iteration: 0, estimate: heldOutReturn }] : curve;
}

function lineOf(result: ArmResult, theme: Theme): Line {
  const method = methodOf(result.arm.id) ?? "";
  const color = theme.methods[method] ?? theme.text;
  const curve = shownCurve(result);
  return { curve, color, dash: DASHES[method], width: 2.2, hasBand: curve.length > 1 };
}

function valuesOf(curve: readonly BandPoint[]): number[] {
  return curve.flatMap(({ estimate: { mean, interval } }) => [mean, ...(interval ?? [])]);
}

function rangeOver(arms: readonly ArmResult[]): Range {
  return returnRange(arms.flatMap((arm) => valuesOf(shownCurve(arm))));
}

function lastIteration(arms: readonly ArmResult[]): number {
  return Math.max(1, ...arms.flatMap(({ curve }) => curve.map(({ iteration }) => iteration)));
}

function curvesFigure(report: ExperimentReport, theme: Theme): Figure {
  const arms = shownArms(report);
  const area = labelledArea(250, [0, lastIteration(arms)], rangeOver(arms));
  const [config] = arms.map(({ arm }) => arm.runs[0]!.config);
  const episodes = config!.tasksPerIteration * config!.groupSize;
  return labelledLines({
    area,
    lines: arms.map((arm) => ({
      line: lineOf(arm, theme),
      label: arm.label,
      note: runsText(arm) + (arm.trials.length > 0 ? ", memory on" : ""),
    })),
    theme,
    title: report.experiment.title,
    summary: `Held-out return over iterations. At the end: ${endsText(arms)}.`,
    xTitle: `iteration (${episodes} episodes each)`,
    yTitle: RETURN_TITLE,
    show: points,
  });
}

function trialsFigure(report: ExperimentReport, arms: readonly ArmResult[], theme: Theme): Figure {
  const curves = arms.map(({ trials }) => trials);
  const iterations = curves.flatMap((curve) => curve.map(({ iteration }) => iteration));
  const area = labelledArea(180, [1, Math.max(...iterations)], returnRange(curves.flatMap(valuesOf)));
  return labelledLines({
    area,
    lines: arms.map((arm) => ({
      line: { ...lineOf(arm, theme), curve: arm.trials, hasBand: true },
      label: arm.label,
      note: runsText(arm),
    })),
    theme,
    title: `${report.experiment.title}: memory on, fixed weights`,
    summary: `Held-out return over trials. In the last trial: ${endsText(arms)}.`,
    xTitle: "trial (from empty memory)",
    yTitle: RETURN_TITLE,
    show: points,
  });
}

function runsText({ arm: { runs } }: ArmResult): string {
  return runs.length === 1 ? "1 run" : `${runs.length} runs`;
}

const FACET_COLUMNS = 3;
const FACET = { width: 186, height: 92, gapX: 48, gapY: 52, left: 40, top: 66 };

/** One small plot per changed arm, each with the unchanged methods as thin lines. */
function facetsFigure(report: ExperimentReport, theme: Theme): Figure {
  const all = shownArms(report);
  const rows = Math.ceil(report.arms.length / FACET_COLUMNS);
  const height = FACET.top + rows * (FACET.height + FACET.gapY) + 20;
  const x: Range = [0, lastIteration(all)];
  const y = rangeOver(all);
  const plots = report.arms.flatMap((arm, i) => {
    const left = FACET.left + (i % FACET_COLUMNS) * (FACET.width + FACET.gapX);
    const top = FACET.top + Math.floor(i / FACET_COLUMNS) * (FACET.height + FACET.gapY);
    const area: PlotArea = { left, top, width: FACET.width, height: FACET.height, x, y };
    const thin = report.references.map((reference) => ({ ...lineOf(reference, theme), width: 1, hasBand: false }));
    return [
      ...axes(area, { theme, xIntervals: 2, yIntervals: 2 }),
      words(left, top - 8, arm.label, { "font-size": 12, "font-weight": 600 }),
      ...[...thin, lineOf(arm, theme)].flatMap((line) => lineMarks(area, line)),
    ];
  });
  const legend = report.references.map(({ label }) => label).join(" and ");
  const note = legend === "" ? BAND_NOTE : `${BAND_NOTE}; thin: ${legend}, unchanged`;
  return {
    width: WIDTH,
    height,
    title: report.experiment.title,
    summary: `Held-out return over iterations. At the end: ${endsText(all)}.`,
    content: [
      words(8, 20, RETURN_TITLE, { "font-weight": 600 }),
      words(WIDTH - 8, 20, note, { fill: theme.muted, "font-size": 12, "text-anchor": "end" }),
      ...plots,
      words(WIDTH / 2, height - 12, "iteration", { "text-anchor": "middle" }),
    ],
  };
}

const BARS = { left: 220, width: 180, gap: 84, top: 62, row: 26, bar: 12 };

/** Bars with intervals and the single runs as dots: return at the end, and its mean over the run. */
function barsFigure(report: ExperimentReport, theme: Theme): Figure {
  const arms = shownArms(report);
  const y: Range = [0, arms.length];
  const height = arms.length * BARS.row;
  const x = returnRange(arms.flatMap(({ arm }) => arm.runs.map(({ end }) => end.heldOutReturn)));
  const columns = [
    { title: "return at the end", of: (arm: ArmResult) => arm.heldOutReturn },
    { title: "mean return over the run", of: (arm: ArmResult) => arm.meanReturn },
  ];
  const plots = columns.flatMap(({ title, of }, i) => {
    const left = BARS.left + i * (BARS.width + BARS.gap);
    const area: PlotArea = { left, top: BARS.top, width: BARS.width, height, x, y };
    return [
      words(left, BARS.top - 12, title, { "font-size": 12, fill: theme.muted }),
      ...verticalGrid(area, theme),
      ...arms.flatMap((arm, row) => barMarks(area, { row, arm, estimate: of(arm), theme, hasDots: i === 0 })),
    ];
  });
  const labels = arms.map(({ label, arm }, row) =>
    words(BARS.left - 10, BARS.top + (row + 0.5) * BARS.row + 4, label, {
      "text-anchor": "end",
      fill: lineOf(arms[row]!, theme).color,
      "font-weight": report.references.some((reference) => reference.arm.id === arm.id) ? 600 : undefined,
    }),
  );
  return {
    width: WIDTH,
    height: BARS.top + height + 46,
    title: `${report.experiment.title}: held-out return`,
    summary: `Held-out return at the end: ${endsText(arms)}.`,
    content: [
      words(8, 20, RETURN_TITLE, { "font-weight": 600 }),
      words(WIDTH - 8, 20, "bar: mean; line: 95 % interval; dots: runs", {
        fill: theme.muted,
        "font-size": 12,
        "text-anchor": "end",
      }),
      ...plots,
      ...labels,
    ],
  };
}

function verticalGrid(area: PlotArea, theme: Theme): string[] {
  const bottom = area.top + area.height;
  return ticksOf(area.x, 4).flatMap((value) => {
    const x = xAt(area, value);
    const stroke = value === 0 ? theme.muted : theme.line;
    return [
      element("line", { x1: x, x2: x, y1: area.top, y2: bottom, stroke }),
      words(x, bottom + 17, axisText(value), { "text-anchor": "middle", "font-size": 12, fill: theme.muted }),
    ];
  });
}

interface Bar {
  readonly row: number;
  readonly arm: ArmResult;
  readonly estimate: Estimate | null;
  readonly theme: Theme;
  readonly hasDots: boolean;
}

function barMarks(area: PlotArea, { row, arm, estimate, theme, hasDots }: Bar): string[] {
  if (estimate === null) return [];
  const { color } = lineOf(arm, theme);
  const middle = area.top + (row + 0.5) * BARS.row;
  const [zero, end] = [xAt(area, 0), xAt(area, estimate.mean)];
  const bar = { x: Math.min(zero, end), y: middle - BARS.bar / 2, width: Math.abs(end - zero), height: BARS.bar };
  const dots = hasDots ? arm.arm.runs.map((run) => xAt(area, run.end.heldOutReturn)) : [];
  const whisker = estimate.interval?.map((value) => xAt(area, value));
  return [
    element("rect", { ...bar, fill: color, "fill-opacity": "0.35" }),
    ...(whisker === undefined
      ? []
      : [
          element("line", { x1: whisker[0], x2: whisker[1], y1: middle, y2: middle, stroke: color, "stroke-width": 2 }),
        ]),
    ...dots.map((x) => element("circle", { cx: x, cy: middle, r: 2.2, fill: color })),
    words(area.left + area.width + 12, middle + 4, points(estimate.mean), { "font-size": 12, fill: theme.text }),
  ];
}
