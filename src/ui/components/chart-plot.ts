/** @file A chart's canvas: grid and axes by uPlot, the lines over them. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colorReader, onThemeChange, type ColorReader } from "./chart-colors.ts";
import { drawMarks, drawSeries } from "./chart-lines.ts";
import type { ChartSpec } from "./chart-spec.ts";

/** A chart that is on the page. */
export interface MountedPlot {
  /** Draws what is shown now. */
  readonly update: () => void;
  readonly destroy: () => void;
}

/** What a chart shows, which changes, and who is told if it cannot be drawn. */
interface Content {
  readonly shown: { readonly current: ChartSpec };
  readonly onError: (error: unknown) => void;
}

/** Draws a chart into an element, as large as that is, in the colours of the theme. */
export function mountPlot(element: HTMLElement, probe: HTMLElement, { shown, onError }: Content): MountedPlot {
  const drawing: Drawing = { shown, onError, color: colorReader(probe) };
  const made = new uPlot(optionsOf(drawing, sizeOf(element)), rangeOf(shown.current), element);
  let frame = 0;
  const fit = (): void => {
    frame = 0;
    const size = sizeOf(element);
    if (size.width !== made.width || size.height !== made.height) made.setSize(size);
  };
  // In the next frame: within this one the page would have to be laid out a second time.
  const observer = new ResizeObserver(() => {
    if (frame === 0) frame = requestAnimationFrame(fit);
  });
  observer.observe(element);
  const stopWatching = onThemeChange(() => made.redraw());
  return {
    update: () => made.setData(rangeOf(shown.current)),
    destroy: () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      stopWatching();
      made.destroy();
    },
  };
}

function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(80, clientWidth), height: Math.max(60, clientHeight) };
}

const SMALLEST_SPAN = 5;

/** What uPlot is told: how far the axis goes, from 0; a chart with few points has room for the next ones. */
function rangeOf({ series }: ChartSpec): uPlot.AlignedData {
  const last = series.reduce((most, { x }) => Math.max(most, x.at(-1) ?? 0), SMALLEST_SPAN);
  return [
    [0, last],
    [null, null],
  ];
}

interface Drawing extends Content {
  readonly color: ColorReader;
}

/** Grid and axes are uPlot's; the lines are drawn over them. */
function optionsOf({ shown, color, onError }: Drawing, size: ReturnType<typeof sizeOf>): uPlot.Options {
  const family = getComputedStyle(document.body).fontFamily;
  const font = `11px ${family}`;
  const axis = {
    stroke: () => color("--muted"),
    grid: { stroke: () => color("--line"), width: 1 },
    ticks: { show: false },
    font,
    labelFont: font,
    labelSize: 14,
    labelGap: 0,
  };
  const draw = (plot: uPlot): void => {
    try {
      drawSeries(plot, shown.current.series, color);
      drawMarks(plot, shown.current.marks, color, family);
    } catch (error) {
      onError(error);
    }
  };
  return {
    ...size,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, low, high) => [low, high] },
      y: { range: () => [...shown.current.yRange] },
    },
    axes: [
      {
        ...axis,
        ...{ size: 22, space: 44, incrs: WHOLE_STEPS },
        values: (_plot, splits) => splits.map(shown.current.formatX),
      },
      {
        ...axis,
        ...{ size: 30, space: 26, gap: 3 },
        incrs: (_plot, _axis, low, high) => (high - low < SMALL_RANGE ? FINE_STEPS : [20, 50, 100]),
        values: (_plot, splits) => splits.map(minusSign),
      },
    ],
    series: [{}, { show: false }],
    hooks: { draw: [draw] },
  };
}

/** Iterations, tokens and seconds are told in whole numbers. */
const WHOLE_STEPS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();
/** Returns span a hundred points or more; other measures may be small. */
const SMALL_RANGE = 50;
const FINE_STEPS = Array.from({ length: 5 }, (_, i) => [1, 2, 5].map((step) => step * 10 ** (i - 3))).flat();

function minusSign(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
