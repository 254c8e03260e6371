/** @file What is said about several runs: means with bootstrap intervals, areas, breakthroughs, paired differences. */
import { mean, sampleStd } from "../core/base/stats.ts";
import type { Random } from "../core/base/random.ts";

const RESAMPLES = 2000;
const LOW = 0.025;
const HIGH = 0.975;

/** A mean over runs with its 95 % interval. */
export interface Estimate {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); null for fewer than two values. */
  readonly deviation: number | null;
  /** Null for fewer than two values: one run says nothing about the next. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** Mean and percentile bootstrap interval: the values are drawn again with replacement, 2,000 times. */
export function estimateMean(values: readonly number[], random: Random): Estimate {
  const count = values.length;
  if (count < 2) return { count, mean: mean(values), deviation: null, interval: null };
  const deviation = sampleStd(values);
  // Equal values give the same mean however they are drawn.
  if (values.every((value) => value === values[0])) {
    return { count, mean: mean(values), deviation, interval: [mean(values), mean(values)] };
  }
  const means = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) {
    let total = 0;
    for (let k = 0; k < count; k++) total += values[random.integer(count)]!;
    means[i] = total / count;
  }
  means.sort();
  return { count, mean: mean(values), deviation, interval: [quantile(means, LOW), quantile(means, HIGH)] };
}

/** The value below which a share of the ascending values lies, linear between neighbours; NaN for no values. */
export function quantile(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) return NaN;
  const place = share * (ascending.length - 1);
  const below = Math.floor(place);
  const low = ascending[below]!;
  const high = ascending[Math.ceil(place)]!;
  return low + (high - low) * (place - below);
}

/** The middle value, or half-way between the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** A point of a curve. */
export interface CurvePoint {
  readonly iteration: number;
  readonly value: number;
}

/** Area under the curve by trapezoids, divided by its width: the mean height. Null for fewer than two points. */
export function meanHeight(curve: readonly CurvePoint[]): number | null {
  const first = curve[0];
  const last = curve.at(-1);
  if (first === undefined || last === undefined || last.iteration <= first.iteration) return null;
  let area = 0;
  for (let i = 1; i < curve.length; i++) {
    const [from, to] = [curve[i - 1]!, curve[i]!];
    area += ((from.value + to.value) / 2) * (to.iteration - from.iteration);
  }
  return area / (last.iteration - first.iteration);
}

/** The first iteration at which the curve is at a level or over it, null if it never is. */
export function firstReaching(curve: readonly CurvePoint[], level: number): number | null {
  return curve.find(({ value }) => value >= level)?.iteration ?? null;
}

/** Differences `a − b` over the keys that both have, in the order of `a`. */
export function pairedDifferences(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number[] {
  return [...a].flatMap(([key, value]) => {
    const other = b.get(key);
    return other === undefined ? [] : [value - other];
  });
}
