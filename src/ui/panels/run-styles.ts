/** @file How runs look: a colour and a dash for each method, so that neither is needed alone. */
import type { RunCurves } from "../store/curves.ts";

export interface RunStyle {
  /** Name of a custom property. */
  readonly color: string;
  readonly dash: readonly number[];
}

const STYLES: Readonly<Record<string, RunStyle>> = {
  empo2: { color: "--empo2", dash: [] },
  grpo: { color: "--grpo", dash: [7, 4] },
  gigpo: { color: "--gigpo", dash: [7, 4, 2, 4] },
  reflexion: { color: "--third", dash: [9, 3, 2, 3] },
  retrospex: { color: "--retrospex", dash: [2, 6] },
  naive: { color: "--past", dash: [2, 3] },
  "context-distillation": { color: "--context-distillation", dash: [12, 4] },
  "tip-credit": { color: "--update", dash: [12, 3, 3, 3] },
};
const OTHER: RunStyle = { color: "--third", dash: [2, 3] };
const PAST_DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

export function runStyle({ method, source }: Pick<RunCurves, "method" | "source">, index: number): RunStyle {
  if (source === "past") return { color: "--past", dash: PAST_DASHES[index % PAST_DASHES.length]! };
  return STYLES[method] ?? OTHER;
}
