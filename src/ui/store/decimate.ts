/** @file A long curve with no more points than a screen can show; every peak stays, because the ends of each part do. */

/** Points of a line. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Parts of a curve of which the lowest and the highest point are kept. */
const PARTS = 600;

/** The points; of more than {@link PARTS} times four the first, the last, and the extremes of each part, in order. */
export function decimated(points: Points): Points {
  if (points.x.length <= 4 * PARTS) return points;
  const { x, y } = points;
  const kept: number[] = [0];
  const size = (x.length - 2) / PARTS;
  for (let part = 0; part < PARTS; part++) {
    const [low, high] = extremes(y, 1 + Math.floor(part * size), 1 + Math.floor((part + 1) * size));
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  kept.push(x.length - 1);
  return { x: kept.map((i) => x[i]!), y: kept.map((i) => y[i]!) };
}

function extremes(y: readonly number[], start: number, end: number): [low: number, high: number] {
  let [low, high] = [start, start];
  for (let i = start + 1; i < end; i++) {
    if (y[i]! < y[low]!) low = i;
    if (y[i]! > y[high]!) high = i;
  }
  return [low, high];
}
