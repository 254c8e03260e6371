/** @file The figures of the paper's items: a plot per panel and measure. */
import type { BandPoint } from "./arm-results.ts";
import { methodOf, type ArmResult } from "./arm-results.ts";
import { plottedCurve } from "./item-curves.ts";
import { phaseTimes, type FigureReport, type ItemLine, type PanelReport, type PhaseShares } from "./item-report.ts";
import { FIGURE_WIDTH, labelledArea, labelledLines } from "./labelled-lines.ts";
import type { ArmRef, Plot } from "./paper-items.ts";
import { axisText, returnRange, ticksOf, xAt, type Line, type PlotArea, type Range } from "./plot-area.ts";
import type { ReportFigure } from "./report-figures.ts";
import { points } from "./report-text.ts";
import { DASHES, element, words, type Figure, type Theme } from "./svg.ts";

/** The figures of an item, panel after panel. */
export function itemFigures({ item, panels }: FigureReport): ReportFigure[] {
  return panels.flatMap((panel) =>
    item.plots.flatMap((plot) => {
      const drawn = drawnLines(panel, plot);
      if (drawn.length === 0) return [];
      const name = [item.id, panel.panel.id, ...(item.plots.length > 1 ? [plotName(plot)] : [])].join("-");
      const title = `${item.title} (${panel.panel.title})`;
      const summary = `${title}. ${plotTitle(plot)}: ${drawn.map((line) => endText(line, plot)).join(", ")}.`;
      return [{ name, summary, draw: (theme: Theme) => drawPlot({ plot, drawn, theme, title, summary }) }];
    }),
  );
}

interface DrawnLine extends ItemLine {
  readonly curve: readonly BandPoint[];
}

interface Drawing {
  readonly plot: Plot;
  readonly drawn: readonly DrawnLine[];
  readonly theme: Theme;
  readonly title: string;
  readonly summary: string;
}

function drawnLines({ lines }: PanelReport, plot: Plot): DrawnLine[] {
  return lines.map((line) => ({ ...line, curve: curveOf(line.result, plot) })).filter(({ curve }) => curve.length > 0);
}

/** The line of an arm in a plot; of the phases it is the place alone. */
export function curveOf(result: ArmResult, plot: Plot): readonly BandPoint[] {
  switch (plot.kind) {
    case "curve":
      return plottedCurve(result, plot);
    case "trials":
      return result.trials.length > 0 ? result.trials : [{ iteration: 1, estimate: result.heldOutReturn }];
    case "phases":
      return [{ iteration: 0, estimate: result.heldOutReturn }];
  }
}

function endText({ label, curve, result }: DrawnLine, plot: Plot): string {
  if (plot.kind !== "phases") return `${label} ${valueText(plot)(curve.at(-1)!.estimate.mean)}`;
  const { rollout, tipWriting, retrieval, update } = phaseTimes(result);
  return `${label} ${(rollout + tipWriting + retrieval + update).toFixed(0)}`;
}

/** Returns have one decimal, the other measures two. */
function valueText(plot: Plot): (value: number) => string {
  return isReturn(plot) ? points : (value) => value.toFixed(2);
}

function isReturn(plot: Plot): boolean {
  return plot.kind === "trials" || (plot.kind === "curve" && plot.measure === "return");
}

function plotName(plot: Plot): string {
  if (plot.kind !== "curve") return plot.kind;
  return plot.over === "iteration" ? plot.measure : plot.over;
}

const MEASURE_TITLES = {
  return: "held-out return, points",
  entropy: "entropy, nats per token",
  gradNorm: "gradient norm before clipping",
} as const;
const AXIS_TITLES = { iteration: "iteration", minutes: "minutes of training", tokens: "tokens of rollouts" } as const;

/** What the plot's vertical axis shows. */
export function plotTitle(plot: Plot): string {
  if (plot.kind === "phases") return "milliseconds an iteration";
  return plot.kind === "trials" ? MEASURE_TITLES.return : MEASURE_TITLES[plot.measure];
}

function drawPlot(drawing: Drawing): Figure {
  return drawing.plot.kind === "phases" ? phasesFigure(drawing) : linesFigure(drawing);
}

function linesFigure({ plot, drawn, theme, title, summary }: Drawing): Figure {
  const xs = drawn.flatMap(({ curve }) => curve.map(({ iteration }) => iteration));
  const from = plot.kind === "trials" ? 1 : 0;
  const area = labelledArea(
    Math.max(250, 36 * drawn.length),
    [from, Math.max(...xs) > from ? Math.max(...xs) : from + 1],
    isReturn(plot) ? returnRange(valuesOf(drawn)) : [0, Math.max(...valuesOf(drawn)) * 1.05 || 1],
    LABEL_ROOM,
  );
  const styles = plot.kind === "trials" ? trialStyles(drawn, theme) : lineStyles(drawn, theme);
  return labelledLines({
    area,
    lines: drawn.map(({ ref, label, curve, result }, i) => ({
      line: { ...styles[i]!, curve, hasBand: curve.length > 1 },
      label: plot.kind === "trials" ? label : shortLabel(ref, label),
      note: runsText(result),
    })),
    theme,
    title,
    summary,
    xTitle: plot.kind === "curve" ? AXIS_TITLES[plot.over] : "trial (from empty memory)",
    yTitle: plotTitle(plot),
    show: valueText(plot),
  });
}

/** Names of changes are longer than those of methods. */
const LABEL_ROOM = 214;

/** Of a changed method only the change: “q0”. */
function shortLabel({ arm, label: own }: ArmRef, label: string): string {
  const method = methodOf(arm);
  return own !== undefined || method === null || method === arm
    ? label
    : arm.slice(method.length + 1).replaceAll("-", " ");
}

function runsText({ arm: { runs } }: ArmResult): string {
  return runs.length === 1 ? "1 run" : `${runs.length} runs`;
}

function valuesOf(drawn: readonly DrawnLine[]): number[] {
  return drawn.flatMap(({ curve }) => curve.flatMap(({ estimate: { mean, interval } }) => [mean, ...(interval ?? [])]));
}

/** A colour for each policy that was trained, dashes without memory. */
function trialStyles(drawn: readonly DrawnLine[], theme: Theme): Pick<Line, "color" | "dash" | "width">[] {
  return drawn.map(({ ref: { arm } }) => ({
    color: theme.methods[methodOf(arm) ?? ""] ?? theme.text,
    dash: arm.endsWith("without-memory") ? "3 4" : undefined,
    width: 2.2,
  }));
}

/** Colours for changes, so that none looks like the method it is compared with. */
const CHANGES = ["gigpo", "reflexion", "retrospex", "tip-credit", "context-distillation", "naive", "grpo"];

/** Methods as they are have their own colours; the others take those that are left, each with a dash of its own. */
function lineStyles(drawn: readonly DrawnLine[], theme: Theme): Pick<Line, "color" | "dash" | "width">[] {
  const own = (line: DrawnLine): string | null => (methodOf(line.ref.arm) === line.ref.arm ? line.ref.arm : null);
  const taken = new Set(drawn.map(own));
  const free = CHANGES.filter((method) => !taken.has(method));
  let next = 0;
  return drawn.map((line) => {
    const key = own(line) ?? free[next++ % free.length]!;
    return { color: theme.methods[key]!, dash: DASHES[key], width: 2.2 };
  });
}

const PHASES = { left: 150, right: 40, top: 62, row: 34, bar: 18 };
const PHASE_TITLES: Readonly<Record<keyof PhaseShares, string>> = {
  rollout: "rollouts",
  tipWriting: "writing tips",
  retrieval: "retrieval",
  update: "update",
};

/** A bar per arm, cut into phases. */
function phasesFigure({ drawn, theme, title, summary }: Drawing): Figure {
  const times = drawn.map(({ result }) => phaseTimes(result));
  const names = Object.keys(PHASE_TITLES) as (keyof PhaseShares)[];
  const x: Range = [0, Math.max(...times.map((each) => names.reduce((total, name) => total + each[name], 0)))];
  const height = drawn.length * PHASES.row;
  const width = FIGURE_WIDTH - PHASES.left - PHASES.right;
  const area: PlotArea = { left: PHASES.left, top: PHASES.top, width, height, x, y: [0, drawn.length] };
  const colors = ["grpo", "empo2", "retrospex", "naive"].map((method) => theme.methods[method]!);
  const legend = names.flatMap((name, i) => [
    element("rect", { x: 180 + i * 130, y: 36, width: 12, height: 12, fill: colors[i] }),
    words(197 + i * 130, 46, PHASE_TITLES[name], { "font-size": 12, fill: theme.muted }),
  ]);
  return {
    width: FIGURE_WIDTH,
    height: PHASES.top + height + 30,
    title,
    summary,
    content: [
      words(8, 20, "milliseconds an iteration", { "font-weight": 600 }),
      ...legend,
      ...ticksOf(x, 6).flatMap((value) => tickMarks(area, value, theme)),
      ...drawn.flatMap(({ label }, row) => [
        words(PHASES.left - 10, PHASES.top + (row + 0.5) * PHASES.row + 4, label, { "text-anchor": "end" }),
        ...phaseBars(
          area,
          row,
          names.map((name) => times[row]![name]),
          colors,
        ),
      ]),
    ],
  };
}

function tickMarks(area: PlotArea, value: number, theme: Theme): string[] {
  const x = xAt(area, value);
  const bottom = area.top + area.height;
  return [
    element("line", { x1: x, x2: x, y1: area.top, y2: bottom, stroke: theme.line }),
    words(x, bottom + 17, axisText(value), { "text-anchor": "middle", "font-size": 12, fill: theme.muted }),
  ];
}

function phaseBars(area: PlotArea, row: number, times: readonly number[], colors: readonly string[]): string[] {
  const y = area.top + (row + 0.5) * PHASES.row - PHASES.bar / 2;
  let before = 0;
  return times.map((time, i) => {
    const x = xAt(area, before);
    before += time;
    return element("rect", { x, y, width: xAt(area, before) - x, height: PHASES.bar, fill: colors[i] });
  });
}
