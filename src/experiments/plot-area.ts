/** @file A plot's area: scales, axes with few words, mean lines with their bands. */
import type { BandPoint } from "./arm-results.ts";
import { element, polygon, polyline, words, type Theme } from "./svg.ts";

/** Where a plot stands in its figure, and which values it spans. */
export interface PlotArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Range;
  readonly y: Range;
}

/** From the smallest to the largest value. */
export type Range = readonly [min: number, max: number];

/** A curve in a plot. */
export interface Line {
  readonly curve: readonly BandPoint[];
  readonly color: string;
  readonly dash: string | undefined;
  readonly width: number;
  readonly hasBand: boolean;
}

/** Place of a value, in the figure's units. */
export function xAt({ left, width, x: [min, max] }: PlotArea, value: number): number {
  return left + (width * (value - min)) / (max - min);
}

/** Place of a value, in the figure's units. */
export function yAt({ top, height, y: [min, max] }: PlotArea, value: number): number {
  return top + height - (height * (value - min)) / (max - min);
}

/** Round numbers over a range, at most so many intervals. */
export function ticksOf([min, max]: Range, intervals: number): number[] {
  const rough = (max - min) / intervals;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough - 1e-9)!;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** A span for returns: up to 100, down to a round number below everything shown. */
export function returnRange(values: readonly number[]): Range {
  const lowest = Math.min(0, ...values);
  return [Math.floor(lowest / 20) * 20, 100];
}

/** How an axis is divided and named. */
export interface AxisStyle {
  readonly theme: Theme;
  readonly xIntervals: number;
  readonly yIntervals: number;
}

/** Horizontal grid lines with their values, and the values of the horizontal axis. */
export function axes(area: PlotArea, { theme, xIntervals, yIntervals }: AxisStyle): string[] {
  const small = { fill: theme.muted, "font-size": 12 };
  const rows = ticksOf(area.y, yIntervals).flatMap((value) => {
    const y = yAt(area, value);
    const line = { x1: area.left, x2: area.left + area.width, y1: y, y2: y, stroke: theme.line };
    return [element("line", line), words(area.left - 6, y + 4, axisText(value), { ...small, "text-anchor": "end" })];
  });
  const columns = ticksOf(area.x, xIntervals).map((value) =>
    words(xAt(area, value), area.top + area.height + 17, axisText(value), { ...small, "text-anchor": "middle" }),
  );
  return [...rows, ...columns];
}

/** A number with a true minus sign, without what sums of steps like 0.1 leave behind. */
export function axisText(value: number): string {
  return String(Number(value.toPrecision(10))).replace("-", "−");
}

/** The line of the means, over the band of their intervals. A single point is drawn across the plot. */
export function lineMarks(area: PlotArea, line: Line): string[] {
  const { color, dash, width } = line;
  const curve = acrossIfSingle(line.curve, area.x);
  const at = ({ iteration }: BandPoint): number => xAt(area, iteration);
  const inside = (value: number): number => yAt(area, Math.min(area.y[1], Math.max(area.y[0], value)));
  const means = curve.map((point) => [at(point), inside(point.estimate.mean)] as const);
  const banded = curve.filter(({ estimate }) => estimate.interval !== null);
  const lows = banded.map((point) => [at(point), inside(point.estimate.interval![0])] as const);
  const highs = banded.map((point) => [at(point), inside(point.estimate.interval![1])] as const);
  const stroke = { stroke: color, "stroke-width": width, "stroke-dasharray": dash };
  return [
    ...(line.hasBand ? [polygon([...highs, ...lows.toReversed()], { fill: color, "fill-opacity": "0.16" })] : []),
    polyline(means, stroke),
  ];
}

function acrossIfSingle(curve: readonly BandPoint[], [min, max]: Range): readonly BandPoint[] {
  const [only] = curve;
  if (curve.length !== 1 || only === undefined) return curve;
  return [
    { ...only, iteration: min },
    { ...only, iteration: max },
  ];
}

/** Heights of labels moved apart until none covers another, in the order given; as near to their places as goes. */
export function spread(places: readonly number[], distance: number, [top, bottom]: Range): number[] {
  const order = places.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
  const moved = [...places];
  order.forEach((index, i) => {
    const above = i === 0 ? top : moved[order[i - 1]!]! + distance;
    moved[index] = Math.max(moved[index]!, above);
  });
  let below = bottom;
  for (const index of order.toReversed()) {
    moved[index] = Math.min(moved[index]!, below);
    below = moved[index] - distance;
  }
  return moved;
}
