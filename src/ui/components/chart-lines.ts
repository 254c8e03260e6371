/**
 * @file The lines of a chart on its canvas. Drawn here and not by uPlot, which first brings all series to one list of
 * positions: many runs whose tokens or seconds differ would make it as long as all of them together, for each of them.
 */
import type uPlot from "uplot";
import type { ColorReader } from "./chart-colors.ts";
import type { ChartMark, ChartSeries } from "./chart-spec.ts";

const BAND_OPACITY = 0.14;
const POINT_RADIUS = 2.5;
const POINT_LINE = 1.5;

/** Where values stand on the canvas, in its pixels. */
interface Places {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Draws the series in order, each with its interval below it, cut off at the edges of the plot. */
export function drawSeries(plot: uPlot, series: readonly ChartSeries[], color: ColorReader): void {
  const { ctx, bbox } = plot;
  const places = placesOf(plot);
  ctx.save();
  ctx.beginPath();
  const room = POINT_RADIUS * devicePixelRatio;
  ctx.rect(bbox.left - room, bbox.top - room, bbox.width + 2 * room, bbox.height + 2 * room);
  ctx.clip();
  ctx.lineJoin = "round";
  for (const one of series) {
    if (one.interval?.shape === "band") drawBand(ctx, one, places, color);
    if (one.interval?.shape === "bars") drawBars(ctx, one, places, color);
    drawLine(ctx, one, places, color);
    if (one.hasPoints) drawPoints(ctx, one, places, color);
  }
  ctx.restore();
}

/** Both axes are linear, which `plot.valToPos` looks up again for every value. */
function placesOf({ bbox: { left, top, width, height }, scales }: uPlot): Places {
  const { min: x0 = 0, max: x1 = 1 } = scales["x"]!;
  const { min: y0 = 0, max: y1 = 1 } = scales["y"]!;
  const [perX, perY] = [width / (x1 - x0), height / (y1 - y0)];
  return { x: (value) => left + (value - x0) * perX, y: (value) => top + height - (value - y0) * perY };
}

/** Missing values are passed over: the line goes on to the next one. */
function drawLine(ctx: CanvasRenderingContext2D, one: ChartSeries, places: Places, color: ColorReader): void {
  const { x, y, width, dash, opacity } = one;
  ctx.strokeStyle = color(one.color, opacity);
  ctx.lineWidth = width * devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  for (let i = 0; i < x.length; i++) {
    const value = y[i] ?? null;
    if (value !== null) ctx.lineTo(places.x(x[i]!), places.y(value)); // the first one begins the path
  }
  ctx.stroke();
}

function drawPoints(ctx: CanvasRenderingContext2D, one: ChartSeries, places: Places, color: ColorReader): void {
  ctx.strokeStyle = color(one.color);
  ctx.fillStyle = color("--panel");
  ctx.lineWidth = POINT_LINE * devicePixelRatio;
  ctx.setLineDash([]);
  const radius = (POINT_RADIUS - POINT_LINE / 2) * devicePixelRatio;
  ctx.beginPath();
  for (let i = 0; i < one.x.length; i++) {
    const value = one.y[i] ?? null;
    if (value === null) continue;
    const [x, y] = [places.x(one.x[i]!), places.y(value)];
    ctx.moveTo(x + radius, y);
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
  }
  ctx.fill();
  ctx.stroke();
}

/** The area between the low and the high ends. */
function drawBand(ctx: CanvasRenderingContext2D, one: ChartSeries, places: Places, color: ColorReader): void {
  const { low, high } = one.interval!;
  const known = one.x.map((_, i) => i).filter((i) => (low[i] ?? null) !== null && (high[i] ?? null) !== null);
  ctx.fillStyle = color(one.color, BAND_OPACITY);
  ctx.beginPath();
  for (const i of known) ctx.lineTo(places.x(one.x[i]!), places.y(high[i]!));
  for (const i of known.reverse()) ctx.lineTo(places.x(one.x[i]!), places.y(low[i]!));
  ctx.fill();
}

/** Bars from the low to the high end of each value's interval. */
function drawBars(ctx: CanvasRenderingContext2D, one: ChartSeries, places: Places, color: ColorReader): void {
  const { low, high } = one.interval!;
  ctx.strokeStyle = color(one.color, one.opacity);
  ctx.lineWidth = 1.2 * devicePixelRatio;
  ctx.setLineDash([]);
  ctx.beginPath();
  for (let i = 0; i < one.x.length; i++) {
    const [from, to] = [low[i] ?? null, high[i] ?? null];
    if (from === null || to === null) continue;
    ctx.moveTo(places.x(one.x[i]!), places.y(from));
    ctx.lineTo(places.x(one.x[i]!), places.y(to));
  }
  ctx.stroke();
}

/** Vertical lines with their labels. */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[], color: ColorReader, font: string): void {
  const { ctx } = plot;
  const { top, height, left, width } = plot.bbox;
  const places = placesOf(plot);
  ctx.save();
  ctx.strokeStyle = color("--muted");
  ctx.fillStyle = color("--muted");
  ctx.font = `${10 * devicePixelRatio}px ${font}`;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { x, label } of marks) {
    const at = Math.round(places.x(x)) + 0.5;
    if (at < left || at > left + width) continue;
    ctx.beginPath();
    ctx.moveTo(at, top);
    ctx.lineTo(at, top + height);
    ctx.stroke();
    ctx.fillText(label, at + 3 * devicePixelRatio, top + 9 * devicePixelRatio);
  }
  ctx.restore();
}
