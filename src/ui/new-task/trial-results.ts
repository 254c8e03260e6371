/** @file The trials of frozen policies as curves with intervals, and what they gained. Pure. */
import { Random } from "../../core/base/random.ts";
import type { EvaluationRecord } from "../../core/events/training-event.ts";
import { estimateMean, type Estimate } from "../../experiments/statistics.ts";

/** A policy that is tried. */
export interface TriedTitle {
  readonly title: string;
  /** Of the run that trained it; null for the base policy. */
  readonly method: string | null;
}

/** A trial that is done. */
export interface DoneTrial {
  /** Place among the policies. */
  readonly policy: number;
  readonly record: EvaluationRecord;
}

/** The trials of one policy, with memory or without. */
export interface TrialCurve {
  readonly policy: number;
  readonly memory: "on" | "off";
  /** By trial, from the first; the interval is over the test variations. */
  readonly points: readonly Estimate[];
  readonly lastSuccess: number;
}

/** The curves that have begun, policy by policy, with memory first. */
export function trialCurves(policies: readonly TriedTitle[], trials: readonly DoneTrial[]): TrialCurve[] {
  return policies.flatMap((_, policy) =>
    (["on", "off"] as const).flatMap((memory): TrialCurve[] => {
      const records = trials.filter((trial) => trial.policy === policy && trial.record.memory === memory);
      const last = records.at(-1);
      if (last === undefined) return [];
      const random = Random.fromSeed(1).fork(`${policy} ${memory}`);
      const points = records.map(({ record }, i) =>
        estimateMean(
          record.perVariation.map(({ meanReturn }) => meanReturn),
          random.fork(i),
        ),
      );
      return [{ policy, memory, points, lastSuccess: last.record.successRate }];
    }),
  );
}

/** From the first trial to the last. */
export interface Gain {
  /** Points. */
  readonly difference: number;
  /** As a share of the first; null unless both returns are positive (method.md §5). */
  readonly ratio: number | null;
}

/** Null before the second trial. */
export function gainOf({ points }: TrialCurve): Gain | null {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const difference = last.mean - first.mean;
  return { difference, ratio: first.mean > 0 && last.mean > 0 ? difference / first.mean : null };
}
