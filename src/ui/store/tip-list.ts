/** @file Filtering and ordering of the tips on show. */
import { hasAllWords } from "../words.ts";
import type { ShownTip } from "./memory-slice.ts";
import { bucketLabel } from "./memory-slice.ts";

export type TipOrder = "score" | "newest" | "read";

/** The tips that contain every word of the filter, in the chosen order; pinned ones first. */
export function listTips(tips: readonly ShownTip[], filter: string, order: TipOrder): ShownTip[] {
  const found = tips.filter((tip) => hasAllWords(`${tip.text} ${bucketLabel(tip.bucket)}`, filter));
  return found.sort((a, b) => Number(b.pinned) - Number(a.pinned) || compare(a, b, order) || b.id - a.id);
}

function compare(a: ShownTip, b: ShownTip, order: TipOrder): number {
  switch (order) {
    case "score":
      return b.score - a.score;
    case "newest":
      return b.id - a.id;
    case "read":
      return b.retrievedCount - a.retrievedCount;
  }
}
