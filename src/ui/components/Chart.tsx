import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./Chart.module.css";

/** One line of a chart. */
export interface ChartSeries {
  readonly label: string;
  /** Name of a custom property. */
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
  /** 0…1. */
  readonly opacity: number;
  readonly hasPoints: boolean;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** How sure the values are: an interval for each, as a band or as bars. */
  readonly interval?: ChartInterval;
}

export interface ChartInterval {
  readonly shape: "band" | "bars";
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** A vertical line where something was changed. */
export interface ChartMark {
  readonly x: number;
  readonly label: string;
}

export interface ChartSpec {
  readonly series: readonly ChartSeries[];
  readonly marks: readonly ChartMark[];
  readonly yRange: readonly [number, number];
  readonly formatX: (value: number) => string;
  /** The chart in words. */
  readonly summary: string;
}

/** A line chart on a canvas; for screen readers an image with a summary. */
export function Chart({ spec, testId }: { readonly spec: ChartSpec; readonly testId?: string }) {
  const host = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null || probe.current === null) return;
    const plot = new uPlot(optionsOf(spec, colorReader(probe.current), sizeOf(element)), dataOf(spec), element);
    const observer = new ResizeObserver(() => plot.setSize(sizeOf(element)));
    observer.observe(element);
    const stopWatching = watchTheme(() => plot.redraw());
    return () => {
      observer.disconnect();
      stopWatching();
      plot.destroy();
    };
  }, [spec]);
  return (
    <div role="img" aria-label={spec.summary} className={styles.chart} data-testid={testId}>
      <span ref={probe} className={styles.probe} />
      <div ref={host} className={styles.canvas} aria-hidden="true" />
    </div>
  );
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(80, clientWidth), height: Math.max(60, clientHeight) };
}

type ColorReader = (property: string, opacity?: number) => string;

function colorReader(probe: HTMLElement): ColorReader {
  return (property, opacity = 1) => {
    probe.style.color = `color-mix(in srgb, var(${property}) ${opacity * 100}%, transparent)`;
    return getComputedStyle(probe).color;
  };
}

function watchTheme(redraw: () => void): () => void {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(redraw);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  media.addEventListener("change", redraw);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", redraw);
  };
}

function dataOf({ series }: ChartSpec): uPlot.AlignedData {
  if (series.length === 0) return [[0], [null]];
  return uPlot.join(
    series.map(({ x, y, interval }): uPlot.AlignedData =>
      interval === undefined ? [[...x], [...y]] : [[...x], [...y], [...interval.low], [...interval.high]],
    ),
  );
}

/** Where the columns of each series begin in the aligned data. */
function columnsOf(series: readonly ChartSeries[]): number[] {
  let column = 1;
  return series.map(({ interval }) => {
    const first = column;
    column += interval === undefined ? 1 : 3;
    return first;
  });
}

function optionsOf(spec: ChartSpec, color: ColorReader, size: { width: number; height: number }): uPlot.Options {
  const { series, marks, yRange, formatX } = spec;
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = {
    stroke: () => color("--muted"),
    grid: { stroke: () => color("--line"), width: 1 },
    ticks: { show: false },
    font,
    labelFont: font,
    labelSize: 14,
    labelGap: 0,
  };
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, auto: false, ...xRange(series) },
      y: { range: [...yRange] },
    },
    axes: [
      { ...axis, size: 22, space: 44, incrs: WHOLE_STEPS, values: (_plot, splits) => splits.map(formatX) },
      {
        ...axis,
        ...{ size: 30, space: 26, gap: 3, incrs: yRange[1] - yRange[0] < SMALL_RANGE ? FINE_STEPS : [20, 50, 100] },
        values: (_plot, splits) => splits.map(minusSign),
      },
    ],
    series: [{}, ...series.flatMap((one) => seriesOptions(one, color))],
    bands: bandsOf(series, color),
    hooks: {
      draw: [(plot) => drawBars(plot, series, color), (plot) => drawMarks(plot, marks, color)],
    },
  };
}

/** The line, and if it has an interval two unseen ones that the band lies between. */
function seriesOptions(one: ChartSeries, color: ColorReader): uPlot.Series[] {
  const { label, color: property, width, dash, opacity, hasPoints, interval } = one;
  const line: uPlot.Series = {
    label,
    stroke: () => color(property, opacity),
    width,
    dash: [...dash],
    spanGaps: true,
    points: { show: hasPoints, size: 5, width: 1.5, fill: () => color("--panel"), stroke: () => color(property) },
  };
  const end: uPlot.Series = { width: 0, spanGaps: true, points: { show: false } };
  return interval === undefined ? [line] : [line, end, end];
}

const BAND_OPACITY = 0.14;

function bandsOf(series: readonly ChartSeries[], color: ColorReader): uPlot.Band[] {
  const columns = columnsOf(series);
  return series.flatMap(({ interval, color: property }, i) =>
    interval?.shape === "band"
      ? [{ series: [columns[i]! + 2, columns[i]! + 1] as uPlot.Band.Bounds, fill: () => color(property, BAND_OPACITY) }]
      : [],
  );
}

/** Bars from the low to the high end of each value's interval. */
function drawBars(plot: uPlot, series: readonly ChartSeries[], color: ColorReader): void {
  const { ctx } = plot;
  ctx.save();
  ctx.lineWidth = 1.2 * devicePixelRatio;
  for (const { x, interval, color: property, opacity } of series) {
    if (interval?.shape !== "bars") continue;
    ctx.strokeStyle = color(property, opacity);
    x.forEach((value, i) => {
      const [low, high] = [interval.low[i] ?? null, interval.high[i] ?? null];
      if (low === null || high === null) return;
      const at = plot.valToPos(value, "x", true);
      ctx.beginPath();
      ctx.moveTo(at, plot.valToPos(low, "y", true));
      ctx.lineTo(at, plot.valToPos(high, "y", true));
      ctx.stroke();
    });
  }
  ctx.restore();
}

/** Iterations, tokens and seconds are told in whole numbers. */
const WHOLE_STEPS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const SMALLEST_SPAN = 5;
/** Returns span a hundred points or more; other measures may be small. */
const SMALL_RANGE = 50;
const FINE_STEPS = Array.from({ length: 5 }, (_, i) => [1, 2, 5].map((step) => step * 10 ** (i - 3))).flat();

/** From 0; a chart with few points has room for the next ones. */
function xRange(series: readonly ChartSeries[]): { min: number; max: number } {
  return { min: 0, max: Math.max(SMALLEST_SPAN, ...series.map(({ x }) => x.at(-1) ?? 0)) };
}

function minusSign(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

function drawMarks(plot: uPlot, marks: readonly ChartMark[], color: ColorReader): void {
  const { ctx } = plot;
  const { top, height, left, width } = plot.bbox;
  ctx.save();
  ctx.strokeStyle = color("--muted");
  ctx.fillStyle = color("--muted");
  ctx.font = `${10 * devicePixelRatio}px ${getComputedStyle(document.body).fontFamily}`;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { x, label } of marks) {
    const at = Math.round(plot.valToPos(x, "x", true)) + 0.5;
    if (at < left || at > left + width) continue;
    ctx.beginPath();
    ctx.moveTo(at, top);
    ctx.lineTo(at, top + height);
    ctx.stroke();
    ctx.fillText(label, at + 3 * devicePixelRatio, top + 9 * devicePixelRatio);
  }
  ctx.restore();
}
