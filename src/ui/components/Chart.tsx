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
  return uPlot.join(series.map(({ x, y }): uPlot.AlignedData => [[...x], [...y]]));
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
      { ...axis, size: 30, space: 26, gap: 3, incrs: [20, 50, 100], values: (_plot, splits) => splits.map(minusSign) },
    ],
    series: [
      {},
      ...series.map(({ label, color: property, width, dash, opacity, hasPoints }): uPlot.Series => ({
        label,
        stroke: () => color(property, opacity),
        width,
        dash: [...dash],
        spanGaps: true,
        points: { show: hasPoints, size: 5, width: 1.5, fill: () => color("--panel"), stroke: () => color(property) },
      })),
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks, color)] },
  };
}

/** Iterations, tokens and seconds are told in whole numbers. */
const WHOLE_STEPS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
const SMALLEST_SPAN = 5;

/** From 0; a chart with few points has room for the next ones. */
function xRange(series: readonly ChartSeries[]): { min: number; max: number } {
  return { min: 0, max: Math.max(SMALLEST_SPAN, ...series.map(({ x }) => x.at(-1) ?? 0)) };
}

function minusSign(value: number): string {
  return String(value).replace("-", "−");
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
