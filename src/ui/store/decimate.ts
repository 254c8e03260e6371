/** @file A long curve with no more points than a screen can show; every peak stays, because the ends of each part do. */

/** Points of a line. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The points; of more than three for each of so many parts the first, the last, and the extremes of each part, in order. */
export function decimated(points: Points, parts: number): Points {
  if (points.x.length <= 3 * parts) return points;
  const { x, y } = points;
  const kept: number[] = [0];
  const size = (x.length - 2) / parts;
  for (let part = 0; part < parts; part++) {
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
