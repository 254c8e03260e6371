import type { Estimate } from "./statistics.ts";

/** A mean with its interval as the page gets it. */
export interface SiteEstimate {
  readonly count: number;
  readonly mean: number;
  readonly interval: [low: number, high: number] | null;
}

/** Enough for points and for shares, and short in a file. */
export function rounded(value: number): number {
  return Number(value.toFixed(4));
}

/** An estimate with rounded numbers. */
export function siteEstimate({ count, mean, interval }: Estimate): SiteEstimate {
  return {
    count,
    mean: rounded(mean),
    interval: interval === null ? null : [rounded(interval[0]), rounded(interval[1])],
  };
}
