/** @file Means with their intervals as people read them. */
import type { TableCell } from "../../experiments/site-schema.ts";
import { formatMeanScore, formatPercent } from "../format.ts";

type Estimate = TableCell["heldOutReturn"];

function withInterval({ mean, interval }: Estimate, show: (value: number) => string): string {
  return interval === null ? show(mean) : `${show(mean)} [${show(interval[0])}, ${show(interval[1])}]`;
}

/** Points, “97.2 [95.1, 99.0]”. */
export function estimateText(estimate: Estimate): string {
  return withInterval(estimate, formatMeanScore);
}

/** Shares in percent. */
export function percentEstimateText(estimate: Estimate): string {
  return withInterval(estimate, formatPercent);
}
