/** @file A plot whose lines are named at their right ends, so that it needs no legend. */
import { axes, lineMarks, spread, yAt, type Line, type PlotArea, type Range } from "./plot-area.ts";
import { element, words, type Figure, type Theme } from "./svg.ts";

/** Width of every figure. */
export const FIGURE_WIDTH = 720;
/** What lines and bands are. */
export const BAND_NOTE = "mean of the runs; band: 95 % interval";

const LABEL_ROOM = 156;

/** The place of a plot of this height, with room for the names of its lines. */
export function labelledArea(height: number, x: Range, y: Range, labelRoom = LABEL_ROOM): PlotArea {
  return { left: 44, top: 40, width: FIGURE_WIDTH - 44 - labelRoom, height, x, y };
}

/** What a plot shows. */
export interface LabelledLines {
  readonly area: PlotArea;
  readonly lines: readonly { readonly line: Line; readonly label: string; readonly note: string }[];
  readonly theme: Theme;
  readonly title: string;
  readonly summary: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** How values are written beside the lines. */
  readonly show: (value: number) => string;
}

/** A plot whose lines are named at their right ends. */
export function labelledLines({ area, lines, theme, title, summary, xTitle, yTitle, show }: LabelledLines): Figure {
  const right = area.left + area.width;
  const bottom = area.top + area.height;
  const ends = lines.map(({ line }) => yAt(area, line.curve.at(-1)!.estimate.mean));
  const heights = spread(ends, 34, [area.top + 4, bottom - 10]);
  const labels = lines.flatMap(({ line, label, note }, i) => {
    const y = heights[i]!;
    const value = show(line.curve.at(-1)!.estimate.mean);
    const lead = { x1: right + 3, y1: ends[i]!, x2: right + 10, y2: y, stroke: line.color };
    return [
      element("line", lead),
      words(right + 14, y + 4, `${label} ${value}`, { fill: line.color, "font-weight": 600 }),
      words(right + 14, y + 18, note, { fill: theme.muted, "font-size": 11 }),
    ];
  });
  return {
    width: FIGURE_WIDTH,
    height: bottom + 46,
    title,
    summary,
    content: [
      words(8, 20, yTitle, { "font-weight": 600 }),
      words(right, 20, BAND_NOTE, { fill: theme.muted, "font-size": 12, "text-anchor": "end" }),
      ...axes(area, { theme, xIntervals: 6, yIntervals: 5 }),
      words(area.left + area.width / 2, bottom + 37, xTitle, { "text-anchor": "middle" }),
      ...lines.flatMap(({ line }) => lineMarks(area, line)),
      ...labels,
    ],
  };
}
