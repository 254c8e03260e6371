/**
 * @file When a run ends: after its iterations, or some iterations after an evaluation first reached a return
 * (learning-recipe.md §4, docs/adr/0017). What goes on from there costs what a policy can do besides its task.
 */
import type { EvaluationRecord } from "../events/training-event.ts";
import type { RunConfig } from "./run-config.ts";

/**
 * The iteration whose evaluation first reached `stopReturn`, null if none did or nothing is to be reached.
 *
 * @param before what it was until this evaluation
 */
export function reachedAt(
  before: number | null,
  { iteration, meanReturn }: Pick<EvaluationRecord, "iteration" | "meanReturn">,
  { stopReturn }: RunConfig,
): number | null {
  if (stopReturn === 0) return null;
  return before ?? (meanReturn >= stopReturn ? iteration : null);
}

/** The iteration after which the run is over, as far as is known. */
export function lastIteration({ iterations, stopDelay }: RunConfig, reached: number | null): number {
  return reached === null ? iterations : Math.min(iterations, reached + stopDelay);
}
